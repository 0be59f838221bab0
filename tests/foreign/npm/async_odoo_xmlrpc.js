// SPDX-License-Identifier: Apache-2.0
// async-odoo-xmlrpc: the same with promises; it sends six parameters, never keywords.
'use strict';
const {promisify} = require('node:util');
const Odoo = require('async-odoo-xmlrpc');
const xmlrpc = require('xmlrpc');
const {host, port, url, db, login, password, same, errorOf, run} = require('./round.js');

run(async () => {
  const server = xmlrpc.createClient({host, port, path: '/xmlrpc/2/db'});
  same(true, (await promisify(server.methodCall.bind(server))('list', [])).includes(db));
  const common = xmlrpc.createClient({host, port, path: '/xmlrpc/2/common'});
  same(1, (await promisify(common.methodCall.bind(common))('version', [])).protocol_version);

  const odoo = new Odoo({url, db, username: login, password});
  same(2, await odoo.connect());
  const ask = (method, ...args) => odoo.execute_kw('res.partner', method, args);
  const id = await ask('create', {name: 'Async "ü"', ref: 'npm-async'});
  same([id], await ask('search', [['ref', '=', 'npm-async']], 0, 1, 'id'));
  same([{id, name: 'Async "ü"', parent_id: false}], await ask('read', [id], ['name', 'parent_id']));
  same(true, await ask('write', [id], {city: 'Tábor'}));
  same([{id, city: 'Tábor'}], await ask('search_read', [['ref', '=', 'npm-async']], ['city']));
  same(1, await ask('search_count', [['ref', '=', 'npm-async']]));
  const child = await ask('create', {name: 'Child', parent_id: id});
  same([id, 'Async "ü"'], (await ask('read', [child], ['parent_id']))[0].parent_id);
  same(true, await ask('unlink', [child, id]));
  same([], await ask('search', [['id', 'in', [child, id]]]));
  same(2, (await errorOf(ask('write', [id], {city: 'x'}))).faultCode);
  same(1, (await errorOf(ask('no_such_method', []))).faultCode);

  const stranger = new Odoo({url, db, username: login, password: 'wrong'});
  same({message: 'No UID returned from authentication.'}, await errorOf(stranger.connect()));
});
