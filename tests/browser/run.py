#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What pages can and cannot make a browser do with a server of ours, in a real browser.

usage: run.py DEMO_BINARY [unittest arguments]

The browser holds a session cookie and a remembered Basic password of the server, as somebody's browser
would; pages of other origins then send what browsers let them send. packages.txt has what is needed.
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.parse
import urllib.request
import xmlrpc.client

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import chromium  # noqa: E402
import gateway  # noqa: E402
import server  # noqa: E402  tests/support

DEMO = sys.argv[1]
FORM, TEXT = "application/x-www-form-urlencoded", "text/plain"
MCP_HEADERS = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-11-25"}


def partner(name):
    return {"name": name}


class Attempt:
    """A request that makes a partner: its path, its body, the media type its protocol wants."""

    def __init__(self, path, content_type, body, headers=None):
        self.path, self.content_type, self.body, self.headers = path, content_type, body, headers or {}


def attempts(name):
    """protocol -> Attempt to create a partner called `name`, by the password the browser remembers."""
    by_name = urllib.parse.urlencode({"name": name})
    xml = xmlrpc.client.dumps((partner(name),), "res.partner.create")
    rpc = {"jsonrpc": "2.0", "id": 1}
    return {
        "path GET": Attempt("/res.partner.name_create?" + by_name, None, None),
        "path form": Attempt("/res.partner.name_create", FORM, by_name),
        "path JSON": Attempt("/res.partner.create", "application/json", json.dumps({"vals_list": partner(name)})),
        "REST JSON": Attempt("/ws/res/partner/create", "application/json", json.dumps({"vals_list": partner(name)})),
        "REST form": Attempt("/ws/res/partner/name_create", FORM, by_name),
        "REST GET": Attempt("/ws/res/partner/name_create?" + by_name, None, None),
        "JSON-RPC": Attempt("/jsonrpc/2", "application/json",
                            json.dumps(rpc | {"method": "res.partner.create", "params": [partner(name)]})),
        "XML-RPC": Attempt("/RPC2", "text/xml", xml),
        "JSON-2": Attempt("/json/2/res.partner/create", "application/json", json.dumps({"vals_list": partner(name)})),
        "MCP": Attempt("/mcp", "application/json", json.dumps(rpc | {"method": "tools/call", "params": {
            "name": "model.create", "arguments": {"model": "res.partner", "vals_list": [partner(name)]}}}), MCP_HEADERS),
        "web session": Attempt("/web/dataset/call_kw", "application/json", json.dumps(rpc | {"method": "call", "params": {
            "model": "res.partner", "method": "create", "args": [partner(name)], "kwargs": {}}})),
    }


# What a program with the password achieves by the same bytes; JSON-2 wants a key, /web a cookie.
BY_PASSWORD = ["path GET", "path form", "path JSON", "REST GET", "REST form", "REST JSON", "JSON-RPC", "XML-RPC", "MCP"]

# How a page of another origin can send something: functions of (url, body) in its own JavaScript.
SENDERS = {
    "fetch, text/plain": """await fetch(a[0], {method: "POST", mode: "no-cors", credentials: "include",
                                               headers: {"Content-Type": "text/plain"}, body: a[1]});""",
    "fetch, form": f"""await fetch(a[0], {{method: "POST", mode: "no-cors", credentials: "include",
                                          headers: {{"Content-Type": "{FORM}"}}, body: a[1]}});""",
    "fetch, GET": 'await fetch(a[0], {mode: "no-cors", credentials: "include"});',
    "script": """await new Promise((go) => {
                   const script = document.createElement("script");
                   script.src = a[0]; script.onload = script.onerror = go;
                   document.head.append(script); });""",
    # A page that does not want to be named; browsers say no Sec-Fetch-Site to hosts they do not trust.
    "GET from nowhere": """await fetch(a[0], {mode: "no-cors", credentials: "include", referrerPolicy: "no-referrer"});""",
    "form": """const frame = document.createElement("iframe"); frame.name = "into" + Math.random();
               document.body.append(frame);
               const form = document.createElement("form");
               form.method = "POST"; form.action = a[0]; form.target = frame.name; form.enctype = "text/plain";
               // A text/plain form writes name=value: split the body where one already stands, or make one.
               const input = document.createElement("input"); const at = a[1].indexOf("=");
               input.name = at < 0 ? a[1].slice(0, -1) + ', "x": "' : a[1].slice(0, at);
               input.value = at < 0 ? '"}' : a[1].slice(at + 1);
               form.append(input); document.body.append(form);
               await new Promise((go) => { frame.onload = go; form.submit(); });""",
}


