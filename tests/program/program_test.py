# SPDX-License-Identifier: Apache-2.0
"""The program from outside: its commands, exit codes, settings, signals and what it logs.

Used as `program_test.py PATH_OF_PARLEY [unittest arguments]`; the standard library alone.
"""
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
import xmlrpc.client

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from server import NotReady, Server  # noqa: E402

PROGRAM = ""
SECONDS_MAX = 60
LONG_TEXT = "x" * 20_000
OK, FAILURE, USAGE = 0, 1, 2


def clean_environment(**more):
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PARLEY_")}
    return {**kept, **more}


def run(*words, text="", **environment):
    """The finished command; `text` is its standard input."""
    return subprocess.run([PROGRAM, *map(str, words)], input=text, capture_output=True, text=True,
                          timeout=SECONDS_MAX, env=clean_environment(**environment), check=False)


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="parley-program-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.data = self.folder / "data"

    def parley(self, *words, code=OK, **options):
        done = run(*words, "--data", self.data, **options)
        self.assertEqual(done.returncode, code, f"{words}: {done.stdout}{done.stderr}")
        return done

    def serve(self, *flags, **environment):
        server = Server(PROGRAM, ["serve", "--port", "0", "--data", str(self.data), *flags],
                        env=clean_environment(**environment))
        self.addCleanup(server.kill)
        return server

    def slow_reader(self, server, *, database="parley", password="admin", records=800):
        """A connection that has asked for more than its socket takes, and has read one byte: see `all_read`."""
        call(server, database, 2, password, "res.partner", "create",
             [{"name": f"Long {i}", "comment": LONG_TEXT} for i in range(records)])
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "id": 1, "params": {
            "service": "object", "method": "execute_kw",
            "args": [database, 2, password, "res.partner", "search_read", [[["name", "like", "Long"]], ["comment"]]]}}).encode()
        connection = socket.socket()
        self.addCleanup(connection.close)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(SECONDS_MAX)
        connection.connect(("127.0.0.1", server.port))
        connection.sendall(b"POST /jsonrpc HTTP/1.0\r\nContent-Type: application/json\r\n"
                           b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.assertEqual(connection.recv(1), b"H")
        return connection

    def all_read(self, connection, records=800):
        """Reads the rest of what a slow reader asked for: each record whole."""
        answer = b"H"
        while piece := connection.recv(1 << 20):
            answer += piece
        rows = json.loads(answer.partition(b"\r\n\r\n")[2])["result"]
        self.assertEqual([row["comment"] for row in rows], [LONG_TEXT] * records)


def call(server, database, uid, password, model, method, *args, **named):
    proxy = xmlrpc.client.ServerProxy(f"http://127.0.0.1:{server.port}/xmlrpc/2/object", allow_none=True)
    with proxy:
        return proxy.execute_kw(database, uid, password, model, method, list(args), named)


def log_in(server, database, login, password):
    proxy = xmlrpc.client.ServerProxy(f"http://127.0.0.1:{server.port}/xmlrpc/2/common")
    with proxy:
        return proxy.login(database, login, password)


def get(server, path):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=SECONDS_MAX)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


