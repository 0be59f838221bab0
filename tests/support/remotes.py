# SPDX-License-Identifier: Apache-2.0
"""Remotes on loopback for tests that pull repositories, and a server of ours that may pull them."""
import contextlib
import http.server
import json
import os
import pathlib
import socket
import subprocess
import threading
import time
import urllib.request
import xmlrpc.client

from server import Server

KEY = "xe7cdb2v278e4evbdf5vs04v832v0efvcbcve4a3"  # the one the source's document shows
SECONDS_MAX = 60
CLEAN = {"PATH": os.environ["PATH"], "HGRCPATH": "", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
         "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"}
AUTHOR = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main"]


def run(*words, cwd=None):
    return subprocess.run([str(word) for word in words], cwd=cwd, env=CLEAN, check=True, text=True,
                          capture_output=True, timeout=SECONDS_MAX).stdout.strip()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def wait_for(port, process=None):
    for _ in range(SECONDS_MAX * 50):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        if process is not None and process.poll() is not None:
            break
        time.sleep(0.02)
    raise AssertionError(f"nobody listens on {port}")


class Git:
    """A bare repository with one commit on `main`."""

    def __init__(self, folder):
        self.bare = pathlib.Path(folder)
        self.bare.mkdir(parents=True)
        run("git", *AUTHOR, "init", "-q", "--bare", ".", cwd=self.bare)
        self.commit("first")

    def commit(self, text, branch="main"):
        tree = run("git", "hash-object", "-t", "tree", "-w", "/dev/null", cwd=self.bare)  # an empty one
        made = run("git", *AUTHOR, "commit-tree", "-m", text, tree, cwd=self.bare)
        run("git", "update-ref", f"refs/heads/{branch}", made, cwd=self.bare)
        run("git", "update-server-info", cwd=self.bare)
        return made

    def delete(self, branch):
        run("git", "update-ref", "-d", f"refs/heads/{branch}", cwd=self.bare)


@contextlib.contextmanager
def child(words, port, cwd):
    process = subprocess.Popen([str(word) for word in words], cwd=cwd, env=CLEAN, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        wait_for(port, process)
        yield port
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
        process.wait()


def git_daemon(folder):
    """Serves the repositories in `folder` as git://127.0.0.1:PORT/NAME."""
    port = free_port()
    return child(["git", "daemon", "--export-all", "--listen=127.0.0.1", f"--port={port}", f"--base-path={folder}", folder],
                 port, folder)


def hg_serve(folder):
    """Makes a repository of one change in `folder` and serves it as http://127.0.0.1:PORT/."""
    pathlib.Path(folder).mkdir(parents=True)
    (pathlib.Path(folder) / "spam.py").write_text("print('spam')\n")
    run("hg", "init", ".", cwd=folder)
    run("hg", "commit", "-q", "-A", "-u", "test", "-m", "first", cwd=folder)
    port = free_port()
    return child(["hg", "serve", "-a", "127.0.0.1", "-p", port], port, folder)


@contextlib.contextmanager
def http_answers(answer):
    """An HTTP server whose GET calls `answer(handler)`; gives its port."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):  # noqa: N802
            answer(self)

        def log_message(self, *_):
            pass

    listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    thread = threading.Thread(target=listener.serve_forever, daemon=True)
    thread.start()
    try:
        yield listener.server_address[1]
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()


@contextlib.contextmanager
def silent():
    """A remote that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


class Repositories:
    """A server with module vcs whose administrator has KEY."""

    def __init__(self, program, folder, *flags, private="127.0.0.1"):
        self.data = pathlib.Path(folder) / "data"
        key = pathlib.Path(folder) / "key"
        key.write_text(KEY + "\n")
        common = ["--data", str(self.data), "--modules", "base,vcs"]
        for words in (["db", "init", "parley"], ["user", "key", "add", "admin", "cron", "--value-file", str(key)]):
            subprocess.run([str(program), *words, *common], check=True, capture_output=True, timeout=SECONDS_MAX)
        self.server = Server(program, ["serve", "--port", "0", "--vcs-private-hosts", private, *common, *flags])
        self.port = self.server.port

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.kill()

    def model(self, model, method, *arguments, uid=2, password="admin"):
        with xmlrpc.client.ServerProxy(f"http://127.0.0.1:{self.port}/xmlrpc/2/object", allow_none=True) as proxy:
            return proxy.execute_kw("parley", uid, password, model, method, list(arguments))

    def add(self, name, remote=None, kind="git"):
        return self.model("vcs.repository", "create",
                          {"name": name, "repo_type": kind, "clone_uri": remote or False})

    def ask(self, method, key=KEY, **arguments):
        """The whole answer of RhodeCode's API."""
        body = json.dumps({"id": 7, "api_key": key, "method": method, "args": arguments}).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/_admin/api", body, {"Content-Type": "text/plain"})
        with urllib.request.urlopen(request, timeout=SECONDS_MAX) as reply:
            return json.load(reply)

    def place(self, number, kind="git"):
        return self.data / "repos" / "parley" / f"{number}.{kind}"

    def head(self, number, branch="main"):
        return run("git", "rev-parse", "--verify", "-q", f"refs/heads/{branch}", cwd=self.place(number))
