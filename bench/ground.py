# SPDX-License-Identifier: Apache-2.0
"""What calls cost beside the least that could do the same: ratios of rounds in which all take turns.

The least is nginx, which answers any request with a constant, and the bare statement of a call in a C
loop on the same database. Ratios are of CPU time a call, user and system, or of calls a second where
waiting for the disk is what counts; each is the median over the rounds of the ratio within a round.
"""
import contextlib
import dataclasses
import functools
import json
import shutil
import statistics
import subprocess
import sys

import calls
import load
import subjects

ROUNDS = {False: 15, True: 1}
SECONDS = 1  # of one measurement
CLIENTS = {"version": 8, "read_one": 8, "search_read": 8, "create": 32, "create_1000": 4}
SLOW_SYNC_US = 5000
SLOW_CLIENTS = 32
LOOP_OF = {"create": "create_32"}  # others have the name of the operation
LOOP_ROUNDS = {"read_one": 20000, "search_read": 1000, "create_32": 6400, "create_1000": 20}
NGINX, PEER, SLOW, ALONE = "nginx", "xmlrpc-c", "slow syncs", "slow syncs, one by one"


@dataclasses.dataclass(frozen=True)
class Goal:
    """`ours` beside the sum of `others`, by `measure`; a bound on one side."""
    ours: tuple
    others: tuple
    measure: str = "cpu_us"
    at_most: float = None
    at_least: float = None
    is_inverse: bool = False  # how many times the others need what ours does

    def ratio(self, found):
        ours, others = found[self.ours][self.measure], sum(found[key][self.measure] for key in self.others)
        return others / ours if self.is_inverse else ours / others

    def holds(self, median):
        return median <= self.at_most if self.at_most is not None else median >= self.at_least

    def text(self):
        shown = " + ".join(" ".join(key) for key in self.others)
        what = "CPU" if self.measure == "cpu_us" else "calls/s"
        return f"{' '.join(self.ours)}: {what} beside {shown}" + (", times cheaper" if self.is_inverse else "")


def is_complete(report, peers):
    """Whether every goal has its row; without peers those that need none."""
    wanted = {goal.text() for goal in goals() if peers == "all" or not {NGINX, PEER} & {key[0] for key in (goal.ours, *goal.others)}}
    return wanted <= {row["what"] for row in report.ground}


def goals():
    made = [Goal(("version", form), ((NGINX,),), at_most=most) for form, most in (("json", 1.6), ("xml", 1.9))]
    for form in calls.FORMS:
        made += [Goal((name, form), ((NGINX,), ("loop", name)), at_most=2.0) for name in ("read_one", "search_read")]
        made.append(Goal(("create", form), (("loop", "create_32"),), "calls_a_second", at_least=0.5))
        made.append(Goal(("create_1000", form), (("loop", "create_1000"),), at_most=4.0))
    made.append(Goal((SLOW,), ((ALONE,),), "calls_a_second", at_least=15))
    made += [Goal((name, "xml"), ((PEER, name),), at_least=8, is_inverse=True) for name in ("version", "search_read")]
    # What nothing can beat, beside the goals that compare with a peer.
    made.append(Goal((NGINX,), ((PEER, "version"),), at_least=0, is_inverse=True))
    return made


def by_wrk(subject, operation, form, clients, seconds):
    found, _ = load.run(subject.port, subject.pids, subject.requests[operation, form], clients, seconds, 1,
                        functools.partial(subject.check, form))
    return {key: found[key]["median"] for key in ("cpu_us", "calls_a_second")}


def by_new_server(program, filled, work, operation, form, clients, seconds, environment=None):
    """What creates is asked on a copy of its own, as the loop is: a table that grows takes more and more."""
    data = work / "ground_writes"
    shutil.rmtree(data, ignore_errors=True)
    with subjects.parley(program, shutil.copytree(filled, data), environment=environment) as server:
        found = by_wrk(server, operation, form, clients, seconds)
    if environment and clients == 1 and found["calls_a_second"] > 1e6 / SLOW_SYNC_US:
        raise OSError(f"{found['calls_a_second']:.0f} calls a second: the syncs were not slow")
    return found


