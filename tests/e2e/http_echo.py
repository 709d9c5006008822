# SPDX-License-Identifier: Apache-2.0
"""A program that echoes over the HTTP server's room (src/bin/http_echo.c), and clients of it."""

import http.client
import json
import os
import socket
import ssl
import subprocess
import tempfile
from pathlib import Path

import pytest

from lab import wait_for
from program import DEADLINE_S, Program

# base/limits.h
BODY = 300 * 1024
HEADERS = 8 * 1024
DISCARDED = 4 * 1024 * 1024
CONNECTIONS = 256
LISTENER_CONNECTIONS = 192
REQUEST_MS = 30_000
IDLE_MS = 300_000
RESPONSE_MS = 300_000


class Echo(Program):
    """A server in a folder of its own, with listeners "unix", "tcp", "tls", or as http-echo takes them.

    files: how many it may have open.  complaints: a pattern of warnings that it may log.
    """

    name = "http-echo"

    def __init__(self, folder, *listeners, options=(), files=1024, complaints=None):
        super().__init__(folder, complaints)
        self.folder = folder
        self.files = files
        self.options = options
        names = {"unix": f"unix:{self.path}", "tcp": "tcp:127.0.0.1:0", "tls": "tls:127.0.0.1:0"}
        self.listeners = [names.get(name, name) for name in listeners]

    @property
    def path(self):
        return str(self.folder / "socket")

    def argv(self):
        program, control = super().argv()
        return ["prlimit", f"--nofile={self.files}", program, *self.options, control, *self.listeners]

    def start(self):
        super().start()
        self.ports = {transport: int(rest.rpartition(":")[2]) for transport, _, rest in
                      (listener.partition(":") for listener in self.show()["listeners"]) if transport != "unix"}

    def stop(self, failed=None):
        super().stop(failed)
        assert failed or not os.path.exists(self.path)

    def show(self):
        return json.loads(self.unixctl.call("http/show"))

    def until(self, **wanted):
        """Wait until it tells these counts."""
        wait_for(lambda: wanted.items() <= self.show().items(), f"the server to tell {wanted}", DEADLINE_S, seen=self.show)

    def connect(self, transport="tcp"):
        """A connection as a socket."""
        if transport == "unix":
            client = socket.socket(socket.AF_UNIX)
            client.settimeout(DEADLINE_S)
            client.connect(self.path)
        else:
            client = socket.create_connection(("127.0.0.1", self.ports[transport]), timeout=DEADLINE_S)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)        # as http.client does
        return client

    def client(self, transport="tcp"):
        """The same as Python's HTTP client."""
        return client_of(self.connect(transport))


def client_of(sock):
    client = http.client.HTTPConnection("localhost")
    client.sock = sock
    client.auto_open = False
    return client


def ask(client, path="/echo", body=None, method="POST", **headers):
    """A request and its response, with the body in `text`."""
    client.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    return answer(client)


def answer(client):
    response = client.getresponse()
    response.text = response.read()
    return response


def raw(path="/echo", *headers, body=b"", method="POST"):
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def posted(body, path="/echo"):
    return raw(path, f"Content-Length: {len(body)}", body=body)


def response_of(sock):
    response = http.client.HTTPResponse(sock)
    response.begin()
    response.text = response.read()
    return response


def ends(sock):
    """Whether the server has closed this connection and said no more."""
    try:
        return sock.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.fixture
def folder():
    """One whose name fits into a socket's address and into a message."""
    with tempfile.TemporaryDirectory(prefix="http.") as name:
        yield Path(name)


@pytest.fixture
def echo(folder):
    with Echo(folder, "tcp", "unix") as server:
        yield server


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """Files of a self-made certificate and its key."""
    folder = tmp_path_factory.mktemp("tls")
    files = folder / "certificate.pem", folder / "key.pem"
    make_certificate(*files)
    return files


def make_certificate(certificate, key, addresses=("127.0.0.1",)):
    names = ",".join(["DNS:localhost", *(f"IP:{address}" for address in addresses)])
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", f"subjectAltName={names}", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)


def tls_options(certificate):
    return [f"--certificate={certificate[0]}", f"--key={certificate[1]}"]


@pytest.fixture
def tls(folder, certificate):
    with Echo(folder, "tls", "tcp", options=tls_options(certificate)) as server:
        yield server


def tls_context(certificate):
    return ssl.create_default_context(cafile=certificate[0])


def tls_client(echo, certificate):
    return client_of(tls_context(certificate).wrap_socket(echo.connect("tls"), server_hostname="localhost"))
