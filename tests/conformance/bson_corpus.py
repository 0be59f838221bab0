#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Puts every document of the BSON corpus through a running demo by path RPC and looks at the bytes.

usage: bson_corpus.py --server DEMO [--allow-missing]

A valid document goes as {"value": document} to /echo_dict and must come back the same: to the byte,
or, where the type table of path RPC says it otherwise, as a document that then stays the same. Types
without a meaning there and all decodeErrors must be refused with status 400. The corpus is in
PARLEY_SHARED/conformance. Ends with `N passed, N failed`, status 1 when one failed.
"""
import argparse
import collections
import http.client
import json
import os
import pathlib
import struct
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import server  # noqa: E402  tests/support

# Types without a meaning in path RPC; the last two files hold all types.
REFUSED_FILES = {"code", "code_w_scope", "dbpointer", "maxkey", "minkey", "regex", "symbol", "timestamp",
                 "undefined", "multi-type", "multi-type-deprecated"}
REFUSED_CASES = {("binary", "subtype 0x03")}
INT32, STRING, DOCUMENT = 0x10, 0x02, 0x03
CASES_MIN = 600  # fewer means that the corpus was not found whole


def is_written_otherwise(name, case):
    """Whether the type table gives the value another form: text, octets, the smallest integer."""
    shown = case["canonical_extjson"]
    if "$oid" in shown:
        return True
    if name == "binary":
        return "subType" in shown and not any(f'"subType" : "{kept}"' in shown for kept in ("00", "04"))
    if name == "datetime":
        return "253402300800000" in shown  # the year 10000
    if name == "int64":
        return any(f'"{small}"' in shown for small in (-1, 0, 1))
    if name.startswith("decimal128"):
        return case.get("lossy", False) or '"NaN"' in shown or 'Infinity"' in shown
    return False


def in_document(key, document):
    element = bytes([DOCUMENT]) + key.encode() + b"\0" + document
    return struct.pack("<i", 4 + len(element) + 1) + element + b"\0"


def envelope_of(body):
    """(status, the bytes of the data or None) of an answer."""
    length, = struct.unpack_from("<i", body)
    assert length == len(body) and body[-1] == 0, "not one document"
    status, data, at = None, None, 4
    while body[at]:
        kind, end = body[at], body.index(0, at + 1)
        key, at = body[at + 1:end].decode(), end + 1
        size, = struct.unpack_from("<i", body, at)
        size = {INT32: 4, STRING: 4 + size, DOCUMENT: size}[kind]
        if key == "status":
            status, = struct.unpack_from("<i", body, at)
        if kind == DOCUMENT:
            data = body[at:at + size]
        at += size
    return status, data


class Echo:
    """A connection to the demo."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def of(self, document):
        kind = "application/bson"
        self.connection.request("POST", "/echo_dict", in_document("value", document),
                                {"Content-Type": kind, "Accept": kind})
        answer = self.connection.getresponse()
        body = answer.read()
        assert answer.getheader("Content-Type") == kind, "not BSON"
        return envelope_of(body)


def fault_of_valid(echo, name, case):
    """What is wrong with the answer to a valid case, or None."""
    canonical = bytes.fromhex(case["canonical_bson"])
    status, data = echo.of(canonical)
    if name in REFUSED_FILES or (name, case["description"]) in REFUSED_CASES:
        return None if status == 400 else f"status {status}, not refused"
    if status != 200:
        return f"status {status}"
    if is_written_otherwise(name, case):
        return None if data != canonical and echo.of(data) == (200, data) else "no form that stays"
    if data != canonical:
        return f"{data.hex()} came back"
    if "degenerate_bson" in case and echo.of(bytes.fromhex(case["degenerate_bson"])) != (200, canonical):
        return "its degenerate form came back otherwise"
    return None


def faults(port, corpus, counts):
    echo = Echo(port)
    for path in sorted(corpus.glob("*.json")):
        suite = json.loads(path.read_text())
        rows = [(case, fault_of_valid) for case in suite.get("valid", [])]
        rows += [(case, None) for case in suite.get("decodeErrors", [])]
        for case, judge in rows:
            if judge:
                fault = judge(echo, path.stem, case)
            else:
                status, _ = echo.of(bytes.fromhex(case["bson"]))
                fault = None if status == 400 else f"status {status}, not refused"
            counts["failed" if fault else "passed"] += 1
            if fault:
                yield f"{path.stem}: {case['description']}: {fault}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--server", required=True, type=pathlib.Path)
    parser.add_argument("--allow-missing", action="store_true")
    arguments = parser.parse_args()
    shared = pathlib.Path(os.environ.get("PARLEY_SHARED") or HERE.parent.parent.parent / "shared")
    corpus = shared / "conformance/corpora/bson-corpus/tests"
    if not corpus.is_dir() or not arguments.server.is_file():
        print(f"CORPUS NOT RUN: {corpus} or {arguments.server} is missing", file=sys.stderr)
        return 0 if arguments.allow_missing else 1
    counts = collections.Counter()
    with server.Server(arguments.server, ["serve", "--host", "127.0.0.1", "--port", "0"]) as running:
        for fault in faults(running.port, corpus, counts):
            print(fault)
    print(f"{counts['passed']} passed, {counts['failed']} failed")
    return 1 if counts["failed"] or sum(counts.values()) < CASES_MIN else 0


if __name__ == "__main__":
    sys.exit(main())
