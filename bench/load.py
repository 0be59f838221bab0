# SPDX-License-Identifier: Apache-2.0
"""A load as text (bench/load/*.load), and its run by wrk against one port.

    # a sentence about it
    app: parley
    clients: 8
    seconds: 5
    mix: read_one 60, search_read 30, create 10
"""
import dataclasses
import json
import os
import pathlib
import random
import re
import statistics
import subprocess
import tempfile

import cost
import wire

HERE = pathlib.Path(__file__).resolve().parent
LINE = re.compile(r"^(app|clients|seconds|mix): (\S.*)$")
REQUESTS_MAX = 512  # of a mix; one operation alone sends what it has
SAMPLES = 8
# Answers of one operation differ in length by their digits; an error is far from them.
BYTES_TOLERANCE = 0.25


@dataclasses.dataclass(frozen=True)
class Load:
    name: str
    app: str
    clients: int
    seconds: float
    mix: dict  # operation -> weight

    @property
    def operations(self):
        return list(self.mix)


def read_load(path):
    """The load of one file; ValueError names the line that is not understood."""
    given = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        hit = LINE.match(line)
        if not hit:
            raise ValueError(f"{path.name}:{number}: expected `app`, `clients`, `seconds` or `mix`")
        given[hit[1]] = hit[2]
    mix = {}
    for part in given["mix"].split(","):
        operation, weight = part.split()
        mix[operation] = int(weight)
    return Load(path.stem, given["app"], int(given["clients"]), float(given["seconds"]), mix)


def read_loads():
    """name -> Load, of all files."""
    return {path.stem: read_load(path) for path in sorted(HERE.glob("load/*.load"))}


def mixed(mix, requests_of):
    """Requests in the proportions of `mix`, in one fixed shuffled order."""
    if len(mix) == 1:
        return requests_of(next(iter(mix)))
    chance, sources = random.Random("mix"), {name: requests_of(name) for name in mix}
    names = chance.choices(list(mix), list(mix.values()), k=REQUESTS_MAX)
    return [chance.choice(sources[name]) for name in names]


def look_at_answers(port, requests, check):
    """Asks some of the requests, gives `check` each answer; the mean bytes of a whole answer."""
    connection, sizes = wire.Connection(port), []
    for request in requests[:: max(1, len(requests) // SAMPLES)]:
        body = connection.ask(request)
        check(body)
        sizes.append(connection.answer_bytes)
    connection.close()
    return statistics.mean(sizes)


def run_once(port, requests, clients, seconds):
    """One run of wrk: what replay.lua says of it."""
    with tempfile.NamedTemporaryFile("wb") as file:
        for request in requests:
            file.write(b"%d\n%b" % (len(request), request))
        file.flush()
        words = ["wrk", "--threads", "1", "--connections", str(clients), "--duration",
                 f"{max(1, round(seconds))}s", "--timeout", "60s", "--script",
                 str(HERE / "load/replay.lua"), f"http://127.0.0.1:{port}"]
        done = subprocess.run(words, env=os.environ | {"BENCH_REQUESTS": file.name}, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    hit = re.search(r"^RESULT (.*)$", done.stdout, re.M)
    if not hit:
        raise OSError(f"wrk: {done.stdout.strip()[-500:]}")
    return json.loads(hit[1])


def spread(numbers):
    """median, least and most of the repeats."""
    return {"median": statistics.median(numbers), "min": min(numbers), "max": max(numbers)}


def run(port, pids, requests, clients, seconds, repeats, check):
    """`repeats` runs: (calls a second, latencies, CPU time of the processes a call; calls in all).

    takes:  check, a function that raises for an answer that is an error
    fails:  OSError when a request fails or the answers under load have another length
    """
    bytes_expected = look_at_answers(port, requests, check)
    rows = []
    for _ in range(repeats):
        cpu = cost.cpu_seconds(pids)
        row = run_once(port, requests, clients, seconds)
        row["cpu_us"] = (cost.cpu_seconds(pids) - cpu) / max(1, row["calls"]) * 1e6
        if row["failed"] or not row["calls"]:
            raise OSError(f"{row['failed']} requests failed, {row['calls']} were answered")
        answer_bytes = row["bytes"] / row["calls"]
        if abs(answer_bytes / bytes_expected - 1) > BYTES_TOLERANCE:
            raise OSError(f"answers of {answer_bytes:.0f} bytes under load, "
                          f"{bytes_expected:.0f} alone")
        rows.append(row)
    found = {"calls_a_second": spread([row["calls"] / row["seconds"] for row in rows])}
    found |= {key: spread([row[key] for row in rows]) for key in ("p50_ms", "p99_ms", "cpu_us")}
    return found, sum(row["calls"] for row in rows)
