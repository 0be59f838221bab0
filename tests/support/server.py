# SPDX-License-Identifier: Apache-2.0
"""A server process for tests written in Python: started on a free port, ready, ended.

The server says `listening on http://127.0.0.1:PORT` on stderr once it takes connections; what it
writes there is kept for the report of a test that fails.
"""
import queue
import re
import signal
import subprocess
import threading

READY = re.compile(r"listening on http://127\.0\.0\.1:(\d+)")
READY_SECONDS_MAX = 60
STOP_SECONDS_MAX = 40  # above the server's own limit for calls under way, 30 s
LOG_LINES_MAX = 2000


class NotReady(Exception):
    """The server ended, or said nothing, before it listened."""


def serve_arguments(data, *more):
    """Arguments for one database `parley` with the module base in the folder `data`."""
    return ["serve", "--host", "127.0.0.1", "--port", "0", "--data", str(data),
            "--database", "parley", "--modules", "base", "--master-password", "master", *more]


class Server:
    """Used with `with`: what is still running at the end is killed. A thread of its own reads stderr."""

    def __init__(self, program, arguments, **popen_options):
        self._lines = []  # the last LOG_LINES_MAX
        self._ready = queue.Queue()  # the port, or None when stderr ended before it was said
        self.process = subprocess.Popen([str(program), *arguments], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                        text=True, errors="replace", **popen_options)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self.port = self._ready.get(timeout=READY_SECONDS_MAX)
        except queue.Empty:
            self.port = None
        if self.port is None:
            self.kill()
            raise NotReady(f"{program} does not listen; it said:\n{self.tail()}")

    def _read(self):
        for line in self.process.stderr:
            self._lines.append(line)
            del self._lines[:-LOG_LINES_MAX]
            if hit := READY.search(line):
                self._ready.put(int(hit[1]))
        self._ready.put(None)

    def tail(self, lines=30):
        return "".join(self._lines[-lines:])

    def kill(self, with_signal=signal.SIGKILL):
        """Ends the process and waits for its end; the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        try:
            self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join(STOP_SECONDS_MAX)
        if not self._reader.is_alive():
            self.process.stderr.close()
        return self.process.returncode

    def stop(self):
        """Asks for an orderly end; the exit status."""
        return self.kill(signal.SIGTERM)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
