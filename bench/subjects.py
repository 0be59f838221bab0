# SPDX-License-Identifier: Apache-2.0
"""What is measured: Parley and its peers as servers on a loopback port, and their requests.

Each is a context manager that gives a Subject. `prefix` is put in front of its command: callgrind.
Missing is raised when a peer is not installed; its text says what to install.
"""
import base64
import contextlib
import dataclasses
import json
import os
import pathlib
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import xmlrpc.client

import calls
import wire

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests/support"))
import server  # noqa: E402  tests/support

START_SECONDS_MAX = 60
TRYTON_FIELDS = ["name", "code", "lang", "active", "replaced_by", "create_date", "write_date",
                 "create_uid"]


class Missing(Exception):
    """A peer, or what it needs, is not there."""


@dataclasses.dataclass
class Subject:
    name: str
    port: int
    pid: int
    requests: dict  # (operation, form) -> list of whole requests
    check: object  # function of (form, body); raises for an answer that is an error
    count: object = None  # function: how many records there are; None: it creates none

    @property
    def pids(self):
        """The process and its children; their threads count with them."""
        found = [self.pid]
        for pid in found:
            with contextlib.suppress(OSError):
                children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text()
                found += [int(child) for child in children.split()]
        return found


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def needs(*programs, package):
    for program in programs:
        if shutil.which(program) is None:
            raise Missing(f"no program {program} (Debian: {package})")


@contextlib.contextmanager
def started(command, port, environment=None):
    """A process that listens on `port`; what it says is shown when it does not start."""
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=said,
                                   stderr=said, env=os.environ | (environment or {}))
        try:
            wait_for_port(port, process, said)
            yield process
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_for_port(port, process, said):
    end = time.monotonic() + START_SECONDS_MAX
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.05)
    process.kill()
    said.seek(0)
    raise OSError(f"{process.args[0]} does not listen: {said.read()[-500:]}")


def serve_arguments(data, *more):
    return ["serve", "--host", "127.0.0.1", "--port", "0", "--data", str(data), "--database",
            calls.DATABASE, "--modules", "base", "--log-level", "warning", *more]


def key_of_admin(program, data):
    """A new API key of admin in the database that is on the folder `data`."""
    return subprocess.run([program, "user", "key", "add", "admin", "bench", "30", "--data", data, "--database",
                           calls.DATABASE], check=True, capture_output=True, text=True).stdout.strip()


def key_in_new_database(program, data):
    subprocess.run([program, "db", "init", calls.DATABASE, "--data", data, "--modules", "base"], check=True, capture_output=True)
    return key_of_admin(program, data)


@contextlib.contextmanager
def parley(program, data, fill=0, prefix=(), more=(), environment=None):
    """Parley on the folder `data`; `fill` partners are made first."""
    command = [*prefix, program, *serve_arguments(data, *more)]
    with server.Server(command[0], list(map(str, command[1:])),
                       env=os.environ | (environment or {})) as running:
        partners = calls.Partners(wire.Connection(running.port))
        partners.fill(fill)
        partners.find()
        requests = {(operation, form): partners.requests(operation, form)
                    for operation in calls.OPERATIONS for form in calls.FORMS}
        yield Subject("parley", running.port, running.process.pid, requests,
                      calls.value_of, partners.count)
        running.stop()


@contextlib.contextmanager
def nginx(prefix=()):
    """The limit of HTTP: any request is answered from memory."""
    needs("nginx", package="nginx-light")
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        text = (HERE / "peers/nginx.conf").read_text()
        config = pathlib.Path(folder, "nginx.conf")
        # One process under callgrind: a second worker's socket would be listened to by nobody.
        workers, alone = ("1", ["-g", "master_process off;"]) if prefix else ("2", [])
        for name, value in (("PORT", str(port)), ("FOLDER", folder), ("WORKERS", workers)):
            text = text.replace(name, value)
        config.write_text(text)
        request = calls.request("json", "common", "version", [])
        with started([*prefix, "nginx", "-p", folder, "-c", config, *alone], port) as process:
            yield Subject("nginx return 200", port, process.pid,
                          {("return_200", "json"): [request]}, lambda form, body: json.loads(body))


