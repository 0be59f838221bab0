# SPDX-License-Identifier: Apache-2.0
"""Debian's Chromium, headless, driven over a pipe (the DevTools protocol: JSON texts that end in NUL).

Nothing but the browser itself is needed, and no port is opened.
"""
import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

ANSWER_SECONDS_MAX = 60
NETWORK_NAME = "server.test"
FLAGS = ["--headless=new", "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check",
         "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--no-proxy-server", "--mute-audio",
         "--disable-features=HttpsUpgrades",
         # A name that is no more trusted than any on a network is this machine too; others lead nowhere.
         f"--host-resolver-rules=MAP {NETWORK_NAME} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"]
# Becomes a program whose descriptors 3 and 4 are the two named first.
PIPES = """import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD_CLOEXEC, 10) for end in sys.argv[1:3]]
for end, number in zip(ends, (3, 4)):
    os.dup2(end, number)
os.execvp(sys.argv[3], sys.argv[3:])
"""


class Failed(Exception):
    """The browser refused a command, or a script threw."""


class Browser:
    """Used with `with`: it and its profile are gone at the end."""

    def __init__(self, program=None):
        program = program or shutil.which("chromium")
        if program is None:
            raise Failed("no program chromium (Debian: chromium)")
        self._profile = tempfile.TemporaryDirectory(prefix="parley-browser-", ignore_cleanup_errors=True)
        flags = FLAGS + (["--no-sandbox"] if os.geteuid() == 0 else [])  # it refuses to run as root with one
        hear, self._ask = os.pipe()
        self._hear, tell = os.pipe()
        words = [sys.executable, "-c", PIPES, str(hear), str(tell), program, *flags,
                 f"--user-data-dir={self._profile.name}", "about:blank"]
        self._said = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(words, pass_fds=(hear, tell), stdin=subprocess.DEVNULL, stdout=self._said,
                                        stderr=self._said, start_new_session=True)
        os.close(hear)
        os.close(tell)
        self._last, self._answers, self._lock = 0, {}, threading.Lock()
        self.pages = {}  # session -> Page
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        rest = b""
        with contextlib.suppress(OSError):
            while chunk := os.read(self._hear, 1 << 16):
                *texts, rest = (rest + chunk).split(b"\0")
                for text in texts:
                    self._told(json.loads(text))
        for answer in list(self._answers.values()):
            answer.put({"error": {"message": "the browser ended"}})

    def _told(self, said):
        if "id" in said:
            if answer := self._answers.get(said["id"]):
                answer.put(said)
        elif page := self.pages.get(said.get("sessionId")):
            page.heard(said["method"], said["params"])

    def command(self, method, session=None, **params):
        with self._lock:
            self._last += 1
            number = self._last
            answer = self._answers[number] = queue.Queue()
            text = {"id": number, "method": method, "params": params} | ({"sessionId": session} if session else {})
            try:
                os.write(self._ask, json.dumps(text).encode() + b"\0")
            except BrokenPipeError:
                raise Failed(f"the browser ended: {self.tail()}") from None
        try:
            said = answer.get(timeout=ANSWER_SECONDS_MAX)
        except queue.Empty:
            raise Failed(f"{method}: no answer in {ANSWER_SECONDS_MAX} s") from None
        finally:
            del self._answers[number]
        if "error" in said:
            raise Failed(f"{method}: {said['error'].get('message')}")
        return said["result"]

    def context(self):
        """A profile of its own: no cookies, no remembered passwords."""
        return self.command("Target.createBrowserContext")["browserContextId"]

    def page(self, context):
        target = self.command("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.command("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = self.pages[session] = Page(self, session)
        for domain in ("Page", "Runtime", "Log"):
            page.command(domain + ".enable")
        return page

    def tail(self):
        self._said.seek(0)
        return self._said.read()[-1000:]

    def version(self):
        return self.command("Browser.getVersion")["product"]

    def close(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)  # its helpers are of its session
        self.process.wait()
        os.close(self._ask)
        self._said.close()
        self._profile.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Page:
    def __init__(self, browser, session):
        self._browser, self._session = browser, session
        self._loaded = queue.Queue()
        self.complaints = []  # exceptions of scripts and what the browser logged as errors

    def command(self, method, **params):
        return self._browser.command(method, self._session, **params)

    def heard(self, event, params):
        if event == "Page.loadEventFired":
            self._loaded.put(True)
        elif event == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description") or details["text"])
        elif event == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.complaints.append(params["entry"]["text"])

    def go(self, url):
        """Loads `url` and waits for it and what it loads."""
        while not self._loaded.empty():
            self._loaded.get()
        gone = self.command("Page.navigate", url=url)
        if gone.get("errorText"):
            raise Failed(f"{url}: {gone['errorText']}")
        try:
            self._loaded.get(timeout=ANSWER_SECONDS_MAX)
        except queue.Empty:
            raise Failed(f"{url} did not load") from None

    def run(self, body, *arguments):
        """What an async function with this body gives; `a` is the list of `arguments`."""
        text = f"(async (a) => {{ {body} }})({json.dumps(arguments)})"
        done = self.command("Runtime.evaluate", expression=text, awaitPromise=True, returnByValue=True, userGesture=True)
        if "exceptionDetails" in done:
            details = done["exceptionDetails"]
            raise Failed(details.get("exception", {}).get("description") or details["text"])
        return done["result"].get("value")

    def wait(self, condition, *arguments, seconds=20):
        """Until the expression is true; its value."""
        return self.run("""for (let left = %d; left > 0; --left) {
                             const value = (() => (%s))();
                             if (value) return value;
                             await new Promise((go) => setTimeout(go, 50));
                           }
                           throw new Error("never true: " + %s);""" % (seconds * 20, condition, json.dumps(condition)), *arguments)
