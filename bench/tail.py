# SPDX-License-Identifier: Apache-2.0
"""The tail of point reads: how long a read of one takes while others ask for much.

Open loop: reads are due at fixed moments, whatever became of those before them; on each connection one
waits for the other, and that wait counts, as a read's time runs from the moment it was due. What of it
was the load generator's own, from that moment to the sending although a connection was free, is told
apart as "own delay": it shares the cores with the server and is not taken off.

The reads are made by a process of its own (`tail.py reads PORT ...`), so are the others.
"""
import base64
import collections
import contextlib
import dataclasses
import itertools
import json
import os
import pathlib
import random
import re
import selectors
import signal
import socket
import subprocess
import sys
import time

import calls
import memory
import wire

GOAL_MS = 20
READS_A_SECOND = 200
CONNECTIONS = 8
READ_ROWS = 2000
SECONDS = 20
WARM_SECONDS = {False: 2, True: 0.5}
CREATED_ROWS = {False: 10_000, True: 500}  # a call
FLOOD_CONNECTIONS = 8


# --- the reads: a process ---

class Reader:
    """One kept-alive connection of the load; it asks again only when it was answered."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), 60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.due = None  # of the read under way
        self._answer = b""

    def ask(self, request, due):
        self.due = due
        self.socket.sendall(request)

    def take(self):
        """Whether the answer is whole; calls.Failed when it is an error."""
        piece = self.socket.recv(65536)
        if not piece:
            raise ConnectionError("the server closed a connection")
        self._answer += piece
        head, end, body = self._answer.partition(b"\r\n\r\n")
        hit = re.search(rb"Content-Length: (\d+)", head) if end else None
        if not hit or len(body) < int(hit[1]):
            return False
        self._answer, self.due = b"", None
        if b'"error"' in body:
            raise calls.Failed(body[:300])
        return True


def make_reads(port, requests, a_second, seconds):
    """Milliseconds of each read from when it was due, and of each that the load itself was late by."""
    selector, free = selectors.SelectSelector(), collections.deque()  # epoll's rounds waits up to milliseconds
    for _ in range(CONNECTIONS):
        reader = Reader(port)
        selector.register(reader.socket, selectors.EVENT_READ, reader)
        free.append(reader)
    took, late, waiting = [], [], []  # waiting: due, no connection was free
    began = time.monotonic()
    dues = (began + number / a_second for number in range(int(a_second * seconds)))
    due, asked = next(dues), itertools.cycle(requests)
    while due is not None or len(free) < CONNECTIONS:
        now = time.monotonic()
        while due is not None and due <= now:
            if free:
                late.append((now - due) * 1e3)
                free.popleft().ask(next(asked), due)
            else:
                waiting.append(due)
            due = next(dues, None)
        time_left = None if due is None else max(0, due - time.monotonic())
        for key, _ in selector.select(time_left):
            began_read = key.data.due
            if not key.data.take():
                continue
            took.append((time.monotonic() - began_read) * 1e3)
            if waiting:
                key.data.ask(next(asked), waiting.pop(0))
            else:
                free.append(key.data)
    return took, late


def percentile(numbers, share):
    ordered = sorted(numbers)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def summary(numbers):
    return {"p50": percentile(numbers, 0.5), "p99": percentile(numbers, 0.99), "p999": percentile(numbers, 0.999),
            "max": max(numbers)}


def reads_main(port, database, ids, a_second, seconds):
    requests = [calls.request("json", "object", "execute_kw", [
        database, 2, calls.PASSWORD, "res.partner", "read", [[int(one)], calls.FIELDS]]) for one in ids.split(",")]
    took, late = make_reads(int(port), requests, float(a_second), float(seconds))
    print(json.dumps({"reads": len(took), "ms": summary(took), "own_delay_ms": summary(late)}))


# --- what runs beside them: processes that go on until they are ended ---

def drain(port, request):
    """Asks, and takes the whole answer without looking at it; each ends with its connection."""
    room = bytearray(1 << 20)
    with socket.create_connection(("127.0.0.1", port), 600) as one:
        one.sendall(request.replace(b"HTTP/1.1", b"HTTP/1.0", 1))
        first = one.recv(12)
        while one.recv_into(room):
            pass
    return first


def beside_main(kind, port, database, rows):
    """Does one thing again and again; says when it begins and, at its end, how often it went."""
    went = 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    print("begins", flush=True)
    try:
        for _ in again(kind, int(port), database, rows):
            went += 1
    finally:
        print(went)


def again(kind, port, database, rows):
    on_model = lambda *arguments: calls.request("json", "object", "execute_kw", [  # noqa: E731
        database, 2, calls.PASSWORD, "res.partner", *arguments])
    if kind == "flood":
        yield from flood(port, database)
    request = {
        "scan": lambda: on_model("search_read", [[]], {"fields": calls.FIELDS, "order": "id"}),
        "count": lambda: on_model("search_count", [[["email", "ilike", "nobody has this"]]]),
        "create": lambda: on_model("create", [[calls.partner(number, None) for number in range(int(rows))]]),
    }[kind]()
    while True:
        if not drain(port, request).endswith(b"200"):
            raise OSError(f"{kind}: not answered with 200")
        yield


def flood(port, database):
    """Log-ins with wrong passwords, each as somebody else, so that none is refused unlooked at."""
    selector = selectors.DefaultSelector()
    number = itertools.count()

    def ask(one):
        word = base64.b64encode(f"nobody{next(number)}:wrong".encode()).decode()
        one.sendall(wire.http_request("/jsonrpc/2", "json", json.dumps({
            "jsonrpc": "2.0", "id": 1, "method": "res.partner.search_count", "params": [[]]}).encode(),
            f"Authorization: Basic {word}", f"X-Odoo-Database: {database}"))

    for _ in range(FLOOD_CONNECTIONS):
        one = socket.create_connection(("127.0.0.1", port), 60)
        selector.register(one, selectors.EVENT_READ)
        ask(one)
    while True:
        for key, _ in selector.select():
            answer = key.fileobj.recv(65536)
            if b"-32010" not in answer:
                raise OSError(f"a wrong password was answered with {answer[-200:]}")
            yield
            ask(key.fileobj)


@dataclasses.dataclass
class Beside:
    kind: str
    process: subprocess.Popen

    def end(self):
        """How often it went, or what it said when it failed."""
        self.process.terminate()
        said = self.process.communicate()[0].strip()
        return int(said) if said.isdecimal() else f"failed: {said[-300:]}"


@contextlib.contextmanager
def beside(kinds, port, rows):
    """Starts each; gives a dict that says, once it is over, how often each went."""
    running, went = [], {}
    for kind in kinds:
        running.append(Beside(kind, subprocess.Popen(
            [sys.executable, "-B", __file__, "beside", kind, str(port), calls.DATABASE, str(rows)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)))
    try:
        for one in running:
            one.process.stdout.readline()  # "begins"
        yield went
    finally:
        for one in running:
            went[one.kind] = one.end()


PHASES = {"alone": (), "scan": ("scan",), "count by ilike": ("count",), "create of many": ("create",),
          "log-in flood": ("flood",), "all": ("scan", "count", "create", "flood")}


def stolen_seconds():
    """What the host has given to others instead of this machine's cores, since the start."""
    return int(pathlib.Path("/proc/stat").read_text().split()[8]) / os.sysconf("SC_CLK_TCK")


