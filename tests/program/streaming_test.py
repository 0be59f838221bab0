#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Answers of many rows, from outside: whole in every protocol, in memory that does not grow with them, and
ended with the client, with the client's patience or with their time.

Used as `streaming_test.py PATH_OF_PARLEY [unittest arguments]`; the standard library alone. The rows here
are so many and so wide that a server which gathered an answer would pass GROWN_MIB_MAX twice.
`bench/memory.py` does the same with 1,000,000 of them.
"""
import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import unittest
import urllib.request
import xml.parsers.expat
import xmlrpc.client
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import streams  # noqa: E402
from server import Server, serve_arguments  # noqa: E402

PROGRAM = ""
ROWS, COMMENT_BYTES = 20_000, 600
GROWN_MIB_MAX = 6
FIELDS = ["name", "ref", "comment"]
TRIES_MAX = 100_000  # of what is waited for
DATABASE = "parley"


class Case(unittest.TestCase):
    """One database for all; a server of its own for each test."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="parley-streaming-")
        cls.addClassCleanup(folder.cleanup)
        cls.data = pathlib.Path(folder.name, "data")
        with Server(PROGRAM, serve_arguments(cls.data)) as server:
            proxy = xmlrpc.client.ServerProxy(f"http://127.0.0.1:{server.port}/xmlrpc/2/object")
            made = []
            for first in range(0, ROWS, 1000):
                made += proxy.execute_kw(DATABASE, 2, streams.PASSWORD, "res.partner", "create", [[
                    {"name": f"Partner {n}", "ref": f"P{n}", "comment": f"{n} " + "x" * COMMENT_BYTES}
                    for n in range(first, first + 1000)]])
            proxy("close")()
            server.stop()
        cls.sum = 0
        for number, record in enumerate(made):
            cls.sum = zlib.crc32(b"%d P%d\n" % (record, number), cls.sum)
        cls.key = subprocess.run([PROGRAM, "user", "key", "add", "admin", "test", "1", "--data", cls.data],
                                 check=True, capture_output=True, text=True).stdout.strip()

    def serve(self, *flags, **popen_options):
        """A server that tells its metrics."""
        self.server = Server(PROGRAM, serve_arguments(self.data, "--admin-listen", "127.0.0.1:0", *flags), **popen_options)
        self.addCleanup(self.server.kill)
        hit = re.search(r"metrics on (http://\S+)", self.server.tail())
        self.metrics_at = hit[1]
        return self.server

    def metric(self, name):
        with urllib.request.urlopen(self.metrics_at, timeout=streams.SECONDS_MAX) as answer:
            text = answer.read().decode()
        return sum(float(line.rpartition(" ")[2]) for line in text.splitlines()
                   if re.match(rf"{name}[ {{]", line))

    def wait_for(self, name, value):
        for _ in range(TRIES_MAX):
            if self.metric(name) == value:
                return
        self.fail(f"{name} is {self.metric(name)}, not {value}")

    def mib(self, name):
        text = pathlib.Path(f"/proc/{self.server.process.pid}/status").read_text()
        return int(re.search(rf"^{name}:\s*(\d+)", text, re.M)[1]) / 1024

    def asked(self, **more):
        return streams.asked(self.server.port, DATABASE, key=self.key, fields=FIELDS, **more)

    def take(self, asked, **how):
        """A whole answer; the rows are all there."""
        with streams.Stream(self.server.port, asked.bytes(**how)) as stream:
            found = streams.tally(stream, asked)
        self.assertEqual((stream.status, found.rows, found.sum), (200, ROWS, self.sum))
        return stream

    def grown_by(self, work):
        """MiB that the server's memory rose at most while `work` ran, after it ran once before."""
        work()
        before = self.mib("VmRSS")
        pathlib.Path(f"/proc/{self.server.process.pid}/clear_refs").write_text("5")  # the peak begins anew
        work()
        return self.mib("VmHWM") - before

    def assert_cut(self, stream):
        """What is still to come ends in a way that nobody can take for an end."""
        with self.assertRaises((streams.Cut, ConnectionResetError)):
            stream.body()


class Whole(Case):
    def test_every_protocol_streams_in_bounded_memory(self):
        self.serve()
        for name, asked in self.asked().items():
            for how in ({}, {"gzip": True}, {"version": "1.0"}):
                with self.subTest(name, **how):
                    self.assertLess(self.grown_by(lambda: self.take(asked, **how)), GROWN_MIB_MAX)

    def test_framing_is_chunked_or_up_to_the_close_and_compressed_when_asked(self):
        self.serve()
        asked = self.asked()["JSON-RPC Odoo"]
        chunked, closed = self.take(asked), self.take(asked, version="1.0")
        self.assertEqual(chunked.headers.get("transfer-encoding"), "chunked")
        self.assertEqual(closed.headers.get("connection"), "close")
        self.assertNotIn("transfer-encoding", closed.headers)
        self.assertNotIn("content-length", closed.headers | chunked.headers)
        packed = self.take(asked, gzip=True)
        self.assertEqual(packed.headers.get("content-encoding"), "gzip")
        self.assertGreater(packed.body_bytes, 10 * packed.wire_bytes)

    def test_documents_are_well_formed(self):
        self.serve()
        for name, asked in self.asked().items():
            with self.subTest(name), streams.Stream(self.server.port, asked.bytes()) as stream:
                body = stream.body()
                if asked.row is streams.JSON_ROW:
                    json.loads(body)
                else:
                    xml.parsers.expat.ParserCreate().Parse(body, True)

    def test_what_must_be_whole_before_it_leaves_is_refused_when_large(self):
        self.serve("--path-bson-bytes-max", "2000000")
        for name, asked in streams.asked_whole(fields=FIELDS).items():
            def take():
                with streams.Stream(self.server.port, asked.bytes()) as stream:
                    text = stream.body()
                self.assertIn(b"ask for fewer records", text)
                self.assertLess(len(text), 1000)

            with self.subTest(name):
                self.assertLess(self.grown_by(take), GROWN_MIB_MAX)
        small = streams.asked_whole(fields=FIELDS, limit=100)["path BSON"]
        with streams.Stream(self.server.port, small.bytes()) as stream:
            self.assertEqual(stream.status, 200)
            self.assertIn(b"P97\0", stream.body())


