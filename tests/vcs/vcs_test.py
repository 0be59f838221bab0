#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Module vcs and RhodeCode's API with real remotes: usage vcs_test.py PARLEY [unittest arguments]."""
import contextlib
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import xmlrpc.client

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import remotes  # noqa: E402

PROGRAM = sys.argv[1]


class Case(unittest.TestCase):
    flags = ()
    private = "127.0.0.1"

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="parley-vcs-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.vcs = self.enter(remotes.Repositories(PROGRAM, self.folder, *self.flags, private=self.private))

    def enter(self, context):
        value = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        return value

    def programs(self, number):
        """How many git processes work in the repository's place."""
        place = str(self.vcs.place(number))
        lines = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout.splitlines()
        return sum(line.startswith("git ") and place in line and " fetch " in line for line in lines)

    def pulled(self, name):
        self.assertEqual(self.vcs.ask("pull", repo=name),
                         {"id": 7, "result": f"Pulled from {name}", "error": None}, self.vcs.server.tail())

    def refused(self, name, cause):
        self.assertEqual(self.vcs.ask("pull", repo=name),
                         {"id": 7, "result": None, "error": f'Unable to pull changes from "{name}"'})
        self.logged(cause)

    def logged(self, pattern):
        """The log is read by a thread, a moment behind the answers."""
        until = time.monotonic() + 5
        while not re.search(pattern, self.vcs.server.tail(5)) and time.monotonic() < until:
            time.sleep(0.01)
        self.assertRegex(self.vcs.server.tail(5), pattern)


