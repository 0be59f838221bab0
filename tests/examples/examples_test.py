#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The examples, built and called: usage examples_test.py LIBRARY DEMO EMBED PERSONS [unittest arguments]."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.error
import urllib.request
import xmlrpc.client

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import server  # noqa: E402

LIBRARY, DEMO, EMBED, PERSONS = sys.argv[1:5]
THREADS, ROUNDS = 12, 8


class Started(unittest.TestCase):
    """Starts `program` on a folder of its own and ends it orderly."""

    program = None

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        arguments = ["serve", "--host", "127.0.0.1", "--port", "0", "--data", self.folder.name]
        self.server = server.Server(self.program, arguments)
        self.url = f"http://127.0.0.1:{self.server.port}"

    def tearDown(self):
        status = self.server.stop()
        self.folder.cleanup()
        self.assertEqual(status, 0, self.server.tail())

    def json_rpc(self, path, method, params):
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        request = urllib.request.Request(self.url + path, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as reply:
            return json.load(reply)


class Library(Started):
    program = LIBRARY

    def setUp(self):
        super().setUp()
        common = xmlrpc.client.ServerProxy(self.url + "/xmlrpc/2/common")
        self.database = xmlrpc.client.ServerProxy(self.url + "/xmlrpc/2/db").list()[0]
        self.uid = common.authenticate(self.database, "admin", "admin", {})

    def model(self, method, *arguments, **named):
        api = xmlrpc.client.ServerProxy(self.url + "/xmlrpc/2/object", allow_none=True)
        return api.execute_kw(self.database, self.uid, "admin", "library.book", method, list(arguments), named)

    def overdue_total(self, today):
        address = self.url.replace("http://", "http://admin:admin@")
        return xmlrpc.client.ServerProxy(address + "/RPC2").library.overdue_total(today)

    def test_the_function_sums_what_the_model_holds(self):
        self.model("create", [{"title": "Dune", "price": 12.5, "due": "2026-01-31"},
                              {"title": "Solaris", "price": 7.25, "due": "2026-03-01"},
                              {"title": "Ubik", "price": 99}])
        self.assertEqual(float(self.overdue_total("2026-02-15")), 12.5)
        self.assertEqual(float(self.overdue_total("2026-12-31")), 19.75)

    def test_models_are_served_over_rest_to_who_is_in_the_headers(self):
        for title in ("Dune", "Solaris", "Ubik"):
            self.model("create", [{"title": title, "price": 5}])
        caller = {"Authorization": "Basic YWRtaW46YWRtaW4="}

        def ask(path, body=None):
            headers = caller | ({"Content-Type": "application/json"} if body else {})
            with urllib.request.urlopen(urllib.request.Request(self.url + path, body, headers)) as reply:
                return json.load(reply)

        rows = ask("/ws/library.book/search_read?fields=title&limit=2")
        self.assertEqual(sorted(row["title"] for row in rows), ["Dune", "Solaris"])
        body = b'{"domain": [["title", "=", "Ubik"]], "fields": ["title", "price"]}'
        self.assertEqual([row["title"] for row in ask("/ws/library.book/search_read", body)], ["Ubik"])
        with self.assertRaises(urllib.error.HTTPError):
            urllib.request.urlopen(self.url + "/ws/library.book/search_read")

    def test_a_title_that_is_too_long_is_refused_by_name_and_rule(self):
        with self.assertRaises(xmlrpc.client.Fault) as refused:
            self.model("create", {"title": "x" * 121})
        self.assertIn("title: 121 characters, at most 120", refused.exception.faultString)

    def test_the_function_is_not_for_strangers(self):
        with self.assertRaises(xmlrpc.client.Fault):
            xmlrpc.client.ServerProxy(self.url + "/RPC2").library.overdue_total("2026-02-15")

    def test_many_clients_at_once_lose_nothing(self):
        failures = []

        def work(number):
            try:
                for round_ in range(ROUNDS):
                    name = f"book {number} {round_}"
                    book = self.model("create", {"title": name, "price": number})
                    self.model("write", [book], {"price": number + 1})
                    rows = self.model("search_read", [("title", "=", name)], ["title", "price"])
                    if rows != [{"id": book, "title": name, "price": float(number + 1)}]:
                        failures.append(rows)
            except Exception as error:  # told to the main thread, which fails the test
                failures.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])
        self.assertEqual(self.model("search_count", []), THREADS * ROUNDS)


