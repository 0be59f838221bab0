# SPDX-License-Identifier: Apache-2.0
"""A database of an earlier build is opened, completed, read and written by this one.

usage: upgrade_test.py PATH_OF_PARLEY [unittest arguments]
       upgrade_test.py PATH_OF_PARLEY --make    # writes database.sql.gz with that program

`database.sql.gz` is a database with the module `module/every`, which has a field of every type, as a
build made it that came before this one. Make it again with the program of the last commit when the
way records are kept changes, never to make a failing test pass.
"""
import contextlib
import gzip
import http.client
import json
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "support"))
from server import NotReady, Server  # noqa: E402

DUMP = HERE / "database.sql.gz"
DATABASE, UID, PASSWORD = "old", 2, "admin"
PROGRAM = ""

# What database.sql.gz holds, as the object endpoint tells it. Parts and owners are made with it.
THINGS = [
    {"name": "full", "code": "A-1", "note": "two\nlines", "page": "<p>\u00e4</p>", "count": -7, "weight": 0.1,
     "length": 12.345, "price": 19.99, "currency_id": 1, "is_open": True, "day": "2024-02-29",
     "moment": "2024-02-29 23:59:58", "state": "done", "target": "res.partner,1", "cover": "AAEC/w==",
     "details": {"a": [1, None, "\u00df"], "b": {"c": 1.5}}, "owner_id": 1, "tag_ids": [3, 1]},
    {"name": "empty", "code": False, "note": False, "page": False, "count": 0, "weight": 0.0, "length": 0.0,
     "price": 0.0, "currency_id": False, "is_open": False, "day": False, "moment": False, "state": False,
     "target": False, "cover": False, "details": False, "owner_id": False, "tag_ids": []},
    {"name": "edges", "code": "\U0001f4da" * 3, "note": "x" * 20000, "page": "<b>bold</b>", "count": 2147483647,
     "weight": 1e300, "length": -0.001, "price": -1234567.89, "currency_id": 1, "is_open": True, "day": "0001-01-01",
     "moment": "9999-12-31 23:59:59", "state": "draft", "target": "every.part,1", "cover": "eA==" , "details": [],
     "owner_id": 2, "tag_ids": [3]},
]
PARTS = [{"name": "first", "thing_id": 1}, {"name": "second", "thing_id": 1}, {"name": "third", "thing_id": 3}]


def arguments(data, modules):
    return ["serve", "--host", "127.0.0.1", "--port", "0", "--data", str(data), "--database", DATABASE,
            "--modules", "base,every", "--modules-path", str(HERE.parents[2] / "modules"), "--modules-path", str(modules)]


class Client:
    def __init__(self, server):
        self.port = server.port

    def call(self, model, method, *args, **named):
        body = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": {
            "service": "object", "method": "execute_kw",
            "args": [DATABASE, UID, PASSWORD, model, method, list(args), named]}}
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request("POST", "/jsonrpc", json.dumps(body), {"Content-Type": "application/json"})
            answer = json.loads(connection.getresponse().read())
        if "result" not in answer:
            raise AssertionError(json.dumps(answer["error"])[:2000])
        return answer["result"]


def make():
    with tempfile.TemporaryDirectory() as folder:
        data = pathlib.Path(folder)
        with Server(PROGRAM, arguments(data, HERE / "module")) as server:
            client = Client(server)
            for thing in THINGS:
                if thing["target"] == "every.part,1":
                    client.call("every.part", "create", PARTS[:2])
                client.call("every.thing", "create", {**thing, "tag_ids": [[6, 0, thing["tag_ids"]]]})
            client.call("every.part", "create", PARTS[2])
            gone = client.call("every.thing", "create", {"name": "gone"})
            client.call("every.thing", "unlink", [gone])
            if server.stop() != 0:
                raise SystemExit("the server did not end well")
        with contextlib.closing(sqlite3.connect(data / f"{DATABASE}.sqlite")) as database:
            numbers = [(name, database.execute(f"PRAGMA {name}").fetchone()[0])
                       for name in ("application_id", "user_version")]
            lines = [f"PRAGMA {name} = {number};" for name, number in numbers] + list(database.iterdump())
    text = "\n".join(lines) + "\n"
    DUMP.write_bytes(gzip.compress(text.encode(), mtime=0))
    print(f"{DUMP}: {DUMP.stat().st_size} bytes")


def load(data):
    """The earlier build's database as a file of the data folder; its path."""
    data.mkdir(parents=True, exist_ok=True)
    path = data / f"{DATABASE}.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.executescript(gzip.decompress(DUMP.read_bytes()).decode())
    return path


def scalar(value):
    """A many2one reads as [id, name]."""
    return value[0] if isinstance(value, list) and len(value) == 2 and isinstance(value[1], str) else value


