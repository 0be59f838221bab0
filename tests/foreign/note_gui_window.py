# SPDX-License-Identifier: Apache-2.0
# A person at note_gui.py, played by xdotool on a virtual screen: a window for each task, Ctrl+N for
# an empty note, two lines of text, Ctrl+S; then the server must have the text.
import os
import pathlib
import subprocess
import sys

from note_api import NoteAPI

LIMIT_S = 20
HERE = pathlib.Path(__file__).resolve().parent
TEXT = 'Buy milk\nand bread'

def screen():
    """Starts a virtual screen; gives its process and its name, which Xvfb says once it is ready."""
    readable, writable = os.pipe()
    process = subprocess.Popen(['Xvfb', '-displayfd', str(writable), '-screen', '0', '1024x768x24', '-nolisten', 'tcp'],
                               pass_fds=[writable], stderr=subprocess.DEVNULL)
    os.close(writable)
    with os.fdopen(readable) as answers:
        number = answers.readline().strip()
    assert number, 'Xvfb did not start'
    return process, ':' + number

def xdotool(*words):
    return subprocess.run(['xdotool', *words], check=True, timeout=LIMIT_S, text=True, stdout=subprocess.PIPE).stdout.split()

def window(title):
    """Waits for the window of this title."""
    return xdotool('search', '--sync', '--onlyvisible', '--name', '^%s$' % title)[-1]

def bring(target):
    """Does what a window manager does at a click: the window comes up and gets the keyboard."""
    xdotool('windowraise', target, 'mousemove', '--window', target, '50', '50', 'click', '1', 'windowfocus', '--sync', target)

def play(api):
    before = {row['id'] for row in api.get()}
    assert before, 'the window needs a task to start with'
    for id in before:
        window('#%d' % id)
    bring(window('#%d' % max(before)))
    xdotool('key', 'ctrl+n')
    bring(window('tk( #[0-9]+)?'))   # Tk numbers the untitled windows of one program
    xdotool('type', TEXT)
    xdotool('key', 'ctrl+s')
    window('Info')   # the message box opens after the server's answer
    saved = [row for row in api.get() if row['id'] not in before]
    assert len(saved) == 1, saved
    assert saved[0]['name'].rstrip('\n') == TEXT, saved
    print('saved', saved[0])

def main():
    server = os.environ.get('PARLEY_SERVER', 'localhost:8069')
    api = NoteAPI('http://' + server, 'v8dev', 'admin', 'admin')
    xvfb, display = screen()
    os.environ['DISPLAY'] = display
    gui = subprocess.Popen([sys.executable, str(HERE / 'note_gui.py')])
    try:
        play(api)
    finally:
        for process in (gui, xvfb):
            process.terminate()
            process.wait(LIMIT_S)

if __name__ == '__main__':
    main()
