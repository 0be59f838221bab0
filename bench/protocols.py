# SPDX-License-Identifier: Apache-2.0
"""The load "protocols": what a call costs in each protocol, beside other people's servers.

Two functions that give back what they get, `echo` a text and `person` a struct of eight members with
a list. All servers run at once and are asked in turn, round after round; a ratio is the median over the
rounds of peer's CPU time a call by ours in the same round. CPU is user and system time of the server's
processes alone (/proc/PID/stat), so that what the client costs does not count.

nginx is asked the same in the same rounds and answers some 150 bytes that never change: a receive, a
send and nothing between. How many times cheaper than a peer it is, is about the most that any server can be.
"""
import contextlib
import dataclasses
import functools
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.parse
import xml.etree.ElementTree as ElementTree
import xmlrpc.client

import calls
import cost
import load
import subjects
import wire

import streams  # tests/support, which subjects adds to the path

HERE = pathlib.Path(__file__).resolve().parent
OURS = "parley, functions"
FLOOR, FLOOR_PROTOCOL = "nginx return 200", "JSON-RPC 2.0, not read"
ROUNDS = {False: 7, True: 1}
TRIES = 3  # of one measurement: wrk's second can pass on a busy machine before a peer took its connections
TEXT = "The quick brown fox jumps over the lazy dog."
PERSON = {"id": 4711, "name": "Ross Geller", "email": "ross.geller@example.test", "city": "New York",
          "height": 1.85, "is_active": True, "born": "1967-10-18",
          "tags": ["dinosaurs", "fossils", "museum", "sandwich"]}
ARGUMENTS = {"echo": {"value": TEXT}, "person": {"person": PERSON}}
RESULTS = {"echo": TEXT, "person": PERSON}
# (our protocol, peer, the peer's protocol, how many times cheaper ours is meant to be)
GOALS = [("XML-RPC", "xmlrpc-c", "XML-RPC", 8),
         ("JSON-RPC 2.0", "libjson-rpc-cpp", "JSON-RPC 2.0", 4),
         ("path BSON", "gRPC C++", "gRPC", 3),
         ("path JSON", "gRPC C++", "gRPC", 3),
         ("REST JSON", "WSME, 2 processes", "REST JSON", 50),
         ("REST XML", "WSME, 2 processes", "REST XML", 50)]


class Wrong(calls.Failed):
    """An answer is not what the function gives."""


# --- what goes over the wire: protocol -> (whole request, result of a body) ---

def post(path, content_type, body, *headers):
    return wire.request("POST", path, body.encode() if isinstance(body, str) else body,
                        f"Content-Type: {content_type}", *headers)


def element_of(name, value):
    """A value as REST's XML writes it."""
    made = ElementTree.Element(name)
    if isinstance(value, dict):
        made.extend(element_of(key, one) for key, one in value.items())
    elif isinstance(value, list):
        made.extend(element_of("item", one) for one in value)
    else:
        made.text = str(value).lower() if isinstance(value, bool) else str(value)
    return made


def value_of_element(element, like):
    if isinstance(like, dict):
        return {child.tag: value_of_element(child, like[child.tag]) for child in element}
    if isinstance(like, list):
        return [child.text for child in element]
    return element.text == "true" if isinstance(like, bool) else type(like)(element.text)


def xml_rpc(method):
    body = xmlrpc.client.dumps(tuple(ARGUMENTS[method].values()), method)
    return post("/RPC2", "text/xml", body), lambda answer: xmlrpc.client.loads(answer.decode())[0][0]


def json_rpc(path, method):
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": ARGUMENTS[method]})
    return post(path, "application/json", body), lambda answer: json.loads(answer)["result"]


def path_get(method):
    query = urllib.parse.urlencode({name: value if isinstance(value, str) else json.dumps(value)
                                    for name, value in ARGUMENTS[method].items()})
    return wire.request("GET", f"/{method}?{query}", b""), lambda answer: json.loads(answer)[method]


