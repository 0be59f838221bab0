# SPDX-License-Identifier: Apache-2.0
"""What an operator sees: metrics, slow calls, the audit log, refusals of guesses. Each figure is read
after the thing it counts was done.

Used as `observed_test.py PATH_OF_PARLEY [unittest arguments]`; the standard library alone.
"""
import base64
import functools
import http.client
import json
import os
import pathlib
import re
import sys
import threading
import unittest
import xmlrpc.client

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import program_test  # noqa: E402
from program_test import FAILURE, OK, SECONDS_MAX, Case, call, log_in  # noqa: E402

ROUNDS_MAX = 200  # of something that happens soon, but not at a moment of our choosing
DATABASE = '{database="parley"}'


def basic(login, password):
    return "Basic " + base64.b64encode(f"{login}:{password}".encode()).decode()


class Observed(Case):
    def watched(self, *flags, **environment):
        server = self.serve("--admin-listen", "127.0.0.1:0", *flags, **environment)
        self.metrics_port = int(re.search(r"metrics on http://127\.0\.0\.1:(\d+)/", server.tail(2000))[1])
        return server

    def ask(self, port, verb, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS_MAX)
        try:
            connection.request(verb, path, body, headers or {})
            response = connection.getresponse()
            return response, response.read().decode()
        finally:
            connection.close()

    def metrics(self):
        """Each series and its value."""
        _, text = self.ask(self.metrics_port, "GET", "/metrics")
        pairs = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        return {series: float(value) for series, value in pairs}

    def rpc(self, server, method, params, headers=None):
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        given = {"Content-Type": "application/json", "Authorization": basic("admin", "admin"), **(headers or {})}
        return self.ask(server.port, "POST", "/jsonrpc/2", body, given)

    def until(self, what, is_so):
        for _ in range(ROUNDS_MAX):
            if is_so():
                return
        self.fail(f"{what}: not in {ROUNDS_MAX} rounds")


