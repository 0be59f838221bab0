// SPDX-License-Identifier: Apache-2.0
// odoo-xmlrpc: callbacks over XML-RPC; the version by the library beneath it.
'use strict';
const {promisify} = require('node:util');
const Odoo = require('odoo-xmlrpc');
const xmlrpc = require('xmlrpc');
const {host, port, url, db, login, password, same, errorOf, round, run} = require('./round.js');

run(async () => {
  const common = xmlrpc.createClient({host, port, path: '/xmlrpc/2/common'});
  const version = await promisify(common.methodCall.bind(common))('version', []);
  same(1, version.protocol_version);
  same(version.server_version, version.server_version_info.slice(0, 2).join('.'));

  const odoo = new Odoo({url, db, username: login, password});
  same(2, await promisify(odoo.connect.bind(odoo))());
  const execute = promisify(odoo.execute_kw.bind(odoo));
  // It spreads its list over the parameters of execute_kw: arguments and keywords.
  const error = await round((model, method, args, kwargs) => execute(model, method, [args, kwargs]), 'npm-xmlrpc');
  same(2, error.faultCode);
  const unknown = await errorOf(execute('res.partner', 'read', [[[1], ['no_such_field']]]));
  same(1, unknown.faultCode);
  same(true, unknown.faultString.includes("Invalid field 'no_such_field' on 'res.partner'"));

  const stranger = new Odoo({url, db, username: login, password: 'wrong'});
  same({message: 'No UID returned from authentication.'}, await errorOf(promisify(stranger.connect.bind(stranger))()));
});
