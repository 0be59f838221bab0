#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures Parley beside its peers; prints tables and stores them in bench/results.

usage: run.py [--quick] [--build DIR] [--partners N] [--repeats N] [--seconds S] [--peers all|none]
              [--only ground|services|protocols|memory|tail] [--results DIR]

A row is one operation in one form (json, xml) on one subject. Status 77 when the load cannot be
made at all (no wrk); whatever else is missing is named in the output and in the file.
"""
import argparse
import contextlib
import dataclasses
import datetime
import functools
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile

import calls
import cost
import ground
import load
import memory
import protocols
import subjects
import tail
import wire

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
SERVER = "apps/parley/parley"  # in the build folder
LOOP = "bare C loop, SQLite"
CANNOT_MEASURE = 77
PARTS = ("ground", "services", "protocols", "memory", "tail")
# Reads first: the creating loads make the table longer.
LOAD_ORDER = ["version", "read_one", "search_read", "mixed", "create", "create_1000"]
UNITS = {"calls_a_second": "calls/s", "p50_ms": "ms", "p99_ms": "ms",
         "cpu_us": "microseconds of CPU of the subject, a call",
         "instructions": "user-space instructions a call, one client, all threads",
         "system_calls": "a call, one client, all threads"}
# Calls in the short and in the long row that are counted; the bulk call is 1,000 times larger.
COUNTED = {False: (10, 60), True: (5, 15)}
COUNTED_BULK = {False: (1, 4), True: (1, 2)}
CREATED_ROWS = {"create": 1, "create_1000": calls.BULK_ROWS}  # a call
LOOP_ROUNDS = ground.LOOP_ROUNDS | {"create": 1000}
LOOP_NAMES = {"create_32": "create, 32 a sync"}


class Report:
    """Rows as they come, and what could not be measured."""

    def __init__(self):
        self.rows, self.missing, self.ratios = [], [], []
        self.ground, self.memory, self.tail = [], [], []  # rows of the programs of these names

    def row(self, subject, operation, form):
        for row in self.rows:
            if (row["subject"], row["operation"], row["form"]) == (subject, operation, form):
                return row
        self.rows.append({"subject": subject, "operation": operation, "form": form})
        return self.rows[-1]

    def lack(self, what, why):
        sentence = f"NOT MEASURED: {what}: {why}"
        self.missing.append(sentence)
        print(sentence, flush=True)

    @contextlib.contextmanager
    def attempt(self, what):
        """What fails within is named as not measured; the rest goes on."""
        print(f"... {what}", file=sys.stderr, flush=True)
        try:
            yield
        except (subjects.Missing, OSError, calls.Failed, subprocess.SubprocessError,
                subjects.server.NotReady) as failure:
            self.lack(what, str(failure).strip() or type(failure).__name__)


def sender(subject, operation, form):
    """A function of n that makes n calls, one after the other on one connection."""
    connection, requests = wire.Connection(subject.port), subject.requests[operation, form]
    at = 0

    def send(count):
        nonlocal at
        for _ in range(count):
            connection.ask(requests[at % len(requests)])
            at += 1

    send(3)  # opens the connection, fills caches of statements and credentials
    return send


def counted(options, operation):
    return (COUNTED_BULK if operation == "create_1000" else COUNTED)[options.quick]


def creates(mix):
    return len(mix) == 1 and set(mix) <= set(CREATED_ROWS)


def check_created(subject, mix, before, answered):
    """An answered create must be there: what was only said to be made is no throughput."""
    if not creates(mix):
        return
    promised, made = answered * CREATED_ROWS[next(iter(mix))], subject.count() - before
    if made < promised:
        raise OSError(f"{promised} records were answered, {made} were made")


def run_loads(options, report, subject, wanted):
    """The loads whose operations the subject knows; `wanted` are (Load, mix) pairs."""
    for one, mix in wanted:
        for form in calls.FORMS:
            if any((operation, form) not in subject.requests for operation in mix):
                continue
            with report.attempt(f"{subject.name}: {one.name} {form}"):
                requests = load.mixed(mix, lambda name: subject.requests[name, form])
                before = subject.count() if creates(mix) else 0
                found, answered = load.run(subject.port, subject.pids, requests, one.clients,
                                           options.seconds or one.seconds, options.repeats,
                                           functools.partial(subject.check, form))
                check_created(subject, mix, before, answered)
                report.row(subject.name, one.name, form).update(found, clients=one.clients)


def count_system_calls(options, report, subject):
    for operation, form in subject.requests:
        with report.attempt(f"{subject.name}: system calls of {operation} {form}"):
            send = sender(subject, operation, form)
            report.row(subject.name, operation, form)["system_calls"] = \
                cost.system_calls(subject.pids, send, *counted(options, operation))


def count_instructions(options, report, subject, folder):
    for operation, form in subject.requests:
        with report.attempt(f"{subject.name}: instructions of {operation} {form}"):
            send = sender(subject, operation, form)
            report.row(subject.name, operation, form)["instructions"] = \
                cost.instructions(subject.pid, folder, send, *counted(options, operation))


def filled_database(options, program, work):
    """A folder with the partners of the loads; made once."""
    filled = work / "filled"
    if not filled.exists():
        with subjects.parley(program, filled, fill=options.partners):
            pass
    return filled


def measure_parley(options, report, program, work):
    filled = filled_database(options, program, work)
    more = ("--remember-ms", "3600000")  # a password looked at anew would count as a call's cost
    fresh = functools.partial(shutil.copytree, filled)
    loads = load.read_loads()
    wanted = [(loads[name], loads[name].mix) for name in LOAD_ORDER]
    with subjects.parley(program, fresh(work / "loads")) as subject:
        run_loads(options, report, subject, wanted)
    with subjects.parley(program, fresh(work / "traced"), more=more) as subject:
        count_system_calls(options, report, subject)
    with report.attempt("parley: instructions"), tempfile.TemporaryDirectory() as folder:
        subjects.needs("valgrind", "callgrind_control", package="valgrind")
        with subjects.parley(program, fresh(work / "counted"), more=(*more, "--threads", "1"),
                             prefix=cost.callgrind_prefix(folder)) as subject:
            count_instructions(options, report, subject, folder)


def other_statements(options, program, loop, work):
    """Statements the server runs for the operations and the loop does not have."""
    database = shutil.copytree(work / "filled", work / "recorded") / f"{calls.DATABASE}.sqlite"
    known = set(output_of(loop, database, "statements", "1").splitlines())
    record, recorder = work / "statements", options.build / "bench/libbench_record_statements.so"
    others = set()
    with subjects.parley(program, database.parent, environment={
            "LD_PRELOAD": str(recorder), "PARLEY_BENCH_STATEMENTS": str(record)}) as subject:
        for operation in calls.OPERATIONS:
            send = sender(subject, operation, "json")  # the first calls fill caches
            record.write_text("")
            send(1)
            others |= set(record.read_text().splitlines()) - known
    return others


def check_loop(options, report, program, work):
    with report.attempt(f"{LOOP}: whether its statements are the server's"):
        for text in other_statements(options, program, options.build / "bench/bench_sqlite_loop", work):
            report.lack(LOOP, f"a statement of the server is not in its loop: {text}")


def measure_loop(options, report, program, work):
    """The bare C loop over the server's statements, on a copy of its database."""
    name, database = LOOP, work / f"filled/{calls.DATABASE}.sqlite"
    for operation, rounds in LOOP_ROUNDS.items():
        with report.attempt(f"{name}: {operation}"):
            copy = shutil.copy(database, work / f"{operation}.sqlite")
            command = [program, copy, operation]
            row = report.row(name, LOOP_NAMES.get(operation, operation), "none")
            runs = []
            for _ in range(options.repeats):
                said = subprocess.run([*command, str(rounds // (10 if options.quick else 1))],
                                      check=True, capture_output=True, text=True).stdout
                runs.append(json.loads(said))
            row.update({key: load.spread([run[key] for run in runs])
                        for key in ("calls_a_second", "p50_ms", "p99_ms", "cpu_us")}, clients=1)
            short, long = (1, 3) if operation == "create_1000" else (32, 96)
            row["system_calls"] = cost.system_calls_of_program(command, short, long)
            row["instructions"] = cost.instructions_of_program(command, short, long)


def measure_peer(options, report, start, wanted, can_count=True):
    """`start(prefix=...)` gives a Subject; instructions only where callgrind can run it."""
    with start() as subject:
        run_loads(options, report, subject, wanted)
        count_system_calls(options, report, subject)
    if not can_count:
        return
    with tempfile.TemporaryDirectory() as folder:
        with start(prefix=cost.callgrind_prefix(folder)) as subject:
            count_instructions(options, report, subject, folder)


def measure_peers(options, report, work):
    loads = load.read_loads()
    # Bulk creates that meet fail in Tryton with SQLite (one code for two parties): they come alone,
    # and one takes seconds.
    alone = {"create_1000": dataclasses.replace(loads["create_1000"], clients=1, seconds=20)}
    same = [(loads[name], loads[name].mix) for name in LOAD_ORDER if name != "mixed"]
    return_200 = load.Load("return_200", "nginx", 8, loads["version"].seconds, {"return_200": 1})
    with report.attempt("bare C loop"):
        measure_loop(options, report, options.build / "bench/bench_sqlite_loop", work)
    with report.attempt("nginx return 200"):
        measure_peer(options, report, subjects.nginx, [(return_200, return_200.mix)])
    with report.attempt("xmlrpc-c"):
        program = options.build / "bench/bench_xmlrpc_c_server"
        measure_peer(options, report, functools.partial(subjects.xmlrpc_c, program), same)
    with report.attempt("Tryton"):
        measure_peer(options, report, functools.partial(subjects.tryton, options.partners),
                     [(alone.get(one.name, one), mix) for one, mix in same],
                     can_count=False)


def output_of(*command):
    return subprocess.run(command, cwd=ROOT, check=False, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout.strip()


def circumstances(options):
    """What somebody needs to judge the numbers: commit, machine, command, build."""
    cpu = [line.partition(":")[2].strip() for line in
           pathlib.Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    cache = (options.build / "CMakeCache.txt").read_text().splitlines()
    return {
        "command": "bench/run.py " + " ".join(sys.argv[1:]),
        "commit": output_of("git", "rev-parse", "--short=10", "HEAD") or "none",
        "tree_is_clean": not output_of("git", "status", "--porcelain"),
        "time": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "machine": {"cpu": cpu[0] if cpu else platform.machine(), "cores": os.cpu_count(),
                    "kernel": platform.release(), "load_average_before": os.getloadavg()[0]},
        "build": [line for line in cache if line.startswith(("CMAKE_BUILD_TYPE:",
                                                             "CMAKE_CXX_FLAGS_RELEASE:"))],
        "partners": options.partners, "repeats": options.repeats,
        "seconds": options.seconds or "as each load says", "units": UNITS,
    }


def cell(row, key, form):
    value = row.get(key)
    if isinstance(value, dict):
        value = value["median"]
    return "-" if value is None else format(value, form)


def print_table(report):
    print(f"\n{'subject':<21} {'operation':<18} {'form':<4} {'clients':>7} {'calls/s':>9} "
          f"{'least':>9} {'most':>9} {'p50 ms':>8} {'p99 ms':>8} {'CPU us':>8} {'instr.':>11} "
          f"{'syscalls':>8}")
    for row in report.rows:
        rate = row.get("calls_a_second", {})
        least, most = (format(rate[key], ",.1f") if rate else "-" for key in ("min", "max"))
        print(f"{row['subject']:<21} {row['operation']:<18} {row['form']:<4} "
              f"{row.get('clients', '-'):>7} {cell(row, 'calls_a_second', ',.1f'):>9} "
              f"{least:>9} {most:>9} {cell(row, 'p50_ms', '.3f'):>8} "
              f"{cell(row, 'p99_ms', '.3f'):>8} "
              f"{cell(row, 'cpu_us', ',.1f'):>8} {cell(row, 'instructions', ',.0f'):>11} "
              f"{cell(row, 'system_calls', '.1f'):>8}")
    for sentence in report.missing:
        print(sentence)


def store(report, facts, options):
    """The result as a file; a quick run, or half of one, says so in its name."""
    what = (f"-{options.only}" if options.only else "") + ("-quick" if options.quick else "")
    name = f"{facts['time'][:10]}-{facts['commit']}{what}.json"
    options.results.mkdir(parents=True, exist_ok=True)
    path = options.results / name
    path.write_text(json.dumps(facts | {"rows": report.rows, "ratios": report.ratios,
                                        "ground": report.ground, "memory": report.memory, "tail": report.tail,
                                        "not_measured": report.missing},
                               indent=1) + "\n")
    return path


def read_options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one repeat of 1 s, few counted calls")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--partners", type=int, default=10000)
    parser.add_argument("--repeats", type=int)
    parser.add_argument("--seconds", type=float, help="of each run; default: what the load says")
    parser.add_argument("--peers", choices=("all", "none"), default="all")
    parser.add_argument("--only", choices=PARTS, help="a part of the rows")
    parser.add_argument("--results", type=pathlib.Path, default=HERE / "results")
    options = parser.parse_args()
    options.repeats = options.repeats or (1 if options.quick else 3)
    options.seconds = options.seconds or (1 if options.quick else None)
    return options


def measure_parts(options, report, program, folder):
    """Those of PARTS that are wanted, in their order."""
    if {"ground", "services"} & set(options.parts):
        filled = filled_database(options, program, folder)
        check_loop(options, report, program, folder)
    if "ground" in options.parts:
        ground.measure(options, report, program, filled, folder)
    if "services" in options.parts:
        measure_parley(options, report, program, folder)
    if "protocols" in options.parts:
        protocols.measure(options, report, folder, count_instructions)
    if "memory" in options.parts:
        memory.measure(options, report, program, folder / "many")
    if "tail" in options.parts:
        tail.measure(options, report, program, folder / "many")
    if "services" in options.parts and options.peers == "all":
        measure_peers(options, report, folder)
    elif options.peers != "all":
        report.lack("peers", "--peers none")


def is_complete(options, report):
    """Whether every row of our own was measured."""
    expected = {"services": len(LOAD_ORDER) * len(calls.FORMS),
                "protocols": protocols.OUR_ROWS}
    own = [row for row in report.rows if row["subject"] in ("parley", protocols.OURS)]
    return len(own) == sum(expected.get(part, 0) for part in options.parts) and \
        all("calls_a_second" in row for row in own) and \
        ("ground" not in options.parts or ground.is_complete(report, options.peers)) and \
        len(report.memory) == (memory.ROWS_OF_REPORT if "memory" in options.parts else 0) and \
        len(report.tail) == (len(tail.PHASES) if "tail" in options.parts else 0)


def main():
    options = read_options()
    options.parts = (options.only,) if options.only else PARTS
    program = options.build / SERVER
    if shutil.which("wrk") is None and {"services", "protocols"} & set(options.parts):
        print("NOT MEASURED: everything: no program wrk (Debian: wrk)")
        return CANNOT_MEASURE
    if not program.exists() and options.only != "protocols":
        print(f"no server at {program}; ./dev bench builds it")
        return 1
    report, facts = Report(), circumstances(options)
    with tempfile.TemporaryDirectory(prefix="parley-bench-", dir=options.build) as folder:
        measure_parts(options, report, program, pathlib.Path(folder))
    if report.rows:
        print_table(report)
    if report.ratios:
        protocols.print_ratios(report.ratios)
    ground.print_rows(report.ground)
    memory.print_rows(report.memory)
    tail.print_rows(report.tail)
    print(f"stored in {store(report, facts, options)}")
    return 0 if is_complete(options, report) else 1


if __name__ == "__main__":
    sys.exit(main())
