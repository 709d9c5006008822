# SPDX-License-Identifier: Apache-2.0
"""A stand-in for cabled-xapi: answers JSON-RPC 2.0 on a socket as one would, from a few objects in memory, and remembers what was asked."""

import json
import socketserver
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler

NULL = "OpaqueRef:NULL"
STATES = {"start": "Running", "unpause": "Running", "pause": "Paused", "clean_shutdown": "Halted", "hard_shutdown": "Halted",
          "clean_reboot": "Running", "hard_reboot": "Running"}


class Failure(Exception):
    """A failure of the XenAPI: a code and its parameters."""


class UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


class TcpServer(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True


class Xapi:
    def __init__(self, path=None, login=("", "")):
        self.login = login
        self.calls = []                 # (method, parameters without the session)
        self.failures = {}              # method: Failure that it ends with
        self.hangs = set()              # methods whose tasks do not end
        self.slow = set()               # methods whose tasks end when somebody waits for them
        self.waits = threading.Event()
        self.sessions = set()
        self.objects = {"VM": {}, "VIF": {}, "VBD": {}, "VDI": {}, "network": {}, "task": {}}
        self.pool_ref = self.ref()
        self.changed = threading.Condition()
        self.generation = 0
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                assert self.path == "/jsonrpc" and body["jsonrpc"] == "2.0"
                text = json.dumps(owner.answer(body)).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

            def address_string(self):
                return "client"

        self.server = UnixServer(str(path), Handler) if path else TcpServer(("127.0.0.1", 0), Handler)
        self.address = f"unix:{path}" if path else f"tcp:127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    @staticmethod
    def ref():
        return f"OpaqueRef:{uuid.uuid4()}"

    def add(self, kind, **fields):
        """An object; returns its reference."""
        ref = self.ref()
        self.objects[kind][ref] = {"uuid": ref[10:], **fields}
        self.touch()
        return ref

    def add_vm(self, name, **fields):
        return self.add("VM", name_label=name, **{"power_state": "Halted", "VIFs": [], "VBDs": [], "other_config": {}, "platform": {},
                                                  "allowed_operations": ["start"], "current_operations": {}, **fields})

    def touch(self):
        with self.changed:
            self.generation += 1
            self.changed.notify_all()

    def asked(self, *methods):
        """The parameters of the calls of these methods, in their order."""
        return [params for method, params in self.calls if method in methods]

    def answer(self, body):
        reply = {"jsonrpc": "2.0", "id": body["id"]}
        try:
            return {**reply, "result": self.call(body["method"], body["params"])}
        except Failure as failure:
            return {**reply, "error": {"code": 1, "message": failure.args[0], "data": list(failure.args[1:])}}

    def call(self, method, params):
        if method == "session.login_with_password":
            if tuple(params[:2]) != self.login:
                raise Failure("SESSION_AUTHENTICATION_FAILED", params[0], "wrong")
            session = self.ref()
            self.sessions.add(session)
            return session
        session, *params = params
        if session not in self.sessions:
            raise Failure("SESSION_INVALID", session)
        self.calls.append((method, params))
        if method == "session.logout":
            self.sessions.remove(session)
            return ""
        if method == "event.from":
            return self.events(*params)
        if method.startswith("Async."):
            return self.begin(method.removeprefix("Async."), params)
        return self.carry_out(method, params)

    def begin(self, method, params):
        task = self.add("task", status="pending", progress=0.25, error_info=[])
        if method not in self.hangs:
            threading.Thread(target=self.finish, args=(task, method, params), daemon=True).start()
        return task

    def finish(self, task, method, params):
        if method in self.slow:
            self.waits.clear()
            self.waits.wait(20)
            self.waits.clear()
            self.waits.wait(20)
        try:
            self.carry_out(method, params)
            self.objects["task"][task].update(status="success", progress=1.0)
        except Failure as failure:
            self.objects["task"][task].update(status="failure", error_info=list(failure.args))
        self.touch()

    def events(self, subscriptions, token, timeout):
        seen, end = int(token or 0), time.monotonic() + timeout
        self.waits.set()
        with self.changed:
            while self.generation <= seen and time.monotonic() < end:
                self.changed.wait(end - time.monotonic())
            kind, ref = subscriptions[0].split("/")
            there = self.objects[kind].get(ref)
            event = {"id": "1", "timestamp": "0.0", "class": kind.lower(), "ref": ref}
            event.update({"operation": "mod", "snapshot": there} if there else {"operation": "del"})
            events = [event] if self.generation > seen else []
            return {"events": events, "valid_ref_counts": {}, "token": f"{self.generation:020}"}

    def carry_out(self, method, params):
        if method in self.failures:
            raise self.failures[method]
        kind, verb = method.split(".")
        if kind == "pool":
            return [self.pool_ref] if verb == "get_all" else self.pool_ref
        return getattr(self, f"do_{verb}", self.change_state)(kind, verb, *params)

    def find(self, kind, ref):
        if ref not in self.objects[kind]:
            raise Failure("HANDLE_INVALID", kind, ref)
        return self.objects[kind][ref]

    def do_get_by_name_label(self, kind, _, name):
        return [ref for ref, record in self.objects[kind].items() if record["name_label"] == name]

    def do_get_by_uuid(self, kind, _, text):
        if f"OpaqueRef:{text}" not in self.objects[kind]:
            raise Failure("UUID_INVALID", kind, text)
        return f"OpaqueRef:{text}"

    def do_get_record(self, kind, _, ref):
        return self.find(kind, ref)

    def do_get_all_records(self, kind, _):
        return self.objects[kind]

    def do_get_power_state(self, kind, _, ref):
        return self.find(kind, ref)["power_state"]

    def do_create(self, kind, _, record):
        if kind == "VM":
            return self.add_vm(record["name_label"], **{key: value for key, value in record.items() if key != "name_label"})
        ref = self.add(kind, **record)
        if kind in ("VIF", "VBD"):
            self.find("VM", record["VM"])[f"{kind}s"].append(ref)
        return ref

    def do_destroy(self, kind, _, ref):
        del self.objects[kind][self.find(kind, ref) and ref]
        self.touch()
        return ""

    def change_state(self, kind, verb, ref, *_):
        self.find(kind, ref)["power_state"] = STATES[verb]
        self.touch()
        return ""