class Commands(Case):
    def test_exit_codes_tell_success_failure_and_wrong_usage(self):
        self.assertEqual(run("version").returncode, OK)
        self.assertEqual(run("--help").returncode, OK)
        self.assertEqual(run("config", "--markdown").returncode, OK)
        for wrong in ([], ["bogus"], ["serve", "--bogus"], ["serve", "more"], ["db", "drop"],
                      ["serve", "--port", "many"], ["serve", "--log-format", "xml"]):
            with self.subTest(wrong):
                done = run(*wrong)
                self.assertEqual(done.returncode, USAGE, done.stderr)
                self.assertIn("parley --help", done.stderr)
        self.parley("db", "drop", "nowhere", code=FAILURE)
        self.parley("db", "init", "../outside", code=FAILURE)
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["data"])

    def test_databases_are_made_listed_and_dropped(self):
        self.parley("db", "init", "one", "two")
        self.assertEqual(self.parley("db", "list").stdout.split(), ["one", "two"])
        self.assertIn("exists already", self.parley("db", "init", "one", code=FAILURE).stderr)
        self.parley("db", "drop", "one")
        self.assertEqual(self.parley("db", "list").stdout.split(), ["two"])

    def test_a_tool_asks_which_of_several_databases(self):
        self.parley("db", "init", "one", "two")
        self.assertIn("--database", self.parley("user", "list", code=FAILURE).stderr)
        self.assertIn("\tadmin\t", self.parley("user", "list", "--database", "two").stdout)

    def test_a_failed_init_leaves_no_database(self):
        self.parley("db", "init", "one", "--modules", "no_such_module", code=FAILURE)
        self.assertEqual(self.parley("db", "list").stdout, "")

    def test_modules_are_listed_and_installed(self):
        self.parley("db", "init", "one")
        self.assertIn("todo\t-\t", self.parley("module", "list").stdout)
        self.assertEqual(self.parley("module", "install", "todo").stdout.split(), ["todo"])
        self.assertIn("todo\tinstalled\t", self.parley("module", "list").stdout)
        self.assertEqual(self.parley("module", "install", "todo").stdout, "")
        self.assertIn("no_such", self.parley("module", "install", "no_such", code=FAILURE).stderr)

    def test_tools_that_write_are_kept_out_while_the_server_runs(self):
        server = self.serve("--database", "one")
        self.parley("user", "passwd", "admin", text="x\n", code=FAILURE)
        self.parley("db", "drop", "one", code=FAILURE)
        self.assertIn("\tadmin\t", self.parley("user", "list").stdout)
        self.assertEqual(server.stop(), OK)
        self.parley("user", "passwd", "admin", text="x\n")

    def test_passwords_and_keys_let_users_in_until_they_end(self):
        self.parley("db", "init", "one")
        self.parley("user", "passwd", "admin", text="s3cret-word\n")
        self.parley("user", "passwd", "nobody-here", text="x\n", code=FAILURE)
        self.parley("user", "passwd", "admin", text="\n", code=FAILURE)
        key = self.parley("user", "key", "add", "admin", "laptop", "5").stdout.strip()
        self.assertRegex(key, "^[0-9a-f]{40}$")
        listed = self.parley("user", "key", "list").stdout
        self.assertIn(f"\tadmin\t{key[:8]}\tlaptop\t", listed)
        self.assertNotIn(key, listed)
        server = self.serve("--log-level", "debug")
        for secret in ("s3cret-word", key):
            self.assertEqual(log_in(server, "one", "admin", secret), 2)
            self.assertEqual(call(server, "one", 2, secret, "res.users", "search_count", [["id", "=", 2]]), 1)
        self.assertIs(log_in(server, "one", "admin", "admin"), False)
        self.assertEqual(server.stop(), OK)
        self.parley("user", "key", "revoke", listed.split("\t")[0])
        self.parley("user", "key", "revoke", "12345", code=FAILURE)
        self.assertEqual(self.parley("user", "key", "list").stdout, "")
        again = self.serve()
        self.assertIs(log_in(again, "one", "admin", key), False)
        self.assertNotIn("s3cret-word", server.tail(2000) + again.tail(2000))
        self.assertNotIn(key, server.tail(2000) + again.tail(2000))


class Backups(Case):
    def test_a_backup_taken_while_clients_write_is_whole(self):
        server = self.serve("--database", "one")
        stop, made, problems = threading.Event(), [], []

        def write():
            while not stop.is_set():
                try:
                    made.append(call(server, "one", 2, "admin", "res.partner", "create",
                                     [{"name": f"Pair {len(made)} {half}"} for half in "ab"]))
                except OSError as problem:
                    return problems.append(problem)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for number in range(3):
                before = 2 * len(made)
                self.parley("db", "backup", "one", self.folder / f"{number}.backup")
                self.parley("db", "backup", "none-such", self.folder / "none", code=FAILURE)
        finally:
            stop.set()
            writer.join()
        self.assertEqual(problems, [])
        self.assertEqual(server.stop(), OK)
        self.parley("db", "restore", "copy", self.folder / "2.backup")
        (self.folder / "torn").write_bytes((self.folder / "2.backup").read_bytes()[:5000])
        self.parley("db", "restore", "torn", self.folder / "torn", code=FAILURE)
        self.assertEqual(self.parley("db", "list").stdout.split(), ["copy", "one"])
        copy = self.serve("--database", "copy")
        found = call(copy, "copy", 2, "admin", "res.partner", "search_count", [["name", "like", "Pair "]])
        self.assertGreaterEqual(found, before)
        self.assertEqual(found % 2, 0)


