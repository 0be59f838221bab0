#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The curl line of the RhodeCode document, byte for byte but for the server's address, with real remotes.

usage: source003_curl.py PARLEY
"""
import json
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import remotes  # noqa: E402

LINE = r"""curl https://server.com/_admin/api -X POST -H 'content-type:text/plain' --data-binary """ \
    r"""'{"id":1,"api_key":"xe7cdb2v278e4evbdf5vs04v832v0efvcbcve4a3","method":"pull","args":{"repo":"CPython"}}'"""


def autopull(program, folder, kind, remote):
    """Runs the line against a server whose repository CPython has this remote; the mirror's folder."""
    folder.mkdir()
    with remotes.Repositories(program, folder) as server:
        number = server.add("CPython", remote, kind)
        words = [word.replace("https://server.com", f"http://127.0.0.1:{server.port}") for word in shlex.split(LINE)]
        answer = subprocess.run([*words, "--silent", "--show-error", "--fail"], check=True, capture_output=True, text=True,
                                timeout=60).stdout
        assert answer == '{"id": 1, "result": "Pulled from CPython", "error": null}', answer + server.server.tail()
        assert json.loads(answer)["error"] is None
        return server.place(number, kind)


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory(prefix="parley-source003-") as folder:
        folder = pathlib.Path(folder)
        git = remotes.Git(folder / "remotes" / "cpython.git")
        with remotes.git_daemon(folder / "remotes") as port:
            mirror = autopull(program, folder / "git", "git", f"git://127.0.0.1:{port}/cpython.git")
        log = ["git", "log", "--all", "--format=%H %s"]
        assert remotes.run(*log, cwd=mirror) == remotes.run(*log, cwd=git.bare) != ""
        if shutil.which("hg") is None:
            sys.exit("hg is not installed: the document's repository is one of Mercurial")
        with remotes.hg_serve(folder / "remote") as port:
            mirror = autopull(program, folder / "hg", "hg", f"http://127.0.0.1:{port}/")
        log = ["hg", "log", "-T", "{node} {desc}\n"]
        assert remotes.run(*log, cwd=mirror) == remotes.run(*log, cwd=folder / "remote") != ""


if __name__ == "__main__":
    main()
