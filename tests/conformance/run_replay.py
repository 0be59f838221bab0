#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Puts recorded calls and conformance cases to a server of ours, each scenario to a fresh one.

usage: run_replay.py odoo --server PROGRAM [--only s05,s06] [--ours FILE] [--allow-missing] [-v]
       run_replay.py cases --server DEMO [--only xmlrpc,...] [--ours FILE] [--allow-missing] [-v]

The data and the programs that compare are in PARLEY_SHARED/conformance. A difference is a failure
unless its id stands in the ours file with a reason: `id reason`, one a line. A case whose origin is
`source` or `spec` cannot be excused. Ends with `N passed, N failed`, status 1 when one failed.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import server  # noqa: E402  tests/support

ODOO_SCENARIOS = "s01,s02,s03,s05,s06,s09,s13,s14"
CASE_SUITES = "xmlrpc,jsonrpc1x,jsonrpc20,rhodecode,mcp,describe,pathrpc"
VERDICT = re.compile(r"^  (same|shape|ours|differs)\s+(\S+)")
SCENARIO_TOTAL = re.compile(r"same (\d+), shape (\d+), ours (\d+), differs (\d+)")
CASE = re.compile(r"^(FAIL|ok)\s+(\S+)(?: \[(\w+)\])?")
SCENARIO_SECONDS_MAX = 600


def read_ours(path):
    """id -> reason; an id without a reason is refused."""
    ours = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, reason = line.strip().partition(" ")
        if not reason.strip():
            sys.exit(f"{path}:{number}: {name} has no reason")
        ours[name] = reason.strip()
    return ours


def compare(program, arguments, command):
    """The lines `command` prints about a server made for it; None when there was no server."""
    try:
        with server.Server(program, arguments) as running:
            address = f"127.0.0.1:{running.port}"
            done = subprocess.run([sys.executable, "-B", *(part.replace("ADDRESS", address)
                                                           for part in command)],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                  errors="replace", timeout=SCENARIO_SECONDS_MAX, check=False)
            ended = running.process.poll()
            if ended is not None:
                print(f"the server ended with {ended}:\n{running.tail()}")
                return None
            return done.stdout.splitlines()
    except (server.NotReady, OSError, subprocess.TimeoutExpired) as failure:
        print(f"no comparison: {failure}")
        return None


def replay_scenario(arguments, conformance, path):
    """(passed, failed, ids excused) of one recorded scenario."""
    with tempfile.TemporaryDirectory() as data:
        lines = compare(arguments.server, server.serve_arguments(data),
                        [str(conformance / "replay_odoo.py"), "ADDRESS", "--db", "parley", "-v",
                         "--ours", str(arguments.ours), str(path)])
    total = next((hit for line in lines or [] if (hit := SCENARIO_TOTAL.search(line))), None)
    if total is None:
        print("\n".join((lines or [])[-20:]))
        return 0, sum(1 for _ in open(path)), set()
    verdicts = [(hit[1], hit[2], line) for line in lines if (hit := VERDICT.match(line))]
    for verdict, _, line in verdicts:
        if verdict == "differs" or arguments.verbose:
            print(line)
    same, shape, ours, differs = map(int, total.groups())
    print(f"{path.stem}: same {same}, shape {shape}, ours {ours}, differs {differs}", flush=True)
    return same + shape + ours, differs, {name for verdict, name, _ in verdicts if verdict == "ours"}


def run_suite(arguments, conformance, path, ours):
    """(passed, failed, ids excused) of one file of cases."""
    lines = compare(arguments.server, ["serve", "--host", "127.0.0.1", "--port", "0"],
                    [str(conformance / "run_cases.py"), "ADDRESS", str(path), "-v"])
    passed = failed = 0
    excused = set()
    for index, line in enumerate(lines or []):
        if not (hit := CASE.match(line)):
            continue
        verdict, name, origin = hit.groups()
        if verdict == "ok":
            passed += 1
        elif name in ours and origin not in ("source", "spec"):
            passed += 1
            excused.add(name)
        else:
            failed += 1
            print("\n".join([line] + [more for more in lines[index + 1:index + 4]
                                      if more.startswith("     ")]))
    if not passed and not failed:
        print("\n".join((lines or [])[-20:]))
        failed = 1
    print(f"{path.stem}: {passed} passed ({len(excused)} ours), {failed} failed", flush=True)
    return passed, failed, excused


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("kind", choices=("odoo", "cases"))
    parser.add_argument("--server", required=True, type=pathlib.Path)
    parser.add_argument("--only")
    parser.add_argument("--ours", type=pathlib.Path, default=HERE / "ours.txt")
    parser.add_argument("--allow-missing", action="store_true")
    parser.add_argument("-v", dest="verbose", action="store_true")
    arguments = parser.parse_args()

    shared = os.environ.get("PARLEY_SHARED")
    beside = HERE.parent.parent.parent / "shared"
    conformance = pathlib.Path(shared or beside) / "conformance"
    if not conformance.is_dir():
        print(f"CONFORMANCE NOT RUN: no data at {conformance}; set PARLEY_SHARED", file=sys.stderr)
        return 0 if arguments.allow_missing else 1
    if not arguments.server.is_file():
        print(f"CONFORMANCE NOT RUN: no program {arguments.server}", file=sys.stderr)
        return 1

    ours = read_ours(arguments.ours)
    folder, ending = ("odoo", "jsonl") if arguments.kind == "odoo" else ("cases", "json")
    wanted = (arguments.only or (ODOO_SCENARIOS if folder == "odoo" else CASE_SUITES)).split(",")
    passed = failed = 0
    for prefix in wanted:
        files = sorted((conformance / folder).glob(f"{prefix}*.{ending}"))
        if not files:
            print(f"no {folder}/{prefix}*.{ending}")
            failed += 1
        for path in files:
            if folder == "odoo":
                good, bad, excused = replay_scenario(arguments, conformance, path)
            else:
                good, bad, excused = run_suite(arguments, conformance, path, ours)
            passed, failed = passed + good, failed + bad
            start = path.stem + ("#" if folder == "odoo" else "/")
            for name in sorted({name for name in ours if name.startswith(start)} - excused):
                print(f"ours.txt: {name} is answered alike, its line can go")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
