# SPDX-License-Identifier: Apache-2.0
"""The db service from outside: making, copying, renaming and dropping databases over the wire.

Used as `databases_test.py PATH_OF_PARLEY [unittest arguments]`; the standard library alone.
"""
import base64
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import sys
import unittest
import xmlrpc.client

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import program_test  # noqa: E402
from program_test import FAILURE, OK, SECONDS_MAX, Case, call, log_in  # noqa: E402

MASTER = "m4ster-word"
DENIED = 3
# Each change with arguments that would do, behind the master password.
CHANGES = {
    "create_database": ["made", False, "en_US", "w0rd"], "duplicate_database": ["parley", "copy"],
    "drop": ["parley"], "rename": ["parley", "other"], "dump": ["parley", "zip"],
    "restore": ["restored", "UQ=="], "change_admin_password": ["another"],
    "migrate_databases": [["parley"]], "list_countries": []}


def db(server, path="/xmlrpc/2/db"):
    return xmlrpc.client.ServerProxy(f"http://127.0.0.1:{server.port}{path}", allow_none=True)


def json_db(server, method, *args):
    """The same service by JSON-RPC: its answer, result or error."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=SECONDS_MAX)
    try:
        connection.request("POST", "/jsonrpc", json.dumps({
            "jsonrpc": "2.0", "method": "call", "id": 1,
            "params": {"service": "db", "method": method, "args": list(args)}}), {"Content-Type": "application/json"})
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


class Databases(Case):
    def served(self, *flags, **environment):
        environment.setdefault("PARLEY_MASTER_PASSWORD", MASTER)
        return self.serve(*flags, **environment)

    def refused(self, proxy, method, *args):
        with self.assertRaises(xmlrpc.client.Fault) as refusal:
            getattr(proxy, method)(*args)
        return refusal.exception

    def said(self, server):
        """All that the server said, once it has ended."""
        self.assertEqual(server.stop(), OK)
        return server.tail(2000)

    def audit(self, server):
        return re.findall(r"^\S+ audit \S+ (.*)$", self.said(server), re.M)

    def wait_for(self, server, text):
        """Until the log says `text`."""
        for _ in range(20_000):
            if text in server.tail(2000):
                return
            program_test.get(server, "/healthz")
        self.fail(f"the log never says {text}:\n{server.tail()}")

    def files(self):
        return sorted(p.name for p in self.data.iterdir() if p.suffix == ".sqlite" or p.name.startswith(".change"))


class WhoMay(Databases):
    def test_without_a_master_password_nothing_changes_and_the_log_says_what_to_set(self):
        server = self.serve()
        with db(server) as proxy:
            for method, args in CHANGES.items():
                for given in ("", "admin", MASTER):
                    with self.subTest(method, given=given):
                        fault = self.refused(proxy, method, given, *args)
                        self.assertIn(fault.faultCode, (DENIED, 2), fault)  # 2: too many failures
                        if fault.faultCode == 2:
                            self.assertIn("too many failed logins", fault.faultString)
            self.assertEqual(proxy.list(), ["parley"])
            self.assertEqual(proxy.server_version(), "17.0")
            self.assertIn(["fr_FR", "French / Français"], proxy.list_lang())
        self.assertIn("there is no master password; set master-password-file, or PARLEY_MASTER_PASSWORD", self.said(server))
        self.assertEqual(self.files(), ["parley.sqlite"])

    def test_a_wrong_master_password_is_fault_3_in_every_dialect_and_counted(self):
        server = self.served("--login-failures-max", "4")
        with db(server) as proxy, db(server, "/xmlrpc/db") as legacy:
            fault = self.refused(proxy, "drop", "wr0ng-word", "parley")
            self.assertEqual((fault.faultCode, fault.faultString), (DENIED, "Access Denied"))
            fault = self.refused(legacy, "drop", "wr0ng-word", "parley")
            self.assertEqual((fault.faultCode, fault.faultString), ("AccessDenied", "Access Denied"))
            error = json_db(server, "drop", "wr0ng-word", "parley")["error"]
            self.assertEqual(error["data"]["name"], "odoo.exceptions.AccessDenied")
            self.assertEqual(self.refused(proxy, "drop", None, "parley").faultCode, DENIED)
            # The door is closed: to the right one as well, and to other methods.
            self.assertIn("too many failed logins; try again in", self.refused(proxy, "drop", MASTER, "parley").faultString)
            self.assertIn("too many failed logins; try again in", self.refused(proxy, "list_countries", MASTER).faultString)
            self.assertEqual(proxy.list(), ["parley"])
        self.assertEqual(self.audit(server)[:4], ["db.drop of parley from 127.0.0.1: unauthenticated"] * 4)
        self.assertNotIn("wr0ng-word", server.tail(2000))
        self.assertNotIn(MASTER, server.tail(2000))

    def test_with_list_db_off_even_the_right_one_changes_nothing(self):
        server = self.served("--list-db=no")
        with db(server) as proxy:
            self.assertEqual(self.refused(proxy, "list").faultCode, DENIED)
            for method, args in CHANGES.items():
                self.assertEqual(self.refused(proxy, method, MASTER, *args).faultCode, DENIED, method)
            self.assertIs(proxy.db_exist("parley"), True)
            self.assertEqual(proxy.server_version(), "17.0")
        self.assertNotIn("<li>parley</li>", program_test.get(server, "/")[1])
        self.assertEqual(log_in(server, "parley", "admin", "admin"), 2)

    def test_changes_are_not_made_by_get(self):
        server = self.served("--path-get-changes=no")
        status, _ = program_test.get(server, f"/db.drop?master_pwd={MASTER}&db_name=parley")
        self.assertEqual(status, 405)
        with db(server) as proxy:
            self.assertEqual(proxy.list(), ["parley"])

    def test_the_password_may_be_given_hashed_and_changes_in_its_file_alone(self):
        word = self.folder / "master"
        self.parley("master", "passwd", text=MASTER + "\n", code=FAILURE)
        self.parley("master", "passwd", "--master-password-file", word, text="\n", code=FAILURE)
        made = self.parley("master", "passwd", "--master-password-file", word, text=MASTER + "\n")
        self.assertIn("audit", made.stderr)
        stored = word.read_text()
        self.assertTrue(stored.startswith("$argon2id$"))
        self.assertEqual(word.stat().st_mode & 0o777, 0o600)
        server = self.serve("--master-password-file", str(word))
        with db(server) as proxy:
            self.assertEqual(self.refused(proxy, "list_countries", stored.strip()).faultCode, DENIED)
            self.assertIs(proxy.change_admin_password(MASTER, "n3w-master"), True)
            self.assertEqual(self.refused(proxy, "list_countries", MASTER).faultCode, DENIED)
            self.assertIn("empty", self.refused(proxy, "change_admin_password", "n3w-master", "").faultString)
        self.assertEqual(server.stop(), OK)
        self.assertTrue(word.read_text().startswith("$argon2id$"))
        again = self.serve("--master-password-file", str(word))
        with db(again) as proxy:
            self.assertIn(["be", "Belgium"], proxy.list_countries("n3w-master"))
        self.assertEqual(again.stop(), OK)
        fixed = self.served(PARLEY_MASTER_PASSWORD=stored.strip())  # the hash of the first one
        with db(fixed) as proxy:
            self.assertIn("master-password-file", self.refused(proxy, "change_admin_password", MASTER, "x").faultString)
        self.parley("serve", "--master-password-file", word, "--master-password", "x", code=FAILURE)
        self.parley("serve", "--master-password-file", self.folder / "none", code=FAILURE)


class Making(Databases):
    def test_a_database_is_made_copied_renamed_dumped_dropped_and_restored(self):
        server = self.served()
        with db(server) as proxy, db(server, "/xmlrpc/db") as legacy:
            self.assertIs(proxy.create_database(MASTER, "one", False, "fr_FR", "w0rd", "boss", "be", "+32 1"), True)
            self.assertEqual(log_in(server, "one", "boss", "w0rd"), 2)
            self.assertIs(log_in(server, "one", "admin", "admin"), False)
            self.assertEqual(call(server, "one", 2, "w0rd", "res.users", "read", [2], ["lang"])[0]["lang"], "fr_FR")
            company = call(server, "one", 2, "w0rd", "res.company", "read", [1], ["phone", "partner_id"])[0]
            self.assertEqual(company["phone"], "+32 1")
            partner = call(server, "one", 2, "w0rd", "res.partner", "read", [company["partner_id"][0]], ["country_id"])[0]
            self.assertEqual(partner["country_id"][1], "Belgium")
            fault = self.refused(proxy, "create_database", MASTER, "one", False, "en_US")
            self.assertEqual(fault.faultCode, 1)
            self.assertIn("odoo.service.db.DatabaseExists: database 'one' already exists!", fault.faultString)
            note = call(server, "one", 2, "w0rd", "res.partner", "create", {"name": "Kept"})

            self.assertIs(legacy.duplicate_database(MASTER, "one", "two"), True)
            self.assertIs(json_db(server, "rename", MASTER, "two", "three")["result"], True)
            self.assertEqual(proxy.list(), ["one", "parley", "three"])
            self.assertIs(proxy.db_exist("two"), False)
            self.assertEqual(call(server, "three", 2, "w0rd", "res.partner", "read", [note], ["name"])[0]["name"], "Kept")
            call(server, "three", 2, "w0rd", "res.partner", "unlink", [note])
            self.assertEqual(call(server, "one", 2, "w0rd", "res.partner", "search_count", [["id", "=", note]]), 1)

            dump = proxy.dump(MASTER, "one", "dump")
            self.assertTrue(base64.b64decode(dump).startswith(b"SQLite format 3\0"))
            self.assertTrue(base64.b64decode(proxy.dump(MASTER, "one")).startswith(b"SQLite format 3\0"))
            self.assertIs(proxy.drop(MASTER, "one"), True)
            self.assertIs(proxy.drop(MASTER, "one"), False)
            self.assertIn('database "one" does not exist', self.refused(proxy, "dump", MASTER, "one", "zip").faultString)
            self.assertIs(proxy.restore(MASTER, "one", dump), True)
            self.assertIs(proxy.restore(MASTER, "raw", xmlrpc.client.Binary(base64.b64decode(dump)), True), True)
            for name in ("one", "raw"):
                self.assertEqual(call(server, name, 2, "w0rd", "res.partner", "read", [note], ["name"])[0]["name"], "Kept")
            self.assertIs(proxy.migrate_databases(MASTER, ["one", "raw"]), True)
            countries = proxy.list_countries(MASTER)
            self.assertGreater(len(countries), 240)
            self.assertIn(["af", "Afghanistan"], countries)
        self.assertEqual(self.files(), ["one.sqlite", "parley.sqlite", "raw.sqlite", "three.sqlite"])
        done = [line for line in self.audit(server) if line.startswith("db.")]
        self.assertEqual(done, [f"db.{what} from 127.0.0.1: {end}" for what, end in [
            ("create_database of one", "done"), ("create_database of one", "conflict"),
            ("duplicate_database of one?as?two", "done"), ("rename of two?to?three", "done"), ("dump of one", "done"),
            ("dump of one", "done"), ("drop of one", "done"), ("drop of one", "done"), ("dump of one", "not_found"),
            ("restore of one", "done"), ("restore of raw", "done"), ("migrate_databases of one,raw", "done")]])
        again = self.served()
        self.assertEqual(log_in(again, "raw", "boss", "w0rd"), 2)

    def test_what_cannot_be_made_is_said_and_leaves_nothing(self):
        server = self.served("--body-bytes-max", "200000")
        with db(server) as proxy:
            for name in ("../outside", "a/b", ".hidden", "x" * 64, "", "a b", "-a", "a\nb"):
                for method, args in (("create_database", [name, False, "en_US", "w"]), ("duplicate_database", ["parley", name]),
                                     ("rename", ["parley", name]), ("restore", [name, "UVdF"])):
                    with self.subTest(name, method=method):
                        self.assertEqual(self.refused(proxy, method, MASTER, *args).faultCode, 1)
            for args, text in ((["made", False, "xx_YY", "w"], "Invalid language code: xx_YY"),
                               (["made", False, "en_US", ""], "a password is needed"),
                               (["made", False, "en_US", "w", ""], "a login is needed"),
                               (["made", False, "en_US", "w", "admin", "zz"], "there is no country zz")):
                self.assertIn(text, self.refused(proxy, "create_database", MASTER, *args).faultString)
            self.assertIn("already exists", self.refused(proxy, "duplicate_database", MASTER, "parley", "parley").faultString)
            self.assertIn("does not exist", self.refused(proxy, "rename", MASTER, "none", "made").faultString)
            self.assertIn("does not exist", self.refused(proxy, "migrate_databases", MASTER, ["none"]).faultString)
            self.assertIn("zip or dump", self.refused(proxy, "dump", MASTER, "parley", "custom").faultString)
            self.assertIn("db backup", self.refused(proxy, "dump", MASTER, "parley", "zip").faultString)
            # Not base64, no database, and one that is torn.
            self.parley("db", "backup", "parley", self.folder / "backup")
            torn = base64.b64encode((self.folder / "backup").read_bytes()[:20_000]).decode()
            (self.folder / "backup").unlink()
            for data, text in (("%%%", "as base64"), ("UEsDBAoAAAA=", "one whole SQLite file"),
                               (torn, "one whole SQLite file")):
                fault = self.refused(proxy, "restore", MASTER, "made", data)
                self.assertIn(text, fault.faultString)
                self.assertNotIn(str(self.data), fault.faultString)
            self.assertEqual(proxy.list(), ["parley"])
        self.assertEqual(self.files(), ["parley.sqlite"])
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["data"])
        self.assertEqual(log_in(server, "parley", "admin", "admin"), 2)

    def test_what_a_change_left_behind_is_gone_after_the_next_start(self):
        self.parley("db", "init", "parley")
        (self.data / ".change-abcdef").mkdir()
        (self.data / ".change-abcdef" / "copy").write_text("half")
        self.served()
        self.assertEqual(self.files(), ["parley.sqlite"])

    def test_others_are_not_served_with_the_default_password(self):
        (self.folder / "word").write_text("good-w0rd\n")
        server = self.served("--admin-password-file", str(self.folder / "word"), "--trusted-proxies", "192.0.2.1")
        with db(server) as proxy:
            for args in (["weak", False, "en_US"], ["weak", False, "en_US", "admin"]):
                self.assertIn("default password", self.refused(proxy, "create_database", MASTER, *args).faultString)
            self.assertIs(proxy.create_database(MASTER, "strong", False, "en_US", "w0rd"), True)
            self.assertEqual(proxy.list(), ["parley", "strong"])
        self.assertEqual(self.files(), ["parley.sqlite", "strong.sqlite"])


class Ending(Databases):
    def cookie(self, server, database, password):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=SECONDS_MAX)
        connection.request("POST", "/web/session/authenticate", json.dumps({
            "jsonrpc": "2.0", "params": {"db": database, "login": "admin", "password": password}}), {"Content-Type": "application/json"})
        cookie = connection.getresponse().getheader("Set-Cookie").split(";")[0]
        connection.close()
        return cookie

    def session_info(self, server, cookie):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=SECONDS_MAX)
        connection.request("POST", "/web/session/get_session_info", "{}", {"Content-Type": "application/json", "Cookie": cookie})
        text = connection.getresponse().read().decode()
        connection.close()
        return text

    def test_nothing_that_was_proved_about_a_database_counts_for_the_next_of_its_name(self):
        server = self.served()
        with db(server) as proxy:
            proxy.create_database(MASTER, "one", False, "en_US", "f1rst-word")
            self.assertEqual(log_in(server, "one", "admin", "f1rst-word"), 2)
            cookie = self.cookie(server, "one", "f1rst-word")
            self.assertIn('"username": "admin"', self.session_info(server, cookie))
            proxy.drop(MASTER, "one")
            proxy.create_database(MASTER, "one", False, "en_US", "sec0nd-word")
            self.assertIs(log_in(server, "one", "admin", "f1rst-word"), False)
            self.assertIn("Session expired", self.session_info(server, cookie))
            self.assertEqual(log_in(server, "one", "admin", "sec0nd-word"), 2)

    def test_a_database_is_dropped_once_nobody_reads_from_it(self):
        server = self.served("--drain-ms", "300")
        with db(server) as proxy:
            proxy.create_database(MASTER, "one", False, "en_US", "w0rd")
            connection = self.slow_reader(server, database="one", password="w0rd")
            for method, args in (("drop", ["one"]), ("rename", ["one", "two"])):
                self.assertIn('database "one" is being accessed by other users', self.refused(proxy, method, MASTER, *args).faultString)
            # It is served as before, and what streams from it comes whole.
            self.assertEqual(log_in(server, "one", "admin", "w0rd"), 2)
            self.all_read(connection)
            self.assertIs(proxy.drop(MASTER, "one"), True)
            self.assertIn('database "one" does not exist', json.dumps(json_db(server, "dump", MASTER, "one")).replace("\\", ""))
        self.assertEqual(self.files(), ["parley.sqlite"])

    def test_a_change_goes_on_when_its_client_leaves(self):
        server = self.served()
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "id": 1, "params": {
            "service": "db", "method": "create_database", "args": [MASTER, "one", False, "en_US", "w0rd"]}}).encode()
        with socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS_MAX) as connection:
            connection.sendall(b"POST /jsonrpc HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                               b"Content-Length: %d\r\n\r\n" % len(body) + body)
            self.wait_for(server, "database one: creating")
        with db(server) as proxy:
            # Changes wait for one another: this one is answered after the first is done.
            self.assertIn("already exists", self.refused(proxy, "create_database", MASTER, "one", False, "en_US", "w").faultString)
        self.assertEqual(log_in(server, "one", "admin", "w0rd"), 2)

    def test_a_server_asked_to_end_finishes_the_change_under_way(self):
        server = self.served()
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "id": 1, "params": {
            "service": "db", "method": "create_database", "args": [MASTER, "one", False, "en_US", "w0rd"]}}).encode()
        connection = socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS_MAX)
        self.addCleanup(connection.close)
        connection.sendall(b"POST /jsonrpc HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                           b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.wait_for(server, "database one: creating")
        self.assertEqual(server.kill(signal.SIGTERM), OK)
        again = self.served()
        self.assertEqual(log_in(again, "one", "admin", "w0rd"), 2)


if __name__ == "__main__":
    program_test.PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
