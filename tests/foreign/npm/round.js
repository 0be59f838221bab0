// SPDX-License-Identifier: Apache-2.0
// What the scripts of this folder share.
'use strict';
const assert = require('node:assert/strict');

const [host, port] = (process.env.PARLEY_SERVER || 'localhost:8069').split(':');
exports.host = host;
exports.port = Number(port);
exports.url = `http://${host}:${port}`;
exports.db = 'v8dev';
exports.login = 'admin';
exports.password = 'admin';

exports.same = (want, got) => assert.deepEqual(got, want);

// The error that `promise` ends with; that it ends well is a failure.
exports.errorOf = async (promise) => {
  let value;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  assert.fail(`expected an error, got ${JSON.stringify(value)}`);
};

// One round through a partner. `call(model, method, args, kwargs)` gives a promise of the result.
exports.round = async (call, name) => {
  const ask = (method, args, kwargs = {}) => call('res.partner', method, args, kwargs);
  const id = await ask('create', [{name: `${name} "ü" <&> \u{1F600}`, ref: name}]);
  assert.equal(typeof id, 'number');
  exports.same([id], await ask('search', [[['ref', '=', name]]]));
  exports.same([{id, name: `${name} "ü" <&> \u{1F600}`}], await ask('read', [[id], ['name']]));
  exports.same(true, await ask('write', [[id], {city: 'Tábor', street: false}]));
  exports.same([{id, city: 'Tábor', street: false}],
               await ask('search_read', [[['ref', '=', name]], ['city', 'street']]));
  exports.same([{id, city: 'Tábor'}],
               await ask('search_read', [], {domain: [['ref', '=', name]], fields: ['city'], limit: 1}));
  exports.same(1, await ask('search_count', [[['ref', '=', name]]]));
  const error = await exports.errorOf(call('no.such.model', 'search', [[]], {}));
  exports.same(true, await ask('unlink', [[id]]));
  exports.same([], await ask('search', [[['id', '=', id]]]));
  return error;
};

exports.run = (main) => main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
