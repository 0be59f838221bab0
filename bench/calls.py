# SPDX-License-Identifier: Apache-2.0
"""The calls that are measured, as requests to Parley: the same call in each form, json and xml."""
import json
import random
import xmlrpc.client

import wire

DATABASE, LOGIN, PASSWORD = "bench", "admin", "admin"
FIELDS = ["name", "ref", "email", "phone", "city", "zip", "country_id", "create_date"]
OPERATIONS = ["version", "read_one", "search_read", "create", "create_1000"]
FORMS = ["json", "xml"]
PAGE_ROWS = 80
BULK_ROWS = 1000
VARIANTS = {"create_1000": 4}  # different requests of one operation; the others have:
VARIANTS_USUAL = 256


class Failed(Exception):
    """The server answered with an error."""


def partner(number, country):
    """Values of a partner; `country` is the id of its country."""
    return {"name": f"Partner {number:05}", "ref": f"P{number:05}",
            "email": f"partner{number}@example.test", "phone": f"+32 2 {number % 1000000:06}",
            "city": f"City {number % 97}", "zip": f"{1000 + number % 9000}", "country_id": country}


def request(form, service, method, arguments):
    """One call of the services `common` and `object`."""
    if form == "xml":
        body = xmlrpc.client.dumps(tuple(arguments), method, allow_none=True).encode()
        return wire.http_request(f"/xmlrpc/2/{service}", form, body)
    body = json.dumps({"jsonrpc": "2.0", "method": "call", "id": 1, "params": {
        "service": service, "method": method, "args": arguments}}).encode()
    return wire.http_request("/jsonrpc", form, body)


def value_of(form, body):
    """What a call returned; Failed for an error."""
    if form == "xml":
        try:
            return xmlrpc.client.loads(body.decode())[0][0]
        except xmlrpc.client.Fault as fault:
            raise Failed(fault.faultString) from None
    answer = json.loads(body)
    if "error" in answer:
        raise Failed(json.dumps(answer["error"])[:500])
    return answer["result"]


class Partners:
    """10,000 partners in a database, and requests about them."""

    def __init__(self, connection):
        self._connection = connection
        self._uid = self.call("common", "authenticate", [DATABASE, LOGIN, PASSWORD, {}])
        if not self._uid:
            raise Failed(f"{LOGIN} could not log in")
        self._country = self.on_model("res.country", "search", [[]], {"limit": 1})[0]
        self._ids = []

    def call(self, service, method, arguments):
        return value_of("json", self._connection.ask(request("json", service, method, arguments)))

    def on_model(self, model, method, arguments, named=None):
        return self.call("object", "execute_kw", self._arguments(model, method, arguments, named))

    def _arguments(self, model, method, arguments, named=None):
        return [DATABASE, self._uid, PASSWORD, model, method, arguments, named or {}]

    def fill(self, count):
        """Makes `count` partners, at most BULK_ROWS a call."""
        for first in range(0, count, BULK_ROWS):
            rows = [partner(number, self._country)
                    for number in range(first, min(first + BULK_ROWS, count))]
            self.on_model("res.partner", "create", [rows])

    def find(self):
        """The ids that requests() asks for."""
        self._ids = self.on_model("res.partner", "search", [[]], {"order": "id"})

    def count(self):
        return self.on_model("res.partner", "search_count", [[]])

    def _one(self, operation, form, chance):
        if operation == "version":
            return request(form, "common", "version", [])
        if operation == "read_one":
            method, arguments, named = "read", [[chance.choice(self._ids)], FIELDS], {}
        elif operation == "search_read":
            method, arguments = "search_read", [[]]
            named = {"fields": FIELDS, "limit": PAGE_ROWS, "order": "id",
                     "offset": chance.randrange(max(1, len(self._ids) - PAGE_ROWS))}
        elif operation == "create":
            method, named = "create", {}
            arguments = [partner(chance.randrange(100000), self._country)]
        else:
            method, named = "create", {}
            arguments = [[partner(chance.randrange(100000), self._country)
                          for _ in range(BULK_ROWS)]]
        return request(form, "object", "execute_kw",
                       self._arguments("res.partner", method, arguments, named))

    def requests(self, operation, form):
        """Different requests of one operation; the same ones in every run."""
        chance = random.Random(f"{operation}")
        return [self._one(operation, form, chance)
                for _ in range(VARIANTS.get(operation, VARIANTS_USUAL))]
