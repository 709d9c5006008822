# SPDX-License-Identifier: Apache-2.0
"""cabled-xapi with a pool database of its own, and clients of it: Python's xmlrpc.client, and JSON-RPC spoken by hand.

No switch, no agent and no guests: what is tested here is the server.
"""

import http.client
import json
import re
import socket
import subprocess
import xmlrpc.client

from lab import wait_for
from lab.pool import SCHEMA
from program import DEADLINE_S, Program

# The password of both users is "secret". SHA-512 with few rounds, so that a login takes milliseconds.
HASH = "$6$rounds=1000$saltsalt$LAV5VE5Y7w1d73x1mFNspYWUpazfmwv2SoepNXNKJ/otop/Zok96Hr8Q13LEv0DRY/x8v0/crpIjl8NJSAqXV/"
USERS = f"# who may log in\nroot:admin:{HASH}\nwatch:read-only:{HASH}\n"

# Logins that are meant to fail.
EXPECTED = "a login as .* failed"


class Failure(Exception):
    """What a call answered that failed: its code and parameters."""

    def __init__(self, description):
        super().__init__(description)
        self.code, *self.params = description


class XapiServer(Program):
    """cabled-xapi in a folder of its own.

    listeners: "unix", "tcp", or as it takes them.
    """

    name = "cabled-xapi"

    def __init__(self, folder, *listeners, users=USERS, options=()):
        super().__init__(folder, EXPECTED)
        self.folder = folder
        self.users = folder / "users"
        self.pool_socket, self.pool_control = folder / "pool.sock", folder / "pool.ctl"
        self.write_users(users)
        names = {"unix": f"unix:{self.path}", "tcp": "tcp:127.0.0.1:0"}
        self.listeners = [names.get(name, name) for name in listeners or ("unix", "tcp")]
        self.options = options

    @property
    def path(self):
        return str(self.folder / "xapi")

    def write_users(self, text, mode=0o600):
        """As an editor does: the whole file at once."""
        new = self.folder / "users.new"
        new.write_text(text)
        new.chmod(mode)
        new.rename(self.users)

    def argv(self):
        program, control = super().argv()
        return [program, f"--pool=unix:{self.pool_socket}", f"--unixctl={control}", f"--users={self.users}",
                *(f"--listen={listener}" for listener in self.listeners), f"--run-folder={self.folder}/guests",
                f"--storage={self.folder}/storage", "--guest-user=nobody", "--test-clock", *self.options]

    def __enter__(self):
        self.database = self._start_database()
        self.start()
        return self

    def __exit__(self, failed, *_):
        try:
            self.stop(failed)
        finally:
            self.database.terminate()
            self.database.wait(DEADLINE_S)

    def _start_database(self):
        """With the row of this host, which the agent makes otherwise."""
        subprocess.run(["ovsdb-tool", "create", self.folder / "pool.db", SCHEMA], check=True, stdin=subprocess.DEVNULL)
        with open(self.folder / "pool.log", "w") as log:
            database = subprocess.Popen(["ovsdb-server", f"--remote=punix:{self.pool_socket}", f"--unixctl={self.pool_control}", "--no-chdir",
                                         self.folder / "pool.db"], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_for(lambda: answers(self.pool_socket), "the pool database to start", DEADLINE_S)
        self.transact({"op": "insert", "table": "Host", "row": {"hostname": "node1", "name_label": "node1"}})
        return database

    def transact(self, *operations):
        """Write into the pool database behind the program's back."""
        done = subprocess.run(["ovsdb-client", "transact", f"unix:{self.pool_socket}", json.dumps(["Cabled", *operations])],
                              check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        results = json.loads(done.stdout)
        assert not any("error" in result for result in results if result), results

    def start(self, ready=True):
        """Start the program; with `ready`, wait until clients are served."""
        super().start()
        self.port = next((int(name.rpartition(":")[2]) for name in self.status()["listeners"] if name.startswith("tcp")), None)
        if ready:
            wait_for(lambda: self.status()["ready"], "cabled-xapi to be ready", DEADLINE_S, seen=self.status)

    def status(self):
        return json.loads(self.unixctl.call("status"))

    def until_logged(self, pattern, times=1):
        """Wait until the log has so many lines with the pattern."""
        wait_for(lambda: len(re.findall(pattern, self.log.read_text())) >= times, f"{times} lines with {pattern!r} in the log", DEADLINE_S,
                 seen=self.log.read_text)

    # Clients

    def connect(self, transport="tcp"):
        if transport == "unix":
            client = socket.socket(socket.AF_UNIX)
            client.settimeout(DEADLINE_S)
            client.connect(self.path)
        else:
            client = socket.create_connection(("127.0.0.1", self.port), timeout=DEADLINE_S)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return client

    def client(self, transport="tcp"):
        """Python's HTTP client on a connection of its own."""
        client = http.client.HTTPConnection("localhost")
        client.sock = self.connect(transport)
        client.auto_open = False
        return client

    def json(self, transport="tcp"):
        return JsonClient(self.client(transport))

    def xml(self):
        """Python's XML-RPC client."""
        return xmlrpc.client.ServerProxy(f"http://127.0.0.1:{self.port}")

    def admin(self):
        """A client that is logged in as an admin."""
        return self.session("root")

    def session(self, user, originator="test"):
        client = self.json()
        client.session = client.call("session.login_with_password", user, "secret", "1.0", originator)
        return client

    def again(self, client):
        """The session of a client on another connection: one that is idle ends when the clock is put on."""
        other = self.json()
        other.session = client.session
        return other


class JsonClient:
    """JSON-RPC 2.0 over one connection, which is kept."""

    def __init__(self, http_client):
        self.http = http_client
        self.session = None

    def ask(self, method, *params):
        """Send a call; answer() reads what it came to."""
        body = json.dumps({"jsonrpc": "2.0", "id": 0, "method": method, "params": params})
        self.http.request("POST", "/jsonrpc", body, {"Content-Type": "application/json"})

    def answer(self):
        response = self.http.getresponse()
        assert (response.status, response.getheader("Content-Type")) == (200, "application/json")
        reply = json.loads(response.read())
        if "error" in reply:
            raise Failure([reply["error"]["message"], *reply["error"]["data"]])
        return reply["result"]

    def call(self, method, *params):
        self.ask(method, *params)
        return self.answer()

    def __call__(self, method, *params):
        """A call with the session."""
        return self.call(method, self.session, *params)

    def begin(self, method, *params):
        """The same without reading the answer."""
        self.ask(method, self.session, *params)

    def fails(self, method, *params):
        """The failure of a call with the session, as a list."""
        return failure_of(lambda: self(method, *params))

    def is_answered(self):
        """Whether something has come back."""
        self.http.sock.setblocking(False)
        try:
            return bool(self.http.sock.recv(1, socket.MSG_PEEK))
        except BlockingIOError:
            return False
        finally:
            self.http.sock.settimeout(DEADLINE_S)

    def close(self):
        self.http.close()


def answers(path):
    """Whether somebody listens at a unix socket."""
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(path)) == 0


def posted(client, body, path="/RPC2", method="POST", **headers):
    """A request as bytes, and its response with the body in `text`."""
    client.request(method, path, body, headers)
    response = client.getresponse()
    response.text = response.read()
    return response


def failure_of(call):
    try:
        value = call()
    except Failure as failure:
        return [failure.code, *failure.params]
    raise AssertionError(f"it did not fail, but said {value!r}")
