# SPDX-License-Identifier: Apache-2.0
# A solution of the exercise "add a new service to the client": show all sessions with their number
# of seats, create a session for one of the courses.
import functools
import os
import xmlrpc.client

HOST, PORT = os.environ.get('PARLEY_SERVER', 'localhost:8069').split(':')
DB, USER, PASS = 'openacademy', 'admin', 'admin'
ROOT = 'http://%s:%d/xmlrpc/' % (HOST, int(PORT))

# 1. Log in
uid = xmlrpc.client.ServerProxy(ROOT + 'common').login(DB, USER, PASS)
print("Logged in as %s (uid: %d)" % (USER, uid))
call = functools.partial(xmlrpc.client.ServerProxy(ROOT + 'object').execute, DB, uid, PASS)

# 2. Read the sessions
sessions = call('openacademy.session', 'search_read', [], ['name', 'seats'])
for session in sessions:
    print("Session %s (%s seats)" % (session['name'], session['seats']))
assert len(sessions) >= 4 and all(session['seats'] > 0 for session in sessions), sessions

# 3. Create a new session
course_id = call('openacademy.course', 'search', [('name', 'ilike', 'server')])[0]
session_id = call('openacademy.session', 'create', {
    'name': 'My session',
    'course_id': course_id,
    'seats': 2,
})
session, = call('openacademy.session', 'read', [session_id], ['name', 'seats', 'course_id'])
assert session['seats'] == 2 and session['course_id'][0] == course_id, session
assert session_id in call('openacademy.course', 'read', [course_id], ['session_ids'])[0]['session_ids']
assert len(call('openacademy.session', 'search', [])) == len(sessions) + 1
