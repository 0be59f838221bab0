# SPDX-License-Identifier: Apache-2.0
"""A body that is not taken is refused in the form of the protocol it was sent to.

Used as `refusals_test.py PATH_OF_PARLEY [unittest arguments]`.
"""
import http.client
import json
import pathlib
import sys
import tempfile
import unittest
import xmlrpc.client

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from server import Server  # noqa: E402

PROGRAM = ""
BODY_BYTES_MAX = 2000
JSON, XML, FORM = "application/json", "text/xml", "application/x-www-form-urlencoded"


def fault(body):
    try:
        xmlrpc.client.loads(body.decode())
    except xmlrpc.client.Fault as said:
        return said.faultString
    raise AssertionError("no fault")


def rpc_error(body):
    error = json.loads(body)["error"]
    return error if isinstance(error, str) else json.dumps(error)


def envelope(body):
    said = json.loads(body)
    assert said["status"] == 413, said
    return said["status_message"]


def text(body):
    json.loads(body)
    return body.decode()


# path -> (what is sent, the answer's media type, its status, what finds the message in it)
FORMS = {
    "/xmlrpc/2/object": (XML, XML, 200, fault),
    "/xmlrpc/object": (XML, XML, 200, fault),
    "/RPC2": (XML, XML, 200, fault),
    "/jsonrpc": (JSON, JSON, 413, rpc_error),
    "/jsonrpc/2": (JSON, JSON, 413, rpc_error),
    "/web/dataset/call_kw": (JSON, JSON, 413, rpc_error),
    "/json/2/res.partner/read": (JSON, JSON, 413, text),
    "/res.partner.read": (JSON, JSON, 413, envelope),
    "/res.partner.name_search": (FORM, JSON, 413, envelope),
    "/ws/res/partner/read": (JSON, JSON, 413, text),
    "/mcp": (JSON, JSON, None, rpc_error),
    "/_admin/api": (JSON, JSON, None, rpc_error),
}


class Refusals(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="parley-refusals-"))
        cls.server = cls.enterClassContext(Server(PROGRAM, [
            "serve", "--port", "0", "--data", cls.folder, "--body-bytes-max", str(BODY_BYTES_MAX), "--log-level", "error"]))

    def ask(self, path, content_type, body, **framing):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        self.addCleanup(connection.close)
        connection.request("POST", path, body, {"Content-Type": content_type, "Accept": "application/json, text/event-stream"}
                           if path == "/mcp" else {"Content-Type": content_type}, **framing)
        reply = connection.getresponse()
        return reply, reply.read()

    def test_each_protocol_says_in_its_own_form_that_a_body_is_too_large(self):
        for path, (sent, told, status, message) in FORMS.items():
            whole = b" " * (BODY_BYTES_MAX + 1)
            for how, body, framing in (("length", whole, {}), ("chunks", iter([whole[:1500], whole[:1500]]), {"encode_chunked": True})):
                with self.subTest(path, how=how):
                    reply, answer = self.ask(path, sent, body, **framing)
                    self.assertTrue(reply.headers.get_content_type() == told, (reply.headers.get_content_type(), answer))
                    if status:
                        self.assertEqual(reply.status, status, answer)
                    self.assertIn(f"request body: more than {BODY_BYTES_MAX} bytes", message(answer))

    def test_a_body_of_just_the_limit_is_read(self):
        call = b'{"jsonrpc": "2.0", "id": 1, "method": "common.version"}'
        reply, answer = self.ask("/jsonrpc/2", JSON, call.ljust(BODY_BYTES_MAX))
        self.assertEqual(reply.status, 200)
        self.assertIn("result", json.loads(answer))

    def test_a_page_has_no_protocol(self):
        reply, answer = self.ask("/healthz", JSON, b" " * (BODY_BYTES_MAX + 1))
        self.assertEqual((reply.status, reply.headers.get_content_type()), (413, "text/plain"), answer)

    def test_a_script_of_another_origin_may_read_why(self):
        reply, _ = self.ask("/res.partner.read", JSON, b" " * (BODY_BYTES_MAX + 1))
        self.assertEqual(reply.headers["Access-Control-Allow-Origin"], "*")


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2)