def measure_phase(options, port, ids, kinds):
    seconds = options.seconds or SECONDS
    before = stolen_seconds()
    with beside(kinds, port, CREATED_ROWS[options.quick]) as went:
        time.sleep(WARM_SECONDS[options.quick])
        done = subprocess.run([sys.executable, "-B", __file__, "reads", str(port), calls.DATABASE,
                               ",".join(map(str, ids)), str(READS_A_SECOND), str(seconds)],
                              check=False, capture_output=True, text=True)
    if done.returncode:
        raise OSError(done.stderr[-500:])
    ended = [f"{kind} {text}" for kind, text in went.items() if isinstance(text, str)]
    if ended:
        raise OSError("; ".join(ended))
    return json.loads(done.stdout) | {"beside": went, "load_average": os.getloadavg()[0],
                                      "stolen_ms_a_second": (stolen_seconds() - before) / seconds * 1e3}


def measure(options, report, program, data):
    """Adds a row a phase to `report.tail`; `data` as memory.filled makes it."""
    memory.filled(program, data, memory.ROWS[options.quick])
    with memory.serving(program, data, "--login-failures-max", "1000000") as running:
        partners = calls.Partners(wire.Connection(running.port))
        first = partners.on_model("res.partner", "search", [[["ref", "=", calls.partner(0, 0)["ref"]]]], {"limit": 1})[0]
        # Made in one row of ids; reads from all over the table, whose pages the scan puts out of the caches.
        ids = [first + number for number in random.Random("tail").sample(range(memory.ROWS[options.quick]), READ_ROWS)]
        for name, kinds in PHASES.items():
            with report.attempt(f"tail of point reads, beside: {name}"):
                found = measure_phase(options, running.port, ids, kinds)
                report.tail.append({"beside_what": name, "goal_p99_ms": GOAL_MS, "reads_a_second": READS_A_SECOND} | found)


def print_rows(rows):
    if rows:
        print(f"\npoint reads, {READS_A_SECOND} a second due at fixed moments (open loop), ms from when each was due")
        print(f"{'beside':<16} {'p50':>8} {'p99':>8} {'p99.9':>8} {'max':>8}   own delay of the load: p50, p99; stolen ms a second")
    for row in rows:
        ms, own = row["ms"], row["own_delay_ms"]
        print(f"{row['beside_what']:<16} {ms['p50']:8.2f} {ms['p99']:8.2f} {ms['p999']:8.2f} {ms['max']:8.2f}"
              f"   {own['p50']:.2f}, {own['p99']:.2f}; {row['stolen_ms_a_second']:.0f}; {row['beside']}")


if __name__ == "__main__":
    {"reads": reads_main, "beside": beside_main}[sys.argv[1]](*sys.argv[2:])
