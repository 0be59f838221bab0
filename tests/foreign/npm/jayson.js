// SPDX-License-Identifier: Apache-2.0
// jayson: JSON-RPC 2.0 and 1.0. Odoo's form is a call of the method "call" with named params; the
// strict forms call functions by their names.
'use strict';
const assert = require('node:assert/strict');
const {promisify} = require('node:util');
const {host, port, db, login, password, same, errorOf, round, run} = require('./round.js');
const jayson = require('jayson');

const reply = (client) => promisify(client.request.bind(client));

run(async () => {
  const request = reply(jayson.Client.http({host, port, path: '/jsonrpc'}));
  const service = async (name, method, ...args) => {
    const answer = await request('call', {service: name, method, args});
    if (answer.error) throw Object.assign(new Error(answer.error.message), answer.error);
    return answer.result;
  };
  same(1, (await service('common', 'version')).protocol_version);
  const uid = await service('common', 'authenticate', db, login, password, {});
  same(2, uid);
  same(false, await service('common', 'authenticate', db, login, 'wrong', {}));
  const error = await round((model, method, args, kwargs) =>
    service('object', 'execute_kw', db, uid, password, model, method, args, kwargs), 'npm-jayson');
  same('odoo.exceptions.UserError', error.data.name);
  const denied = await errorOf(service('object', 'execute_kw', db, uid, 'wrong', 'res.partner', 'search', [[]]));
  same('odoo.exceptions.AccessDenied', denied.data.name);

  const strict = reply(jayson.Client.http({host, port, path: '/jsonrpc/2'}));
  same(1, (await strict('common.version', [])).result.protocol_version);
  same(-32601, (await strict('no.such.function', [])).error.code);
  same(-32602, (await strict('common.login', {bogus: 1})).error.code);

  // A batch: the answers keep their ids; a notification has none.
  const client = jayson.Client.http({host, port, path: '/jsonrpc/2'});
  const batch = [client.request('common.version', []), client.request('db.list', [], null), client.request('no.such.function', [])];
  const answers = await promisify((list, done) => client.request(list, (failure, got) => done(failure, got)))(batch);
  same([batch[0].id, batch[2].id].sort(), answers.map((answer) => answer.id).sort());

  const old = reply(jayson.Client.http({host, port, path: '/jsonrpc/2', version: 1}));
  const answer = await old('common.version', []);
  same(null, answer.error);
  same(1, answer.result.protocol_version);
  assert.equal('jsonrpc' in answer, false);
});
