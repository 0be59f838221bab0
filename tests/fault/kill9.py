#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Kills a server under load with SIGKILL, starts it again, and looks for what it had promised.

usage: kill9.py --server PROGRAM [--rounds 5] [--seed N] [--connections 32]

A round: `--connections` clients create partners one by one over /jsonrpc, one more creates 1,000
with one call, again and again; after 100 to 500 ms the server is killed and started on the same
data. Then every create that was answered must be there with its id, each create of 1,000 must be
there whole or not at all, no id may have been given twice in any round, and SQLite's integrity
check must say ok. Each round adds to the data of those before. Ends with `N passed, N failed`,
counted in rounds.
"""
import argparse
import collections
import contextlib
import http.client
import json
import pathlib
import random
import sqlite3
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import server  # noqa: E402  tests/support

DATABASE, UID, PASSWORD = "parley", 2, "admin"
BATCH_RECORDS = 1000
KILL_AFTER_MS = (100, 500)
CALL_SECONDS_MAX = 30
# A socket or an answer that breaks off: what a killed server does to its clients.
BROKEN = (OSError, http.client.HTTPException, ValueError)


class Refused(Exception):
    """The server answered with an error: nothing in this test asks for one."""


class Client:
    """One keep-alive connection. One thread."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=CALL_SECONDS_MAX)

    def call(self, method, *arguments, **named):
        """The result of a method of res.partner."""
        body = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": {
            "service": "object", "method": "execute_kw",
            "args": [DATABASE, UID, PASSWORD, "res.partner", method, list(arguments), named]}}
        self.connection.request("POST", "/jsonrpc", json.dumps(body),
                                {"Content-Type": "application/json"})
        answer = json.loads(self.connection.getresponse().read())
        if "result" not in answer:
            raise Refused(json.dumps(answer.get("error", answer))[:500])
        return answer["result"]

    def close(self):
        self.connection.close()


class Load:
    """Clients that create until their server dies. `acknowledged` and `batches` are kept by them."""

    def __init__(self, port, prefix, connections):
        self.acknowledged = {}  # name -> id, of creates that were answered
        self.batches = {}       # name of a create of 1,000 -> its ids, None if it was not answered
        self.refusals = []
        self.killed = threading.Event()
        self.threads = [threading.Thread(target=self._run, args=(port, self._singles, f"{prefix}-c{n}"))
                        for n in range(connections)]
        self.threads.append(threading.Thread(target=self._run, args=(port, self._thousands,
                                                                     f"{prefix}-batch")))
        for thread in self.threads:
            thread.start()

    def _run(self, port, create, prefix):
        client = Client(port)
        try:
            number = 0
            while True:  # the kill breaks every client's connection
                number += 1
                create(client, f"{prefix}-{number}")
        except Refused as refusal:
            self.refusals.append(str(refusal))
        except BROKEN as broken:
            if not self.killed.is_set():
                self.refusals.append(f"before the kill: {broken!r}")
        finally:
            client.close()

    def _singles(self, client, name):
        self.acknowledged[name] = client.call("create", {"name": name})

    def _thousands(self, client, name):
        self.batches[name] = None
        self.batches[name] = client.call("create", [{"name": name}] * BATCH_RECORDS)

    def join(self):
        for thread in self.threads:
            thread.join()


def search(port, prefix):
    """All partners of a round: a list of {id, name}."""
    client = Client(port)
    try:
        return client.call("search_read", [["name", "like", prefix + "-"]], fields=["name"])
    finally:
        client.close()


def found_faults(load, rows, taken):
    """What `rows`, read after the restart, lacks or has too much; adds its ids to `taken`."""
    ids = collections.defaultdict(list)  # name -> ids
    for row in rows:
        ids[row["name"]].append(row["id"])
    yield from load.refusals
    for name, number in load.acknowledged.items():
        if ids[name] != [number]:
            yield f"{name} was answered with id {number}; there is {ids[name]}"
    for name, numbers in load.batches.items():
        if numbers is not None and sorted(ids[name]) != sorted(numbers):
            yield f"{name} was answered with {len(numbers)} ids; there are {len(ids[name])}"
        elif len(ids[name]) not in (0, BATCH_RECORDS):
            yield f"{name}: {len(ids[name])} of {BATCH_RECORDS} records are there"
    for name, numbers in ids.items():
        if name not in load.batches and len(numbers) > 1:
            yield f"{name} is there {len(numbers)} times"
    given = collections.Counter([*load.acknowledged.values(),
                                 *(n for numbers in load.batches.values() for n in numbers or ())])
    yield from (f"id {number} was given {count} times" for number, count in given.items() if count > 1)
    now = set(given) | {row["id"] for row in rows}
    yield from (f"id {number} was given in an earlier round" for number in sorted(now & taken))
    taken |= now


def integrity_faults(data):
    """PRAGMA integrity_check of every SQLite file of the folder."""
    files = [path for path in sorted(data.rglob("*")) if path.is_file()
             and path.open("rb").read(16) == b"SQLite format 3\0"]
    if not files:
        yield f"no SQLite file in {data}"
    for path in files:
        with contextlib.closing(sqlite3.connect(path)) as database:
            answer = database.execute("PRAGMA integrity_check").fetchall()
        if answer != [("ok",)]:
            yield f"{path.name}: {answer[:3]}"


def round_faults(arguments, data, prefix, pause_ms, taken):
    """One kill and one look; prints what was done."""
    with server.Server(arguments.server, server.serve_arguments(data)) as running:
        search(running.port, prefix)  # so that the password is verified before the load comes
        load = Load(running.port, prefix, arguments.connections)
        time.sleep(pause_ms / 1000)  # the moment of the kill is what this test draws by lot
        load.killed.set()
        running.process.kill()
        load.join()
        running.kill()
    with server.Server(arguments.server, server.serve_arguments(data)) as running:
        rows = search(running.port, prefix)
        faults = list(found_faults(load, rows, taken))
        status = running.stop()
    if status != 0:
        faults.append(f"after SIGTERM the server ended with {status}")
    faults += integrity_faults(data)
    whole = sum(numbers is not None for numbers in load.batches.values())
    print(f"{prefix}: killed after {pause_ms} ms, {len(load.acknowledged)} creates and {whole} of "
          f"{len(load.batches)} thousands answered, {len(rows)} records, {len(faults)} faults",
          flush=True)
    return faults, len(load.acknowledged)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--server", required=True, type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--connections", type=int, default=32)
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}")
    lot = random.Random(arguments.seed)
    failed = answered = 0
    taken = set()  # ids of all rounds
    with tempfile.TemporaryDirectory() as folder:
        for number in range(1, arguments.rounds + 1):
            try:
                faults, count = round_faults(arguments, pathlib.Path(folder), f"round{number}",
                                             lot.randint(*KILL_AFTER_MS), taken)
                answered += count
            except (server.NotReady, Refused, *BROKEN) as failure:
                faults = [f"round{number}: {failure!r}"]
            failed += bool(faults)
            print("".join(f"  {fault}\n" for fault in faults[:20]), end="", flush=True)
    if answered == 0 and not failed:
        print("no create was answered in any round: nothing was tested")
        failed = arguments.rounds
    print(f"{answered} answered creates looked for")
    print(f"{arguments.rounds - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
