#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the stages of `./dev test`: builds and ctest for each preset, and with --all the rest.

usage: test.py [--all] [--preset NAME] [--fuzz-seconds N] [--jobs N]

Each stage prints its name before and its minutes after. A stage is a list of counted entries:
ctest's own for a preset, one for every other program. At the end come the last lines of each
stage that failed; the last line is the sum of all, `N passed, N failed`; the exit status is 1
unless everything passed.
"""
import argparse
import collections
import hashlib
import json
import os
import pathlib
import platform
import re
import resource
import shlex
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
CTEST_TOTAL = re.compile(r"^\d+% tests passed, (\d+) tests? failed out of (\d+)")
CTEST_SKIPPED = re.compile(r"^\s*\d+/\d+ Test\s+#\d+: (\S+) \.*\s*\*\*\*Skipped")
COMPILE_CPU_SECONDS_MAX = 30  # for one object; what takes longer is worth splitting
COMPILE_LOOKED_AT = 3
UNWATCHED = {".git", "build", "var", "node_modules", "__pycache__"}
LINES_SHOWN_AGAIN = 60  # of a stage that failed
last_lines = collections.deque(maxlen=LINES_SHOWN_AGAIN)  # of the stage that runs


def say(line):
    print(line, flush=True)
    last_lines.append(line)


def run(*command, hear=None):
    """The exit status; output goes to the terminal as it comes, and each line of it to `hear`."""
    say("+ " + " ".join(map(str, command)))
    try:
        with subprocess.Popen(list(map(str, command)), cwd=ROOT, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace") as program:
            for line in program.stdout:
                say(line.rstrip("\n"))
                if hear:
                    hear(line)
    except FileNotFoundError as missing:
        say(f"no program {missing.filename}")
        return 127
    return program.returncode


def one(*command):
    """A program as one entry: (passed, failed)."""
    return (1, 0) if run(*command) == 0 else (0, 1)


def fingerprint():
    """Changes with any file of the tree, build results aside."""
    seen = hashlib.sha256()
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(set(folders) - UNWATCHED)
        for name in sorted(names):
            path = os.path.join(folder, name)
            state = os.lstat(path)
            seen.update(f"{path} {state.st_size} {state.st_mtime_ns}\n".encode())
    return seen.hexdigest()


def count_ctest(lines):
    """(passed, failed, skipped names) of ctest's output, None for what it never said."""
    passed = failed = None
    skipped = []
    for line in lines:
        if hit := CTEST_TOTAL.match(line):
            failed, passed = int(hit[1]), int(hit[2]) - int(hit[1])
        elif hit := CTEST_SKIPPED.match(line):
            skipped.append(hit[1])
    if passed is not None:
        passed -= len(skipped)  # ctest's total takes them for passed
    return passed, failed, skipped


def build(preset, jobs):
    return run("cmake", "--preset", preset) == 0 and \
        run("cmake", "--build", "--preset", preset, "-j", jobs) == 0


def test_preset(preset, jobs):
    """Builds a preset and runs its tests; a build that fails is one failed entry."""
    if not build(preset, jobs):
        return 0, 1
    command = ["ctest", "--preset", preset, "-j", "2", "--no-tests=error"]
    if preset == "tsan" and subprocess.run(["setarch", "-R", "true"], check=False,
                                           capture_output=True).returncode == 0:
        command = ["setarch", platform.machine(), "-R"] + command  # TSan needs its address ranges
    lines = []
    status = run(*command, hear=lines.append)
    passed, failed, skipped = count_ctest(lines)
    if passed is None:
        return 0, 1
    if skipped:
        say(f"{preset}: SKIPPED, not tested: {' '.join(skipped)}")
    if status != 0 and failed == 0:
        failed = 1
    return passed, failed


def test_dev(jobs, reuse):
    """The dev preset; with `reuse`, a pass of exactly this tree counts without another run."""
    stamp = ROOT / "build/dev/tested.json"
    tree = fingerprint()
    if reuse and stamp.exists():
        past = json.loads(stamp.read_text())
        if past["tree"] == tree:
            print(f"dev: not run again, {past['passed']} tests passed on exactly these files")
            return past["passed"], 0
    stamp.unlink(missing_ok=True)
    passed, failed = test_preset("dev", jobs)
    if failed == 0 and fingerprint() == tree:
        stamp.write_text(json.dumps({"tree": tree, "passed": passed}))
    return passed, failed