class Pulls(Case):
    private = "127.0.0.1,localhost"

    def test_heads_come_move_and_go_as_at_the_remote(self):
        git = remotes.Git(self.folder / "remotes" / "x.git")
        git.commit("other", "side")
        port = self.enter(remotes.git_daemon(self.folder / "remotes"))
        number = self.vcs.add("group/part/x", f"git://127.0.0.1:{port}/x.git")
        self.pulled("group/part/x")
        newest = git.commit("second")
        self.assertNotEqual(self.vcs.head(number), newest)
        git.delete("side")
        self.pulled("group/part/x")
        self.assertEqual(self.vcs.head(number), newest)
        with self.assertRaises(subprocess.CalledProcessError):
            self.vcs.head(number, "side")
        rewritten = git.commit("not a descendant")
        self.pulled("group/part/x")
        self.assertEqual(self.vcs.head(number), rewritten)

    def test_git_over_http_is_pulled_by_name_and_address_and_not_redirected(self):
        git = remotes.Git(self.folder / "remotes" / "x.git")

        def answer(handler):
            path = handler.path.split("?")[0]
            if path.startswith("/moved/"):
                handler.send_response(302)
                handler.send_header("Location", "/" + handler.path[len("/moved/"):])
                handler.end_headers()
                return
            file = self.folder / "remotes" / path.lstrip("/")
            handler.send_response(200 if file.is_file() else 404)
            handler.end_headers()
            if file.is_file():
                handler.wfile.write(file.read_bytes())

        port = self.enter(remotes.http_answers(answer))
        number = self.vcs.add("x", f"http://127.0.0.1:{port}/x.git")
        self.pulled("x")
        self.assertEqual(self.vcs.head(number), remotes.run("git", "rev-parse", "main", cwd=git.bare))
        number = self.vcs.add("named", f"http://localhost:{port}/x.git")
        self.pulled("named")
        self.assertEqual(self.vcs.head(number), remotes.run("git", "rev-parse", "main", cwd=git.bare))
        self.vcs.add("moved", f"http://127.0.0.1:{port}/moved/x.git")
        self.refused("moved", "git ended with")

    def test_a_mercurial_repository_is_pulled_by_hg(self):
        port = self.enter(remotes.hg_serve(self.folder / "remote"))
        number = self.vcs.add("h", f"http://127.0.0.1:{port}/", "hg")
        self.pulled("h")
        self.pulled("h")
        here = remotes.run("hg", "-R", self.vcs.place(number, "hg"), "log", "-T", "{node} {desc}\n")
        self.assertEqual(here, remotes.run("hg", "-R", self.folder / "remote", "log", "-T", "{node} {desc}\n"))

    def test_hg_is_not_led_to_another_host(self):
        port = self.enter(remotes.hg_serve(self.folder / "remote"))

        def answer(handler):
            handler.send_response(302)
            handler.send_header("Location", f"http://localhost:{port}{handler.path}")
            handler.end_headers()

        leading = self.enter(remotes.http_answers(answer))
        self.vcs.add("led", f"http://127.0.0.1:{leading}/", "hg")
        self.refused("led", "localhost is not the host of the remote")

    def test_what_cannot_be_pulled_is_told_in_one_text_and_its_cause_logged(self):
        self.vcs.add("lonely")
        self.refused("lonely", "it has no remote")
        self.vcs.add("gone", f"git://127.0.0.1:{remotes.free_port()}/x")
        self.refused("gone", "git ended with")
        self.vcs.add("wrong", "git://127.0.0.1/x", "hg")
        self.refused("wrong", "no remote of a Mercurial repository")
        self.vcs.add("local", "http://[::1]:1/x")
        self.refused("local", "not public")
        self.assertEqual(self.vcs.ask("pull", repo="nope")["error"], 'Unknown repo "nope"')
        self.assertNotIn(remotes.KEY, self.vcs.server.tail(2000))

    def test_locks_that_an_ended_git_left_do_not_stop_the_next(self):
        git = remotes.Git(self.folder / "remotes" / "x.git")
        port = self.enter(remotes.git_daemon(self.folder / "remotes"))
        number = self.vcs.add("x", f"git://127.0.0.1:{port}/x.git")
        self.pulled("x")
        newest = git.commit("second")
        for name in ("refs/heads/main.lock", "packed-refs.lock"):
            (self.vcs.place(number) / name).touch()
        self.pulled("x")
        self.assertEqual(self.vcs.head(number), newest)

    def test_only_administrators_write_remotes_and_only_good_ones(self):
        for remote in ("/srv/x", "file:///srv/x", "ext::sh -c id", "ssh://-oProxyCommand=x/y", "http://u:p@h/x", "--x"):
            with self.assertRaises(xmlrpc.client.Fault):
                self.vcs.add("bad", remote)
        for name in ("../x", "/x", "a//b", "a/../b", "-x", ".git", "a\nb", "x" * 256, "/".join("a" * 17)):
            with self.assertRaises(xmlrpc.client.Fault):
                self.vcs.add(name)
        self.vcs.add("open")
        self.vcs.model("vcs.repository", "create", {"name": "hidden", "private": True, "repo_type": "git"})
        uid = self.vcs.model("res.users", "create", {"name": "Ann", "login": "ann", "password": "ann"})
        seen = self.vcs.model("vcs.repository", "search_read", [], ["name"], uid=uid, password="ann")
        self.assertEqual([row["name"] for row in seen], ["open"])
        for attempt in (("read", [seen[0]["id"]], ["clone_uri"]), ("write", [seen[0]["id"]], {"clone_uri": "git://h/x"})):
            with self.assertRaises(xmlrpc.client.Fault):
                self.vcs.model("vcs.repository", *attempt, uid=uid, password="ann")


class SlowPulls(Case):
    flags = ("--vcs-pull-ms", "1500")

    def test_a_silent_remote_is_given_up_in_time_and_stops_nobody_else(self):
        port = self.enter(remotes.silent())
        number = self.vcs.add("slow", f"git://127.0.0.1:{port}/x")
        start = time.monotonic()
        threads = [threading.Thread(target=self.vcs.ask, args=("pull",), kwargs={"repo": "slow"}) for _ in range(3)]
        for thread in threads:
            thread.start()
        time.sleep(0.3)
        before = time.monotonic()
        self.assertIsNone(self.vcs.ask("create_users_group", name="while")["error"])  # writes are not kept waiting
        self.assertLess(time.monotonic() - before, 1.0)
        self.assertLessEqual(self.programs(number), 1)  # one at a time
        for thread in threads:
            thread.join()
        self.assertLess(time.monotonic() - start, 10)
        self.logged("in time")
        self.assertEqual(self.programs(number), 0)


