#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Speaks as RhodeCode's own command line client does: text/plain, every argument a text, a random id.

usage: rhodecode_api.py PARLEY                       play a round against a server made for it
       rhodecode_api.py --apikey KEY --apihost URL METHOD name:value ...
"""
import argparse
import json
import pathlib
import random
import sys
import tempfile
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import remotes  # noqa: E402


def api_call(host, key, method, **arguments):
    """What the server says; exits the way the client does when the answer is not to the question."""
    number = random.randrange(1, 9999)
    data = json.dumps({"id": number, "api_key": key, "method": method, "args": arguments}).encode()
    request = urllib.request.Request(host + "/_admin/api", data, {"content-type": "text/plain"})
    with urllib.request.urlopen(request, timeout=60) as reply:
        if reply.status != 200:
            sys.exit(f"HTTP status {reply.status}")
        answer = json.loads(reply.read())
    if answer["id"] != number:
        sys.exit(f"error ID mismatch {answer['id']} is not {number}")
    return answer


def play(program):
    with tempfile.TemporaryDirectory(prefix="parley-rhodecode-") as folder:
        folder = pathlib.Path(folder)
        remotes.Git(folder / "remotes" / "cpython.git")
        with remotes.git_daemon(folder / "remotes") as port, remotes.Repositories(program, folder) as server:
            server.add("CPython", f"git://127.0.0.1:{port}/cpython.git")

            def ask(method, expected_error=None, slash="", **arguments):
                answer = api_call(f"http://127.0.0.1:{server.port}{slash}", remotes.KEY, method, **arguments)
                assert answer["error"] == expected_error, answer
                return answer["result"]

            assert ask("pull", repoid="CPython") == "Pulled from CPython"
            assert ask("pull", slash="/", repoid="CPython") == "Pulled from CPython"
            ask("create_user", username="eva", email="e@example.com", password="x", firstname="Eva", lastname="N",
                active="True", admin="False", ldap_dn="cn=eva")
            eva = ask("get_user", userid="eva")
            assert (eva["active"], eva["admin"], eva["ldap"]) == (True, False, "cn=eva"), eva
            assert ask("get_user", userid=str(eva["id"])) == eva
            ask("create_users_group", group_name="qa")
            ask("add_user_to_users_group", usersgroupid="qa", userid="eva")
            ask("create_repo", repo_name="a/b", owner="eva", repo_type="git", private="True", description="one: two")
            ask("grant_user_permission", repoid="a/b", userid="eva", perm="repository.write")
            ask("grant_users_group_permission", repoid="a/b", usersgroupid="qa", perm="repository.read")
            repository = ask("get_repo", repoid="a/b")
            assert [m["permission"] for m in repository["members"]] == ["repository.write", "repository.read"]
            assert repository["description"] == "one: two"
            ask("delete_repo", repoid="a/b")
            ask("get_repo_nodes", expected_error="No such method: get_repo_nodes", repoid="CPython")
            wrong = api_call(f"http://127.0.0.1:{server.port}", "0" * 40, "get_repos")
            assert wrong["error"] == "Invalid API KEY", wrong


def main():
    if len(sys.argv) == 2:
        return play(sys.argv[1])
    parser = argparse.ArgumentParser()
    parser.add_argument("--apikey", required=True)
    parser.add_argument("--apihost", required=True)
    parser.add_argument("method")
    parser.add_argument("arguments", nargs="*", metavar="name:value")
    given = parser.parse_args()
    arguments = dict(one.split(":", 1) for one in given.arguments)
    answer = api_call(given.apihost, given.apikey, given.method, **arguments)
    print(json.dumps(answer["result"] if answer["error"] is None else answer["error"], indent=4))
    return 0 if answer["error"] is None else 1


if __name__ == "__main__":
    sys.exit(main())