class Metrics(Observed):
    def test_calls_are_counted_by_protocol_model_and_method(self):
        server = self.watched()
        labels = '{protocol="%s",model="res.partner",method="search_count"%s}'
        for _ in range(3):
            self.rpc(server, "res.partner.search_count", [[]])
        call(server, "parley", 2, "admin", "res.partner", "search_count", [])
        self.ask(server.port, "GET", "/common.version")
        seen = self.metrics()
        self.assertEqual(seen["parley_call_seconds_count" + labels % ("jsonrpc", "")], 3)
        self.assertEqual(seen["parley_call_seconds_count" + labels % ("xmlrpc", "")], 1)
        self.assertEqual(seen['parley_call_seconds_count{protocol="path",model="",method="common.version"}'], 1)
        buckets = [value for series, value in seen.items()
                   if series.startswith("parley_call_seconds_bucket") and 'protocol="jsonrpc"' in series and "search_count" in series]
        self.assertEqual(buckets, sorted(buckets))
        self.assertEqual(buckets[-1], 3)
        self.assertGreater(seen["parley_call_seconds_sum" + labels % ("jsonrpc", "")], 0)

    def test_names_that_clients_make_up_make_no_series(self):
        server = self.watched()
        self.rpc(server, "res.partner.search_count", [[]])
        before = self.metrics()
        for i in range(30):
            self.rpc(server, f"res.partner.made_up_{i}", [[]])
            self.rpc(server, f"made.up{i}.read", [[]], {"Authorization": ""})
            self.ask(server.port, "GET", f"/made-up-{i}")
        after = self.metrics()
        self.assertNotIn("made", "".join(after))
        count = lambda seen: len([series for series in seen if series.startswith("parley_call_seconds_count")])  # noqa: E731
        self.assertLessEqual(count(after), count(before) + 2)  # the unknown of each of the two protocols
        self.assertGreaterEqual(after['parley_call_failures_total{code="unknown_method"}'], 60)

    def test_failures_connections_requests_and_password_checks_are_counted(self):
        server = self.watched()
        before = self.metrics()
        self.assertIs(log_in(server, "parley", "admin", "guess"), False)
        self.rpc(server, "res.partner.search_count", [[]], {"Authorization": basic("admin", "guess")})
        self.ask(server.port, "POST", "/jsonrpc", "{", {"Content-Length": "x"})
        after = self.metrics()
        grown = lambda name: after[name] - before[name]  # noqa: E731
        self.assertEqual(grown("parley_password_checks_total"), 2)
        self.assertEqual(grown('parley_call_failures_total{code="unauthenticated"}'), 1)
        self.assertEqual(grown("parley_connections_accepted_total"), 3)
        self.assertEqual(grown("parley_requests_total"), 2)
        self.assertEqual(grown("parley_bad_requests_total"), 1)
        for name in ("parley_password_checks_waiting", "parley_database_changes_waiting", "parley_calls_in_flight",
                     "parley_waiting_writers" + DATABASE, "parley_waiting_readers" + DATABASE, "parley_log_bytes" + DATABASE):
            self.assertIn(name, after)

    def test_who_reads_counts_as_a_reader_until_its_answer_is_over(self):
        server = self.watched()
        connection = self.slow_reader(server)
        before = self.metrics()
        self.assertEqual(before["parley_readers" + DATABASE], 1)
        self.all_read(connection)
        self.until("the reader is done", lambda: self.metrics()["parley_readers" + DATABASE] == 0)
        self.rpc(server, "res.partner.search_count", [[]])
        self.assertGreater(self.metrics()["parley_reads_total" + DATABASE], before["parley_reads_total" + DATABASE])

    def test_writers_that_come_together_share_a_group(self):
        server = self.watched()
        before = self.metrics()
        made = []

        def write(number):
            made.append(call(server, "parley", 2, "admin", "res.partner", "create", {"name": f"P{number}"}))

        def together():
            writers = [threading.Thread(target=write, args=(number,)) for number in range(16)]
            for writer in writers:
                writer.start()
            for writer in writers:
                writer.join()
            return self.metrics()["parley_commit_group_largest" + DATABASE] > 1

        self.until("a group of more than one", together)
        after = self.metrics()
        grown = {name: after[name + DATABASE] - before[name + DATABASE] for name in ("parley_commits_total", "parley_commit_groups_total")}
        self.assertEqual(grown["parley_commits_total"], len(made))
        self.assertLess(grown["parley_commit_groups_total"], len(made))

    def test_calls_that_were_overtaken_are_counted_as_retries(self):
        server = self.watched()
        call(server, "parley", 2, "admin", "res.users", "create", {"name": "Ann", "login": "ann", "password": "w0rd"})
        stop = threading.Event()

        def change_rights():
            number = 0
            while not stop.is_set():
                number += 1
                call(server, "parley", 2, "admin", "res.users", "write", [2], {"lang": ("en_US", "fr_FR")[number % 2]})

        changer = threading.Thread(target=change_rights)
        changer.start()

        def create_some():
            for _ in range(20):
                try:
                    call(server, "parley", 2, "admin", "res.partner", "create", {"name": "x"})
                except xmlrpc.client.Fault as fault:  # overtaken each time it was tried
                    self.assertIn("try again", fault.faultString)
            return any(series.startswith("parley_call_retries_total{") and value > 0 for series, value in self.metrics().items())

        try:
            self.until("a call that was run again", create_some)
        finally:
            stop.set()
            changer.join()


class SlowCalls(Observed):
    def slow_lines(self, server):
        return [line for line in server.tail(2000).splitlines() if "slow call of" in line]

    def test_slow_calls_are_told_with_their_statements_and_without_values(self):
        server = self.serve("--slow-call-ms", "1", "--log-level", "warning")
        call(server, "parley", 2, "admin", "res.partner", "create", [{"name": f"s3cret-name-{i}"} for i in range(300)])
        call(server, "parley", 2, "admin", "res.partner", "search_count", [["name", "ilike", "s3cret-name"], ["id", "!=", 987654]])
        self.assertEqual(server.stop(), OK)  # all that it said has been read
        lines = self.slow_lines(server)
        create = next(line for line in lines if "res.partner.create" in line)
        self.assertRegex(create, r" warning \S+ slow call of res\.partner\.create by xmlrpc on parley: \d+\.\d\d ms; ")
        self.assertRegex(create, r"; 300 x, \d+\.\d\d ms: INSERT INTO \"?res_partner\"?")
        for word in ("s3cret", "987654"):
            self.assertNotIn(word, server.tail(2000))

    def test_rows_are_slow_by_the_time_their_last_one_was_taken(self):
        server = self.serve("--slow-call-ms", "1", "--log-level", "warning")
        connection = self.slow_reader(server)
        self.assertFalse([line for line in self.slow_lines(server) if "search_read" in line])
        self.all_read(connection)
        self.until("the line of the read", lambda: any(
            re.search(r"slow call of res\.partner\.search_read by jsonrpc on parley: [\d.]+ ms; .*1 x, [\d.]+ ms: SELECT ", line)
            for line in (self.slow_lines(server), program_test.get(server, "/healthz"))[0]))

    def test_calls_below_the_threshold_are_not_told_and_zero_tells_none(self):
        for threshold in ("60000", "0"):
            server = self.serve("--slow-call-ms", threshold)
            call(server, "parley", 2, "admin", "res.partner", "create", [{"name": "x"}] * 300)
            self.assertEqual(server.stop(), OK)
            self.assertEqual(self.slow_lines(server), [])

    def test_server_timing_stands_in_answers_of_debug_alone(self):
        for flags, expected in ((["--debug"], r"^auth;dur=[\d.]+, begin;dur=[\d.]+, run;dur=[\d.]+, commit;dur=[\d.]+$"), ([], r"^None$")):
            server = self.serve(*flags)
            response, _ = self.rpc(server, "res.partner.search_count", [[]])
            self.assertRegex(str(response.getheader("Server-Timing")), expected)
            self.assertEqual(server.stop(), OK)


