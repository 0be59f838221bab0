# SPDX-License-Identifier: Apache-2.0
# The console session of the chapter on the external API, in its order. Ids and counts of the chapter
# are its author's; what must hold is asserted behind each step.
import os
import xmlrpc.client as xmlrpclib

srv, db = 'http://' + os.environ.get('PARLEY_SERVER', 'localhost:8069'), 'v8dev'
user, pwd = 'admin', 'admin'

# Opening an XML-RPC connection
common = xmlrpclib.ServerProxy('%s/xmlrpc/2/common' % srv)
version = common.version()
assert set(version) == {'server_version', 'server_version_info', 'server_serie', 'protocol_version'}, version
assert version['protocol_version'] == 1, version

uid = common.authenticate(db, user, pwd, {})
assert type(uid) is int and uid > 0, uid
assert common.authenticate(db, user, 'wrong', {}) is False

# Reading data from the server
api = xmlrpclib.ServerProxy('%s/xmlrpc/2/object' % srv)
count = api.execute_kw(db, uid, pwd, 'res.partner', 'search_count', [[]])
assert count >= 3, count

domain = [('country_id', '=', 'be'), ('parent_id', '!=', False)]
ids = api.execute_kw(db, uid, pwd, 'res.partner', 'search', [domain])
assert ids == [43, 42], ids
rows = api.execute_kw(db, uid, pwd, 'res.partner', 'read', [[43]], {'fields': ['id', 'name', 'parent_id']})
assert rows == [{'parent_id': [7, 'Agrolait'], 'id': 43, 'name': 'Michel Fletcher'}], rows

found = api.execute_kw(db, uid, pwd, 'res.partner', 'search_read', [domain], {'fields': ['id', 'name', 'parent_id']})
assert found[0] == rows[0] and [row['id'] for row in found] == ids, found
everything = api.execute_kw(db, uid, pwd, 'res.partner', 'search_read', [domain])
assert {'id', 'name', 'parent_id', 'country_id', 'create_date'} <= set(everything[0]), everything[0]

# Calling other methods
id = api.execute_kw(db, uid, pwd, 'res.partner', 'create', [{'name': 'Packt'}])
assert type(id) is int, id
assert api.execute_kw(db, uid, pwd, 'res.partner', 'search_count', [[]]) == count + 1
assert api.execute_kw(db, uid, pwd, 'res.partner', 'write', [[id], {'name': 'Packt Pub'}]) is True
rows = api.execute_kw(db, uid, pwd, 'res.partner', 'read', [[id], ['id', 'name']])
assert rows == [{'id': id, 'name': 'Packt Pub'}], rows
assert api.execute_kw(db, uid, pwd, 'res.partner', 'unlink', [[id]]) is True
assert api.execute_kw(db, uid, pwd, 'res.partner', 'search_count', [[]]) == count

# "The browse method is not available from the RPC", and "_" methods are private.
for method in ('browse', '_create'):
    try:
        api.execute_kw(db, uid, pwd, 'res.partner', method, [[43]])
        raise SystemExit('%s was served' % method)
    except xmlrpclib.Fault as fault:
        assert fault.faultCode == 4, fault