def path_json(method):
    return (post(f"/{method}", "application/json", json.dumps(ARGUMENTS[method])),
            lambda answer: json.loads(answer)[method])


def path_bson(method):
    def check(answer):
        if streams.bson({method: RESULTS[method]})[4:-1] not in answer:
            raise Wrong(repr(answer[:300]))
        return RESULTS[method]

    return post(f"/{method}", "application/bson", streams.bson(ARGUMENTS[method]), "Accept: application/bson"), check


def rest_json(prefix, method):
    return (post(f"{prefix}/{method}", "application/json", json.dumps(ARGUMENTS[method]),
                 "Accept: application/json"), json.loads)


def rest_xml(prefix, method):
    root = ElementTree.Element("parameters")
    root.extend(element_of(name, value) for name, value in ARGUMENTS[method].items())
    return (post(f"{prefix}/{method}", "text/xml", ElementTree.tostring(root), "Accept: text/xml"),
            lambda answer: value_of_element(ElementTree.fromstring(answer), RESULTS[method]))


def mcp(method):
    params = {"name": method, "arguments": ARGUMENTS[method]}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params})

    def result(answer):
        told = json.loads(answer)["result"]["structuredContent"]
        return told["result"] if method == "echo" else told

    return post("/mcp", "application/json", body, "Accept: application/json, text/event-stream",
                "MCP-Protocol-Version: 2025-11-25"), result


def rhodecode(key, method):
    body = json.dumps({"id": 1, "api_key": key, "method": method, "args": ARGUMENTS[method]})
    return post("/_admin/api", "application/json", body), lambda answer: json.loads(answer)["result"]


OUR_PROTOCOLS = {"XML-RPC": xml_rpc, "JSON-RPC 2.0": functools.partial(json_rpc, "/jsonrpc/2"),
                 "path GET": path_get, "path JSON": path_json, "path BSON": path_bson,
                 "REST JSON": functools.partial(rest_json, "/ws"),
                 "REST XML": functools.partial(rest_xml, "/ws"), "MCP": mcp}
OUR_ROWS = (len(OUR_PROTOCOLS) + 1) * len(ARGUMENTS)  # RhodeCode's needs a key, which `own` makes
# What cannot say these two functions.
UNABLE = {"JSON-2": "it calls methods of models, not functions"}


# --- who is asked ---

@dataclasses.dataclass
class Server:
    name: str
    subject: subjects.Subject
    protocols: dict  # protocol -> function of a method's name: (request, result of a body)
    run: object  # function of (protocol, method, clients, seconds): {"calls", "seconds", "failed"}


def wrk(port, protocols, protocol, method, clients, seconds):
    return load.run_once(port, [protocols[protocol](method)[0]], clients, seconds)


def http_server(name, subject, protocols):
    return Server(name, subject, protocols, functools.partial(wrk, subject.port, protocols))


@contextlib.contextmanager
def own(program, data, prefix=(), more=()):
    command = [*prefix, program, *subjects.serve_arguments(data, *more)]
    protocols = OUR_PROTOCOLS | {"RhodeCode": functools.partial(rhodecode, subjects.key_in_new_database(program, data))}
    with subjects.server.Server(command[0], list(map(str, command[1:]))) as running:
        requests = {(method, protocol): [make(method)[0]] for protocol, make in protocols.items()
                    for method in ARGUMENTS}
        yield http_server(OURS, subjects.Subject(OURS, running.port, running.process.pid, requests,
                                                 None), protocols)
        running.stop()


@contextlib.contextmanager
def peer(name, program, package, protocols):
    """A program that takes a port and listens to it."""
    if not program.exists():
        raise subjects.Missing(f"{program.name} was not built (Debian: {package})")
    port = subjects.free_port()
    with subjects.started([program, port], port) as process:
        yield http_server(name, subjects.Subject(name, port, process.pid, {}, None), protocols)


