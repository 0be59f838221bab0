#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Puts the REST records of a real WSME to the example `persons` and says why each difference is one.

usage: rest_rows.py PERSONS [--list ROW] [--allow-missing]

The records and the program that compares are in PARLEY_SHARED/conformance. A difference belongs to
the first row of ROWS whose rule fits the record and our answer; the rows are those of
docs/protocols/rest.md. Prints the number of records of each row; ends with 1 when a difference
belongs to none, or a row excuses nothing.
"""
import argparse
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import server  # noqa: E402  tests/support

DIFFERENCE = re.compile(r"^   (\S+) .*? \| ((?:HTTP|fault|body|json|xml|text|Content-Type|no answer).*)$")
TOTAL = re.compile(r"(\d+) passed, (\d+) failed, (\d+) ours")
STATUS = re.compile(r"HTTP (\d+), want (\d+): ")
SECONDS_MAX = 300


class Record:
    """One record, what is said of our answer, and what rules ask about both."""

    def __init__(self, data, why):
        self.why = why
        self.method, self.path = data["method"], data["path_with_query"]
        self.headers = {name.lower(): value for name, value in data["request_headers"].items()}
        self.body = data.get("request_body") or ""
        self.recorded = data.get("response_body") or ""
        hit = STATUS.match(why)
        self.status = int(hit[1]) if hit else data["status"]
        self.was = data["status"]
        self.function = self.path.split("?")[0]
        self.query = urllib.parse.unquote(self.path.partition("?")[2])
        self.type = self.headers.get("content-type", "")

    def came(self, how):
        """Where the arguments are: query, form, json or xml."""
        if "form" in self.type:
            return how == "form"
        if not self.body:
            return how == "query"
        return how == ("xml" if "xml" in self.type or self.body.lstrip().startswith("<") else "json")

    def is_refusal(self):
        """A server error of the original that is the caller's fault here."""
        return self.was == 500 and self.status == 400

    def sets(self, *functions):
        return any(name in self.function for name in functions)


def has(text, *parts):
    return any(part in text for part in parts)


def is_invalid(record):
    return "Invalid input for field/attribute" in record.why


def is_whole_number(record):
    return record.sets("setint", "setobj", "setconstrained", "setfloat", "setdecimal") and is_invalid(record)


# row -> the rule by which a difference belongs to it, first come first served.
ROWS = [
    ("1", lambda r: "wsmeproto" in r.path + r.body),
    ("16", lambda r: r.was == r.status == 200 and re.search(r"[A-Za-z0-9+/=]+(\\n|\n)", r.recorded)
        and r.sets("setbinary", "getbinary", "setfile", "getfile", "alltypes")),
    ("22", lambda r: "<!DOCTYPE" in r.body),
    ("14", lambda r: r.sets("misc/created", "misc/response", "misc/hostrequest")),
    ("18", lambda r: r.sets("misc/lax") and r.status == 200),
    ("6", lambda r: r.headers.get("transfer-encoding") == "chunked" and r.type == "application/json" and r.status == 200),
    ("19", lambda r: r.status == 405 or (r.method == "OPTIONS" and r.status == 204)),
    ("24", lambda r: r.status in (400, 415) and (has(r.why, "UTF-8") or has(r.recorded, "codec can't decode", "\\ufffd", "\\ud800"))),
    ("5", lambda r: "form" in r.type and (r.was == 415 or r.status == 200 or "setfile" in r.function)),
    ("4", lambda r: "<html>" in r.recorded),
    ("3", lambda r: "application/xml" in r.type + r.headers.get("accept", "")),
    ("2", lambda r: r.was in (406, 415) or "missing Content-Type" in r.recorded or (not r.type and r.body and r.status == 200)),
    ("2", lambda r: "accept" in r.headers and r.why.startswith(("json", "xml", "Content-Type text/javascript"))),
    ("17", lambda r: re.search(r'nil="(false|TRUE|1)"', r.body)),
    ("13", lambda r: r.came("xml") and r.status == 400 and has(r.why, "Unknown attribute", "Unknown argument")),
    ("13", lambda r: r.came("xml") and r.was == 200 and has(r.why, "Value not a valid", "elements") or
        (r.came("xml") and r.was == 200 and r.sets("setnested", "settextarray") and r.status == 400)),
    ("23", lambda r: re.search(r"\bs?nan\b|\binf\b|infinity|1e400", r.recorded + r.body + r.query, re.I) and r.sets("float", "setdecimal", "setint")
        and not has(r.recorded, "could not convert", "invalid literal")),
    ("21", lambda r: r.sets("decimal", "setint") and r.was == 200 and (r.status == 200 or r.sets("decimal") and not has(r.body, "true"))),
    ("8", lambda r: not r.came("json") and (r.sets("setbool") or (r.sets("alltypes") and "abool" in r.query + r.body))),
    ("8", lambda r: r.sets("bytes", "binary", "alltypes", "setenum") and r.was == 500
        and has(r.recorded, "without an encoding", "ascii", "attribute 'encode'")),
    ("11", lambda r: r.sets("setdate", "settime") and r.was == 200 and has(r.body + r.query, "garbage", "junk", "+02", ".123", ".99")),
    ("12", lambda r: is_whole_number(r) and r.was == 200 and r.status == 400),
    ("9", lambda r: r.came("query") and r.sets("renamed", "namedattrs", "mandatory", "readonly", "validated", "setfile")),
    ("10", lambda r: r.sets("settext", "setbytes", "alltypes", "enum", "setuuid", "setipv", "smallint", "setcode") and r.was == 200
        and (is_invalid(r) or r.sets("uuid"))),
    ("7", lambda r: r.was == 500 and r.status == 400 and (is_invalid(r) or has(r.why, "Unknown argument", "line "))),
    ("structures", lambda r: r.status == r.was == 400 and re.search(r"Value: '[{\[]", r.recorded) and is_invalid(r)),
    ("25", lambda r: r.sets("getuntypedlist", "getboolasint", "getunsetvalue", "getnonasciibytes", "gettextspecial")),
    ("26", lambda r: not r.path.startswith("/ws") or r.method == "FOO" or r.sets("multiply")),
]


