#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the official MCP conformance tool against the demo.

usage: conformance.py DEMO [--only TEXT] [--install FOLDER]

Starts DEMO on a free port. The tool comes from npm (package.json) into FOLDER, by default one that
goes afterwards. Ends with status 1 when a scenario fails that not_for_us.txt does not name.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "support"))
import server  # noqa: E402  tests/support


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("demo", type=pathlib.Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--install", type=pathlib.Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, \
            server.Server(arguments.demo.resolve(), ["serve", "--host", "127.0.0.1", "--port", "0"]) as demo:
        words = [str(HERE.parent / "node22.sh"), str(arguments.install or scratch), str(HERE / "scenarios.mjs"),
                 str(HERE / "not_for_us.txt"), arguments.only]
        environment = dict(os.environ, PARLEY_SERVER=f"127.0.0.1:{demo.port}", no_proxy="*")
        return subprocess.run(words, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
