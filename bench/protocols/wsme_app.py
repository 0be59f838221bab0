# SPDX-License-Identifier: Apache-2.0
"""The peer for REST: WSME with the two functions of own_server.cpp, as a WSGI application."""
import datetime

import wsme.rest.args  # its protocols use it without importing it
from wsme import WSRoot, expose, validate
from wsme.types import Base


class Person(Base):
    id = int
    name = str
    email = str
    city = str
    height = float
    is_active = bool
    born = datetime.date
    tags = [str]


class Root(WSRoot):
    @expose(str)
    @validate(str)
    def echo(self, value):
        return value

    @expose(Person)
    @validate(Person)
    def person(self, person):
        return person


_root = Root(protocols=["restjson", "restxml"])
_root._debug = False  # no tracebacks
application = _root.wsgiapp()
