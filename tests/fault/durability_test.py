# SPDX-License-Identifier: Apache-2.0
"""What clients and operators see of a server whose disk, log or files make trouble.

usage: durability_test.py PATH_OF_PARLEY [unittest arguments]

Backups under load, reads beside a long scan on the one thread, a disk that takes no more, a full
log under readers, damaged and foreign files. The rules below are tested in parley/storage/sqlite.
"""
import contextlib
import http.client
import json
import pathlib
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import server as servers  # noqa: E402  tests/support

PROGRAM = ""
DATABASE, UID, PASSWORD = "parley", 2, "admin"
SECONDS_MAX = 60
OK, FAILURE, USAGE = 0, 1, 2
THOUSAND = 1000


class Refused(Exception):
    """The server answered with an error; its text."""


class Client:
    """One keep-alive connection of one thread."""

    def __init__(self, server):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=SECONDS_MAX)

    def send(self, method, *arguments, **named):
        """Sends a call of res.partner without waiting for its answer."""
        body = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": {
            "service": "object", "method": "execute_kw",
            "args": [DATABASE, UID, PASSWORD, "res.partner", method, list(arguments), named]}}
        self.connection.request("POST", "/jsonrpc", json.dumps(body), {"Content-Type": "application/json"})

    def hear(self):
        answer = json.loads(self.connection.getresponse().read())
        if "result" not in answer:
            raise Refused(json.dumps(answer.get("error", answer)))
        return answer["result"]

    def call(self, method, *arguments, **named):
        self.send(method, *arguments, **named)
        return self.hear()

    def create(self, name, count=THOUSAND):
        return self.call("create", [{"name": name}] * count)


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="parley-durability-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.data = self.folder / "data"
        self.file = self.data / f"{DATABASE}.sqlite"

    def serve(self, *more, **options):
        running = servers.Server(PROGRAM, servers.serve_arguments(self.data, *more), **options)
        self.addCleanup(running.kill)
        return running

    def client(self, running):
        client = Client(running)
        self.addCleanup(client.connection.close)
        return client

    def parley(self, *words, code=OK):
        done = subprocess.run([PROGRAM, *map(str, words), "--data", str(self.data)], capture_output=True, text=True,
                              timeout=SECONDS_MAX, check=False)
        self.assertEqual(done.returncode, code, f"{words}: {done.stdout}{done.stderr}")
        return done

    @contextlib.contextmanager
    def load(self, running, create, threads=2):
        """Threads that create until the block ends; `create(client, name)` makes one."""
        over, problems = threading.Event(), []

        def work(prefix):
            client = Client(running)
            number = 0
            try:
                while not over.is_set():
                    number += 1
                    create(client, f"{prefix}-{number}")
            except (Refused, OSError, http.client.HTTPException) as problem:
                problems.append(repr(problem))
            finally:
                client.connection.close()

        workers = [threading.Thread(target=work, args=(f"load{n}",)) for n in range(threads)]
        for worker in workers:
            worker.start()
        try:
            yield
        finally:
            over.set()
            for worker in workers:
                worker.join()
        self.assertEqual(problems, [])


class Backups(Case):
    def test_a_backup_beside_creates_of_a_thousand_is_one_moment(self):
        running = self.serve()
        client = self.client(running)
        client.create("before")
        done = []  # names of creates that were answered

        def create(own, name):
            own.create(name)
            done.append(name)

        with self.load(running, create):
            for number in range(4):
                copy = self.folder / f"{number}.backup"
                enough = len(done) + 2
                promised = list(done)
                said = self.parley("db", "backup", DATABASE, copy).stderr
                self.assertRegex(said, r"database parley: 100% copied\n(.*\n)*.*verified copy in ")
                self.check_copy(copy, ["before", *promised])
                while len(done) < enough:  # the load goes on between two backups
                    client.call("search_count", [["id", "=", 1]])
        self.assertEqual(running.stop(), OK)
        self.parley("db", "restore", "again", copy)
        self.assertEqual(self.parley("db", "list").stdout.split(), ["again", DATABASE])

    def check_copy(self, path, promised):
        self.assertEqual([p.name for p in self.folder.glob(path.name + "*")], [path.name], "nothing beside it")
        with contextlib.closing(sqlite3.connect(path)) as copy:
            self.assertEqual(copy.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            self.assertEqual(copy.execute("PRAGMA foreign_key_check").fetchall(), [])
            counts = dict(copy.execute("SELECT name, count(*) FROM res_partner WHERE name = 'before' OR name LIKE "
                                       "'load%' GROUP BY name"))
        self.assertEqual({name: count for name, count in counts.items() if count != THOUSAND}, {})
        self.assertEqual([name for name in promised if name not in counts], [])

    def test_a_backup_overwrites_nothing_and_says_what_is_wrong(self):
        running = self.serve()
        self.assertEqual(running.stop(), OK)
        there = self.folder / "there"
        there.write_text("mine")
        self.assertIn(f"the file {there} exists already", self.parley("db", "backup", DATABASE, there, code=FAILURE).stderr)
        self.assertEqual(there.read_text(), "mine")
        self.parley("db", "backup", DATABASE, self.file, code=FAILURE)
        self.parley("db", "backup", "nobody", self.folder / "new", code=FAILURE)
        self.parley("db", "backup", DATABASE, self.folder / "no" / "folder", code=FAILURE)
        self.parley("db", "backup", DATABASE, code=USAGE)
        self.assertIn("db backup NAME FILE", self.parley("db", "backup", "--help").stdout)
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["data", "there"])