def row_of(record):
    return next((row for row, fits in ROWS if fits(record)), None)


def run(program, conformance):
    """The lines of check_rest.py about a persons server of its own."""
    files = sorted((conformance / "rest").glob("*.jsonl"))
    with server.Server(program, ["serve", "--host", "127.0.0.1", "--port", "0"]) as running:
        command = [sys.executable, "-B", str(conformance / "check_rest.py"), f"127.0.0.1:{running.port}", "-v"]
        done = subprocess.run(command + [str(path) for path in files], capture_output=True, text=True,
                              errors="replace", timeout=SECONDS_MAX, check=False)
        if running.process.poll() is not None:
            sys.exit(f"the server ended:\n{running.tail()}")
    records = {}
    for path in files:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                data = json.loads(line)
                records[data["id"]] = data
    return done.stdout.splitlines(), records


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("persons", type=pathlib.Path)
    parser.add_argument("--list", help="print the differences of this row (all = of every row)")
    parser.add_argument("--allow-missing", action="store_true")
    arguments = parser.parse_args()

    conformance = pathlib.Path(os.environ.get("PARLEY_SHARED") or HERE.parent.parent.parent / "shared") / "conformance"
    if not (conformance / "rest").is_dir():
        print(f"CONFORMANCE NOT RUN: no data at {conformance}; set PARLEY_SHARED", file=sys.stderr)
        return 0 if arguments.allow_missing else 1

    lines, records = run(arguments.persons, conformance)
    total = next((hit for line in lines if (hit := TOTAL.match(line))), None)
    if total is None:
        print("\n".join(lines[-20:]))
        return 1
    rows = collections.defaultdict(list)
    unread = 0
    for line in lines:
        if not line.startswith("   "):
            continue
        if hit := DIFFERENCE.match(line):
            rows[row_of(Record(records[hit[1]], hit[2]))].append(line)
        elif line.split()[:1] and line.split()[0] in records:
            print(f"not understood: {line}")
            unread += 1
    strangers = rows.pop(None, [])
    for row in dict.fromkeys(name for name, _ in ROWS):
        print(f"row {row}: {len(rows.get(row, []))}")
        if arguments.list in (row, "all"):
            print("\n".join(rows.get(row, [])))
    for line in strangers:
        print(f"in no row:{line}")
    empty = [row for row in dict.fromkeys(name for name, _ in ROWS) if row not in rows]
    for row in empty:
        print(f"row {row} excuses nothing")
    counted = sum(map(len, rows.values())) + len(strangers) + unread
    if counted != int(total[2]):
        print(f"{total[2]} differences, {counted} read")
    print(f"{total[1]} alike, {counted - len(strangers)} by rows, {len(strangers)} in none")
    return 1 if strangers or empty or unread or counted != int(total[2]) else 0


if __name__ == "__main__":
    sys.exit(main())
