# SPDX-License-Identifier: Apache-2.0
# Ruby's xmlrpc library: one round through create, read, write, search, unlink.
require 'xmlrpc/client'

host, port = (ENV['PARLEY_SERVER'] || 'localhost:8069').split(':')
db, user, password = 'v8dev', 'admin', 'admin'

def same(want, got)
  abort "expected #{want.inspect}, got #{got.inspect}" unless want == got
end

common = XMLRPC::Client.new(host, '/xmlrpc/2/common', port.to_i)
same 1, common.call('version')['protocol_version']
same false, common.call('authenticate', db, user, 'wrong', {})
uid = common.call('authenticate', db, user, password, {})

models = XMLRPC::Client.new(host, '/xmlrpc/2/object', port.to_i).proxy
ask = ->(model, method, *rest) { models.execute_kw(db, uid, password, model, method, *rest) }

id = ask.('res.partner', 'create', [{ 'name' => 'Ägypten & <Co>', 'ref' => 'ruby-1', 'color' => 3, 'is_company' => true }])
row = ask.('res.partner', 'read', [[id], %w[name color is_company parent_id partner_latitude]])[0]
same 'Ägypten & <Co>', row['name'].dup.force_encoding('UTF-8')
same [3, true, false, 0.0], row.values_at('color', 'is_company', 'parent_id', 'partner_latitude')
same true, ask.('res.partner', 'write', [[id], { 'city' => 'Plzeň', 'partner_latitude' => 49.75 }])
same [id], ask.('res.partner', 'search', [[['ref', '=', 'ruby-1']]], { 'limit' => 5 })
found = ask.('res.partner', 'search_read', [[['ref', '=', 'ruby-1']]], { 'fields' => %w[city partner_latitude] })
same [id, 49.75], found[0].values_at('id', 'partner_latitude')
same true, ask.('res.partner', 'unlink', [[id]])
same 0, ask.('res.partner', 'search_count', [[['id', '=', id]]])
begin
  ask.('no.such.model', 'search', [[]])
  abort 'an unknown model was accepted'
rescue XMLRPC::FaultException => e
  same 2, e.faultCode
end
