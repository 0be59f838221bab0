# SPDX-License-Identifier: Apache-2.0
"""A search_read of many partners in every protocol that can carry it, and a client that takes the
answer piece by piece and keeps nothing of it.

`asked` gives the requests; `Stream` sends one and gives its body in pieces; `Tally` counts the rows
that pass and sums them up, the same for every protocol.
"""
import base64
import http.client
import json
import re
import socket
import struct
import urllib.parse
import xmlrpc.client
import zlib

SECONDS_MAX = 120
LOGIN, PASSWORD = "admin", "admin"
FIELDS = ["name", "ref", "email", "phone", "city", "zip", "country_id", "create_date"]
ORDER = "id"
# One row, as (id, ref): id, name and ref are the first members in every protocol. The order of
# members is the order in which the fields are asked for, so what stands between is known.
JSON_ROW = re.compile(rb'\{"id": ?(\d+), ?"name": ?"[^"]*", ?"ref": ?"(P[0-9]*)"')
XML_RPC_ROW = re.compile(
    rb"<name>id</name>\s*<value><(?:int|i4|i8)>(\d+)</(?:int|i4|i8)></value>\s*</member>\s*"
    rb"<member>\s*<name>name</name>\s*<value><string>[^<]*</string></value>\s*</member>\s*"
    rb"<member>\s*<name>ref</name>\s*<value><string>(P[0-9]*)</string></value>")
REST_XML_ROW = re.compile(rb"<item><id>(\d+)</id><name>[^<]*</name><ref>(P[0-9]*)</ref>")


