# SPDX-License-Identifier: Apache-2.0
"""A stand-in for XAPI that speaks its wire protocol, for tests of what follows one: HTTP over a unix socket, TCP or TLS, JSON-RPC and
XML-RPC, sessions, a database of pools, networks, VIFs and VMs, and event.from. It can be told to do all that a XAPI does on its bad days.

Its XML-RPC is what XAPI writes: no white space, ints as text. Objects are changed by the test, as another client of XAPI would.
"""

import contextlib
import json
import os
import socket
import socketserver
import ssl
import threading
import time
import uuid
import xmlrpc.client
from http.server import BaseHTTPRequestHandler
from xml.sax.saxutils import escape

KINDS = ("pool", "network", "VIF", "VM")


class Failure(Exception):
    """A failure of the XenAPI: a code and its parameters."""


class Hangup(Exception):
    """The connection ends without an answer."""


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, address, mock, context=None):
        self.address_family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        self.mock, self.context = mock, context
        super().__init__(address, Handler)

    def server_bind(self):
        if self.address_family == socket.AF_UNIX:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.server_address)
            self.socket.bind(self.server_address)
        else:
            super().server_bind()

    def finish_request(self, request, client_address):
        """In the connection's own thread: TLS before anything else."""
        with contextlib.suppress(OSError):
            if self.context:
                request = self.context.wrap_socket(request, server_side=True)
            self.mock.connections.add(request)
            try:
                Handler(request, client_address, self)
            finally:
                self.mock.connections.discard(request)

    def handle_error(self, request, client_address):
        self.mock.errors.append((request, client_address))
        super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self):
        with contextlib.suppress(OSError):
            self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.disable_nagle_algorithm = False
        super().setup()

    def do_POST(self):
        mock = self.server.mock
        is_json = self.path == "/jsonrpc"
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if is_json and not mock.has_json:
            return self.respond(mock.no_json_status, "text/html", b"<html>no such page</html>")
        if mock.garbage is not None:
            return self.respond(200, "application/json" if is_json else "text/xml", mock.garbage)
        try:
            if is_json:
                message = json.loads(body)
                assert message["jsonrpc"] == "2.0" and self.headers["Content-Type"] == "application/json"
                text = mock.json_reply(message["id"], message["method"], message["params"])
            else:
                params, method = xmlrpc.client.loads(body)
                text = mock.xml_reply(method, params)
        except Hangup:
            self.close_connection = True
            return None
        return self.respond(200, "application/json" if is_json else "text/xml", text, cut=mock.take_cut())

    def respond(self, status, kind, body, cut=None):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body[:cut])
        if cut is not None:
            self.close_connection = True

    def log_message(self, *_):
        pass

    def address_string(self):
        return "client"