class Demo(Started):
    program = DEMO

    def test_one_method_answers_in_both_protocols(self):
        self.assertEqual(xmlrpc.client.ServerProxy(self.url + "/RPC2").add(2, 3), 5)
        self.assertEqual(self.json_rpc("/jsonrpc/2", "add", [2, 3])["result"], 5)
        self.assertEqual(self.json_rpc("/jsonrpc/2", "add", {"a": 2, "b": 3})["result"], 5)

    def test_a_bug_of_a_method_tells_an_id_and_not_its_text(self):
        reply = self.json_rpc("/jsonrpc/2", "crash", [])
        self.assertNotIn("secret detail", json.dumps(reply))
        self.assertEqual(reply["error"]["code"], -32603)


class Embed(unittest.TestCase):
    def test_one_function_answers_in_four_protocols_without_a_socket(self):
        done = subprocess.run([EMBED], capture_output=True, text=True, timeout=120, check=True)
        answers = {}
        for part in re.split(r"^(?=[\w-]+: \d+ )", done.stdout, flags=re.M)[1:]:
            protocol, _, rest = part.partition(": ")
            status, _, answers[protocol] = rest.partition(" ")
            self.assertEqual(status, "200", part)
        (said,), _ = xmlrpc.client.loads(answers["XML-RPC"])
        self.assertEqual(said, "Hello, Ada!")
        self.assertEqual(json.loads(answers["JSON-RPC"])["result"], "Hello, Grace!")
        self.assertEqual(json.loads(answers["path"])["greet"], "Hello, Edsger!")
        self.assertEqual(json.loads(answers["REST"]), "Hello, Barbara!")


class Persons(Started):
    program = PERSONS

    def ask(self, path, body=None, kind="application/json", method=None):
        """(status, body) of one request."""
        headers = {"Content-Type": kind} if body is not None else {}
        request = urllib.request.Request(self.url + path, body, headers, method=method)
        try:
            with urllib.request.urlopen(request) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def test_the_calls_of_the_source(self):
        for controller in ("person", "persons"):
            status, body = self.ask(f"/ws/{controller}/get?id=1")
            self.assertEqual((status, json.loads(body)["firstname"]), (200, "Ross"))
        body = self.ask("/ws/person/update?p.id=1&p.firstname=Ross&p.hobbies[0]=Dinausaurs&p.hobbies[1]=Rachel")[1]
        self.assertEqual(json.loads(body), {"id": 1, "firstname": "Ross", "hobbies": ["Dinausaurs", "Rachel"]})

    def test_one_person_in_three_notations(self):
        form = b"p.firstname=Joey&p.hobbies=Food&p.hobbies=Women"
        document = b'{"p": {"firstname": "Joey", "hobbies": ["Food", "Women"]}}'
        xml = b"<x><p><firstname>Joey</firstname><hobbies><item>Food</item><item>Women</item></hobbies></p></x>"
        for number, (kind, body) in enumerate((("application/x-www-form-urlencoded", form),
                                               ("application/json", document), ("text/xml", xml)), 3):
            status, answer = self.ask("/ws/persons/create.json", body, kind)
            self.assertEqual((status, json.loads(answer)),
                             (200, {"id": number, "firstname": "Joey", "hobbies": ["Food", "Women"]}))

    def test_errors_say_what_and_why_in_both_formats(self):
        self.assertEqual(self.ask("/ws/persons/get?id=77"),
                         (404, '{"faultcode": "Client", "faultstring": "Person 77 not found", "debuginfo": null}'))
        self.assertEqual(self.ask("/ws/persons/get.xml"),
                         (400, "<error><faultcode>Client</faultcode><faultstring>Missing argument: \"id\"</faultstring>"
                               "<debuginfo /></error>"))

    def test_the_http_method_chooses_and_others_are_told_which_there_are(self):
        self.assertEqual(self.ask("/ws/crud?ref.id=1")[1], '{"data": {"id": 1, "name": "test"}, "message": "read"}')
        self.assertEqual(self.ask("/ws/crud", method="PATCH")[0], 405)
        self.assertEqual(self.ask("/ws/persons/destroy?id=1", method="OPTIONS")[0], 204)
        self.assertEqual(self.ask("/ws/persons/get?id=1")[0], 200)  # nobody was removed


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]], verbosity=2, warnings="ignore")
