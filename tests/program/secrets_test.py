# SPDX-License-Identifier: Apache-2.0
"""What a server writes down of calls with secrets: none of them, in no protocol.

Calls are made with passwords, keys, session ids and the master password, right and wrong, as
credentials and as arguments; then the log (at level debug, with slow calls and their statements), the
audit file, the metrics and every answer that is an error are searched for them.

Used as `secrets_test.py PATH_OF_PARLEY [unittest arguments]`; the standard library alone.
"""
import base64
import http.client
import itertools
import json
import os
import pathlib
import re
import sys
import unittest
import urllib.parse
import xmlrpc.client

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import program_test  # noqa: E402
from program_test import OK, SECONDS_MAX, Case  # noqa: E402

# What a call needs to be slow: any time at all.
FLAGS = ("--log-level", "debug", "--slow-call-ms", "1", "--debug", "--database", "one", "--modules", "base,vcs",
         "--login-failures-max", "100000", "--admin-listen", "127.0.0.1:0", "--threads", "1")
COMMON_ERRORS = re.compile(r'"error": *[{"]|"error":{|<fault>|"isError": *true|"faultstring"|Fault|Error')


def spellings(secret):
    """The ways in which `secret` may stand in a text."""
    raw = secret.encode()
    return {secret, base64.b64encode(raw).decode().rstrip("="), urllib.parse.quote(secret, safe=""), raw.hex()}


class Book:
    """All that may not be found, and where it was found all the same."""

    def __init__(self):
        self.secrets = {}  # text -> what it is
        self._numbers = itertools.count(1)

    def new(self, what):
        secret = f"s3cr3t-{next(self._numbers)}-{'z' * 8}"
        self.secrets[secret] = what
        return secret

    def add(self, what, secret):
        self.secrets[secret] = what
        return secret

    def found_in(self, text):
        return sorted(what for secret, what in self.secrets.items() if any(one in text for one in spellings(secret)))


class Client:
    """Requests in every protocol; keeps the answers that are errors."""

    def __init__(self, port):
        self.port, self.errors, self.count = port, [], 0

    def send(self, path, body=None, headers=None, verb="POST"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS_MAX)
        try:
            connection.request(verb, path, body, headers or {})
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
            self.count += 1
            if response.status >= 400 or COMMON_ERRORS.search(text):
                self.errors.append("".join(f"{k}: {v}\n" for k, v in response.getheaders()) + text)
            return response, text
        finally:
            connection.close()

    def xml(self, path, method, *params):
        body = xmlrpc.client.dumps(params, method, allow_none=True)
        return self.send(path, body, {"Content-Type": "text/xml"})[1]

    def json(self, path, value, **headers):
        return self.send(path, json.dumps(value), {"Content-Type": "application/json",
                                                   **{k.replace("_", "-"): v for k, v in headers.items()}})

    def service(self, service, method, *args):
        return self.json("/jsonrpc", {"jsonrpc": "2.0", "method": "call", "id": 1,
                                      "params": {"service": service, "method": method, "args": args}})[1]