class XapiMock:
    """One server. Knobs, which may be turned at any time:

    fail(): what the next calls of a method end with
    hanging: methods that are not answered; "*" is all
    slow: methods whose answer is made, but brought only when the knob is turned back
    slave_of: the master's address; calls end with HOST_IS_SLAVE
    session_calls: calls after which a session is forgotten
    cuts: how many of the next replies are cut off in the middle
    garbage: bytes that every reply is
    has_json: whether it knows JSON-RPC
    """

    def __init__(self, address, login=("", ""), certificate=None):
        """address: a path, or an address of TCP, with `certificate`, two files, of TLS."""
        self.where, self.login, self.certificate = address, login, certificate
        self.port = 0
        self.objects = {kind: {} for kind in KINDS}     # kind: reference: record
        self.generation = 1
        self.touched = {}                               # reference: (generation, kind), also of what is gone
        self.created = {}
        self.changed = threading.Condition()
        self.sessions = {}                              # reference: calls
        self.calls = []                                 # (method, parameters without the session)
        self.connections, self.errors = set(), []
        self.failures = {}
        self.hanging, self.slow, self.hung = set(), set(), 0    # `hung`: calls that do so now or did
        self.slave_of, self.session_calls, self.cuts, self.garbage = None, None, 0, None
        self.has_json, self.no_json_status = True, 404
        self.oldest = 0                                 # tokens of before are not known
        self.server = None
        self.pool = self.add("pool")

    # The server

    @property
    def address(self):
        kind = "unix" if isinstance(self.where, str) else "tls" if self.certificate else "tcp"
        return f"unix:{self.where}" if kind == "unix" else f"{kind}:{self.where[0]}:{self.port}"

    def start(self):
        context = None
        if self.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self.certificate)
        where = self.where if isinstance(self.where, str) else (self.where[0], self.port or self.where[1])
        self.server = Server(where, self, context)
        if not isinstance(self.where, str):
            self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()
        return self

    def stop(self):
        """Refuses connections, and ends those that are there, as a server does that is killed."""
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None
            if isinstance(self.where, str):
                os.unlink(self.where)
            self.hang_up()

    def hang_up(self):
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        with self.changed:
            self.changed.notify_all()

    def restart(self):
        """With its database, but no sessions."""
        self.stop()
        self.sessions.clear()
        return self.start()

    def __enter__(self):
        return self.start()

    def __exit__(self, failed, *_):
        self.hanging.clear()
        self.slow.clear()
        self.stop()
        assert failed or not self.errors, self.errors

    # The database

    @staticmethod
    def ref():
        return f"OpaqueRef:{uuid.uuid4()}"

    def add(self, kind, id=None, ref=None, **fields):
        """An object; returns its uuid."""
        record = {"uuid": id or str(uuid.uuid4()), "other_config": {}, "name_label": "x", "other_fields": {"a": ["b"]}, **fields}
        ref = ref or self.ref()
        with self.changed:
            self.objects[kind][ref] = record
            self._touch(kind, ref)
            self.created[ref] = self.generation
        return record["uuid"]

    def set(self, kind, id, **fields):
        with self.changed:
            ref = self.ref_of(kind, id)
            self.objects[kind][ref] = {**self.objects[kind][ref], **fields}
            self._touch(kind, ref)

    def config(self, kind, id, **config):
        """Its other_config is exactly this; underscores stand for dashes."""
        self.set(kind, id, other_config={key.replace("_", "-"): value for key, value in config.items()})

    def remove(self, kind, id):
        with self.changed:
            ref = self.ref_of(kind, id)
            del self.objects[kind][ref]
            self._touch(kind, ref)

    def lose_events(self):
        """It forgets what has happened up to now: whoever comes with an older token has lost events."""
        with self.changed:
            self.generation += 1
            self.oldest = self.generation
            self.changed.notify_all()

    def _touch(self, kind, ref):
        self.generation += 1
        self.touched[ref] = (self.generation, kind)
        self.changed.notify_all()

    def ref_of(self, kind, id):
        for ref, record in self.objects[kind].items():
            if record["uuid"] == id:
                return ref
        raise Failure("UUID_INVALID", kind, id)

    # Calls

    def asked(self, *methods):
        return [params for method, params in list(self.calls) if method in methods]

    def fail(self, method, *description, times=1):
        """The next calls of the method end so; times=None: all."""
        self.failures[method] = (description, times)

    def take_cut(self):
        if not self.cuts:
            return None
        self.cuts -= 1
        return 20

    def answer(self, method, params):
        """What a call comes to: (is a success, value)."""
        try:
            answer = True, self.call(method, list(params))
        except Failure as failure:
            answer = False, list(failure.args)
        self.hung += method in self.slow
        while method in self.slow and self.server:
            time.sleep(0.002)
        return answer

    def call(self, method, params):
        self._hang(method)
        if self.slave_of:
            raise Failure("HOST_IS_SLAVE", self.slave_of)
        self._fail(method)
        if method == "session.login_with_password":
            return self._log_in(*params)
        session, *params = params
        self.calls.append((method, params))
        self._use(session)
        if method == "session.logout":
            del self.sessions[session]
            return ""
        if method == "event.from":
            return self._events(session, *params)
        kind, verb = method.split(".")
        return getattr(self, f"_{verb}")(kind, *params)

    def _hang(self, method):
        if self.hanging & {method, "*"}:
            self.hung += 1
            while self.hanging & {method, "*"} and self.server:
                time.sleep(0.005)
            raise Hangup

    def _fail(self, method):
        description, times = self.failures.get(method, ((), 0))
        if description:
            if times == 1:
                del self.failures[method]
            elif times:
                self.failures[method] = (description, times - 1)
            raise Failure(*description)

    def _log_in(self, user, password, _version, _originator):
        self.calls.append(("session.login_with_password", [user]))
        if (user, password) != self.login:
            raise Failure("SESSION_AUTHENTICATION_FAILED", user, "wrong")
        session = self.ref()
        self.sessions[session] = 0
        return session

    def _use(self, session):
        if session in self.sessions and self.session_calls is not None and self.sessions[session] >= self.session_calls:
            del self.sessions[session]
        if session not in self.sessions:
            raise Failure("SESSION_INVALID", session)
        self.sessions[session] += 1

    def _get_by_uuid(self, kind, id):
        with self.changed:
            return self.ref_of(kind, id)

    def _get_other_config(self, kind, ref):
        return self._get_record(kind, ref)["other_config"]

    def _get_record(self, kind, ref):
        with self.changed:
            if ref not in self.objects[kind]:
                raise Failure("HANDLE_INVALID", kind, ref)
            return self.objects[kind][ref]

    def _get_all_records(self, kind):
        with self.changed:
            return dict(self.objects[kind])

    def _events(self, session, classes, token, timeout):
        since = int(token.split(",")[0]) if token else 0
        classes = {name.lower() for name in classes}
        end = time.monotonic() + timeout
        with self.changed:
            while True:
                if token and since < self.oldest:
                    raise Failure("EVENTS_LOST")
                if session not in self.sessions:
                    raise Failure("SESSION_INVALID", session)
                events = [event for ref in list(self.touched) for event in self._event(ref, since, classes)]
                if events or time.monotonic() >= end or not self.server:
                    break
                self.changed.wait(max(end - time.monotonic(), 0))
            return {"events": events, "valid_ref_counts": {kind.lower(): len(self.objects[kind]) for kind in KINDS},
                    "token": f"{self.generation:020},{0:020}"}

    def _event(self, ref, since, classes):
        generation, kind = self.touched[ref]
        if generation <= since or kind.lower() not in classes:
            return
        event = {"id": str(generation), "timestamp": "0.0", "class": kind.lower(), "ref": ref}
        if ref in self.objects[kind]:
            yield {**event, "operation": "add" if self.created[ref] > since else "mod", "snapshot": self.objects[kind][ref]}
        elif self.created[ref] <= since:
            yield {**event, "operation": "del"}

    # The wires

    def json_reply(self, id, method, params):
        success, value = self.answer(method, params)
        if success:
            return json.dumps({"jsonrpc": "2.0", "result": value, "id": id}, separators=(",", ":")).encode()
        error = {"code": 1, "message": value[0], "data": value[1:]}
        return json.dumps({"jsonrpc": "2.0", "error": error, "id": id}, separators=(",", ":")).encode()

    def xml_reply(self, method, params):
        success, value = self.answer(method, params)
        reply = {"Status": "Success", "Value": value} if success else {"Status": "Failure", "ErrorDescription": value}
        return f"<?xml version='1.0'?><methodResponse><params><param>{xml(reply)}</param></params></methodResponse>".encode()


def xml(value):
    if isinstance(value, bool):
        return f"<value><boolean>{value:d}</boolean></value>"
    if isinstance(value, int):
        return f"<value><i4>{value}</i4></value>"
    if isinstance(value, dict):
        members = "".join(f"<member><name>{escape(key)}</name>{xml(member)}</member>" for key, member in value.items())
        return f"<value><struct>{members}</struct></value>"
    if isinstance(value, list):
        return f"<value><array><data>{''.join(map(xml, value))}</data></array></value>"
    return f"<value>{escape(value)}</value>" if value else "<value/>"
