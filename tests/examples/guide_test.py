#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the lines of docs/guide/one-method-every-protocol.md: usage guide_test.py DEMO.

In its ```console blocks a line after `$ ` is a command, what follows is its answer. The first block is run too;
its line with `serve` is what starts the server. Only where things are is put in place of what stands there.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/support"))
import server  # noqa: E402

PAGE = ROOT / "docs/guide/one-method-every-protocol.md"
DEMO = sys.argv[1]
COMMAND_SECONDS_MAX = 60
# What must be on the page: a part of a command for each protocol.
PROTOCOLS = ["/RPC2", '"method": "add", "params": {', "execute_kw", "/add?a=2&b=3\"", "callback=", "-d a=2", "application/bson",
             "/ws/add.json", "/ws/add.xml", "/json/2/", "/mcp",
             "/_admin/api"]


def blocks():
    """Each ```console block as a list of [command, answer]."""
    for text in re.findall(r"^```console\n(.*?)^```$", PAGE.read_text(), re.M | re.S):
        steps = []
        for line in text.splitlines():
            if line.startswith("$ "):
                steps.append([line[2:], ""])
            else:
                steps[-1][1] += line + "\n"
        yield steps


class Guide(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.places = {"build/dev/examples/demo/demo": str(pathlib.Path(DEMO).resolve()), "var/guide": folder.name}
        (where, _), *steps = next(blocks())
        self.prelude = self.placed(where) + "\n"
        for command, answer in steps:
            if " serve " not in command:
                self.check(command, answer)
                continue
            words = self.said(command.replace("$demo", "echo")).split()  # what the shell makes of it
            started = self.enterContext(server.Server(DEMO, [*words, "--host", "127.0.0.1", "--port", "0"]))
            self.places["127.0.0.1:8069"] = f"127.0.0.1:{started.port}"

    def placed(self, text):
        for written, real in self.places.items():
            text = text.replace(written, real)
        return text

    def said(self, command):
        done = subprocess.run(["bash", "-c", self.prelude + self.placed(command)], check=False, capture_output=True, text=True,
                              timeout=COMMAND_SECONDS_MAX, env=os.environ | {"no_proxy": "*"})
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def check(self, command, answer):
        self.assertEqual(self.said(command).strip("\n"), answer.strip("\n"), command)

    def test_every_line_answers_what_the_page_says(self):
        first, *others = blocks()
        commands = [step for steps in others for step in steps]
        for part in PROTOCOLS:
            self.assertTrue(any(part in command for command, _ in commands), f"no line with {part}")
        for command, answer in commands:
            with self.subTest(command):
                self.check(command, answer)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