class Served(unittest.TestCase):
    """One server and one browser for all tests; a profile of its own for each."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        where = ["--data", cls.folder.name, "--modules", "base", "--log-level", "error"]
        subprocess.run([DEMO, "db", "init", "parley", *where], check=True, capture_output=True)
        made = subprocess.run([DEMO, "user", "key", "add", "admin", "browser", *where], check=True, capture_output=True, text=True)
        cls.key = made.stdout.strip()
        arguments = ["serve", "--host", "127.0.0.1", "--port", "0", *where]
        cls.server = cls.enterClassContext(server.Server(DEMO, arguments))
        cls.gateway = cls.enterClassContext(gateway.Gateway(cls.server.port))
        cls.stranger = cls.enterClassContext(gateway.Stranger())
        cls.browser = cls.enterClassContext(chromium.Browser())
        cls.direct = f"http://127.0.0.1:{cls.server.port}"

    def setUp(self):
        self.context = self.browser.context()
        self.page = self.browser.page(self.context)

    def tearDown(self):
        self.browser.command("Target.disposeBrowserContext", browserContextId=self.context)

    def rpc(self, method, *arguments):
        """By the password, past gateway and browser."""
        address = self.direct.replace("http://", "http://admin:admin@") + "/RPC2"
        with xmlrpc.client.ServerProxy(address, allow_none=True) as proxy:
            return getattr(proxy, method)(*arguments)

    def made(self, name):
        return self.rpc("res.partner.search_count", [("name", "=", name)])

    def log_in(self, address=None):
        """The browser gets a session cookie and is asked for the password, which it remembers."""
        address = address or self.gateway.address
        self.page.go(address.replace("http://", "http://admin:admin@") + "/challenge")
        self.page.go(address + "/healthz")
        said = self.page.run("""const reply = await fetch("/web/session/authenticate", {method: "POST",
                                  headers: {"Content-Type": "application/json"},
                                  body: JSON.stringify({params: {db: "parley", login: "admin", password: "admin"}})});
                                return await reply.json();""")
        self.assertEqual(said.get("result", {}).get("username"), "admin", said)

    def carried(self, since):
        """What of the browser's own the requests to the gateway since then had with them."""
        found = set()
        for _, _, headers in self.gateway.seen[since:]:
            found |= {name for name in ("cookie", "authorization") if name in headers}
        return found


