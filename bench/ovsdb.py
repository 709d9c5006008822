# SPDX-License-Identifier: Apache-2.0
"""A client of an OVSDB server (RFC 7047) that writes: a request is bytes before the clock starts."""

import json
import socket
from itertools import count


class OvsdbError(RuntimeError):
    """The server refused an operation; the text is its own."""


class Client:
    def __init__(self, path, database):
        self.database = database
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(path))
        self.decoder = json.JSONDecoder()
        self.buffer = ""
        self.ids = count(1)

    def close(self):
        self.socket.close()

    def request(self, operations):
        """A transaction as bytes, for send()."""
        return json.dumps({"method": "transact", "params": [self.database, *operations], "id": next(self.ids)}).encode()

    def send(self, request):
        self.socket.sendall(request)

    def reply(self):
        """The results of the transaction sent last. Raises OvsdbError."""
        results = self._receive()["result"]
        for result in results:
            if result and "error" in result:
                raise OvsdbError(f"{result['error']}: {result.get('details')}")
        return results

    def transact(self, *operations):
        self.send(self.request(operations))
        return self.reply()

    def select(self, table, where=(), columns=("_uuid",)):
        """The rows of a table, as dicts."""
        return self.transact({"op": "select", "table": table, "where": list(where), "columns": list(columns)})[0]["rows"]

    def _receive(self):
        while True:
            message = self._decode()
            if message is None:
                self.buffer += self.socket.recv(1 << 20).decode()
            elif message.get("method") == "echo":
                self.socket.sendall(json.dumps({"result": message["params"], "error": None, "id": message["id"]}).encode())
            elif "result" in message:
                return message

    def _decode(self):
        try:
            message, end = self.decoder.raw_decode(self.buffer)
        except ValueError:
            return None
        self.buffer = self.buffer[end:]
        return message


def ovsdb_set(values):
    return ["set", list(values)]


def ovsdb_map(pairs):
    return ["map", [list(pair) for pair in pairs.items()]]


def uuid_of(text):
    return ["uuid", text]
