# SPDX-License-Identifier: Apache-2.0
"""Usage: python.py URL

Python's xmlrpc.client, told what to do by a test (words.py).
"""

import sys
import xmlrpc.client

from words import obey


class Failure(Exception):
    """A reply whose Status is not Success."""


server = xmlrpc.client.ServerProxy(sys.argv[1])
session = None


def send(method, *args):
    reply = getattr(server, method)(*args)
    if reply["Status"] != "Success":
        raise Failure(*reply["ErrorDescription"])
    return reply["Value"]


def connect(*args):
    global session
    session = send("session.login_with_password", *args)
    return session


def call(method, *args):
    return send(method, session, *args)


obey({"connect": connect, "call": call, "disconnect": lambda: call("session.logout")}, Failure, lambda failed: list(failed.args))
