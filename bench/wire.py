# SPDX-License-Identifier: Apache-2.0
"""HTTP requests as bytes, and a connection that sends each with one system call.

http.client sends head and body apart, which would add a read to the server's count for each call.
"""
import select
import socket

ANSWER_SECONDS_MAX = 120
CONTENT_TYPES = {"json": "application/json", "xml": "text/xml"}


def request(method, path, body, *headers):
    """A whole request; `body` is bytes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *headers]
    if method != "GET":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def http_request(path, form, body, *headers):
    """A whole POST request; `form` is json or xml, `body` is bytes."""
    return request("POST", path, body, f"Content-Type: {CONTENT_TYPES[form]}", *headers)


class Connection:
    """A connection to a loopback port; it is opened again when the server closes it."""

    def __init__(self, port):
        self._port = port
        self._socket = None
        self.answer_bytes = 0  # of the last answer, head and body

    def _open(self):
        self._socket = socket.create_connection(("127.0.0.1", self._port), ANSWER_SECONDS_MAX)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self):
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    def _was_closed(self):
        """Whether the server has ended it since the last answer: servers close idle connections."""
        if self._socket is None or not select.select([self._socket], [], [], 0)[0]:
            return False
        return self._socket.recv(1, socket.MSG_PEEK) == b""

    def ask(self, request):
        """The answer's body, bytes; ConnectionError for a status other than 200 or a cut."""
        if self._was_closed():
            self.close()
        if self._socket is None:
            self._open()
        self._socket.sendall(request)
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._more()
        head, _, body = received.partition(b"\r\n\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in
                   (line.partition(b":") for line in head.split(b"\r\n")[1:])}
        length = int(headers.get(b"content-length", b"-1"))
        parts, size = [body], len(body)
        if length < 0:
            raise ConnectionError(f"an answer without a length: {head[:200]!r}")
        while size < length:
            parts.append(self._more())
            size += len(parts[-1])
        if head.startswith(b"HTTP/1.0") or headers.get(b"connection", b"").lower() == b"close":
            self.close()
        body = b"".join(parts)
        self.answer_bytes = len(head) + 4 + len(body)
        if head.split(b" ", 2)[1] != b"200":
            raise ConnectionError(f"{head.splitlines()[0]!r} {body[:300]!r}")
        return body

    def _more(self):
        got = self._socket.recv(1 << 18)
        if not got:
            self.close()
            raise ConnectionError("the connection ended within an answer")
        return got
