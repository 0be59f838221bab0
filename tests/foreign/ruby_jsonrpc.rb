# SPDX-License-Identifier: Apache-2.0
# Ruby with net/http and json: the same round over /jsonrpc, on one kept connection.
require 'json'
require 'net/http'

host, port = (ENV['PARLEY_SERVER'] || 'localhost:8069').split(':')
db, user, password = 'v8dev', 'admin', 'admin'

def same(want, got)
  abort "expected #{want.inspect}, got #{got.inspect}" unless want == got
end

Net::HTTP.start(host, port.to_i) do |http|
  call = lambda do |service, method, *args|
    body = { jsonrpc: '2.0', method: 'call', id: rand(1000), params: { service: service, method: method, args: args } }
    JSON.parse(http.post('/jsonrpc', body.to_json, 'Content-Type' => 'application/json').body)
  end
  uid = call.('common', 'authenticate', db, user, password, {})['result']
  ask = ->(model, method, *rest) { call.('object', 'execute_kw', db, uid, password, model, method, *rest) }
  id = ask.('res.partner', 'create', [{ name: 'Ruby "quoted" ü', ref: 'ruby-2' }])['result']
  same 'Ruby "quoted" ü', ask.('res.partner', 'read', [[id], ['name']])['result'][0]['name']
  same true, ask.('res.partner', 'write', [[id], { street: nil, city: 'Tábor' }])['result']
  same [{ 'id' => id, 'city' => 'Tábor' }], ask.('res.partner', 'search_read', [[['ref', '=', 'ruby-2']], ['city']])['result']
  same true, ask.('res.partner', 'unlink', [[id]])['result']
  same [], ask.('res.partner', 'search', [[['id', '=', id]]])['result']
  error = ask.('no.such.model', 'search', [[]])['error']
  same true, error['data']['name'].end_with?('UserError')
end
