<?php
// SPDX-License-Identifier: Apache-2.0
// PHP's xmlrpc extension over plain streams: one round through create, read, write, search, unlink.
// PHP has one array type, so an empty dict goes out as an empty <array>.
$server = 'http://' . (getenv('PARLEY_SERVER') ?: 'localhost:8069');
[$db, $user, $password] = ['v8dev', 'admin', 'admin'];

function same($want, $got) {
    if ($want !== $got) { fwrite(STDERR, 'expected ' . json_encode($want) . ', got ' . json_encode($got) . "\n"); exit(1); }
}
function call($url, $method, ...$args) {
    $body = xmlrpc_encode_request($method, $args, ['encoding' => 'utf-8', 'escaping' => ['markup']]);
    $context = stream_context_create(['http' => ['method' => 'POST', 'header' => 'Content-Type: text/xml', 'content' => $body]]);
    return xmlrpc_decode(file_get_contents($url, false, $context), 'utf-8');
}

same(1, call("$server/xmlrpc/2/common", 'version')['protocol_version']);
same(false, call("$server/xmlrpc/2/common", 'authenticate', $db, $user, 'wrong', []));
$uid = call("$server/xmlrpc/2/common", 'authenticate', $db, $user, $password, []);
$ask = fn($model, $method, ...$rest) => call("$server/xmlrpc/2/object", 'execute_kw', $db, $uid, $password, $model, $method, ...$rest);

$id = $ask('res.partner', 'create', [['name' => 'Příbram & <Co>', 'ref' => 'php-1', 'is_company' => true]], []);
$row = $ask('res.partner', 'read', [[$id], ['name', 'is_company', 'parent_id']])[0];
same('Příbram & <Co>', $row['name']);
same([true, false], [$row['is_company'], $row['parent_id']]);
same(true, $ask('res.partner', 'write', [[$id], ['city' => 'Písek', 'partner_latitude' => 49.5]]));
same([$id], $ask('res.partner', 'search', [[['ref', '=', 'php-1']]], ['limit' => 3]));
$found = $ask('res.partner', 'search_read', [[['ref', '=', 'php-1']]], ['fields' => ['city', 'partner_latitude']]);
same(['Písek', 49.5], [$found[0]['city'], $found[0]['partner_latitude']]);
same(true, $ask('res.partner', 'unlink', [[$id]]));
same(0, $ask('res.partner', 'search_count', [[['id', '=', $id]]]));
$fault = $ask('no.such.model', 'search', [[]]);
same(true, is_array($fault) && xmlrpc_is_fault($fault));
same(2, $fault['faultCode']);