class Stops(Case):
    flags = ("--drain-ms", "200")

    def test_a_server_that_stops_ends_the_pulls_under_way(self):
        port = self.enter(remotes.silent())
        number = self.vcs.add("slow", f"git://127.0.0.1:{port}/x")

        def ask():
            with contextlib.suppress(OSError, ValueError):  # the server goes before it answers
                self.vcs.ask("pull", repo="slow")

        thread = threading.Thread(target=ask)
        thread.start()
        until = time.monotonic() + 10
        while self.programs(number) == 0 and time.monotonic() < until:
            time.sleep(0.05)
        self.assertEqual(self.programs(number), 1)
        self.assertEqual(self.vcs.server.stop(), 0)
        thread.join()
        self.assertEqual(self.programs(number), 0)


class PublicHostsOnly(Case):
    private = ""

    def test_this_machine_is_no_remote_unless_it_is_allowed(self):
        for number, host in enumerate(("127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f000001", "127.1", "0.0.0.0",
                                       "169.254.169.254", "10.1.2.3")):
            self.vcs.add(f"r{number}", f"http://{host}:9/x")
            self.refused(f"r{number}", f"pull of r{number}: .*(not public|no address|getent ended)")


class People(Case):
    def test_users_groups_repositories_and_permissions_as_the_api_has_them(self):
        ask = self.vcs.ask
        made = ask("create_user", username="eva", password="p+w%20x", firstname="Eva", lastname="Nová", email="e@example.com")
        self.assertEqual(made["result"]["msg"], "created new user eva")
        eva = ask("get_user", username="eva")["result"]
        self.assertEqual(eva, {"id": made["result"]["id"], "username": "eva", "firstname": "Eva", "lastname": "Nová",
                               "email": "e@example.com", "active": True, "admin": False, "ldap": None})
        self.assertEqual(self.vcs.model("res.users", "search_count", [["login", "=", "eva"]], uid=eva["id"], password="p+w%20x"), 1)
        ask("update_user", userid="eva", lastname="Nováková", admin="True")
        eva = ask("get_user", userid=eva["id"])["result"]
        self.assertEqual((eva["lastname"], eva["admin"]), ("Nováková", True))
        self.assertEqual(ask("update_user", userid="nobody", email="x")["error"], "user nobody does not exist")
        ask("create_user", username="off", password="", firstname="", lastname="", email="", active="False")
        users = {user["username"]: user for user in ask("get_users")["result"]}
        self.assertEqual(sorted(users), ["admin", "eva", "off"])
        self.assertFalse(users["off"]["active"])

        ask("create_users_group", name="qa")
        first = ask("add_user_to_users_group", group_name="qa", user_name="eva")["result"]
        self.assertEqual(ask("add_user_to_users_group", usersgroupid="qa", userid="eva")["result"], first)
        self.assertEqual([m["username"] for m in ask("get_users_group", group_name="qa")["result"]["members"]], ["eva"])
        self.assertEqual(ask("remove_user_from_users_group", group_name="qa", username="eva")["result"],
                         {"success": True, "msg": "removed member eva from users group qa"})
        self.assertEqual(ask("remove_user_from_users_group", group_name="qa", username="eva")["result"],
                         {"success": False, "msg": "User wasn't in group"})

        self.assertIsNone(ask("create_repo", name="a/b/c", owner_name="eva", repo_type="git")["error"])
        self.assertEqual(ask("create_repo", name="x", owner_name="eva", repo_type="svn")["error"], "failed to create repository x")
        self.assertEqual(ask("create_repo", name="../x", owner_name="eva")["error"], "failed to create repository ../x")
        groups = self.vcs.model("vcs.repository.group", "search_read", [], ["name", "parent_id"])
        self.assertEqual([(g["name"], bool(g["parent_id"])) for g in groups], [("a", False), ("a/b", True)])
        ask("add_user_to_repo", repo_name="a/b/c", user_name="eva", perm="repository_write")
        ask("add_users_group_to_repo", repo_name="a/b/c", group_name="qa", perm="repository.read")
        members = ask("get_repo", repo_name="a/b/c")["result"]["members"]
        self.assertEqual([(m["type_"], m["permission"]) for m in members],
                         [("user", "repository.write"), ("users_group", "repository.read")])
        self.assertEqual(ask("revoke_user_permission", repo_name="a/b/c", username="eva")["result"],
                         {"msg": "Revoked perm for user: eva in repo: a/b/c"})
        self.assertEqual(ask("grant_users_group_permission", repo_name="a/b/c", group_name="qa", perm="x")["error"],
                         "failed to edit permission for users group: qa in repo: a/b/c")
        self.assertEqual(ask("delete_repo", repo_name="a/b/c")["result"], {"msg": "Deleted repository a/b/c"})
        self.assertIsNone(ask("get_repo", repo_name="a/b/c")["result"])

    def test_who_is_no_administrator_is_told_so_after_the_arguments_were_looked_at(self):
        uid = self.vcs.model("res.users", "create", {"name": "Joe", "login": "joe"})
        self.vcs.server.kill(15)
        key = self.folder / "joe"
        key.write_text("0123456789abcdef0123456789abcdef01234567")
        done = subprocess.run([PROGRAM, "user", "key", "add", "joe", "--value-file", key, "--data", self.vcs.data], check=False)
        self.assertEqual((uid > 2, done.returncode), (True, 0))
        server = self.enter(remotes.Server(PROGRAM, ["serve", "--port", "0", "--data", str(self.vcs.data),
                                                     "--modules", "base,vcs"]))
        self.vcs.port = server.port
        joe = key.read_text()
        self.assertEqual(self.vcs.ask("get_users", key=joe)["error"], "Access was denied to this resource.")
        self.assertEqual(self.vcs.ask("pull", key=joe)["error"], "Missing non optional repo arg in JSON DATA")
        self.assertEqual(self.vcs.ask("nope", key=joe)["error"], "No such method: nope")
        self.assertEqual(self.vcs.ask("nope", key=joe + "0")["error"], "Invalid API KEY")

    def test_keys_may_be_wrong_only_so_often(self):
        texts = {self.vcs.ask("get_users", key=f"{number:040x}")["error"] for number in range(15)}
        self.assertIn("Invalid API KEY", texts)
        self.assertEqual(len(texts), 2, texts)  # the other one says to come later
        self.assertIsNone(self.vcs.ask("nope")["result"])


