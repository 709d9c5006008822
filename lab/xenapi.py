# SPDX-License-Identifier: Apache-2.0
"""Clients of cabled-xapi that cost little: each keeps its connection, and several are threads that wait for replies.

JSON-RPC 2.0 on the unix socket. The stock clients of the XenAPI are tested elsewhere; these are for storms.
"""

import json
import socket
import threading
import time
from dataclasses import dataclass

TIMEOUT_S = 300


class Failure(Exception):
    """What a call answered that failed: its code, then the parameters."""


class Client:
    """One connection with a session of its own."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(TIMEOUT_S)
        self.socket.connect(str(path))
        self.buffer = b""
        self.session = self.ask("session.login_with_password", "", "")

    def close(self):
        self.call("session.logout")
        self.socket.close()

    def call(self, method, *params):
        """What the call returned. Raises Failure."""
        return self.ask(method, self.session, *params)

    def ask(self, method, *params):
        """The same of a call that has no session."""
        body = json.dumps({"jsonrpc": "2.0", "id": 0, "method": method, "params": params}).encode()
        self.socket.sendall(b"POST /jsonrpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                            % (len(body), body))
        reply = json.loads(self._read_body())
        if "error" in reply:
            raise Failure(reply["error"]["message"], *reply["error"]["data"])
        return reply["result"]

    def _read_body(self):
        while b"\r\n\r\n" not in self.buffer:
            self._receive()
        head, _, rest = self.buffer.partition(b"\r\n\r\n")
        self.buffer = rest
        length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        while len(self.buffer) < length:
            self._receive()
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        return body

    def _receive(self):
        got = self.socket.recv(1 << 16)
        if not got:
            raise ConnectionError("cabled-xapi has closed the connection")
        self.buffer += got


@dataclass(frozen=True)
class Call:
    """One call of a storm, with CLOCK_MONOTONIC in nanoseconds."""

    began_ns: int
    ended_ns: int
    result: object = None
    failure: object = None      # a Failure, or None

    @property
    def ms(self):
        return (self.ended_ns - self.began_ns) / 1e6


class Clients:
    """Several at once."""

    def __init__(self, path, n):
        self.clients = [Client(path) for _ in range(n)]

    def close(self):
        for client in self.clients:
            client.close()

    def storm(self, method, all_params):
        """Call `method` once with each of the lists of parameters; each client takes the next as soon as it is free. Returns the calls
        in the order of `all_params`, those that failed with their failure."""
        calls, todo = [None] * len(all_params), iter(enumerate(all_params))
        lock = threading.Lock()

        def work(client):
            while True:
                with lock:
                    number, params = next(todo, (None, None))
                if number is None:
                    return
                calls[number] = timed_call(client, method, params)
        threads = [threading.Thread(target=work, args=(client,)) for client in self.clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return calls


def timed_call(client, method, params):
    began = time.monotonic_ns()
    try:
        result = client.call(method, *params)
    except Failure as failure:
        return Call(began, time.monotonic_ns(), failure=failure)
    return Call(began, time.monotonic_ns(), result)