class Strangers(Served):
    """Pages of another port and of another host name, with all the browser remembers."""

    def test_the_same_bytes_with_the_password_do_make_a_partner(self):
        for protocol in [*BY_PASSWORD, "JSON-2"]:
            with self.subTest(protocol):
                name = f"control {protocol}"
                one = attempts(name)[protocol]
                headers = one.headers | ({"Content-Type": one.content_type} if one.content_type else {})
                headers["Authorization"] = f"Bearer {self.key}" if protocol == "JSON-2" else "Basic YWRtaW46YWRtaW4="
                body = one.body.encode() if one.body is not None else None
                with urllib.request.urlopen(urllib.request.Request(self.direct + one.path, body, headers)) as reply:
                    said = reply.read()
                self.assertEqual(self.made(name), 1, said)

    def test_the_browser_itself_may_use_what_it_remembers_on_its_own_origin(self):
        self.log_in()
        begin = len(self.gateway.seen)
        status = self.page.run('return (await fetch("/res.partner.name_search?name=")).status;')
        self.assertEqual(status, 200)
        self.assertIn("authorization", self.carried(begin))

    def attack(self, origin, server=None, expected=frozenset()):
        server = server or self.gateway.address
        self.log_in(server)
        self.page.go(origin + "/")
        own = self.browser.page(self.context)
        for how, script in SENDERS.items():
            is_get = "form" not in how and "text" not in how
            name = f"made from {origin} by {how}"
            for protocol, one in attempts(name).items():
                if is_get != (one.body is None):
                    continue
                with self.subTest(protocol, how=how):
                    # A 401 makes the browser forget what it remembered.
                    own.go(server.replace("http://", "http://admin:admin@") + "/challenge")
                    at = len(self.gateway.seen)
                    self.page.run(script, server + one.path, one.body)
                    self.assertGreater(len(self.gateway.seen), at, "the browser sent nothing")
                    self.assertEqual(self.made(name), 0)
                    self.assertLessEqual(set(expected), self.carried(at), "the browser kept to itself what it remembers")

    def test_another_port_of_this_host_makes_nothing_although_the_browser_sends_all_it_has(self):
        self.attack(self.stranger.address, expected={"cookie", "authorization"})

    def test_another_host_makes_nothing(self):
        self.attack(self.stranger.by_name)  # this browser keeps passwords apart by site; others do not

    def test_another_port_of_a_host_on_the_network_makes_nothing_although_browsers_say_less_there(self):
        self.attack(self.stranger.on_network, self.gateway.on_network, expected={"cookie", "authorization"})

    def test_what_needs_a_permission_first_is_never_sent(self):
        self.log_in()
        self.page.go(self.stranger.address + "/")
        for protocol, one in attempts("asked first").items():
            if one.content_type in (None, FORM):
                continue
            with self.subTest(protocol):
                self.page.run("""try {
                                   await fetch(a[0], {method: "POST", credentials: "include",
                                                      headers: {"Content-Type": a[2]}, body: a[1]});
                                 } catch {}""", self.gateway.address + one.path, one.body, one.content_type)
                self.assertEqual(self.made("asked first"), 0)

    def test_open_methods_answer_every_page(self):
        for origin in (self.stranger.address, self.stranger.by_name):
            self.page.go(origin + "/")
            for how, call in {
                "GET": 'fetch(a[0] + "/add?a=2&b=3")',
                "form": 'fetch(a[0] + "/add", {method: "POST", body: new URLSearchParams({a: 2, b: 3})})',
                "text/plain": """fetch(a[0] + "/add", {method: "POST", headers: {"Content-Type": "text/plain"},
                                                       body: '{"a": 2, "b": 3}'})""",
                "JSON, asked first": """fetch(a[0] + "/add", {method: "POST", headers: {"Content-Type": "application/json",
                                          "Reply-OK-Only": "1"}, body: '{"a": 2, "b": 3}'})""",
            }.items():
                with self.subTest(how, origin=origin):
                    said = self.page.run(f"return await (await {call}).json();", self.direct)
                    self.assertEqual(said, {"status": 200, "status_message": "OK", "add": 5})

    def jsonp(self, target):
        return self.page.run("""return await new Promise((go) => {
                                  window.got = (value) => go(value);
                                  const script = document.createElement("script");
                                  script.src = a[0] + "callback=got";
                                  script.onerror = () => go("refused");
                                  document.head.append(script); });""", self.gateway.address + target)

    def test_a_script_of_another_page_gets_what_is_open_and_nothing_else(self):
        self.log_in()
        for origin in (self.stranger.address, self.stranger.by_name):
            self.page.go(origin + "/")
            with self.subTest(origin):
                self.assertEqual(self.jsonp("/add?a=2&b=3&"), {"status": 200, "status_message": "OK", "add": 5})
                said = self.jsonp("/res.partner.name_search?name=&")
                self.assertTrue(said == "refused" or (said["status"] != 200 and len(said) == 2), said)

    def test_a_script_of_our_own_page_is_a_stranger_too(self):
        self.log_in()
        said = self.jsonp("/res.partner.name_search?name=&")
        self.assertTrue(said == "refused" or said["status"] != 200, said)

    def test_an_answer_to_credentials_is_not_readable_elsewhere(self):
        self.log_in()
        self.page.go(self.stranger.address + "/")
        for path in ("/res.partner.name_search?name=", "/json/2/res.partner/search_read", "/web/session/get_session_info"):
            with self.subTest(path):
                said = self.page.run("""try {
                                          return await (await fetch(a[0], {credentials: "include"})).text();
                                        } catch (failure) { return "unreadable: " + failure.message; }""",
                                     self.gateway.address + path)
                self.assertIn("unreadable", said)


