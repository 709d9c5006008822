# SPDX-License-Identifier: Apache-2.0
"""An Open vSwitch daemon's control socket, spoken directly: JSON-RPC 1.0 over a unix socket.

ovs-appctl takes 10 ms for a question; a corpus has thousands of them.
"""

import json
import socket

ANSWER_DEADLINE_S = 30


class Refused(RuntimeError):
    """The daemon's answer was an error."""


class Unixctl:
    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(ANSWER_DEADLINE_S)
        self._socket.connect(str(path))
        self._decoder = json.JSONDecoder()
        self._received = ""
        self._id = 0

    def close(self):
        self._socket.close()

    def call(self, method, *arguments):
        """The daemon's answer, a text. Raises Refused."""
        self._id += 1
        self._socket.sendall(json.dumps({"id": self._id, "method": method, "params": list(arguments)}).encode())
        reply = self._receive()
        if reply["id"] != self._id or reply["error"] is not None:
            raise Refused(f"{method} {' '.join(arguments)}: {reply['error']}")
        return reply["result"]

    def _receive(self):
        while True:
            try:
                reply, end = self._decoder.raw_decode(self._received)
            except ValueError:
                self._receive_more()
                continue
            self._received = self._received[end:].lstrip()
            return reply

    def _receive_more(self):
        data = self._socket.recv(1 << 16)
        if not data:
            raise EOFError("the daemon closed its control socket")
        self._received += data.decode()
