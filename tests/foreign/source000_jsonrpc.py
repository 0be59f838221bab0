# SPDX-License-Identifier: Apache-2.0
# The JSON-RPC sample of the web services page, with the server's address taken from outside.
import json
import os
import random
import urllib.request

HOST, PORT = os.environ.get('PARLEY_SERVER', 'localhost:8069').split(':')
DB = 'openacademy'
USER = 'admin'
PASS = 'admin'

def json_rpc(url, method, params):
    data = {
        "jsonrpc": "2.0",
        "method": method,
        "params": params,
        "id": random.randint(0, 1000000000),
    }
    req = urllib.request.Request(url=url, data=json.dumps(data).encode(), headers={
        "Content-Type":"application/json",
    })
    reply = json.loads(urllib.request.urlopen(req).read().decode('UTF-8'))
    if reply.get("error"):
        raise Exception(reply["error"])
    return reply["result"]

def call(url, service, method, *args):
    return json_rpc(url, "call", {"service": service, "method": method, "args": args})

# log in the given database
url = "http://%s:%s/jsonrpc" % (HOST, PORT)
uid = call(url, "common", "login", DB, USER, PASS)

# create a new note
args = {
    'color': 8,
    'memo': 'This is another note',
    'create_uid': uid,
}
note_id = call(url, "object", "execute", DB, uid, PASS, 'note.note', 'create', args)

# What the sample does not check: the note is there, and an error raises.
note, = call(url, "object", "execute", DB, uid, PASS, 'note.note', 'read', [note_id], ['color', 'memo'])
assert note['color'] == 8 and 'This is another note' in note['memo'], note
try:
    call(url, "object", "execute", DB, uid, PASS, 'no.such.model', 'create', {})
    raise SystemExit('an unknown model was accepted')
except Exception as error:
    assert error.args[0]['data']['message'], error