class Cookies(Served):
    """A session cookie alone, on the server's own pages."""

    def test_it_counts_below_web_and_nowhere_else(self):
        self.page.go(self.gateway.address + "/healthz")
        self.page.run("""await fetch("/web/session/authenticate", {method: "POST", headers: {"Content-Type": "application/json"},
                           body: JSON.stringify({params: {db: "parley", login: "admin", password: "admin"}})});""")
        begin = len(self.gateway.seen)
        for protocol, one in attempts("by cookie").items():
            with self.subTest(protocol):
                headers = one.headers | ({"Content-Type": one.content_type} if one.content_type else {})
                self.page.run('await fetch(a[0], {method: a[1] === null ? "GET" : "POST", body: a[1] ?? undefined, headers: a[2]});',
                              one.path, one.body, headers)
                self.assertEqual(self.made("by cookie"), 1 if protocol == "web session" else 0)
                if protocol == "web session":
                    self.rpc("res.partner.unlink", self.rpc("res.partner.search", [("name", "=", "by cookie")]))
        self.assertEqual(self.carried(begin), {"cookie"})

    def test_scripts_do_not_see_it(self):
        self.page.go(self.gateway.address + "/healthz")
        self.page.run("""await fetch("/web/session/authenticate", {method: "POST", headers: {"Content-Type": "application/json"},
                           body: JSON.stringify({params: {db: "parley", login: "admin", password: "admin"}})});""")
        self.assertEqual(self.page.run("return document.cookie;"), "")