class Asked:
    """One request, and how its rows look."""

    def __init__(self, path, body, *, method="POST", content_type="application/json", row=JSON_ROW, headers=None):
        self.method, self.path, self.row = method, path, row
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.headers = dict(headers or {})
        if method == "POST":
            self.headers |= {"Content-Type": content_type, "Content-Length": str(len(self.body))}

    def bytes(self, version="1.1", gzip=False):
        headers = self.headers | {"Host": "127.0.0.1"} | ({"Accept-Encoding": "gzip"} if gzip else {})
        lines = [f"{self.method} {self.path} HTTP/{version}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + (self.body if self.method == "POST" else b"")


def basic():
    return {"Authorization": "Basic " + base64.b64encode(f"{LOGIN}:{PASSWORD}".encode()).decode()}


def web_session(port, database):
    """The cookie of a session of the web client."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS_MAX)
    connection.request("POST", "/web/session/authenticate", json.dumps({"jsonrpc": "2.0", "params": {
        "db": database, "login": LOGIN, "password": PASSWORD}}), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    cookie = answer.getheader("Set-Cookie").partition(";")[0]
    connection.close()
    return {"Cookie": cookie}


def bson(value):
    """A dict of texts, numbers, truths, lists and dicts as a BSON document."""
    def element(name, one):
        key = name.encode() + b"\0"
        if isinstance(one, bool):
            return b"\x08" + key + bytes([one])
        if isinstance(one, float):
            return b"\x01" + key + struct.pack("<d", one)
        if isinstance(one, int):
            return b"\x10" + key + struct.pack("<i", one)
        if isinstance(one, str):
            text = one.encode() + b"\0"
            return b"\x02" + key + struct.pack("<i", len(text)) + text
        if isinstance(one, list):
            return b"\x04" + key + bson({str(at): item for at, item in enumerate(one)})
        return b"\x03" + key + bson(one)

    inside = b"".join(element(name, one) for name, one in value.items()) + b"\0"
    return struct.pack("<i", len(inside) + 4) + inside


def asked(port, database, key="", domain=(), fields=tuple(FIELDS), limit=0):
    """name -> Asked: the rows of res.partner in every protocol, in the order of their ids.

    takes:  key, an API key for JSON-2, which takes nothing else; without one JSON-2 is left out
    """
    domain, fields = list(domain), list(fields)
    named = {"domain": domain, "fields": fields, "order": ORDER, "limit": limit}
    positional = [domain, fields, 0, limit, ORDER]
    kwargs = {name: value for name, value in named.items() if name != "domain"}
    execute = [database, 2, PASSWORD, "res.partner", "search_read", [domain], kwargs]
    query = urllib.parse.urlencode([("fields", json.dumps(fields)), ("order", ORDER), ("limit", str(limit))])
    rest_query = urllib.parse.urlencode([("fields", one) for one in fields] + [("order", ORDER), ("limit", limit)])
    params = {"jsonrpc": "2.0", "id": 1, "method": "call",
              "params": {"service": "object", "method": "execute_kw", "args": execute}}
    web = web_session(port, database)
    kw = {"model": "res.partner", "method": "search_read", "args": [domain], "kwargs": kwargs}
    page = {"model": "res.partner", "domain": domain, "fields": fields, "sort": ORDER, "limit": limit}
    xml = xmlrpc.client.dumps
    out = {
        "XML-RPC": Asked("/xmlrpc/2/object", xml(tuple(execute), "execute_kw").encode(), content_type="text/xml",
                         row=XML_RPC_ROW),
        "XML-RPC /RPC2": Asked("/RPC2", xml(tuple(positional), "res.partner.search_read").encode(),
                               content_type="text/xml", row=XML_RPC_ROW, headers=basic()),
        "JSON-RPC Odoo": Asked("/jsonrpc", params),
        "JSON-RPC 2.0": Asked("/jsonrpc/2", {"jsonrpc": "2.0", "id": 1, "method": "res.partner.search_read",
                                             "params": named}, headers=basic()),
        "web call_kw": Asked("/web/dataset/call_kw", {"jsonrpc": "2.0", "id": 1, "params": kw}, headers=web),
        "web search_read": Asked("/web/dataset/search_read", {"jsonrpc": "2.0", "id": 1, "params": page}, headers=web),
        "REST JSON": Asked("/ws/res.partner/search_read", named, headers=basic() | {"Accept": "application/json"}),
        "REST XML": Asked("/ws/res.partner/search_read", named, headers=basic() | {"Accept": "text/xml"},
                          row=REST_XML_ROW),
        "REST GET": Asked(f"/ws/res.partner/search_read?{rest_query}", b"", method="GET", headers=basic()),
        "path JSON": Asked("/res.partner.search_read", named, headers=basic()),
        "path GET": Asked(f"/res.partner.search_read?{query}", b"", method="GET", headers=basic()),
    }
    if key:
        out["JSON-2"] = Asked("/json/2/res.partner/search_read", named, headers={"Authorization": f"Bearer {key}"})
    return out


def asked_whole(fields=tuple(FIELDS), limit=0):
    """name -> Asked: the same where an answer is whole in memory before its first byte leaves."""
    named = {"domain": [], "fields": list(fields), "order": ORDER, "limit": limit}
    tool = {"jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": {"name": "model.search_read", "arguments": named | {"model": "res.partner"}}}
    mcp = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-11-25"}
    return {
        "path BSON": Asked("/res.partner.search_read", bson(named), content_type="application/bson",
                           headers=basic() | {"Accept": "application/bson"}),
        "MCP": Asked("/mcp", tool, headers=basic() | mcp),
    }


class Cut(ConnectionError):
    """The connection ended within an answer."""


class Stream:
    """One request on a connection of its own; `pieces` gives its body as it comes."""

    PIECE_BYTES = 1 << 18

    def __init__(self, port, request, receive_buffer=0):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(SECONDS_MAX)
        self.socket.connect(("127.0.0.1", port))
        self.socket.sendall(request)
        self.body_bytes = self.wire_bytes = 0  # unpacked; as they came, without the head
        rest = b""
        while b"\r\n\r\n" not in rest:
            rest += self._more() or self._cut()
        head, _, self._rest = rest.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        self.status = int(lines[0].split()[1])
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}

    def _more(self):
        return self.socket.recv(self.PIECE_BYTES)

    def _cut(self):
        raise Cut("the connection ended within an answer")

    def _raw(self):
        """The body as it came, without its framing. Cut: it ended too early."""
        if self.headers.get("transfer-encoding") == "chunked":
            yield from self._chunks()
        elif "content-length" in self.headers:
            left = int(self.headers["content-length"])
            while left > 0:
                piece = self._rest or self._more() or self._cut()
                self._rest = b""
                left -= len(piece)
                yield piece
        else:
            piece = self._rest
            while piece:
                yield piece
                piece = self._more()

    def _chunks(self):
        rest = bytearray(self._rest)
        while True:
            while (end := rest.find(b"\r\n")) < 0:
                rest += self._more() or self._cut()
            size = int(rest[:end], 16)
            while len(rest) < end + 2 + size + 2:
                rest += self._more() or self._cut()
            if size == 0:
                return
            yield bytes(rest[end + 2:end + 2 + size])
            del rest[:end + 2 + size + 2]

    def pieces(self):
        unpack = zlib.decompressobj(31) if self.headers.get("content-encoding") == "gzip" else None
        for piece in self._raw():
            self.wire_bytes += len(piece)
            piece = unpack.decompress(piece) if unpack else piece
            self.body_bytes += len(piece)
            yield piece
        if unpack and not unpack.eof:
            raise Cut("the compressed answer is not whole")

    def body(self):
        return b"".join(self.pieces())

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Tally:
    """Rows that passed: how many, and a sum over (id, ref) of all of them in their order."""

    def __init__(self, row):
        self._row, self._rest = row, b""
        self.rows = self.sum = 0

    def take(self, piece):
        text, end, lines = self._rest + piece, 0, []
        for hit in self._row.finditer(text):
            lines.append(b"%s %s\n" % hit.groups())
            end = hit.end()
        self._rest = text[end:]
        self.rows += len(lines)
        self.sum = zlib.crc32(b"".join(lines), self.sum)


def tally(stream, asked_):
    """All of an answer; what is kept is one piece."""
    found = Tally(asked_.row)
    for piece in stream.pieces():
        found.take(piece)
    return found
