// SPDX-License-Identifier: Apache-2.0
// odoo-await: promises over XML-RPC, with methods of its own for records and their relations.
'use strict';
const Odoo = require('odoo-await');
const {url, db, login, password, same, errorOf, round, run} = require('./round.js');

run(async () => {
  const odoo = new Odoo({baseUrl: url, db, username: login, password});
  same(2, await odoo.connect());
  const error = await round((model, method, args, kwargs) => odoo.execute_kw(model, method, [args, kwargs]), 'npm-await');
  same(2, error.faultCode);
  same("Object no.such.model doesn't exist", error.faultString);

  const id = await odoo.create('res.partner', {name: 'Await', ref: 'npm-await-2', category_id: {action: 'create', value: [{name: 'npm tag'}]}});
  same('number', typeof id);
  const [made] = await odoo.read('res.partner', [id], ['name', 'category_id', 'parent_id']);
  same('Await', made.name);
  same(false, made.parent_id);
  same(1, made.category_id.length);
  same(true, await odoo.update('res.partner', id, {name: 'Awaited', category_id: {action: 'clear'}}));
  same([{id, name: 'Awaited', category_id: []}],
       await odoo.searchRead('res.partner', {ref: 'npm-await-2'}, ['name', 'category_id'], {offset: 0, limit: 5, order: 'name', context: {}}));
  same([id], await odoo.search('res.partner', ['ref', '=', 'npm-await-2']));
  const fields = await odoo.getFields('res.partner', ['type', 'string']);
  same({type: 'many2many', string: fields.category_id.string}, fields.category_id);
  same(true, await odoo.delete('res.partner', id));
  same(true, await odoo.delete('res.partner.category', made.category_id[0]));

  const stranger = new Odoo({baseUrl: url, db, username: login, password: 'wrong'});
  same(true, String(await errorOf(stranger.connect())).includes('invalid credentials'));
});