class Upgrade(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="parley-upgrade-")
        self.addCleanup(folder.cleanup)
        self.data = pathlib.Path(folder.name) / "data"
        self.modules = pathlib.Path(folder.name) / "modules"
        shutil.copytree(HERE / "module", self.modules)
        self.path = load(self.data)

    def serve(self):
        server = Server(PROGRAM, arguments(self.data, self.modules))
        self.addCleanup(server.kill)
        return server, Client(server)

    def change(self, *changes):
        """Edits the module's models: pairs of a pattern and what stands in its place."""
        path = self.modules / "every" / "models" / "every.yaml"
        text = path.read_text(encoding="utf-8")
        for pattern, put in changes:
            text, count = re.subn(pattern, put, text, flags=re.MULTILINE)
            self.assertEqual(count, 1, pattern)
        path.write_text(text, encoding="utf-8")

    def columns(self, table):
        with contextlib.closing(sqlite3.connect(self.path)) as database:
            return {row[1]: row[2] for row in database.execute(f"PRAGMA table_info({table})")}

    def check_things(self, client, without=()):
        fields = [name for name in THINGS[0] if name not in without]
        things = client.call("every.thing", "search_read", [["id", "<=", 3]], fields=[*fields, "part_ids"])
        self.assertEqual([thing["id"] for thing in things], [1, 2, 3])
        for thing, made in zip(things, THINGS):
            for name in fields:
                self.assertEqual(scalar(thing[name]), made[name], f"{made['name']}.{name}")
        self.assertEqual([thing["part_ids"] for thing in things], [[1, 2], [], [3]])

    def test_every_record_of_the_earlier_build_is_read_and_written(self):
        server, client = self.serve()
        self.check_things(client)
        for number, thing in enumerate(THINGS, 1):  # each record becomes the next one, and back
            other = {**THINGS[number % 3], "code": f"again {number}"}
            client.call("every.thing", "write", [number], {**other, "tag_ids": [[6, 0, other["tag_ids"]]]})
            [found] = client.call("every.thing", "read", [number], fields=list(other))
            self.assertEqual({name: scalar(found[name]) for name in other}, other)
        for number, thing in enumerate(THINGS, 1):
            client.call("every.thing", "write", [number], {**thing, "tag_ids": [[6, 0, thing["tag_ids"]]]})
        self.check_things(client)
        self.assertEqual(client.call("every.thing", "search", [["price", "<", 0]]), [3])
        self.assertEqual(client.call("every.thing", "search", [["day", "=", "2024-02-29"]]), [1])
        self.assertEqual(client.call("every.thing", "create", {"name": "next"}), 5, "4 was given to a record that is gone")
        self.assertEqual(server.stop(), 0)
        with contextlib.closing(sqlite3.connect(self.path)) as database:
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            self.assertEqual(database.execute("PRAGMA foreign_key_check").fetchall(), [])

    def test_a_module_that_gains_fields_and_a_model_gets_them_with_their_columns(self):
        self.change((r"^    code: .*$", r"\g<0>\n    rating: {type: integer, string: Rating, index: true}\n"
                                        r"    helper_id: {type: many2one, string: Helper, relation: res.partner}\n"
                                        r"    label_ids: {type: many2many, string: Labels, relation: every.label,"
                                        r" table: every_thing_label, left: thing_id, right: label_id}"),
                    (r"^- model: every.part$", "- model: every.label\n  description: Label\n  order: id\n  fields:\n"
                                               "    name: {type: char, string: Name, required: true}\n\n\\g<0>"))
        for _ in range(2):  # the second start finds nothing to do
            server, client = self.serve()
            self.check_things(client)
            [thing] = client.call("every.thing", "read", [1], fields=["rating", "helper_id"])
            self.assertEqual((thing["rating"], thing["helper_id"]), (0, False))
            client.call("every.thing", "write", [1], {"rating": 5, "helper_id": 2})
            self.assertEqual(client.call("every.thing", "search", [["rating", ">", 4], ["helper_id", "=", 2]]), [1])
            client.call("every.thing", "write", [1], {"rating": False, "helper_id": False})
            self.assertEqual(server.stop(), 0)
        self.assertEqual(self.columns("every_thing")["rating"], "INTEGER")
        self.assertIn("label_id", self.columns("every_thing_label"))

    def test_a_field_that_a_module_loses_is_gone_and_its_column_stays(self):
        self.change((r"^    weight: .*\n", ""))
        server, client = self.serve()
        self.check_things(client, without=["weight"])
        self.assertNotIn("weight", client.call("every.thing", "fields_get"))
        made = client.call("every.thing", "create", {"name": "without"})
        self.assertEqual(client.call("every.thing", "read", [made], fields=["name"])[0]["name"], "without")
        self.assertEqual(server.stop(), 0)
        self.assertIn("weight", self.columns("every_thing"))
        shutil.copytree(HERE / "module", self.modules, dirs_exist_ok=True)  # it comes back, with what it held
        server, client = self.serve()
        self.check_things(client)
        self.assertEqual(server.stop(), 0)

    def test_a_field_that_changes_its_type_is_refused_by_name_and_nothing_is_changed(self):
        self.change((r"^    count: .*$", "    count: {type: char, string: Count}\n    fresh: {type: char, string: Fresh}"))
        with self.assertRaises(NotReady) as refused:
            self.serve()
        self.assertRegex(str(refused.exception), "column count of table every_thing is kept as INTEGER, not as TEXT")
        self.assertNotIn("fresh", self.columns("every_thing"))  # the changes before it are undone with it
        shutil.copytree(HERE / "module", self.modules, dirs_exist_ok=True)
        server, client = self.serve()
        self.check_things(client)
        self.assertEqual(server.stop(), 0)

    def test_a_database_of_a_newer_format_is_refused_by_name(self):
        with contextlib.closing(sqlite3.connect(self.path)) as database:
            database.execute("PRAGMA user_version = 99")
        done = subprocess.run([PROGRAM, *arguments(self.data, self.modules)], capture_output=True, text=True, timeout=60,
                              check=False)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, "database old has format version 99; this program knows versions up to")


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    if "--make" in sys.argv:
        make()
    else:
        unittest.main()