class Keys(unittest.TestCase):
    def test_a_key_is_imported_once_and_only_when_it_can_be_one(self):
        with tempfile.TemporaryDirectory(prefix="parley-vcs-") as folder:
            def parley(*words, text=""):
                return subprocess.run([PROGRAM, *words, "--data", folder + "/data"], input=text, text=True,
                                      capture_output=True, check=False, timeout=remotes.SECONDS_MAX)
            self.assertEqual(parley("db", "init", "one").returncode, 0)
            good = parley("user", "key", "add", "admin", "cron", "5", "--value-file", "-", text=remotes.KEY + "\n")
            self.assertEqual((good.returncode, good.stdout), (0, ""), good.stderr)
            self.assertIn(f"\tadmin\t{remotes.KEY[:8]}\tcron\t", parley("user", "key", "list").stdout)
            for text in (remotes.KEY, "short", "", "x" * 129, "with a blank in it and long enough for it"):
                bad = parley("user", "key", "add", "admin", "--value-file", "-", text=text + "\n")
                self.assertEqual(bad.returncode, 1, text)
                self.assertNotIn(remotes.KEY, bad.stderr)
            self.assertEqual(parley("user", "key", "add", "admin", "--value-file", folder + "/none").returncode, 1)
            self.assertEqual(len(parley("user", "key", "list").stdout.splitlines()), 1)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2, warnings="ignore")
