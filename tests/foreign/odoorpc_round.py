# SPDX-License-Identifier: Apache-2.0
# OdooRPC: JSON-RPC with a session cookie, records as objects.
import os

import odoorpc

host, port = os.environ.get('PARLEY_SERVER', 'localhost:8069').split(':')
odoo = odoorpc.ODOO(host, port=int(port))
assert 'v8dev' in odoo.db.list()
try:
    odoo.login('v8dev', 'admin', 'wrong')
    raise SystemExit('a wrong password was accepted')
except odoorpc.error.RPCError:
    pass
odoo.login('v8dev', 'admin', 'admin')
assert odoo.env.user.login == 'admin' and odoo.env.user.company_id.name == 'My Company'

Partner = odoo.env['res.partner']
id = Partner.create({'name': 'Žofie & <synové>', 'ref': 'odoorpc-1'})
partner = Partner.browse(id)
assert partner.name == 'Žofie & <synové>' and partner.parent_id.ids == []
partner.city = 'Brno'
partner.parent_id = 7
assert Partner.read([id], ['city', 'parent_id']) == [{'id': id, 'city': 'Brno', 'parent_id': [7, 'Agrolait']}]
assert Partner.search([('ref', '=', 'odoorpc-1')]) == [id]
assert id in [child.id for child in Partner.browse(7).child_ids]
tag = odoo.env['res.partner.category'].create({'name': 'From OdooRPC'})
partner.category_id += odoo.env['res.partner.category'].browse(tag)
assert partner.category_id.ids == [tag]
assert odoo.env.ref('base.main_company').name == 'My Company'
assert odoo.execute('res.partner', 'search_count', [('id', '=', id)]) == 1
assert Partner.unlink([id]) is True and Partner.search([('id', '=', id)]) == []
assert odoo.env['res.partner.category'].unlink([tag]) is True
try:
    odoo.execute('no.such.model', 'search', [])
    raise SystemExit('an unknown model was accepted')
except odoorpc.error.RPCError as error:
    assert error.info, error
odoo.logout()
