# SPDX-License-Identifier: Apache-2.0
"""The memory of the server: idle, with many kept-alive connections, while it streams many rows.

Figures are those of /proc/PID/status. The peak (VmHWM) is set back before each answer; "above idle" is
from what the server had before the first of them. Every answer is looked at: each row passes a Tally,
whose sum is the same in all protocols.
"""
import contextlib
import dataclasses
import pathlib
import re
import resource
import socket
import sys
import time
import zlib

import calls
import subjects
import wire

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests/support"))
import streams  # noqa: E402  tests/support

GOALS = {"idle": 30, "connections": 150, "stream": 64}  # MiB
ROWS = {False: 1_000_000, True: 2_000}
CONNECTIONS = {False: 10_000, True: 200}
SPARE_FILES = 500  # beside the connections
WAYS = (("", {}), (", gzip", {"gzip": True}), (", HTTP/1.0", {"version": "1.0"}))
PROTOCOLS = 12  # as streams.asked gives with a key
ROWS_OF_REPORT = 2 + 2 + PROTOCOLS * len(WAYS)


@dataclasses.dataclass
class Process:
    pid: int

    def mib(self, name):
        text = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(rf"^{name}:\s*(\d+) kB", text, re.M)[1]) / 1024

    def forget_peak(self):
        pathlib.Path(f"/proc/{self.pid}/clear_refs").write_text("5")


def raise_file_limit():
    """As many open files as the machine lets this process have; the number."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


@contextlib.contextmanager
def serving(program, data, *more):
    command = [str(program), *map(str, subjects.serve_arguments(data, *more))]
    with subjects.server.Server(command[0], command[1:]) as running:
        yield running
        running.stop()


def filled(program, data, count):
    """A database of `count` partners on the folder `data`, and an API key; made once."""
    kept = data / "key"
    if kept.exists():
        return kept.read_text()
    with serving(program, data) as running:
        partners = calls.Partners(wire.Connection(running.port))
        partners.fill(count)
    made = subjects.key_of_admin(program, data)
    kept.write_text(made)
    return made


# --- idle ---

def measure_idle(report, program, data):
    with serving(program, data) as running:
        process = Process(running.process.pid)
        report.memory.append({"what": "idle, no call yet", "rss_mib": process.mib("VmRSS"), "goal_mib": GOALS["idle"]})
        partners = calls.Partners(wire.Connection(running.port))
        partners.count()
        report.memory.append({"what": "idle, after a login and some calls", "rss_mib": process.mib("VmRSS"),
                              "peak_mib": process.mib("VmHWM"), "goal_mib": GOALS["idle"]})


# --- connections ---

class Crowd:
    """Many kept-alive connections to one server."""

    def __init__(self, port, count):
        self.sockets = []
        for _ in range(count):
            one = socket.create_connection(("127.0.0.1", port), streams.SECONDS_MAX)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.sockets.append(one)

    def ask_in_turn(self, request):
        """One call of each, never two at a time; the bodies' lengths."""
        for one in self.sockets:
            one.sendall(request)
            self._whole(one)

    def ask_at_once(self, request):
        """One call of each, all sent before the first answer is read."""
        for one in self.sockets:
            one.sendall(request)
        for one in self.sockets:
            self._whole(one)

    @staticmethod
    def _whole(one):
        answer = b""
        while True:
            head, end, body = answer.partition(b"\r\n\r\n")
            hit = re.search(rb"Content-Length: (\d+)", head) if end else None
            if hit and len(body) == int(hit[1]):
                break
            piece = one.recv(65536)
            if not piece:
                raise ConnectionError("a connection ended")
            answer += piece
        calls.value_of("json", body)

    def close(self):
        for one in self.sockets:
            one.close()