def by_loop(program, database, operation, rounds, folder):
    copy = shutil.copy(database, folder / f"{operation}.sqlite")
    said = subprocess.run([program, copy, operation, str(rounds)], check=True, capture_output=True, text=True).stdout
    return {key: json.loads(said)[key] for key in ("cpu_us", "calls_a_second")}


def measures(options, report, stack, program, filled, work):
    """key -> a function that measures it once. What is compared stands close together: the machine's
    speed changes while a round lasts."""
    seconds, fresh = options.seconds or SECONDS, functools.partial(shutil.copytree, filled)
    made = {}

    def add(subject, key, operation, form, clients):
        made[key] = functools.partial(by_wrk, subject, operation, form, clients, seconds)

    def add_loop(operation):
        made["loop", operation] = functools.partial(
            by_loop, options.build / "bench/bench_sqlite_loop", filled / f"{calls.DATABASE}.sqlite", operation,
            LOOP_ROUNDS[operation] // (10 if options.quick else 1), work)

    reads = stack.enter_context(subjects.parley(program, fresh(work / "ground_reads")))
    others = {}
    for name, start in ((NGINX, subjects.nginx), (PEER, functools.partial(
            subjects.xmlrpc_c, options.build / "bench/bench_xmlrpc_c_server"))) if options.peers == "all" else ():
        with report.attempt(name):
            others[name] = stack.enter_context(start())
    if NGINX in others:
        add(others[NGINX], (NGINX,), "return_200", "json", CLIENTS["version"])
    for operation, clients in CLIENTS.items():
        for form in calls.FORMS:
            if operation.startswith("create"):
                made[operation, form] = functools.partial(by_new_server, program, filled, work, operation, form, clients, seconds)
            else:
                add(reads, (operation, form), operation, form, clients)
        if PEER in others and (operation, "xml") in others[PEER].requests:
            add(others[PEER], (PEER, operation), operation, "xml", clients)
        if (loop := LOOP_OF.get(operation, operation)) in LOOP_ROUNDS:
            add_loop(loop)
    with report.attempt(SLOW):
        library = options.build / "bench/libbench_slow_sync.so"
        if not library.exists():
            raise subjects.Missing(f"{library.name} was not built")
        slowly = {"LD_PRELOAD": str(library), "PARLEY_BENCH_SYNC_US": str(SLOW_SYNC_US)}
        for key, clients in ((SLOW, SLOW_CLIENTS), (ALONE, 1)):
            made[key,] = functools.partial(by_new_server, program, filled, work, "create", "json", clients, seconds, slowly)
    return made


def rounds(options, report, made):
    """One dict a round: key -> {cpu_us, calls_a_second}."""
    found = []
    for number in range(ROUNDS[options.quick]):
        print(f"... ground, round {number + 1} of {ROUNDS[options.quick]}", file=sys.stderr, flush=True)
        found.append({})
        for key in list(made):
            with report.attempt(f"{' '.join(key)}, round {number + 1}"):
                found[-1][key] = made[key]()
    return found


def measure(options, report, program, filled, work):
    """Adds to `report.ground` a row a goal. `filled`: the folder of a database with partners."""
    with contextlib.ExitStack() as stack:
        found = rounds(options, report, measures(options, report, stack, program, filled, work))
    for goal in goals():
        ratios = [goal.ratio(one) for one in found if all(key in one for key in (goal.ours, *goal.others))]
        if not ratios:
            continue
        spread = load.spread(ratios)
        report.ground.append({"what": goal.text(), "ratio": spread, "rounds": len(ratios), "at_most": goal.at_most,
                              "at_least": goal.at_least, "holds": goal.holds(spread["median"]),
                              "ours": statistics.median(one[goal.ours][goal.measure] for one in found if goal.ours in one),
                              "measure": goal.measure})


def print_rows(rows):
    if rows:
        print("\nbeside the least that could do the same: median (least, most) of the rounds")
    for row in rows:
        goal = f"at most {row['at_most']}" if row["at_most"] is not None else f"at least {row['at_least']}"
        spread = row["ratio"]
        print(f"{row['what']:<62} {spread['median']:7.2f} ({spread['min']:.2f}, {spread['max']:.2f}), {goal}: "
              f"{'yes' if row['holds'] else 'NO'}; ours {row['ours']:,.1f} {'us' if row['measure'] == 'cpu_us' else 'calls/s'}")
