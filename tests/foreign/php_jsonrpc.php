<?php
// SPDX-License-Identifier: Apache-2.0
// PHP with streams and json: the same round over /jsonrpc.
$server = 'http://' . (getenv('PARLEY_SERVER') ?: 'localhost:8069');
[$db, $user, $password] = ['v8dev', 'admin', 'admin'];

function same($want, $got) {
    if ($want !== $got) { fwrite(STDERR, 'expected ' . json_encode($want) . ', got ' . json_encode($got) . "\n"); exit(1); }
}
function call($url, $service, $method, ...$args) {
    $body = json_encode(['jsonrpc' => '2.0', 'method' => 'call', 'id' => 7, 'params' => ['service' => $service, 'method' => $method, 'args' => $args]]);
    $context = stream_context_create(['http' => ['method' => 'POST', 'header' => 'Content-Type: application/json', 'content' => $body]]);
    return json_decode(file_get_contents("$url/jsonrpc", false, $context), true);
}

$uid = call($server, 'common', 'login', $db, $user, $password)['result'];
$ask = fn($model, $method, ...$rest) => call($server, 'object', 'execute_kw', $db, $uid, $password, $model, $method, ...$rest);
$id = $ask('res.partner', 'create', [['name' => 'PHP / ü', 'ref' => 'php-2']])['result'];
same('PHP / ü', $ask('res.partner', 'read', [[$id], ['name']])['result'][0]['name']);
same(true, $ask('res.partner', 'write', [[$id], ['city' => 'Zlín']])['result']);
same([['id' => $id, 'city' => 'Zlín']], $ask('res.partner', 'search_read', [[['ref', '=', 'php-2']], ['city']])['result']);
same(true, $ask('res.partner', 'unlink', [[$id]])['result']);
same([], $ask('res.partner', 'search', [[['id', '=', $id]]])['result']);
same(true, isset($ask('no.such.model', 'search', [[]])['error']['data']['message']));
