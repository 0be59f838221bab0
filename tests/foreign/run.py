#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs other people's clients against a server of ours.

usage: run.py PARLEY_BINARY [--modules-path FOLDER] [--only TEXT] [--allow-missing NAME,NAME] [-v]
       run.py --server HOST:PORT ...

Starts the binary on a free port with a temporary data folder and demo databases, gives its address
to each script as PARLEY_SERVER and prints a line a script and the counts. A client whose interpreter
or library is missing fails unless --allow-missing names it (--list shows the names). packages.txt
has the Debian packages that make all of them run. Ends with status 1 when anything failed.
Python 3 standard library only.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
DATABASES = ("openacademy", "v8dev", "parley")
START_LIMIT_S, SCRIPT_LIMIT_S, STOP_LIMIT_S = 120, 120, 15
DEBIAN_PYTHON = "/usr/bin/python3"   # the one Debian's Python packages belong to
LIBXMLRPC = ("-lxmlrpc_client", "-lxmlrpc", "-lxmlrpc_util")

# What a client needs: name -> a command that ends well where the client can run.
NEEDS = {
    "python": [sys.executable, "-c", ""],
    "odoorpc": [DEBIAN_PYTHON, "-c", "import odoorpc"],
    "tk": ["sh", "-c", f"command -v Xvfb && command -v xdotool && {DEBIAN_PYTHON} -c 'import tkinter'"],
    "ruby": ["ruby", "-e", "require 'xmlrpc/client'; require 'net/http'"],
    "perl-rpc-xml": ["perl", "-MRPC::XML::Client", "-e", "1"],
    "perl-frontier": ["perl", "-MFrontier::Client", "-e", "1"],
    "perl-xmlrpc-lite": ["perl", "-MXMLRPC::Lite", "-e", "1"],
    "php": ["php", "-r", "exit(0);"],
    "php-xmlrpc": ["php", "-r", "exit(function_exists('xmlrpc_encode_request') ? 0 : 1);"],
    "xmlrpc-c": ["sh", "-c", "command -v gcc && command -v xmlrpc-c-config"],
    "xmlrpc-command": ["sh", "-c", "command -v xmlrpc"],
    "curl": ["curl", "--version"],
    "repositories": ["sh", "-c", "command -v curl && command -v git && command -v hg"],
    "npm": ["sh", "-c", "command -v node && command -v npm"],
}

# script, what it needs, the words that run it ({script}, {build} and {binary} are filled in; those
# that take the binary start a server of their own)
SCRIPTS = [
    ("source000_xmlrpc.py", "python", [sys.executable, "{script}"]),
    ("source000_jsonrpc.py", "python", [sys.executable, "{script}"]),
    ("openacademy_exercise.py", "python", [sys.executable, "{script}"]),
    ("source001_console.py", "python", [sys.executable, "{script}"]),
    ("source001_erppeek_wire.py", "python", [sys.executable, "{script}"]),
    ("note_api.py", "python", [sys.executable, "{script}"]),
    ("note_api_calls.py", "python", [sys.executable, "{script}"]),
    ("note_gui_window.py", "tk", [DEBIAN_PYTHON, "{script}"]),
    ("odoorpc_round.py", "odoorpc", [DEBIAN_PYTHON, "{script}"]),
    ("ruby_xmlrpc.rb", "ruby", ["ruby", "{script}"]),
    ("ruby_jsonrpc.rb", "ruby", ["ruby", "{script}"]),
    ("perl_rpc_xml.pl", "perl-rpc-xml", ["perl", "{script}"]),
    ("perl_frontier.pl", "perl-frontier", ["perl", "{script}"]),
    ("perl_xmlrpc_lite.pl", "perl-xmlrpc-lite", ["perl", "{script}"]),
    ("php_xmlrpc.php", "php-xmlrpc", ["php", "{script}"]),
    ("php_jsonrpc.php", "php", ["php", "{script}"]),
    ("c_xmlrpc.c", "xmlrpc-c", ["sh", "-c", "gcc -Wall -Wextra {script} -o {build}/c_xmlrpc " + " ".join(LIBXMLRPC) + " && {build}/c_xmlrpc"]),
    ("xmlrpc_command.sh", "xmlrpc-command", ["sh", "{script}"]),
    ("source003_curl.py", "repositories", [sys.executable, "-B", "{script}", "{binary}"]),
    ("rhodecode_api.py", "repositories", [sys.executable, "-B", "{script}", "{binary}"]),
    ("curl_jsonrpc.sh", "curl", ["sh", "{script}"]),
    ("npm/odoo_await.js", "npm", ["npm/run.sh", "{build}", "{script}"]),
    ("npm/odoo_xmlrpc.js", "npm", ["npm/run.sh", "{build}", "{script}"]),
    ("npm/async_odoo_xmlrpc.js", "npm", ["npm/run.sh", "{build}", "{script}"]),
    ("npm/jayson.js", "npm", ["npm/run.sh", "{build}", "{script}"]),
    ("curl_json2.sh", "curl", ["sh", "{script}"]),
    ("mcp/sdk_v1.mjs", "npm", ["./node22.sh", "{build}", "{script}"]),
    ("mcp/sdk_v2.mjs", "npm", ["./node22.sh", "{build}", "{script}"]),
    ("validators/validate.mjs", "npm", ["./node22.sh", "{build}", "{script}"]),
]