def compile_cpu_seconds(command, folder):
    """CPU time of one compilation (a list of words) without the cache, its object thrown away."""
    words = command[:]
    words[words.index("-o") + 1] = "/dev/null"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    status = subprocess.run(words, cwd=folder, check=False,
                            env=os.environ | {"CCACHE_DISABLE": "1"}).returncode
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime if status == 0 else None


def compile_times():
    """The objects ninja waited longest for, compiled once more, stay within the budget."""
    build_folder = ROOT / "build/dev"
    log, commands = build_folder / ".ninja_log", build_folder / "compile_commands.json"
    if not log.exists() or not commands.exists():
        say("compile times: build the dev preset first")
        return 0, 1
    waited = {}  # object -> milliseconds of wall time, whatever else ran
    for line in log.read_text().splitlines()[1:]:
        begin, end, _, output = line.split("\t")[:4]
        waited[output] = int(end) - int(begin)
    entries = [entry | {"words": shlex.split(entry["command"])}
               for entry in json.loads(commands.read_text())
               if "cmake_pch" not in entry["file"]]
    entries.sort(key=lambda entry: -waited.get(entry["words"][entry["words"].index("-o") + 1], 0))
    within = True
    for entry in entries[:COMPILE_LOOKED_AT]:
        seconds = compile_cpu_seconds(entry["words"], entry["directory"])
        within = within and seconds is not None and seconds <= COMPILE_CPU_SECONDS_MAX
        say(f"{seconds or 0:6.1f} s  {os.path.relpath(entry['file'], ROOT)}")
    if not within:
        say(f"compile times: over the budget of {COMPILE_CPU_SECONDS_MAX} s of CPU for one object")
    return (1, 0) if within and entries else (0, 1)


def extra_stages(arguments):
    """What --all adds, in order of what fails soonest."""
    python = sys.executable
    server = ROOT / "build/dev/apps/parley/parley"
    return [
        ("packages", lambda: one(ROOT / "dev", "setup", "build", "test", "all", "foreign", "browser")),
        ("compile times", compile_times),
        ("conformance odoo", lambda: one(python, "tests/conformance/run_replay.py", "odoo",
                                         "--server", server)),
        ("conformance cases", lambda: one(python, "tests/conformance/run_replay.py", "cases",
                                          "--server", ROOT / "build/dev/examples/demo/demo")),
        ("conformance rest", lambda: one(python, "tests/conformance/rest_rows.py",
                                         ROOT / "build/dev/examples/persons/persons")),
        ("bson corpus", lambda: one(python, "tests/conformance/bson_corpus.py",
                                    "--server", ROOT / "build/dev/examples/demo/demo")),
        ("foreign clients", lambda: one(python, "tests/foreign/run.py", server)),
        ("browser", lambda: one(python, "tests/browser/run.py", ROOT / "build/dev/examples/demo/demo")),
        ("kill -9 under load", lambda: one(python, "tests/fault/kill9.py", "--server", server,
                                           "--rounds", "5")),
        ("asan", lambda: test_preset("asan", arguments.jobs)),
        ("tsan", lambda: test_preset("tsan", arguments.jobs)),
        ("fuzz", lambda: one(python, "tools/fuzz.py", "--all", "--seconds",
                             arguments.fuzz_seconds, "--jobs", arguments.jobs)),
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--preset", default="dev")
    parser.add_argument("--fuzz-seconds", type=int, default=10)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    arguments = parser.parse_args()

    if arguments.preset == "dev":
        stages = [("dev", lambda: test_dev(arguments.jobs, reuse=arguments.all))]
    else:
        stages = [(arguments.preset, lambda: test_preset(arguments.preset, arguments.jobs))]
    if arguments.all:
        stages += extra_stages(arguments)

    rows, failures = [], []
    for name, stage in stages:
        last_lines.clear()
        print(f"\n=== {name} ===", flush=True)
        begin = time.monotonic()
        passed, failed = stage()
        minutes = (time.monotonic() - begin) / 60
        rows.append((name, passed, failed, minutes))
        if failed or not passed:
            failures.append((name, list(last_lines)))
        print(f"=== {name}: {passed} passed, {failed} failed in {minutes:.1f} min", flush=True)

    for name, lines in failures:
        print(f"\n=== {name} failed; its last lines were ===", *lines, sep="\n")
    print("\nstage                  passed  failed  minutes")
    for name, passed, failed, minutes in rows:
        print(f"{name:<22} {passed:>6}  {failed:>6}  {minutes:>7.1f}")
    all_passed, all_failed = sum(row[1] for row in rows), sum(row[2] for row in rows)
    print(f"{all_passed} passed, {all_failed} failed", flush=True)
    return 1 if failures or not all_passed else 0


if __name__ == "__main__":
    sys.exit(main())
