#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The examples, built and called: usage examples_test.py LIBRARY DEMO [unittest arguments]."""
import json
import pathlib
import sys
import tempfile
import threading
import unittest
import urllib.request
import xmlrpc.client

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import server  # noqa: E402

LIBRARY, DEMO = sys.argv[1:3]
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


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2, warnings="ignore")