class Serving(Case):
    def test_an_empty_folder_is_enough(self):
        server = self.serve()
        self.assertRegex(server.tail(), r"parley: listening on http://127\.0\.0\.1:\d+ \(databases: parley; admin / admin\)")
        self.assertEqual(get(server, "/healthz"), (200, "ok\n"))
        self.assertIn("password admin", get(server, "/")[1])
        self.assertEqual(log_in(server, "parley", "admin", "admin"), 2)
        self.assertEqual(server.stop(), OK)

    def test_the_first_password_comes_from_a_file(self):
        (self.folder / "word").write_text("from-a-file\n")
        server = self.serve("--admin-password-file", str(self.folder / "word"))
        self.assertEqual(log_in(server, "parley", "admin", "from-a-file"), 2)
        self.assertNotIn("admin / admin", server.tail())
        self.assertNotIn("from-a-file", server.tail(2000))
        self.assertNotIn("password admin", get(server, "/")[1])

    def test_the_default_password_is_not_served_to_other_machines(self):
        with self.assertRaises(NotReady) as refused:
            self.serve("--host", "0.0.0.0")
        self.assertIn("default password", str(refused.exception))
        self.parley("serve", "--host", "0.0.0.0", "--port", "0", code=FAILURE)

    def test_flags_beat_the_environment_and_that_beats_the_file(self):
        (self.folder / "settings").write_text("# mine\ndatabase = filed\nannounce-version = 14.0\nlog-level = debug\n")
        config = str(self.folder / "settings")
        version = lambda *flags, **variables: run("version", *flags, **variables).stdout  # noqa: E731
        self.assertIn("announces 14.0", version(PARLEY_CONFIG=config))
        self.assertIn("announces 15.0", version("--config", config, PARLEY_ANNOUNCE_VERSION="15.0"))
        self.assertIn("announces 16.0", version("--config", config, "--announce-version", "16.0",
                                                PARLEY_ANNOUNCE_VERSION="15.0"))
        self.assertEqual(run("version", "--config", str(self.folder / "none")).returncode, USAGE)
        self.assertIn("databases: filed", self.serve("--config", config).tail())

    def test_a_call_without_a_database_is_refused_when_there_are_several(self):
        self.parley("db", "init", "one", "two")
        body = json.dumps({"jsonrpc": "2.0", "method": "common.about", "params": [], "id": 1})
        asks = body.replace("common.about", "res.users.search_count").replace("[]", "[[]]")
        for flags, expected in (([], "several databases"), (["--database", "two", "--database", "one"], "result")):
            server = self.serve(*flags)
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=SECONDS_MAX)
            connection.request("POST", "/jsonrpc/2", asks, {"Content-Type": "application/json",
                                                            "Authorization": "Basic YWRtaW46YWRtaW4="})
            self.assertIn(expected, connection.getresponse().read().decode())
            connection.close()
            self.assertEqual(server.stop(), OK)

    def test_json_log_lines_are_json_and_name_no_secret(self):
        server = self.serve("--log-format", "json")
        self.assertIs(log_in(server, "parley", "admin", "wr0ng-word"), False)
        call(server, "parley", 2, "admin", "res.users", "write", [2], {"password": "n3w-word"})
        call(server, "parley", 2, "n3w-word", "res.users", "change_password", "n3w-word", "l4st-word")
        with self.assertRaises(xmlrpc.client.Fault):
            call(server, "parley", 2, "l4st-word", "res.users", "no_such_method", "arg-word")
        self.assertEqual(server.stop(), OK)
        log = server.tail(2000)
        lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
        self.assertEqual([line["method"] for line in lines if "method" in line],
                         ["common.login", "res.users.write", "res.users.change_password", "res.users.no_such_method"])
        self.assertEqual({line["code"] for line in lines if "code" in line} - {"unknown_method"}, {"ok"})
        audit = [line["event"] for line in lines if line["level"] == "audit"]
        self.assertEqual(audit, [
            "login of admin to parley from 127.0.0.1: unauthenticated",
            "user 2 changed users, keys or rights of parley by res.users.write",
            "user 2 changed users, keys or rights of parley by res.users.change_password"])
        for secret in ("wr0ng-word", "n3w-word", "l4st-word", "arg-word", "argon2"):
            self.assertNotIn(secret, log)


class Ending(Case):
    """Requests under way when the server is asked to end."""

    def half_request(self, server):
        """A connection whose call still lacks its last bytes, and those."""
        body = b'{"jsonrpc":"2.0","method":"call","params":{"service":"common","method":"version","args":[]},"id":1}'
        connection = socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS_MAX)
        self.addCleanup(connection.close)
        head = f"POST /jsonrpc HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body[:20])
        return connection, body[20:]

    def wait_until_refused(self, server):
        for _ in range(100_000):
            try:
                socket.create_connection(("127.0.0.1", server.port), timeout=1).close()
            except OSError:
                return
        self.fail("the server goes on accepting connections")

    def test_an_idle_server_ends_at_once_on_either_signal(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            server = self.serve()
            self.assertEqual(server.kill(number), OK)

    def test_a_request_under_way_is_answered_before_the_end(self):
        server = self.serve()
        connection, rest = self.half_request(server)
        self.assertEqual(get(server, "/healthz")[0], 200)  # the half request was taken in before
        server.process.send_signal(signal.SIGTERM)
        self.wait_until_refused(server)
        self.assertIsNone(server.process.poll())
        connection.sendall(rest)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        self.assertIn(b"200 OK", answer)
        self.assertIn(b"server_version", answer)
        self.assertEqual(server.process.wait(SECONDS_MAX), OK)

    def test_rows_that_are_being_sent_come_whole(self):
        server = self.serve()
        connection = self.slow_reader(server)
        server.process.send_signal(signal.SIGTERM)
        self.wait_until_refused(server)
        self.all_read(connection)
        self.assertEqual(server.process.wait(SECONDS_MAX), OK)

    def test_a_second_signal_ends_the_process_without_waiting(self):
        server = self.serve()
        self.half_request(server)
        self.assertEqual(get(server, "/healthz")[0], 200)
        server.process.send_signal(signal.SIGTERM)
        self.wait_until_refused(server)
        self.assertIsNone(server.process.poll())
        server.process.send_signal(signal.SIGTERM)
        self.assertEqual(server.process.wait(SECONDS_MAX), FAILURE)

    def test_who_never_finishes_a_request_does_not_keep_the_server(self):
        server = self.serve("--drain-ms", "200")
        self.half_request(server)
        self.assertEqual(get(server, "/healthz")[0], 200)
        self.assertEqual(server.stop(), OK)


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