class Explorer(Served):
    """The page at `/`."""

    def load(self, address=None):
        self.page.go(self.gateway.address + "/")
        if address:
            self.page.run('document.getElementById("address").value = a[0];', address)
        self.page.run('document.querySelector("#load button").click();')
        return self.page.wait('/^\\d+ methods|did not tell/.test(document.getElementById("state").textContent) '
                              '&& document.getElementById("state").textContent')

    def call(self, method, way, **arguments):
        """Fills in the form of a method and sends it: what is shown as sent and as come back."""
        self.page.run("""const line = document.querySelector(`details[data-method="${a[0]}"]`);
                         line.open = true;""", method)
        find = f'document.querySelector(\'details[data-method="{method}"]\')'
        self.page.wait(find + '.querySelector("form") !== null')
        self.page.run("""const form = document.querySelector(`details[data-method="${a[0]}"] form`);
                         form.elements.way.value = a[1];
                         for (const [name, value] of Object.entries(a[2])) {
                           form.elements[name].value = value;
                           form.elements[name].dispatchEvent(new Event("input"));
                         }
                         form.querySelector("button").click();""", method, way, arguments)
        self.page.wait(find + '.querySelector(".reply").textContent !== "..." || ' + find + '.querySelector(".wrong").textContent')
        return tuple(self.page.run(f"return {find}.querySelector(a[0]).textContent;", name) for name in (".request", ".reply", ".wrong"))

    def test_it_has_its_parts_and_breaks_no_rule_of_its_own(self):
        self.page.go(self.gateway.address + "/")
        self.assertEqual(self.page.run('return document.getElementById("address").value;'), self.gateway.address)
        text = self.page.run("return document.body.innerText;")
        for part in ("Description", "Application help", "How to use", "/xmlrpc/2/object", "/healthz"):
            self.assertIn(part, text)
        self.assertEqual(self.page.complaints, [])

    def test_it_loads_methods_and_calls_one_in_each_way(self):
        begin = len(self.gateway.seen)
        self.assertRegex(self.load(), r"^\d+ methods$")
        multicalls = [path for _, path, _ in self.gateway.seen[begin:] if path == "/system_multicall"]
        self.assertEqual(len(multicalls), 1)
        for way in ("json", "form", "get", "jsonp"):
            with self.subTest(way):
                _, reply, _ = self.call("add", way, a="2", b="123456789012345678901234567890" if way != "jsonp" else "3")
                self.assertIn('"add": ' + ("123456789012345678901234567892" if way != "jsonp" else "5"), reply)
        self.assertEqual(self.page.complaints, [])

    def test_each_type_has_a_control_that_writes_it(self):
        self.load()
        for method, written in {"echo_int": "-7", "echo_float": "2.5", "echo_decimal": "12.30", "echo_bool": "true",
                                "echo_str": 'a "b"\n<c>', "echo_list": '[1, "b", null]', "echo_dict": '{"a": [1]}',
                                "echo_time": "13:01:15.4589", "echo_date": "2024-02-29",
                                "echo_datetime": "2024-02-29T13:01:15Z", "echo_enum": "green", "echo_binary": "AAEC",
                                "echo_uuid": "0b1c9f3e-0f4e-4a6e-9d0c-1b7a3c6d5e4f", "echo": '{"x": 1}'}.items():
            with self.subTest(method):
                _, reply, wrong = self.call(method, "json", value=written)
                self.assertEqual(wrong, "")
                self.assertIn("HTTP 200\n", reply)
                told = json.loads(reply.partition("\n")[2])[method]
                is_text = method.removeprefix("echo_") in ("str", "time", "date", "datetime", "enum", "binary", "uuid")
                if method != "echo_datetime":  # written in a form of its own
                    self.assertEqual(told, written if is_text else json.loads(written))
        for method, written in {"echo_int": "7.5", "echo_list": "1", "echo_dict": "[]", "echo": "no JSON"}.items():
            with self.subTest(method, written=written):
                self.assertNotEqual(self.call(method, "json", value=written)[2], "")

    def test_an_optional_parameter_is_left_out_unless_it_is_given(self):
        self.load()
        request, reply, _ = self.call("optional", "json", required="r")
        self.assertNotIn('"opt"', request)
        self.assertEqual(json.loads(reply.partition("\n")[2])["optional"], {"required": "r", "opt": 7})
        request, reply, _ = self.call("optional", "json", opt="8")
        self.assertIn('"opt": 8', request)

    def test_a_key_goes_with_each_call_and_is_not_shown(self):
        self.page.go(self.gateway.address + "/")
        begin = len(self.gateway.seen)
        self.page.run('document.getElementById("key").value = a[0]; document.querySelector("#load button").click();', self.key)
        self.page.wait('/^\\d+ methods$/.test(document.getElementById("state").textContent)')
        request, reply, _ = self.call("add", "json", a="2", b="3")
        self.assertIn('"add": 5', reply)
        self.assertNotIn(self.key, request)
        sent = [headers.get("authorization") for _, _, headers in self.gateway.seen[begin:]]
        self.assertEqual(sent.count(f"Bearer {self.key}"), 3, sent)  # the list, the many at once, the call

    def test_markup_in_an_answer_stays_text(self):
        self.load()
        self.call("echo_str", "json", value="<img src=x onerror=window.hit=1><script>window.hit=1</script>")
        self.assertEqual(self.page.run("return [window.hit ?? 0, document.querySelectorAll('img').length];"), [0, 0])

    def test_it_asks_a_server_of_another_origin(self):
        self.assertRegex(self.load(self.direct), r"^\d+ methods$")
        self.assertIn('"add": 5', self.call("add", "json", a="2", b="3")[1])

    def test_it_asks_one_by_one_where_there_is_no_multicall(self):
        def change(path, headers):
            return (404, [("Content-Type", "application/json")], b'{"status": 404, "status_message": "none"}') \
                if path == "/system_multicall" else headers

        with gateway.Gateway(self.server.port, change=change) as old:
            self.page.go(old.address + "/")
            self.page.run('document.querySelector("#load button").click();')
            self.page.wait('/^\\d+ methods/.test(document.getElementById("state").textContent)')
            self.assertIn('"add": 5', self.call("add", "get", a="2", b="3")[1])

    def test_it_asks_by_script_where_answers_may_not_be_read(self):
        def change(_, headers):
            return [one for one in headers if not one[0].lower().startswith("access-control-")]

        with gateway.Gateway(self.server.port, change=change) as shut:
            self.assertRegex(self.load(shut.address), r"^\d+ methods, read as scripts")
            self.assertIn('"add": 5', self.call("add", "jsonp", a="2", b="3")[1])

    def test_a_script_of_another_server_reaches_nothing_of_ours(self):
        script = """try { parent.document.title = "owned"; } catch {}
                    try { localStorage.x = 1; parent.postMessage({text: '{"status": 200, "owned": 1}'}, "*"); } catch {}
                    let told = "nothing"; try { told = document.cookie; } catch { told = "refused"; }
                    parent.postMessage({text: JSON.stringify({status: 500, status_message: "cookie " + told})}, "*");"""
        with gateway.Stranger({"/system_list_methods": ("application/javascript", script)}) as evil:
            said = self.load(evil.address)
        self.assertIn("did not tell its methods: cookie refused", said)
        self.assertEqual(self.page.run("return [document.title, localStorage.length];"), ["Parley", 0])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