def measure_connections(options, report, program, data):
    wanted, files = CONNECTIONS[options.quick], raise_file_limit()
    count = min(wanted, files - SPARE_FILES)
    if count < wanted:
        report.lack(f"memory of {wanted} connections", f"{files} files may be open here: {count} are made")
    with serving(program, data, "--connections-max", str(count + 100), "--idle-ms", "600000") as running:
        process = Process(running.process.pid)
        partners = calls.Partners(wire.Connection(running.port))
        request = calls.request("json", "object", "execute_kw", [
            calls.DATABASE, 2, calls.PASSWORD, "res.partner", "read", [[partners.on_model(
                "res.partner", "search", [[]], {"limit": 1})[0]], calls.FIELDS]])
        before = process.mib("VmRSS")
        crowd = Crowd(running.port, count)
        for what, ask in ((f"{count} connections, each made one call", crowd.ask_in_turn),
                          (f"{count} connections, each made one more, all at once", crowd.ask_at_once)):
            process.forget_peak()
            ask(request)
            report.memory.append({"what": what, "rss_mib": process.mib("VmRSS"), "peak_mib": process.mib("VmHWM"),
                                  "kib_a_connection": (process.mib("VmRSS") - before) * 1024 / count,
                                  "goal_mib": GOALS["connections"]})
        crowd.close()


# --- streams ---

def expected_sum(port, count):
    """The sum of all rows, from ids and refs that are known: partners are made in one row of ids."""
    partners = calls.Partners(wire.Connection(port))
    first = partners.on_model("res.partner", "search", [[["ref", "=", calls.partner(0, 0)["ref"]]]], {"limit": 1})[0]
    total = 0
    for number in range(count):
        total = zlib.crc32(b"%d %s\n" % (first + number, calls.partner(number, 0)["ref"].encode()), total)
    return total


def stream_once(process, port, asked, expected, **how):
    """One answer, taken and looked at: its row of the report. `expected`: (rows, sum)."""
    process.forget_peak()
    began = time.monotonic()
    with streams.Stream(port, asked.bytes(**how)) as stream:
        found = streams.tally(stream, asked)
    if (stream.status, (found.rows, found.sum)) != (200, expected):
        raise OSError(f"status {stream.status}, rows and their sum {(found.rows, found.sum)}, not {expected}")
    return {"seconds": time.monotonic() - began, "mib": stream.wire_bytes / 2**20, "peak_mib": process.mib("VmHWM")}


def measure_streams(options, report, program, data, key):
    count = ROWS[options.quick]
    with serving(program, data) as running:
        process, port = Process(running.process.pid), running.port
        expected = count, expected_sum(port, count)
        all_asked = streams.asked(port, calls.DATABASE, key=key)
        idle = process.mib("VmRSS")
        for name in ("path BSON", "MCP"):
            report.lack(f"memory: {count} rows by {name}", "its answer is made whole, and refused above a limit of its own")
        for name, asked in all_asked.items():
            for also, how in WAYS:
                with report.attempt(f"memory: {count} rows by {name}{also}"):
                    row = stream_once(process, port, asked, expected, **how)
                    report.memory.append({"what": f"{count} rows by {name}{also}", "idle_mib": idle,
                                          "above_idle_mib": row["peak_mib"] - idle, "goal_mib": GOALS["stream"]} | row)


def measure(options, report, program, data):
    """Adds what was measured to `report.memory`; `data` is made and filled when it is not there."""
    key = filled(program, data, ROWS[options.quick])
    with report.attempt("memory of an idle server"):
        measure_idle(report, program, data)
    with report.attempt("memory of connections"):
        measure_connections(options, report, program, data)
    with report.attempt("memory of streams"):
        measure_streams(options, report, program, data, key)


def print_rows(rows):
    if rows:
        print("\nmemory of the server, MiB (of a stream: its peak above the idle server)")
    for row in rows:
        value = row.get("above_idle_mib", row.get("rss_mib"))
        more = ""
        if "seconds" in row:
            more = f", {row['mib']:,.0f} MiB sent in {row['seconds']:.1f} s"
        if "kib_a_connection" in row:
            more = f", {row['kib_a_connection']:.1f} KiB a connection, peak {row['peak_mib']:.1f}"
        print(f"{row['what']:<52} {value:8.2f} (goal {row['goal_mib']}){more}")