class Many(Case):
    """A large result among the results of one request."""

    def check(self, asked, others):
        def take():
            with streams.Stream(self.server.port, asked.bytes()) as stream:
                found, edges = streams.Tally(asked.row), b""
                for piece in stream.pieces():
                    found.take(piece)
                    edges = (edges + piece)[-2000:]
            self.assertEqual((stream.status, found.rows, found.sum), (200, ROWS, self.sum))
            self.assertIn(others, edges)

        self.assertLess(self.grown_by(take), GROWN_MIB_MAX)

    def test_batches_stream_in_bounded_memory(self):
        self.serve()
        named = {"domain": [], "fields": FIELDS, "order": "id"}
        method, count = "res.partner.search_read", "res.partner.search_count"
        none = [["ref", "=", "none"]]
        call = {"jsonrpc": "2.0", "method": method, "params": named, "id": 1}
        self.check(streams.Asked("/jsonrpc/2", [call, {"jsonrpc": "2.0", "method": count, "params": [none], "id": 77}],
                                 headers=streams.basic()), b'"id":77,"result":0}]')
        body = xmlrpc.client.dumps(([{"methodName": method, "params": [[], FIELDS, 0, 0, "id"]},
                                     {"methodName": count, "params": [none]}],), "system.multicall")
        self.check(streams.Asked("/RPC2", body.encode(), content_type="text/xml", row=streams.XML_RPC_ROW,
                                 headers=streams.basic()), b"<int>0</int>")
        self.check(streams.Asked("/system_multicall", {"calls": [
            {"method": method, "params": named}, {"method": count, "params": {"domain": none}}]},
            headers=streams.basic()), f'"{count}":0}}]}}'.encode())


class Ended(Case):
    def stalled(self, asked, **how):
        """An answer under way, its head is here, whose client takes no more of it."""
        stream = streams.Stream(self.server.port, asked.bytes(**how), receive_buffer=4096)
        self.addCleanup(stream.close)
        return stream

    def test_a_client_that_leaves_gives_its_snapshot_back(self):
        self.serve()
        for name, one in self.asked().items():
            with self.subTest(name):
                stream = self.stalled(one)
                self.wait_for("parley_readers", 1)
                stream.close()
                self.wait_for("parley_readers", 0)
                self.wait_for("parley_connections", 0)

    def test_a_client_that_takes_nothing_is_cut_and_others_are_not(self):
        self.serve("--body-ms", "3000")
        asked = self.asked()["JSON-RPC Odoo"]
        stream = self.stalled(asked)
        self.take(asked)
        self.wait_for("parley_timeouts_total", 1)
        self.wait_for("parley_readers", 0)
        self.assert_cut(stream)

    def test_an_answer_ends_with_the_time_of_its_call(self):
        self.serve("--call-ms", "1500")
        for how in ({}, {"version": "1.0"}):
            with self.subTest(**how):
                stream = self.stalled(self.asked()["JSON-RPC Odoo"], **how)
                self.wait_for("parley_readers", 0)
                self.assert_cut(stream)

    def test_half_an_answer_never_looks_whole(self):
        """However short the time of a call: an answer is whole, an error, or cut."""
        for call_ms in (1, 5, 20, 60, 200):
            self.serve("--call-ms", str(call_ms))
            for version in ("1.1", "1.0"):
                asked = streams.Asked("/jsonrpc/2", {"jsonrpc": "2.0", "id": 1, "method": "res.partner.search_read", "params": {
                    "domain": [], "fields": FIELDS, "order": "id"}}, headers=streams.basic())
                with self.subTest(call_ms=call_ms, version=version):
                    try:
                        with streams.Stream(self.server.port, asked.bytes(version=version)) as stream:
                            body = stream.body()
                    except (streams.Cut, ConnectionResetError):
                        continue
                    answer = json.loads(body)
                    self.assertTrue("error" in answer or len(answer["result"]) >= ROWS)
            self.server.kill()


class Files(Case):
    """Each connection is an open file."""

    def serve_with_files(self, soft, hard):
        return self.serve(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard)))

    def test_as_many_connections_as_the_machine_gives_files_are_served(self):
        soft, connections = 100, 200
        self.serve_with_files(soft, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
        asked = streams.Asked("/jsonrpc/2", {"jsonrpc": "2.0", "id": 1, "method": "common.version"})
        kept = []
        for _ in range(connections):
            kept.append(streams.Stream(self.server.port, asked.bytes()))
            self.addCleanup(kept[-1].close)
            self.assertIn("result", json.loads(kept[-1].body()))
        self.assertEqual(self.metric("parley_connections"), connections)
        self.assertNotIn("ulimit", self.server.tail())

    def test_fewer_files_than_connections_may_come_are_told_of_at_the_start(self):
        self.serve_with_files(300, 300)
        self.assertRegex(self.server.tail(), "at most 300 files may be open .* connections-max is 10000")


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