class Guesses(Observed):
    def guess(self, server, password="guess", **headers):
        return self.ask(server.port, "POST", "/ws/res.users/search_count", '{"domain": []}', {
            "Content-Type": "application/json", "Authorization": basic("admin", password), **{k.replace("_", "-"): v for k, v in headers.items()}})

    def test_the_time_to_wait_is_told_and_is_what_is_left(self):
        server = self.serve("--login-failures-max", "3")
        for _ in range(3):
            self.assertEqual(self.guess(server)[0].status, 401)
        waits = []
        for _ in range(2):
            response, text = self.guess(server, "admin")
            self.assertEqual(response.status, 429, text)
            waits.append(int(response.getheader("Retry-After")))
            self.assertIn(f"try again in {waits[-1]} s", text)
        self.assertTrue(0 < waits[1] <= waits[0] <= 60, waits)

    def test_behind_a_trusted_proxy_the_forwarded_address_counts(self):
        (self.folder / "word").write_text("right-word\n")
        server = self.serve("--login-failures-max", "3", "--trusted-proxies", "127.0.0.1", "--admin-password-file", str(self.folder / "word"))
        for _ in range(3):
            self.assertEqual(self.guess(server, X_Forwarded_For="192.0.2.1")[0].status, 401)
        self.assertEqual(self.guess(server, "right-word", X_Forwarded_For="192.0.2.1")[0].status, 429)
        self.assertEqual(self.guess(server, "right-word", X_Forwarded_For="203.0.113.7, 192.0.2.1")[0].status, 429)  # its word does not help
        self.assertEqual(self.guess(server, "right-word", X_Forwarded_For="192.0.2.2")[0].status, 200)

    def test_without_a_trusted_proxy_the_forwarded_address_does_not_count(self):
        server = self.serve("--login-failures-max", "3")
        for number in range(3):
            self.assertEqual(self.guess(server, X_Forwarded_For=f"192.0.2.{number}")[0].status, 401)
        self.assertEqual(self.guess(server, "admin", X_Forwarded_For="192.0.2.77")[0].status, 429)