@contextlib.contextmanager
def xmlrpc_c(program, prefix=()):
    """xmlrpc-c's Abyss server with answers from memory."""
    if not program.exists():
        raise Missing(f"{program.name} was not built (Debian: libxmlrpc-core-c3-dev)")
    port = free_port()
    requests = {(name, "xml"): [wire.http_request("/RPC2", "xml",
                                                  xmlrpc.client.dumps((), name).encode())]
                for name in ("version", "search_read")}
    with started([*prefix, program, port], port) as process:
        yield Subject("xmlrpc-c, from memory", port, process.pid, requests, calls.value_of)


def tryton_requests(path, authorization, ids):
    """The calls of calls.OPERATIONS as Tryton knows them: parties, eight stored fields."""
    def request(form, method, arguments):
        if form == "xml":
            body = xmlrpc.client.dumps(tuple(arguments), method, allow_none=True).encode()
        else:
            body = json.dumps({"id": 1, "method": method, "params": arguments}).encode()
        return wire.http_request(path if "common." not in method else "/", form, body,
                                 authorization)

    def values(number):
        return {"name": f"Partner {number:05}"}

    party, chance = "model.party.party.", random.Random("tryton")
    make = {
        "version": lambda: ("common.server.version", []),
        "read_one": lambda: (party + "read", [[chance.choice(ids)], TRYTON_FIELDS, {}]),
        "search_read": lambda: (party + "search_read", [
            [], chance.randrange(max(1, len(ids) - calls.PAGE_ROWS)), calls.PAGE_ROWS,
            [["id", "ASC"]], TRYTON_FIELDS, {}]),
        "create": lambda: (party + "create", [[values(chance.randrange(100000))], {}]),
        "create_1000": lambda: (party + "create", [[values(number) for number in
                                                    range(calls.BULK_ROWS)], {}]),
    }
    return {(operation, form): [request(form, *make[operation]())
                                for _ in range(calls.VARIANTS.get(operation, 64))]
            for operation in calls.OPERATIONS for form in calls.FORMS}


def tryton_ask(connection, path, method, arguments, *headers):
    body = json.dumps({"id": 1, "method": method, "params": arguments}).encode()
    return calls.value_of("json", connection.ask(wire.http_request(path, "json", body, *headers)))


@contextlib.contextmanager
def tryton(count):
    """Debian's Tryton with `count` parties, two uWSGI processes, the SQLite backend."""
    needs("trytond-admin", package="tryton-server tryton-modules-party tryton-modules-country")
    needs("uwsgi", package="uwsgi-core uwsgi-plugin-python3")
    port, path = free_port(), f"/{calls.DATABASE}/"
    with tempfile.TemporaryDirectory() as folder:
        config, password = pathlib.Path(folder, "trytond.conf"), pathlib.Path(folder, "password")
        config.write_text(f"[database]\nuri = sqlite://\npath = {folder}\n")
        password.write_text(calls.PASSWORD + "\n")
        pathlib.Path(folder, f"{calls.DATABASE}.sqlite").touch()
        made = subprocess.run(["trytond-admin", "-c", config, "-d", calls.DATABASE, "-u", "country",
                               "party", "--email", "admin@example.test"], check=False, text=True,
                              env=os.environ | {"TRYTONPASSFILE": str(password)},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if made.returncode:
            raise OSError(f"trytond-admin: {made.stdout[-400:]}")
        # Without keep-alive: a worker would wait on one connection while the others starve.
        command = ["uwsgi", "--plugin", "python3", "--http-socket", f"127.0.0.1:{port}",
                   "--add-header", "Connection: close",
                   "--module", "trytond.application:app", "--processes", "2", "--master",
                   "--die-on-term", "--disable-logging", "--buffer-size", "65535"]
        with started(command, port, {"TRYTOND_CONFIG": str(config),
                                     "TRYTOND_DATABASE_NAMES": calls.DATABASE}) as process:
            connection = wire.Connection(port)
            uid, session = tryton_ask(connection, path, "common.db.login",
                                      [calls.LOGIN, {"password": calls.PASSWORD}])
            token = base64.b64encode(f"{calls.LOGIN}:{uid}:{session}".encode()).decode()
            authorization = f"Authorization: Session {token}"
            ids = []
            for first in range(0, count, calls.BULK_ROWS):
                rows = [{"name": f"Partner {number:05}"}
                        for number in range(first, min(first + calls.BULK_ROWS, count))]
                ids += tryton_ask(connection, path, "model.party.party.create", [rows, {}],
                                  authorization)
            yield Subject("Tryton, 2 processes", port, process.pid,
                          tryton_requests(path, authorization, ids), calls.value_of,
                          lambda: tryton_ask(connection, path, "model.party.party.search_count",
                                             [[], {}], authorization))