@contextlib.contextmanager
def grpc(build):
    program = build / "bench/bench_grpc_load"

    def run(port, protocol, method, clients, seconds):
        words = [str(word) for word in (program, port, method, clients, seconds)]
        done = subprocess.run(words, check=False, capture_output=True, text=True)
        if done.returncode:
            raise OSError(f"{program.name}: {done.stdout} {done.stderr[-300:]}")
        return json.loads(done.stdout)

    with peer("gRPC C++", build / "bench/bench_grpc_server",
              "libgrpc++-dev libprotobuf-dev protobuf-compiler-grpc", {"gRPC": None}) as server:
        server.run = functools.partial(run, server.subject.port)
        yield server


@contextlib.contextmanager
def wsme():
    """Two uWSGI processes; each request is a connection, as uWSGI's HTTP socket has it."""
    subjects.needs("uwsgi", package="uwsgi-core uwsgi-plugin-python3")
    if subprocess.run(["/usr/bin/python3", "-c", "import wsme, webob"], check=False,
                      capture_output=True).returncode:
        raise subjects.Missing("no module wsme or webob (Debian: python3-wsme python3-webob)")
    port, name = subjects.free_port(), "WSME, 2 processes"
    command = ["uwsgi", "--plugin", "python3", "--http-socket", f"127.0.0.1:{port}", "--add-header",
               "Connection: close", "--wsgi-file", HERE / "protocols/wsme_app.py", "--processes", "2",
               "--master", "--die-on-term", "--disable-logging"]
    with subjects.started(command, port) as process:
        yield http_server(name, subjects.Subject(name, port, process.pid, {}, None),
                          {"REST JSON": functools.partial(rest_json, ""),
                           "REST XML": functools.partial(rest_xml, "")})


@contextlib.contextmanager
def nginx():
    """The requests of JSON-RPC, answered with a constant."""
    with subjects.nginx() as subject:
        server = http_server(FLOOR, subject, {FLOOR_PROTOCOL: None})
        server.run = functools.partial(wrk, subject.port, {FLOOR_PROTOCOL: functools.partial(json_rpc, "/")})
        yield server


def peers(build):
    """name -> what starts it."""
    json_rpc_peer = {"JSON-RPC 2.0": functools.partial(json_rpc, "/")}
    return {
        "xmlrpc-c": lambda: peer("xmlrpc-c", build / "bench/bench_xmlrpc_c_server",
                                 "libxmlrpc-core-c3-dev", {"XML-RPC": xml_rpc}),
        "libjson-rpc-cpp": lambda: peer("libjson-rpc-cpp", build / "bench/bench_jsonrpccpp_server",
                                        "libjsonrpccpp-dev", json_rpc_peer),
        "gRPC C++": lambda: grpc(build),
        "WSME": wsme,
        "nginx": nginx,
    }


# --- measuring ---

def look_at_answer(server, protocol, method):
    """One call whose answer is looked at; Wrong unless it gives back what it got."""
    if server.protocols[protocol] is None:
        return  # its client looks at every answer, or there is nothing to look at
    request, result = server.protocols[protocol](method)
    connection = wire.Connection(server.subject.port)
    body = connection.ask(request)
    connection.close()
    try:
        told = result(body)
    except (KeyError, IndexError, TypeError, ValueError, ElementTree.ParseError,
            xmlrpc.client.Error) as failure:
        raise Wrong(f"{failure!r} in {body[:300]!r}") from None
    if told != RESULTS[method]:
        raise Wrong(repr(body[:300]))


def measure_once(server, protocol, method, clients, seconds):
    pids = server.subject.pids
    before = cost.cpu_seconds(pids)
    row = server.run(protocol, method, clients, seconds)
    cpu = cost.cpu_seconds(pids) - before
    if row["failed"] or not row["calls"]:
        raise OSError(f"{row['failed']} requests failed, {row['calls']} were answered")
    return {"cpu_us": cpu / row["calls"] * 1e6, "calls_a_second": row["calls"] / row["seconds"]}


