# SPDX-License-Identifier: Apache-2.0
"""Requests to the HTTP server's room and their responses, with real clients."""

import json
import os
import socket
import threading

import pytest

from http_echo import (  # noqa: F401 (fixtures)
    answer, ask, BODY, client_of, DEADLINE_S, echo, Echo, ends, folder, posted, raw, response_of)


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