class Server:
    """A spawned server; its log is drained by a thread so that it never waits for us."""

    def __init__(self, binary, data, modules, verbose):
        words = [str(pathlib.Path(binary).resolve()), "serve", "--port", "0", "--data", data, "--demo",
                 "--login-failures-max", "1000",  # each client tries a wrong password, all from here
                 "--modules", "base,note,todo,openacademy"]
        for database in DATABASES:
            words += ["--database", database]
        if modules:
            words += ["--modules-path", modules]
        self.verbose, self.address, self.log = verbose, None, []
        self.ready = threading.Event()
        self.process = subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                        text=True, errors="replace")
        self.reader = threading.Thread(target=self.drain, daemon=True)
        self.reader.start()

    def drain(self):
        for line in self.process.stderr:
            self.log = (self.log + [line.rstrip()])[-200:]
            if self.verbose:
                sys.stderr.write("server: " + line)
            found = re.search(r"listening on http://(127\.0\.0\.1:\d+)", line)
            if found and not self.address:
                self.address = found.group(1)
                self.ready.set()
        self.ready.set()

    def wait_until_ready(self):
        self.ready.wait(START_LIMIT_S)
        if not self.address:
            sys.exit("the server did not start:\n" + "\n".join(self.log[-20:]))
        return self.address

    def is_running(self):
        return self.process.poll() is None

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def has(need, cache={}):
    if need not in cache:
        try:
            cache[need] = subprocess.run(NEEDS[need], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                         timeout=SCRIPT_LIMIT_S).returncode == 0
        except FileNotFoundError:
            cache[need] = False
    return cache[need]


def play(words, environment):
    """Runs one client; gives whether it was content, and its last words."""
    try:
        done = subprocess.run(words, env=environment, cwd=HERE, timeout=SCRIPT_LIMIT_S, text=True, errors="replace",
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except subprocess.TimeoutExpired:
        return False, f"no end within {SCRIPT_LIMIT_S} s"
    return done.returncode == 0, done.stdout.strip() or f"status {done.returncode}"


def play_all(address, server, options, build):
    environment = dict(os.environ, PARLEY_SERVER=address, PYTHONDONTWRITEBYTECODE="1", LC_ALL="C.UTF-8", no_proxy="*")
    allowed = set(filter(None, options.allow_missing.split(",")))
    passed, failed, missing = 0, 0, 0
    binary = pathlib.Path(options.binary).resolve() if options.binary else "parley"  # else that of PATH
    for script, need, words in SCRIPTS:
        if options.only not in script:
            continue
        if not has(need):
            missing += need in allowed
            failed += need not in allowed
            print(f"{'missing' if need in allowed else 'FAIL'} {script}: {need} is not installed", flush=True)
            continue
        began = time.monotonic()
        content, text = play([w.format(script=HERE / script, build=build, binary=binary) for w in words], environment)
        passed, failed = passed + content, failed + (not content)
        print(f"{'pass' if content else 'FAIL'} {script} {time.monotonic() - began:.2f} s", flush=True)
        if not content or options.verbose:
            print("\n".join("     " + line for line in text.splitlines()[-12:]), flush=True)
        if server and not server.is_running():
            print("the server is gone:\n" + "\n".join(server.log[-20:]))
            failed += 1
            break
    print(f"{passed} passed, {failed} failed" + (f", {missing} missing as allowed" if missing else ""))
    return 1 if failed or not passed + missing else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", nargs="?", help="path of the parley program")
    parser.add_argument("--server", help="HOST:PORT of a server that runs already")
    parser.add_argument("--modules-path", default="", help="folder of module folders, handed to the server")
    parser.add_argument("--only", default="", help="only scripts with this text in their name")
    parser.add_argument("--allow-missing", default="", metavar="NAME,NAME", help="needs that may be absent")
    parser.add_argument("--list", action="store_true", help="print each script and what it needs")
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    if options.list:
        for script, need, _ in SCRIPTS:
            print(f"{script} {need}{'' if has(need) else ' (missing)'}")
        return 0
    if bool(options.binary) == bool(options.server):
        parser.error("name either the binary or --server")
    folder = tempfile.mkdtemp(prefix="parley-foreign-")
    server = None
    try:
        if options.binary:
            server = Server(options.binary, folder + "/data", options.modules_path, options.verbose)
        address = server.wait_until_ready() if server else options.server
        return play_all(address, server, options, folder)
    finally:
        if server:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