def rounds(options, report, servers, wanted):
    """(server name, protocol, method) -> what each round found; what fails leaves the rounds."""
    clients, seconds = wanted.clients, options.seconds or wanted.seconds
    found = {}
    for server in servers:
        for protocol in server.protocols:
            for method in wanted.operations:
                with report.attempt(f"{server.name}: {protocol}, {method}"):
                    look_at_answer(server, protocol, method)
                    found[server.name, protocol, method] = []
    by_name = {server.name: server for server in servers}
    for number in range(ROUNDS[options.quick]):
        print(f"... protocols, round {number + 1} of {ROUNDS[options.quick]}", file=sys.stderr, flush=True)
        for key in list(found):
            for left in reversed(range(TRIES)):
                try:
                    found[key].append(measure_once(by_name[key[0]], *key[1:], clients, seconds))
                    break
                except OSError as failure:
                    if left == 0:
                        report.lack(", ".join(key), str(failure))
                        del found[key]
                    else:
                        time.sleep(1)  # a peer may still hold the connections of the measurement before
    return found


def ratios(found, operations):
    """How many times the CPU of ours a peer needs, with the goal and what nginx reaches beside it."""
    def times(less, more):
        return load.spread([b["cpu_us"] / max(a["cpu_us"], 1e-9) for a, b in zip(less, more)])

    rows = []
    for protocol, other, other_protocol, goal in GOALS:
        for method in operations:
            ours, theirs = found.get((OURS, protocol, method)), found.get((other, other_protocol, method))
            floor = found.get((FLOOR, FLOOR_PROTOCOL, method))
            if ours and theirs:
                rows.append({"ours": protocol, "peer": other, "peer_protocol": other_protocol,
                             "method": method, "times_cheaper": times(ours, theirs), "goal": goal,
                             "nginx_times_cheaper": times(floor, theirs) if floor else None})
    return rows


def measure(options, report, work, count_instructions):
    """Adds the rows of the load to `report`, and its ratios; `count_instructions` as run.py has it."""
    wanted = load.read_loads()["protocols"]
    program = options.build / "bench/bench_own_server"
    for protocol, why in UNABLE.items():
        report.lack(f"{OURS}: {protocol}", why)
    with contextlib.ExitStack() as stack:
        servers = []
        with report.attempt(OURS):
            servers.append(stack.enter_context(own(program, work / "protocols")))
        for name, start in peers(options.build).items() if options.peers == "all" else ():
            with report.attempt(name):
                servers.append(stack.enter_context(start()))
        found = rounds(options, report, servers, wanted)
    for (name, protocol, method), row in found.items():
        report.row(name, method, protocol).update(
            {key: load.spread([one[key] for one in row]) for key in ("calls_a_second", "cpu_us")},
            clients=wanted.clients)
    report.ratios = ratios(found, wanted.operations)
    with report.attempt(f"{OURS}: instructions"), tempfile.TemporaryDirectory() as folder:
        subjects.needs("valgrind", "callgrind_control", package="valgrind")
        with own(program, work / "protocols_counted", cost.callgrind_prefix(folder),
                 ("--threads", "1")) as server:
            server.subject.requests = {key: value for key, value in server.subject.requests.items()
                                       if (OURS, key[1], key[0]) in found}
            count_instructions(options, report, server.subject, folder)


def print_ratios(rows):
    print("\nCPU of a peer's call by the CPU of ours, median of the rounds (least, most); the same of nginx, "
          "which does nothing")
    for row in rows:
        spread, floor = row["times_cheaper"], row["nginx_times_cheaper"]
        nothing = f", nginx {floor['median']:.1f}" if floor else ""
        print(f"{row['ours']:<13} {row['method']:<7} beside {row['peer']:<18} {spread['median']:8.1f} "
              f"({spread['min']:.1f}, {spread['max']:.1f}), goal {row['goal']}{nothing}")