class Secrets(Case):
    def setUp(self):
        super().setUp()
        self.book = Book()
        self.parley("db", "init", "one", "--modules", "base,vcs")
        self.password = self.book.new("the administrator's password")
        self.parley("user", "passwd", "admin", text=self.password + "\n")
        self.key = self.book.add("an API key", self.parley("user", "key", "add", "admin", "test").stdout.strip())
        self.master = self.book.new("the master password")
        self.audit_file = self.folder / "audit.log"
        self.server = self.serve(*FLAGS, "--audit-file", str(self.audit_file), PARLEY_MASTER_PASSWORD=self.master)
        self.client = Client(self.server.port)

    def metrics(self):
        port = int(re.search(r"metrics on http://127\.0\.0\.1:(\d+)/", self.server.tail(2000))[1])
        return Client(port).send("/metrics", verb="GET")[1]

    def places(self):
        return {"the metrics": self.metrics(), "an error answer": "\n".join(self.client.errors),
                "the log": (self.server.stop(), self.server.tail(2000))[1], "the audit file": self.audit_file.read_text()}

    def basic(self, login, password):
        encoded = base64.b64encode(f"{login}:{password}".encode()).decode()
        return "Basic " + self.book.add("Basic credentials", encoded)

    def both(self, what, right):
        """A right secret and a wrong one."""
        yield right
        yield self.book.new(what + " (wrong)")

    def speak_services(self, secret):
        """XML-RPC and JSON-RPC as Odoo's clients speak them."""
        ask = self.client
        for common, obj in (("/xmlrpc/2/common", "/xmlrpc/2/object"), ("/xmlrpc/common", "/xmlrpc/object")):
            ask.xml(common, "login", "one", "admin", secret)
            ask.xml(common, "authenticate", "one", "admin", secret, {})
            ask.xml(common, "login", secret, "admin", "x", "more")
            ask.xml(obj, "execute_kw", "one", 2, secret, "res.users", "search_count", [[]])
            ask.xml(obj, "execute_kw", "one", 2, secret, "res.users", "no_such", [])
            ask.xml(obj, "execute", "one", 2, secret, "no.such", "read", [1])
        ask.service("common", "login", "one", "admin", secret)
        ask.service("object", "execute_kw", "one", 2, secret, "res.partner", "search_read", [[["no_such", "=", 1]]])
        ask.service("object", "execute_kw", "one", 777, secret, "res.partner", "search", [[]])
        ask.service("object", "execute_kw", "none-such", 2, secret, "res.partner", "search", [[]])

    def speak_headers(self, authorization):
        """The protocols whose caller stands in a header."""
        ask, given = self.client, {"Authorization": authorization}
        for path in ("/jsonrpc/2", "/RPC2", "/res.users.search_count", "/res.users.no_such", "/ws/res.users/search_count",
                     "/ws/res.users/no_such.xml", "/json/2/res.users/search_count", "/json/2/res.users/no_such", "/mcp", "/openapi.json"):
            if path == "/RPC2":
                body, content_type = xmlrpc.client.dumps(([],), "res.users.no_such"), "text/xml"
            elif path == "/jsonrpc/2":
                body, content_type = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "res.users.search_count", "params": []}), "application/json"
            elif path == "/mcp":
                body, content_type = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
                    "name": "model.search_read", "arguments": {"model": "res.users", "domain": []}}}), "application/json"
            else:
                body, content_type = "{}", "application/json"
            ask.send(path, body, {**given, "Content-Type": content_type, "Accept": "application/json, text/event-stream"})
            ask.send(path, None, given, verb="GET")

    def speak_sessions(self, password):
        response, _ = self.client.json("/web/session/authenticate", {"params": {"db": "one", "login": "admin", "password": password}})
        cookie = (response.getheader("Set-Cookie") or "").split(";")[0]
        if cookie.partition("=")[2]:
            self.book.add("a session id", cookie.partition("=")[2])
        for sent in (cookie, "session_id=" + self.book.new("a session id (wrong)")):
            for path, params in (("/web/dataset/call_kw", {"model": "res.users", "method": "search_count", "args": [[]], "kwargs": {}}),
                                 ("/web/dataset/call_kw", {"model": "res.users", "method": "no_such", "args": [[]], "kwargs": {}}),
                                 ("/web/session/get_session_info", {})):
                self.client.json(path, {"params": params}, Cookie=sent)

    def speak_rhodecode(self, key):
        for method, args in (("get_repos", {}), ("no_such", {}), ("create_user", {"username": "x", "password": self.book.new("a new user's password")}),
                             ("create_user", {"username": {}, "password": self.book.new("a new user's password")})):
            self.client.send("/_admin/api", json.dumps({"id": 1, "api_key": key, "method": method, "args": args}))

    def speak_arguments(self):
        """Passwords as arguments, of methods that take them and of some that refuse them."""
        ask, kw = self.client, lambda *rest: self.client.service("object", "execute_kw", "one", 2, self.password, *rest)
        new = lambda: self.book.new("a password as an argument")  # noqa: E731
        kw("res.users", "create", [{"name": "A", "login": "a", "password": new()}])
        kw("res.users", "create", [{"name": "B", "login": "a", "password": new()}])   # the login is taken
        kw("res.users", "create", [{"name": "C", "login": "c", "passwort": 1, "password": new()}])
        kw("res.users", "create", [{"name": "C", "login": "c", "password": [new()]}])
        kw("res.users", "create", [{"name": "C", "login": "c", "password": {"a": new()}}])
        kw("res.users", "write", [[777], {"password": new()}])
        kw("res.users", "change_password", [new(), new()])
        kw("res.users", "change_password", [[new()], new()])
        kw("res.users", "change_password", [new(), new(), new()])
        kw("res.users.identitycheck", "run_check", [[1]], {"context": {"password": new()}})
        kw("res.users.apikeys.description", "make_key", [[1], new()])
        ask.send("/session.authenticate?" + urllib.parse.urlencode({"db": "one", "login": "admin", "password": new()}), verb="GET")
        ask.send("/common.login?" + urllib.parse.urlencode({"db": "one", "login": "admin", "password": new(), "more": 1}), verb="GET")
        ask.send("/common.login", urllib.parse.urlencode({"password": new()}), {"Content-Type": "application/x-www-form-urlencoded"})
        ask.json("/ws/common/login", {"db": "one", "login": 5, "password": [new()]})
        ask.json("/jsonrpc/2", {"jsonrpc": "2.0", "id": 1, "method": "common.login", "params": {"db": {}, "login": "x", "password": {"y": new()}}})
        ask.xml("/RPC2", "session.authenticate", "one", "admin", new(), new())
        for master in self.both("the master password", self.master):
            for method, args in (("drop", ["none-such"]), ("dump", ["none-such", "zip"]), ("dump", ["one", new()]),
                                 ("create_database", ["../x", False, "en_US", new()]), ("create_database", ["y", False, "zz_ZZ", new()]),
                                 ("create_database", [["y"], [], {}, [new()]]), ("create_database", [new(), False]),
                                 ("create_database", ["y", False, "en_US", new(), "b", "c", "d", "e", "f"]),
                                 ("change_admin_password", [new()]), ("change_admin_password", [[new()]]), ("restore", ["y", new()]), ("no_such", [new()])):
                ask.xml("/xmlrpc/2/db", method, master, *args)
                ask.service("db", method, master, *args)

    def speak_all(self):
        for password in self.both("a password", self.password):
            self.speak_services(password)
            self.speak_headers(self.basic("admin", password))
            self.speak_sessions(password)
        for key in self.both("an API key", self.key):
            self.speak_services(key)
            self.speak_headers("Bearer " + key)
            self.speak_headers(self.basic("admin", key))
            self.speak_sessions(key)
            self.speak_rhodecode(key)
        self.speak_headers(self.book.new("an Authorization of no kind"))
        self.speak_arguments()

    def test_no_secret_is_written_down(self):
        self.speak_all()
        places = self.places()
        # There is something to look at: every protocol, slow calls with statements, log-ins.
        self.assertIn("listening on", places["the log"])  # its first lines are still there
        for word in (" jsonrpc ", " xmlrpc ", " websession ", " json2 ", " path ", " rest ", " rhodecode ", " mcp ", "slow call of",
                     "INSERT INTO"):
            self.assertIn(word, places["the log"])
        self.assertIn("login of admin to one", places["the audit file"])
        self.assertIn("changed users, keys or rights of one", places["the audit file"])
        self.assertIn('method="change_password"', places["the metrics"])
        self.assertGreater(len(self.client.errors), 100)
        self.assertGreater(self.client.count, 200)
        self.assertGreater(len(self.book.secrets), 50)
        found = [f"{what} in {place}" for place, text in places.items() for what in self.book.found_in(text)]
        self.assertEqual(sorted(set(found)), [])
        self.assertNotIn("argon2", "".join(places.values()))
        for place, text in places.items():  # nor any of those that share their beginning
            self.assertNotIn("s3cr3t-", text, place)

    def test_the_search_finds_what_is_written_down(self):
        """A login is told to the log, an unknown method to the caller: had they been secrets, it would be found."""
        self.client.service("common", "login", "one", self.book.new("a login"), "x")
        self.client.service("object", "execute_kw", "one", 2, self.password, "res.users", self.book.new("a method"), [])
        places = self.places()
        self.assertEqual(self.book.found_in(places["the audit file"]), ["a login"])
        self.assertEqual(self.book.found_in(places["an error answer"]), ["a method"])
        self.assertEqual(self.book.found_in(places["the log"]), ["a method"])
        self.assertEqual(self.book.found_in(base64.b64encode(self.key.encode()).decode()), ["an API key"])

    def test_the_program_says_no_secret_of_its_settings(self):
        self.assertEqual(self.server.stop(), OK)
        word = self.folder / "word"
        word.write_text(self.book.new("the master password of a file") + "\n")
        shown = [self.parley("config", PARLEY_MASTER_PASSWORD=self.master).stdout,
                 self.parley("version", "--master-password-file", word).stdout]
        for done in (self.parley("serve", "--master-password", self.master, "--master-password-file", word, code=program_test.FAILURE),
                     self.parley("serve", "--master-password", self.master, "--bogus", code=program_test.USAGE)):
            shown += [done.stdout, done.stderr]
        self.assertEqual(self.book.found_in("".join(shown)), [])


if __name__ == "__main__":
    program_test.PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
