# SPDX-License-Identifier: Apache-2.0
"""The HTTP server's room, linked into a program that echoes (src/bin/http_echo.c), and real clients."""

import contextlib
import http.client
import json
import os
import re
import resource
import socket
import ssl
import subprocess
import tempfile
import threading
from pathlib import Path

import pytest

from lab import wait_for
from lab.environment import programs_folder
from unixctl import Unixctl

# base/limits.h
BODY = 300 * 1024
HEADERS = 8 * 1024
DISCARDED = 4 * 1024 * 1024
CONNECTIONS = 256
LISTENER_CONNECTIONS = 192
REQUEST_MS = 30_000
IDLE_MS = 300_000
RESPONSE_MS = 300_000

DEADLINE_S = 30


class Echo:
    """A server in a folder of its own, with listeners "unix", "tcp", "tls", or as http-echo takes them.

    files: how many it may have open.  complaint: a warning that it may log.
    """

    def __init__(self, folder, *listeners, options=(), files=1024, complaint=None):
        self.folder = folder
        self.files = files
        self.complaint = complaint
        self.log = folder / "log"
        self.control = folder / "control"
        names = {"unix": f"unix:{self.path}", "tcp": "tcp:127.0.0.1:0", "tls": "tls:127.0.0.1:0"}
        self.arguments = [programs_folder() / "http-echo", *options, self.control, *(names.get(name, name) for name in listeners)]

    @property
    def path(self):
        return str(self.folder / "socket")

    def __enter__(self):
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(self.arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        resource.prlimit(self.process.pid, resource.RLIMIT_NOFILE, (self.files, self.files))
        self.unixctl = wait_for(self.reached, "http-echo to start", DEADLINE_S, seen=self.log.read_text)
        self.ports = {transport: int(rest.rpartition(":")[2]) for transport, _, rest in
                      (listener.partition(":") for listener in self.show()["listeners"]) if transport != "unix"}
        return self

    def reached(self):
        assert self.process.poll() is None, self.log.read_text()
        with contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
            return Unixctl(self.control)
        return None

    def __exit__(self, failed, *_):
        """It ends when it is asked to, with nothing to complain of."""
        with contextlib.suppress(OSError, EOFError):
            self.unixctl.call("exit")
        try:
            status = self.process.wait(DEADLINE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        self.unixctl.close()
        assert status == 0 or failed, self.log.read_text()
        assert failed or self.complaints() == []
        assert failed or not os.path.exists(self.path)

    def complaints(self):
        return [line for line in self.log.read_text().splitlines()
                if re.search(r"\|(WARN|ERR|EMER)\|", line) and not (self.complaint and re.search(self.complaint, line))]

    def show(self):
        return json.loads(self.unixctl.call("http/show"))

    def warp(self, ms):
        """Put its clock on."""
        self.unixctl.call("time/warp", str(ms))

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


def make_certificate(certificate, key):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate],
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


# Requests and responses

@pytest.mark.parametrize("transport", ["tcp", "unix"])
def test_connection_is_kept_for_further_requests(echo, transport):
    client = echo.client(transport)
    for i in range(20):
        response = ask(client, body=f"request {i}", Content_Type="text/xml")
        assert (response.status, response.text) == (200, f"request {i}".encode())
    assert echo.show()["connections"] == 1
    assert echo.show()["asked"] == 20


def test_connection_is_closed_when_the_client_asks_for_it(echo):
    with echo.connect() as sock:
        sock.sendall(raw("/echo", "Connection: close"))
        assert response_of(sock).status == 200
        assert ends(sock)
    echo.until(connections=0)


def test_connection_is_closed_when_the_response_says_so(echo):
    with echo.connect() as sock:
        sock.sendall(raw("/broken"))
        response = response_of(sock)
        assert (response.status, response.headers["Content-Type"], response.text) == (500, "text/html", b"<html>broken</html>")
        assert response.headers["Connection"] == "close"
        assert ends(sock)


@pytest.mark.parametrize("content_type", ["application/json", "text/xml", "application/json; charset=utf-8"])
def test_content_type_is_sent_exactly_as_given(echo, content_type):
    response = ask(echo.client(), body="{}", Content_Type=content_type)
    assert response.headers.get_all("Content-Type") == [content_type]


def test_no_content_type_is_made_up(echo):
    response = ask(echo.client(), body="x")
    assert response.headers["Content-Type"] is None
    assert response.headers["Cache-Control"] == "no-cache, no-store"
    assert response.headers["X-Echo"] == "yes"


def test_body_is_brought_whole_and_unchanged(echo):
    body = bytes(range(256)) * 800
    with echo.connect() as sock:
        request = posted(body)
        for at in range(0, len(request), 1999):
            sock.sendall(request[at:at + 1999])
        assert response_of(sock).text == body


def test_requests_sent_ahead_are_answered_in_their_order(echo):
    with echo.connect() as sock:
        sock.sendall(b"".join(posted(f"number {i}".encode(), path="/after/50" if i == 1 else "/echo") for i in range(5)))
        reader = sock.makefile("rb")
        for i in range(5):
            assert response_from(reader).endswith(f"number {i}".encode())


def response_from(reader):
    """One of several responses on a connection."""
    status = reader.readline()
    assert status.startswith(b"HTTP/1.1 200"), status
    length = 0
    while (line := reader.readline()) != b"\r\n":
        name, _, value = line.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
    return reader.read(length)


def test_large_response(echo):
    response = ask(echo.client(), "/bytes/20000000", method="GET")
    assert response.text == b"x" * 20_000_000


def test_peer_of_a_unix_socket_is_known_by_its_credentials(echo):
    peer = json.loads(ask(echo.client("unix"), "/peer", method="GET").text)
    assert peer == {"transport": "unix", "listener": f"unix:{echo.path}", "address": "",
                    "pid": os.getpid(), "uid": os.getuid(), "gid": os.getgid()}


def test_peer_over_tcp_is_known_by_its_address(echo):
    client = echo.client()
    peer = json.loads(ask(client, "/peer", method="GET").text)
    assert peer["transport"] == "tcp"
    assert peer["listener"] == f"tcp:127.0.0.1:{echo.ports['tcp']}"
    assert peer["address"] == "127.0.0.1:%d" % client.sock.getsockname()[1]


def test_ipv6(folder):
    with Echo(folder, "tcp:[::1]:0") as echo:
        with socket.create_connection(("::1", echo.ports["tcp"]), timeout=DEADLINE_S) as sock:
            peer = json.loads(ask(client_of(sock), "/peer", method="GET").text)
            assert peer["address"] == "[::1]:%d" % sock.getsockname()[1]
            assert peer["listener"] == f"tcp:[::1]:{echo.ports['tcp']}"


# Requests that wait

@pytest.mark.parametrize("transport", ["tcp", "unix"])
@pytest.mark.parametrize("size", [0, 1000, BODY // 2])
def test_client_that_goes_while_it_sends_is_forgotten(echo, size, transport):
    for _ in range(10):
        with echo.connect(transport) as sock:
            sock.sendall(raw("/echo", f"Content-Length: {BODY}", body=b"x" * size))
    echo.until(connections=0)
    assert echo.show()["asked"] == 0


@pytest.mark.parametrize("transport", ["tcp", "unix"])
@pytest.mark.parametrize("size", [0, 1000, 30_000])
def test_client_that_finishes_sending_is_answered_and_let_go(echo, size, transport):
    for _ in range(10):
        with echo.connect(transport) as sock:
            sock.sendall(posted(b"a" * size) + posted(b"b" * size) + raw("/bytes/1000000", method="GET"))
            sock.shutdown(socket.SHUT_WR)
            reader = sock.makefile("rb")
            assert [response_from(reader) for _ in range(3)] == [b"a" * size, b"b" * size, b"x" * 1_000_000]
            assert reader.read() == b""
    echo.until(connections=0, gone=0)


@pytest.mark.parametrize("transport", ["tcp", "unix"])
def test_client_that_asks_and_goes_is_told_of(echo, transport):
    """Its end comes with the request, before that waits."""
    for _ in range(10):
        with echo.connect(transport) as sock:
            sock.sendall(posted(b"x", path="/hold"))
            if transport == "unix":     # a request there is dropped unread when its client has gone
                sock.shutdown(socket.SHUT_WR)
                assert ends(sock)
    echo.until(gone=10, held=0, connections=0)


def test_response_to_head_has_no_body(echo):
    client = echo.client()
    response = ask(client, "/bytes/10", method="HEAD")
    assert (response.status, response.headers["Content-Length"], response.text) == (200, "10", b"")
    assert ask(client, body="and on").text == b"and on"


def test_slow_requests_do_not_hold_a_fast_one_up(echo):
    slow = [echo.client(), echo.client("unix")]
    for i, client in enumerate(slow):
        client.request("POST", "/hold", f"slow {i}")
    echo.until(held=2)
    assert ask(echo.client(), body="fast").text == b"fast"
    assert ask(echo.client(), "/release").status == 200
    assert [answer(client).text for client in slow] == [b"slow 0", b"slow 1"]


@pytest.mark.parametrize("held, released", [("tcp", "unix"), ("unix", "tcp"), ("unix", "unix")])
def test_request_is_answered_from_the_handler_of_another(echo, held, released):
    waiting = echo.client(held)
    waiting.request("POST", "/hold", "thanks")
    echo.until(held=1)
    assert ask(echo.client(released), "/release").status == 200
    assert answer(waiting).text == b"thanks"


def test_a_hundred_quick_requests_beside_one_that_blocks_for_three_seconds(echo):
    blocked = echo.client()
    blocked.request("POST", "/after/3000", "late")
    echo.until(held=1)
    quick = echo.client()
    for i in range(100):
        assert ask(quick, body=str(i)).text == str(i).encode()
    assert echo.show()["held"] == 1
    assert answer(blocked).text == b"late"
    assert ask(blocked, body="and on").text == b"and on"


@pytest.mark.parametrize("transport", ["tcp", "unix"])
def test_handler_is_told_when_the_client_of_a_waiting_request_has_gone(echo, transport):
    blocked = echo.client(transport)
    blocked.request("POST", "/hold", "for nothing")
    echo.until(held=1)
    blocked.close()
    echo.until(held=0, gone=1, connections=0)
    assert ask(echo.client(transport), "/release").status == 200


def test_request_may_wait_for_as_long_as_it_takes(echo):
    blocked = echo.client()
    blocked.request("POST", "/hold", "patience")
    echo.until(held=1)
    echo.warp(24 * 3600 * 1000)
    ask(echo.client(), "/release")
    assert answer(blocked).text == b"patience"


def test_requests_that_wait_are_gone_when_the_server_ends(echo):
    """http-echo asserts at its end that it has got all of them back."""
    clients = [echo.client(transport) for transport in ("tcp", "unix", "tcp")]
    for client in clients:
        client.request("POST", "/hold", "for ever")
    echo.until(held=3)
    echo.unixctl.call("exit")
    assert echo.process.wait(DEADLINE_S) == 0
    assert all(ends(client.sock) for client in clients)


def test_idle_connections_cost_no_turns_of_the_loop(echo):
    idle = [echo.client("unix" if i % 2 else "tcp") for i in range(50)]
    for client in idle:
        ask(client, body="once")
    blocked = [echo.client() for _ in range(5)]
    for client in blocked:
        client.request("POST", "/hold", "later")
    echo.until(held=5, connections=55)
    client = echo.client()
    before = echo.show()["turns"]
    assert ask(client, "/after/1000").status == 200
    # The connection, the request, its time, the response, and the question about turns.
    assert echo.show()["turns"] - before < 15


@pytest.mark.parametrize("transport", ["tcp", "unix"])
def test_client_that_finishes_sending_and_does_not_read_costs_no_turns(echo, transport):
    with echo.connect(transport) as sock:
        sock.sendall(raw("/bytes/50000000", method="GET"))
        sock.shutdown(socket.SHUT_WR)
        client = echo.client()
        ask(client, "/after/100")
        before = echo.show()["turns"]
        assert ask(client, "/after/300").status == 200
        assert echo.show()["turns"] - before < 15
        assert len(response_of(sock).text) == 50_000_000


# Limits

def test_body_of_exactly_the_limit_is_taken(echo):
    body = os.urandom(BODY)
    assert ask(echo.client(), body=body).text == body


@pytest.mark.parametrize("transport", ["tcp", "unix"])
@pytest.mark.parametrize("size", [BODY + 1, DISCARDED])
def test_body_of_more_is_refused(echo, size, transport):
    with echo.connect(transport) as sock:
        sock.sendall(posted(b"x" * size))
        response = response_of(sock)
        assert (response.status, response.headers["Connection"]) == (413, "close")
        assert response.text == b"A request's body may have 307200 bytes.\n"
        assert ends(sock)
    assert echo.show()["asked"] == 0


def test_body_that_is_announced_as_far_too_large_is_not_waited_for(echo):
    with echo.connect() as sock:
        sock.sendall(raw("/echo", f"Content-Length: {DISCARDED + 1}"))
        assert response_of(sock).status == 413
        assert ends(sock)


def test_client_that_asks_before_it_sends_is_told_at_once(echo):
    with echo.connect() as sock:
        sock.sendall(raw("/echo", f"Content-Length: {BODY + 1}", "Expect: 100-continue"))
        assert response_of(sock).status == 413
    with echo.connect() as sock:
        sock.sendall(raw("/echo", f"Content-Length: {BODY}", "Expect: 100-continue"))
        assert sock.recv(1000).startswith(b"HTTP/1.1 100 ")
        sock.sendall(b"x" * BODY)
        assert response_of(sock).text == b"x" * BODY


def test_body_in_chunks_is_refused(echo):
    with echo.connect() as sock:
        sock.sendall(raw("/echo", "Transfer-Encoding: chunked", body=b"5\r\nhello\r\n0\r\n\r\n"))
        assert response_of(sock).status == 411
        assert ends(sock)
    with echo.connect() as sock:
        sock.sendall(raw("/echo", "Transfer-Encoding: gzip, chunked", "Content-Length: 5", body=b"hello"))
        assert response_of(sock).status == 411
    assert echo.show()["asked"] == 0


def test_endless_body_in_chunks_is_cut_off(echo):
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    with echo.connect() as sock:
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            sock.sendall(raw("/echo", "Transfer-Encoding: chunked"))
            for _ in range(2 * CHUNKS_IN_FLIGHT):
                sock.sendall(chunk)
    echo.until(connections=0)


# What the server reads, and the kernel's buffers of both ends.
CHUNKS_IN_FLIGHT = (DISCARDED + 32 * 1024 * 1024) // 0x10000


def headers_of(size):
    """A request whose line and headers have that many bytes."""
    empty = raw("/echo", "Filler: ")
    return raw("/echo", "Filler: " + "x" * (size - len(empty)))


def test_headers_of_exactly_the_limit_are_taken(echo):
    with echo.connect() as sock:
        sock.sendall(headers_of(HEADERS))
        assert response_of(sock).status == 200


@pytest.mark.parametrize("request_", [
    pytest.param(headers_of(HEADERS + 1), id="one byte more"),
    pytest.param(headers_of(100_000), id="more than there is memory"),
    # Each has a record of its own.
    pytest.param(raw("/echo", *["a:"] * 1500), id="many small ones"),
])
def test_larger_headers_are_refused(echo, request_):
    with echo.connect() as sock:
        sock.sendall(request_)
        assert response_of(sock).status == 431
        assert ends(sock)
    assert echo.show()["asked"] == 0


def test_endless_line_is_refused(echo):
    with echo.connect() as sock:
        sock.sendall(b"GET /" + b"x" * 100_000)
        assert response_of(sock).status == 414


@pytest.mark.parametrize("request_, status", [
    pytest.param(b"nonsense\r\n\r\n", None, id="line"),
    pytest.param(raw("/", "no header"), 400, id="header"),
    pytest.param(raw("/", "Content-Length: five"), 400, id="length in words"),
    pytest.param(raw("/", "Content-Length: -1"), 400, id="negative length"),
    pytest.param(raw("/", "Content-Length: 99999999999999999999999"), 413, id="length of 77 bits"),
])
def test_malformed_requests_are_refused(echo, request_, status):
    with echo.connect() as sock:
        sock.sendall(request_)
        if status:
            assert response_of(sock).status == status
        assert ends(sock)
    echo.until(connections=0)
    assert echo.show()["asked"] == 0


def test_connection_that_stays_idle_is_closed(echo):
    client = echo.client()
    ask(client)
    echo.warp(IDLE_MS - 1000)
    assert ask(client, body="still there").text == b"still there"
    echo.warp(IDLE_MS + 1000)
    assert ends(client.sock)
    echo.until(connections=0)


def test_client_that_sends_nothing_is_cut_off(echo):
    with echo.connect() as sock, echo.connect("unix") as other:
        echo.until(connections=2)
        # The rest of the time passes while nobody asks it anything: it must wake up by itself.
        echo.warp(REQUEST_MS - 200)
        assert ends(sock) and ends(other)
        echo.until(connections=0)


@pytest.mark.parametrize("begin", [
    pytest.param(b"POST /ec", id="line"),
    pytest.param(b"POST /echo HTTP/1.1\r\nHost: lo", id="headers"),
    pytest.param(raw("/echo", "Content-Length: 100000"), id="body"),
    pytest.param(raw("/echo", "Content-Length: 400000"), id="body that is refused"),
])
def test_request_that_trickles_in_is_cut_off(echo, begin):
    """Each byte comes well in time after the one before."""
    other = echo.client("unix")
    with echo.connect() as sock:
        sock.sendall(begin)
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            for _ in range(10):
                echo.warp(REQUEST_MS // 5)
                sock.sendall(b"x")
                ask(other)      # then it has had a turn
        assert ends(sock)
    echo.until(connections=1)


def test_later_request_that_trickles_in_is_cut_off(echo):
    client = echo.client()
    ask(client)
    echo.warp(IDLE_MS // 2)
    client.sock.sendall(b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Le")
    # The line has been read when another client, who came later, has been answered.
    ask(echo.client())
    echo.warp(REQUEST_MS + 1000)
    assert ends(client.sock)


def test_client_that_does_not_read_its_response_is_cut_off(echo):
    with echo.connect() as sock:
        sock.sendall(raw("/bytes/50000000", method="GET"))
        echo.until(asked=1)
        echo.warp(RESPONSE_MS + 1000)
        echo.until(connections=0)


def test_idle_connection_makes_room_for_another_client(echo):
    # Idle for longer, but not on the listener whose places are all taken.
    local = echo.client("unix")
    ask(local)
    first = echo.client()
    ask(first)
    others = [echo.client() for _ in range(LISTENER_CONNECTIONS - 1)]
    for client in others:
        ask(client)
    assert echo.show()["connections"] == LISTENER_CONNECTIONS + 1
    assert ask(echo.client(), body="let me in").text == b"let me in"
    assert ends(first.sock)
    assert [ask(client, body="here").text for client in [*others, local]] == [b"here"] * LISTENER_CONNECTIONS


def test_client_waits_for_a_place_while_all_are_busy(echo):
    busy = [echo.client() for _ in range(LISTENER_CONNECTIONS)]
    for client in busy:
        client.request("POST", "/hold", "busy")
    echo.until(held=LISTENER_CONNECTIONS)
    late = echo.client()
    late.request("POST", "/echo", "at last")
    # The other listener has places of its own; and who waits outside costs no turns.
    local = echo.client("unix")
    before = echo.show()["turns"]
    assert ask(local, "/after/300").status == 200
    assert echo.show()["turns"] - before < 15
    assert echo.show()["connections"] == LISTENER_CONNECTIONS + 1
    assert echo.show()["asked"] == LISTENER_CONNECTIONS + 1
    busy[7].close()
    assert answer(late).text == b"at last"
    ask(local, "/release")


def test_places_of_all_listeners_together_are_limited(folder):
    with Echo(folder, "tcp", "unix") as echo:
        busy = [echo.client("unix" if i % 2 else "tcp") for i in range(CONNECTIONS)]
        for client in busy:
            client.request("POST", "/hold", "busy")
        echo.until(held=CONNECTIONS)
        late = echo.client("unix")
        late.request("POST", "/echo", "at last")
        turns = echo.show()["turns"]
        wait_for(lambda: echo.show()["turns"] > turns + 2, "three turns of the loop", DEADLINE_S)
        assert echo.show()["connections"] == CONNECTIONS
        busy[0].close()
        assert answer(late).text == b"at last"


def test_idle_connections_of_all_listeners_make_room(echo):
    clients = [echo.client("unix" if i % 2 else "tcp") for i in range(CONNECTIONS)]
    for client in clients:
        ask(client)
    assert ask(echo.client("unix"), body="let me in").text == b"let me in"
    assert ends(clients[0].sock)
    assert [ask(client, body="here").text for client in clients[1:]] == [b"here"] * (CONNECTIONS - 1)


def test_clients_wait_while_the_server_may_open_no_more_files(folder):
    with Echo(folder, "tcp", files=40, complaint="Too many open files") as echo:
        first = echo.client()
        clients = [echo.client() for _ in range(40)]
        for client in clients:
            client.request("POST", "/hold", "busy")
        wait_for(lambda: "no connection can be accepted" in echo.log.read_text(), "the server to have no room", DEADLINE_S)
        there = echo.show()["connections"] - 1
        assert 20 < there < 40
        echo.until(held=there)
        before = echo.show()["turns"]
        assert ask(first, "/after/300").status == 200
        assert echo.show()["turns"] - before < 15
        for client in clients[:there]:
            client.close()
        echo.until(gone=there, held=40 - there)


# TLS

def test_tls(tls, certificate):
    client = tls_client(tls, certificate)
    assert client.sock.version() == "TLSv1.3"
    body = os.urandom(BODY)
    assert ask(client, body=body).text == body
    assert json.loads(ask(client, "/peer", method="GET").text)["transport"] == "tls"
    assert ask(tls.client("tcp"), body="beside it").text == b"beside it"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize("version, taken", [(ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True)])
def test_tls_versions(tls, certificate, version, taken):
    context = tls_context(certificate)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = version
    with tls.connect("tls") as sock:
        with contextlib.nullcontext() if taken else pytest.raises((ssl.SSLError, ConnectionResetError)):
            client = client_of(context.wrap_socket(sock, server_hostname="localhost"))
            assert ask(client, body="x").text == b"x"


def test_tls_client_that_sends_nothing_is_cut_off(tls):
    with tls.connect("tls") as sock:
        tls.until(connections=1)
        tls.warp(REQUEST_MS + 1000)
        assert ends(sock)
        tls.until(connections=0)


def test_tls_client_that_stops_in_its_handshake_is_cut_off(tls):
    with tls.connect("tls") as sock:
        sock.sendall(b"\x16\x03\x01\x02\x00\x01")
        tls.until(connections=1)
        tls.warp(REQUEST_MS + 1000)
        assert ends(sock)
        tls.until(connections=0)


def test_client_without_tls_is_turned_away(tls):
    with tls.connect("tls") as sock:
        sock.sendall(raw())
        with contextlib.suppress(ConnectionResetError):
            while sock.recv(1000):
                pass
    tls.until(connections=0, asked=0)


def test_tls_client_that_has_gone_is_told_of(tls, certificate):
    blocked = tls_client(tls, certificate)
    blocked.request("POST", "/hold", "for nothing")
    tls.until(held=1)
    blocked.close()
    tls.until(held=0, gone=1, connections=0)


def test_tls_client_that_goes_while_it_sends_is_forgotten(tls, certificate):
    for _ in range(10):
        client = tls_client(tls, certificate)
        client.sock.sendall(raw("/echo", f"Content-Length: {BODY}", body=b"x" * 1000))
        client.close()
    tls.until(connections=0, asked=0)


def test_tls_requests_that_wait(tls, certificate):
    blocked = tls_client(tls, certificate)
    blocked.request("POST", "/hold", "later")
    tls.until(held=1)
    quick = tls_client(tls, certificate)
    assert [ask(quick, body="quick").text for _ in range(20)] == [b"quick"] * 20
    ask(quick, "/release")
    assert answer(blocked).text == b"later"


# Listening

def refused(folder, *listeners, options=()):
    """What a server says that does not start."""
    done = subprocess.run([programs_folder() / "http-echo", *options, folder / "refused.control", *listeners], timeout=DEADLINE_S,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    return done.stderr.removeprefix("http-echo: ").strip()


def permissions(path):
    return os.stat(path).st_mode & 0o7777


def test_unix_socket_is_its_owners_alone(echo):
    assert permissions(echo.path) == 0o600


def test_unix_socket_with_other_permissions(folder):
    with Echo(folder, "unix", options=["--mode=660"]) as echo:
        assert permissions(echo.path) == 0o660


def test_unix_socket_that_was_left_behind_is_replaced(folder):
    with Echo(folder, "unix") as echo:
        echo.process.kill()
        echo.process.wait()
        assert os.path.exists(echo.path)
        os.remove(echo.control)
        with Echo(folder, "unix") as again:
            assert ask(again.client("unix"), body="x").text == b"x"
        echo.process.returncode = 0


def test_unix_socket_where_somebody_listens_is_left_alone(echo, folder):
    assert refused(folder, f"unix:{echo.path}") == (
        f"in-use: listener 'unix:{echo.path}': a program listens there: stop it, or choose another path")
    assert ask(echo.client("unix"), body="x").text == b"x"


def test_file_in_the_place_of_a_unix_socket_is_left_alone(folder):
    (folder / "file").write_text("dear")
    assert refused(folder, f"unix:{folder}/file") == (
        f"exists: listener 'unix:{folder}/file': a file that is no socket is there: choose another path, or remove it")
    assert (folder / "file").read_text() == "dear"


def test_unix_socket_of_another_is_not_removed_at_the_end(folder):
    with Echo(folder, "unix") as echo:
        os.remove(echo.path)
        other = socket.socket(socket.AF_UNIX)
        other.bind(echo.path)
        echo.unixctl.call("exit")
        assert echo.process.wait(DEADLINE_S) == 0
        assert os.path.exists(echo.path)
        os.remove(echo.path)


def test_port_where_somebody_listens(echo, folder):
    assert refused(folder, "unix:" + str(folder / "other"), f"tcp:127.0.0.1:{echo.ports['tcp']}") == (
        f"in-use: listener 'tcp:127.0.0.1:{echo.ports['tcp']}': cannot be had: Address already in use: something else listens there: "
        "stop it, or choose another port")
    assert not os.path.exists(folder / "other")


def test_port_of_both_protocols(folder):
    with Echo(folder, "tcp:[::]:0") as echo:
        (folder / "other").mkdir()
        with Echo(folder / "other", f"tcp:0.0.0.0:{echo.ports['tcp']}") as other:
            assert ask(other.client(), body="x").text == b"x"
        assert echo.show()["asked"] == 0


def test_port_is_had_again_at_once(folder):
    with Echo(folder, "tcp") as echo:
        port = echo.ports["tcp"]
        with echo.connect() as sock:
            # The side that closes first keeps the port for a minute.
            sock.sendall(raw("/echo", "Connection: close"))
            assert response_of(sock).status == 200
            assert ends(sock)
    with Echo(folder, f"tcp:127.0.0.1:{port}") as echo:
        assert ask(echo.client(), body="x").text == b"x"


def test_address_that_the_host_does_not_have(folder):
    assert "choose one that `ip address` shows, or 0.0.0.0 or [::] for all" in refused(folder, "tcp:192.0.2.1:0")


def test_folder_that_is_missing(folder):
    assert refused(folder, f"unix:{folder}/a/b").endswith("No such file or directory: make its folder first")


def test_certificate_and_key_must_be_there_and_belong_together(folder, certificate):
    def said(certificate_, key):
        return refused(folder, "tls:127.0.0.1:0", options=[f"--certificate={certificate_}", f"--key={key}"])

    make_certificate(folder / "other.pem", folder / "other-key.pem")
    large = folder / "large"
    large.write_bytes(b"x" * (256 * 1024 + 1))
    assert said(folder / "none", certificate[1]).endswith("/none' cannot be opened: No such file or directory")
    assert said(certificate[0], large).endswith("large': larger than 262144 bytes: name a PEM file")
    assert said(folder, certificate[1]).endswith("cannot be read: Is a directory")
    assert "cannot be used: " in said(certificate[0], folder / "other-key.pem")
    assert "Name a certificate and its own private key, both in PEM" in said(certificate[0], certificate[0])


def test_more_listeners_than_there_may_be(folder):
    assert refused(folder, *["tcp:127.0.0.1:0"] * 9) == "limit: 9 listeners are more than the 8 that there may be: name fewer"


def test_many_clients_at_once(echo):
    def one(i):
        client = echo.client("unix" if i % 2 else "tcp")
        texts.append([ask(client, body=f"{i} {j}").text.decode() for j in range(20)])

    texts = []
    threads = [threading.Thread(target=one, args=(i,)) for i in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE_S)
    assert sorted(texts) == sorted([f"{i} {j}" for j in range(20)] for i in range(30))