class Reads(Case):
    def test_point_reads_are_answered_while_a_scan_runs_on_the_only_thread(self):
        running = self.serve("--threads", "1")
        scanning, reading = self.client(running), self.client(running)
        for number in range(20):
            scanning.create(f"scanned {number}")
        scan = ["search_count", ["|"] * 9 + [["name", "ilike", f"%{n}%nobody%"] for n in range(10)]]
        self.assertEqual(scanning.call(*scan), 0)
        reading.call("read", [1], fields=["name"])
        scanning.send(*scan)
        scanning.connection.sock.setblocking(False)
        answered = 0
        while not self.has_answer(scanning.connection.sock):
            reading.call("read", [1], fields=["name"])
            answered += 1
        scanning.connection.sock.settimeout(SECONDS_MAX)
        self.assertEqual(scanning.hear(), 0)
        # Without giving way at most one could be answered before the scan, which was asked first.
        self.assertGreater(answered, 3)

    @staticmethod
    def has_answer(sock):
        try:
            return len(sock.recv(1, 2)) > 0  # MSG_PEEK
        except BlockingIOError:
            return False


class FullDisk(Case):
    # A limit on the size of files stands for the disk: beyond it the server's writes fail, and it
    # can be lifted while the server runs.
    def test_writes_are_refused_reads_go_on_and_writes_come_back_with_the_room(self):
        running = self.serve(preexec_fn=lambda: signal.signal(signal.SIGXFSZ, signal.SIG_IGN))
        client = self.client(running)
        client.create("kept")
        before = client.call("search_count", [])
        size = max(path.stat().st_size for path in self.data.iterdir())
        unlimited = resource.RLIM_INFINITY
        resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (size + 500_000, unlimited))
        kept = 0
        with self.assertRaises(Refused) as refused:
            while kept < 200:
                client.create("more")
                kept += 1
        self.assertRegex(str(refused.exception), "the database's files cannot be used|has no room left")
        self.assertNotIn(str(self.data), str(refused.exception))  # where they are is nobody's matter
        with self.assertRaises(Refused):
            client.create("more")
        self.assertEqual(client.call("search_count", []), before + kept * THOUSAND)
        resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (unlimited, unlimited))
        client.create("again")
        self.assertEqual(client.call("search_count", []), before + (kept + 1) * THOUSAND)
        self.assertEqual(running.stop(), OK)
        with contextlib.closing(sqlite3.connect(self.file)) as database:
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchall(), [("ok",)])


class Log(Case):
    def test_the_log_stays_below_its_limit_beside_readers_and_writers_without_end(self):
        limit = 1 << 20
        running = self.serve("--log-bytes-max", str(limit))
        client = self.client(running)
        client.create("first")
        done, peak = [], 0

        def create(own, name):
            own.create(name)
            done.append(name)

        def read(own, _):
            own.call("search_read", [["name", "like", "load"]], fields=["name"], limit=2000)

        log = self.data / f"{DATABASE}.sqlite-wal"
        with self.load(running, create), self.load(running, read):
            while len(done) < 30:
                peak = max(peak, log.stat().st_size)
                client.call("search_count", [["id", "=", 1]])
        # One transaction may be written beyond it before the log is emptied.
        self.assertLess(peak, 2 * limit)
        self.assertEqual(running.stop(), OK)


class Files(Case):
    def refusal(self):
        with self.assertRaises(servers.NotReady) as refused:
            self.serve()
        return str(refused.exception)

    def test_a_damaged_a_foreign_and_a_newer_file_are_refused_by_name(self):
        self.assertEqual(self.serve().stop(), OK)
        whole = self.file.read_bytes()
        self.file.write_bytes(b"no database at all, but long enough to look at" * 100)
        self.assertIn(f"the database's file is damaged: {self.file}", self.refusal())
        self.file.write_bytes(whole[:len(whole) // 2])
        self.assertIn(str(self.file), self.refusal())
        self.file.unlink()
        with contextlib.closing(sqlite3.connect(self.file)) as foreign:
            foreign.execute("CREATE TABLE mine(x)")
        self.assertIn(f"the file of parley is not one of Parley's: {self.file}", self.refusal())
        self.file.write_bytes(whole)
        self.assertEqual(self.serve().stop(), OK)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
