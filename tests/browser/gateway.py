# SPDX-License-Identifier: Apache-2.0
"""Small servers for the pages of the tests, each on a free port of this machine.

Gateway stands in front of the server under test as a proxy in front of several services would: it hands
requests on unchanged and remembers them, and /challenge asks for a Basic password, which a browser then
remembers for all of the origin. Stranger serves empty pages: another origin.
"""
import base64
import http.client
import http.server
import sys
import threading

import chromium

HOP = {"connection", "keep-alive", "transfer-encoding"}


class _Threads(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):  # a browser ends requests as it likes
            super().handle_error(request, client_address)


class _Server:
    """Used with `with`; `address` is http://127.0.0.1:PORT."""

    def __init__(self, handler):
        self._server = _Threads(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.by_name = f"http://localhost:{self.port}"
        self.on_network = f"http://{chromium.NETWORK_NAME}:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


class _Quiet(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, headers, body):
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class Gateway(_Server):
    """takes:  change, a function of (path, headers of the answer) -> its headers, or a whole answer
    (status, headers, body) to give instead"""

    def __init__(self, port, user="admin:admin", change=None):
        self.seen = []  # (method, path, {lower-case name: value})
        gateway, wanted = self, "Basic " + base64.b64encode(user.encode()).decode()

        class Handler(_Quiet):
            def do(self):
                gateway.seen.append((self.command, self.path, {name.lower(): value for name, value in self.headers.items()}))
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if self.path == "/challenge":
                    if self.headers.get("Authorization") == wanted:
                        return self.answer(200, [("Content-Type", "text/html")], b"<!doctype html><title>known</title>")
                    return self.answer(401, [("WWW-Authenticate", 'Basic realm="all"')], b"")
                to = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
                to.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
                for name, value in self.headers.items():
                    if name.lower() not in HOP:
                        to.putheader(name, value)
                to.endheaders(body)
                reply = to.getresponse()
                told = reply.read()
                to.close()
                headers = [one for one in reply.getheaders() if one[0].lower() not in HOP | {"content-length"}]
                changed = change(self.path, headers) if change else headers
                if isinstance(changed, tuple):
                    return self.answer(*changed)
                return self.answer(reply.status, changed, told)

            do_GET = do_POST = do_OPTIONS = do_HEAD = do_PUT = do_DELETE = do

        super().__init__(Handler)


class Stranger(_Server):
    """takes:  pages, map: path -> (content type, body); any other path is an empty page"""

    def __init__(self, pages=None):
        class Handler(_Quiet):
            def do_GET(self):
                kind, body = (pages or {}).get(self.path.partition("?")[0],
                                               ("text/html", "<!doctype html><title>stranger</title>"))
                self.answer(200, [("Content-Type", kind)], body.encode())

        super().__init__(Handler)
