# SPDX-License-Identifier: Apache-2.0
# The chapter's ERPpeek session as ERPpeek puts it on the wire, for hosts without ERPpeek: the legacy
# endpoints, only `execute`, nil in requests, a context as last positional argument.
import os
import xmlrpc.client

SERVER, DB, USER, PASS = 'http://' + os.environ.get('PARLEY_SERVER', 'localhost:8069'), 'v8dev', 'admin', 'admin'

def service(name):
    return xmlrpc.client.ServerProxy('%s/xmlrpc/%s' % (SERVER, name), allow_none=True)

def execute(model, method, *args):
    return objects.execute(DB, uid, PASS, model, method, *args)

# Client(...)
db, common, objects = service('db'), service('common'), service('object')
major = float('.'.join(db.server_version().split('.')[:2]))
assert major >= 8, major
assert DB in db.list()
uid = common.login(DB, USER, PASS)
assert uid and not common.login(DB, USER, 'wrong')
assert common.version()['server_version'] == db.server_version()

context = {'lang': 'en_US'}
domain = [('country_id', '=', 'be'), ('parent_id', '!=', False)]

# api.count, api.search, api.read
assert execute('res.partner', 'search_count', [], context) >= 3
assert execute('res.partner', 'search', domain, 0, None, None, False, context) == [43, 42]
assert execute('res.partner', 'search', domain, 0, 1, None, False, context) == [43]
assert execute('res.partner', 'read', [43], ['id', 'name', 'parent_id'], context)[0]['parent_id'][1] == 'Agrolait'

# api.model('res.partner'): the class asks for the field names, then for their descriptions
keys = execute('res.partner', 'fields_get_keys')
assert 'name' in keys and 'parent_id' in keys, keys
assert execute('res.partner', 'fields_get', ['name'], context)['name']['type'] == 'char'

# m.count, m.search, m.browse(...).name
packt = execute('res.partner', 'create', {'name': 'Packt'}, context)
assert execute('res.partner', 'search_count', [('name', 'like', 'Packt%')], context) == 1
assert execute('res.partner', 'search', [('name', 'like', 'Packt%')], 0, None, None, False, context) == [packt]
assert execute('res.partner', 'read', [packt], ['name'], context) == [{'id': packt, 'name': 'Packt'}]
assert execute('res.partner', 'name_get', [packt], context) == [[packt, 'Packt']]
assert execute('res.partner', 'perm_read', [packt], context)[0]['create_uid'][0] == uid
copied = execute('res.partner', 'copy', packt, None, context)
assert type(copied) is int, copied
assert execute('res.partner', 'write', [copied], {'name': 'Other'}, context) is True
assert execute('res.partner', 'unlink', [packt, copied], context) is True

# model('res.users').count(), model('res.partner').browse(43).name
assert execute('res.users', 'search_count', [], context) == 3
assert execute('res.partner', 'read', [43], ['name'], context) == [{'id': 43, 'name': 'Michel Fletcher'}]

# client.modules(): names and states
modules = execute('ir.module.module', 'search_read', [('name', 'in', ['base', 'note', 'todo'])], ['name', 'state'])
assert {row['name']: row['state'] for row in modules}.get('base') == 'installed', modules

# Faults of the legacy endpoints have texts as codes; the console prints the second line of a warning.
try:
    execute('no.such.model', 'search', [])
    raise SystemExit('an unknown model was accepted')
except xmlrpc.client.Fault as fault:
    assert isinstance(fault.faultCode, str) and fault.faultCode.startswith('warning -- UserError\n\n'), fault
try:
    objects.execute(DB, uid, 'wrong', 'res.partner', 'search', [])
    raise SystemExit('a wrong password was accepted')
except xmlrpc.client.Fault as fault:
    assert fault.faultCode == 'AccessDenied', fault
