# SPDX-License-Identifier: Apache-2.0
# The XML-RPC sample of the web services page, with the server's address taken from outside.
import os
import xmlrpc.client

HOST, PORT = os.environ.get('PARLEY_SERVER', 'localhost:8069').split(':')
PORT = int(PORT)
DB = 'openacademy'
USER = 'admin'
PASS = 'admin'

root = 'http://%s:%d/xmlrpc/' % (HOST, PORT)

uid = xmlrpc.client.ServerProxy(root + 'common').login(DB, USER, PASS)
print("Logged in as %s (uid: %d)" % (USER, uid))

# Create a new note
sock = xmlrpc.client.ServerProxy(root + 'object')
args = {
    'color' : 8,
    'memo' : 'This is a note',
    'create_uid': uid,
}
note_id = sock.execute(DB, uid, PASS, 'note.note', 'create', args)

# What the sample does not check: the note is there.
note, = sock.execute(DB, uid, PASS, 'note.note', 'read', [note_id], ['color', 'memo', 'create_uid'])
assert note['id'] == note_id and note['color'] == 8, note
assert 'This is a note' in note['memo'] and note['create_uid'][0] == uid, note
