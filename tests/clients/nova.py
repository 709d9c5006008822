# SPDX-License-Identifier: Apache-2.0
"""Usage: nova.py URL

os_xenapi, by which OpenStack's Nova speaks the XenAPI, told what to do by a test (words.py).

On Python 3 its class cannot be constructed with any server: it sends pickles as bytes, which xmlrpc.client makes base64 of, and hands the text of
the reply to pickle.loads(), which takes bytes. So this puts something between it and `pickle` that turns text into bytes and back.
The package itself is as Debian has it.
"""

import pickle
import sys
import types
import xmlrpc.client

import os_xenapi.client.session as session_module
from os_xenapi.client import XenAPI, host_management, host_network
from words import obey


def loads(reply):
    return pickle.loads(reply.data if isinstance(reply, xmlrpc.client.Binary) else reply.encode("latin-1"))


session_module.pickle = types.SimpleNamespace(dumps=lambda value: pickle.dumps(value, 0).decode("latin-1"), loads=loads)
session = None


def connect(user, password):
    global session
    session = session_module.XenAPISession(sys.argv[1], user, password, originator="nova")
    return {name: getattr(session, name) for name in ("host_ref", "host_uuid", "product_version", "product_brand", "platform_version")}


def call(method, *args):
    return session.call_xenapi(method, *args)


def field(kind, method, *args):
    """By the object for a class: session.VM.get_domid(ref)."""
    return getattr(getattr(session, kind), method)(*args)


def network(function, *args):
    return getattr(host_network, function)(session, *args)


def management(function):
    return getattr(host_management, function)(session)


def disconnect():
    """What Nova leaves to the end of its process: each of its sessions is logged out."""
    while not session._sessions.empty():
        session._sessions.get().xenapi.session.logout()


obey({"connect": connect, "call": call, "field": field, "network": network, "management": management, "disconnect": disconnect},
     XenAPI.Failure, lambda failed: list(failed.details))
