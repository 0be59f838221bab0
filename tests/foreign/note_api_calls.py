# SPDX-License-Identifier: Apache-2.0
# NoteAPI's two methods, used as the window uses them: a text keeps its line breaks both ways.
import os
from note_api import NoteAPI

api = NoteAPI('http://' + os.environ.get('PARLEY_SERVER', 'localhost:8069'), 'v8dev', 'admin', 'admin')
assert {'id', 'name'} == set(api.get()[0])
text = 'Müsli & <milk>\n\nand bread\n'
id = api.set(text)
assert api.get([id]) == [{'id': id, 'name': text}], api.get([id])
assert api.set('one line', id) == id
assert api.get([id])[0]['name'] == 'one line'
api.execute('unlink', [[id]])
assert id not in [row['id'] for row in api.get()]