class Audit(Observed):
    def lines(self, text):
        return re.findall(r"^\S+ audit \S+ (.*)$", text, re.M)

    def test_log_ins_refused_credentials_and_changes_of_rights_and_keys_are_told(self):
        server = self.serve("--log-level", "error")  # audit is above every level
        self.assertIs(log_in(server, "parley", "admin", "guess"), False)
        self.assertEqual(log_in(server, "parley", "admin", "admin"), 2)
        self.rpc(server, "res.users.read", [[2], ["login"]], {"Authorization": basic("who\nis this", "x")})
        self.rpc(server, "res.users.read", [[2], ["login"]], {"Authorization": "Bearer " + "a" * 40})
        with self.assertRaises(xmlrpc.client.Fault):
            call(server, "parley", 2, "guess", "res.users", "read", [2])
        call(server, "parley", 2, "admin", "res.groups", "create", {"name": "New"})
        call(server, "parley", 2, "admin", "res.partner", "create", {"name": "No matter of rights"})
        self.assertEqual(server.stop(), OK)
        self.assertEqual(self.lines(server.tail(2000)), [
            "login of admin to parley from 127.0.0.1: unauthenticated", "login of admin to parley from 127.0.0.1: let in",
            "credentials of who?is?this for parley from 127.0.0.1: unauthenticated",
            "credentials of a key for parley from 127.0.0.1: unauthenticated",
            "credentials of user 2 for parley from 127.0.0.1: unauthenticated",
            "user 2 changed users, keys or rights of parley by res.groups.create"])

    def test_wrong_passwords_inside_a_session_are_told(self):
        server = self.serve("--log-level", "error")
        mine = functools.partial(call, server, "parley", 2, "admin")
        with self.assertRaises(xmlrpc.client.Fault):
            mine("res.users", "change_password", "guess", "n3w-word")
        wanted = mine("res.users.apikeys.description", "create", {"name": "key"})
        asked = mine("res.users.apikeys.description", "make_key", [wanted])["res_id"]
        with self.assertRaises(xmlrpc.client.Fault):
            mine("res.users.identitycheck", "run_check", [asked], context={"password": "guess"})
        mine("res.users.identitycheck", "run_check", [asked], context={"password": "admin"})
        self.assertEqual(server.stop(), OK)
        self.assertEqual(self.lines(server.tail(2000)), [
            "user 2 of parley from 127.0.0.1 gave res.users.change_password a wrong password",
            "user 2 of parley from 127.0.0.1 gave res.users.identitycheck.run_check a wrong password",
            "user 2 changed users, keys or rights of parley by res.users.identitycheck.run_check"])

    def test_the_command_line_is_told_as_well(self):
        by = f" by the command line of system user {os.getuid()}"
        key_word = self.folder / "key"
        key_word.write_text("k" * 40 + "\n")
        told = []
        for words, text in ((["db", "init", "one"], ""), (["user", "passwd", "admin"], "w0rd\n"), (["user", "key", "add", "admin"], ""),
                            (["user", "key", "add", "admin", "--value-file", key_word], ""), (["user", "key", "revoke", "1"], ""),
                            (["module", "install", "todo"], ""), (["db", "backup", "one", self.folder / "copy"], ""),
                            (["db", "restore", "two", self.folder / "copy"], ""), (["db", "drop", "two"], ""),
                            (["user", "list", "--database", "one"], ""), (["db", "list"], "")):
            done = self.parley(*words, text=text)
            told += self.lines(done.stderr)
            self.assertNotIn("w0rd", done.stderr)
            self.assertNotIn("k" * 40, done.stderr)
        self.assertEqual(told, [line + by for line in (
            "database one made", "password of admin in one changed", "API key of admin in one made", "API key of admin in one made",
            "API key 1 in one revoked", "module todo installed in one", f"database one copied to {self.folder}/copy",
            f"database two restored from {self.folder}/copy", "database two dropped")])
        failed = self.parley("user", "key", "revoke", "12345", code=FAILURE)
        self.assertEqual(self.lines(failed.stderr), [])

    def test_a_file_of_its_own_holds_all_lines_and_may_be_moved_away(self):
        path = self.folder / "audit.log"
        server = self.serve("--audit-file", str(path))
        log_in(server, "parley", "admin", "admin")
        self.assertEqual(self.lines(path.read_text()), ["login of admin to parley from 127.0.0.1: let in"])
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        path.rename(self.folder / "audit.1")
        log_in(server, "parley", "admin", "guess")
        self.assertEqual(self.lines(path.read_text()), ["login of admin to parley from 127.0.0.1: unauthenticated"])
        self.assertEqual(self.lines(server.tail(2000)), [])
        # What cannot be written there is not lost.
        path.unlink()
        path.mkdir()
        log_in(server, "parley", "admin", "admin")
        self.assertEqual(server.stop(), OK)
        self.assertEqual(self.lines(server.tail(2000)), ["login of admin to parley from 127.0.0.1: let in"])
        self.assertIn("the audit file cannot be written", server.tail(2000))
        self.assertIn("audit-file", self.parley("serve", "--audit-file", path, code=FAILURE).stderr)


class Settings(Case):
    def test_a_wrong_word_does_not_start_and_is_told_what_would(self):
        for setting, choices in (("reply-ok-only", "http200, no_data, both"), ("jsonrpc-http-status", "always200, by-error"),
                                 ("public-documents", "open, all, none"), ("log-level", "debug, info, warning, error"),
                                 ("log-format", "text, json"), ("store", "sqlite")):
            with self.subTest(setting):
                done = self.parley("serve", f"--{setting}", "no-such-word", code=program_test.USAGE)
                self.assertIn(f"--{setting}: expected one of {choices}, not 'no-such-word'", done.stderr)

    def test_what_is_made_is_for_its_user_and_group_alone(self):
        self.parley("db", "init", "one")
        self.parley("db", "backup", "one", self.folder / "copy")
        self.parley("db", "restore", "two", self.folder / "copy")
        for path in [*self.data.iterdir(), self.folder / "copy"]:
            self.assertEqual(path.stat().st_mode & 0o007, 0, path)


if __name__ == "__main__":
    program_test.PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
