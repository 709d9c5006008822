# SPDX-License-Identifier: Apache-2.0
"""The HTTP server's limits: sizes, times, connections."""

import os

import pytest

from http_echo import (  # noqa: F401 (fixtures)
    answer, ask, BODY, CONNECTIONS, DEADLINE_S, DISCARDED, echo, Echo, ends, folder, HEADERS, IDLE_MS,
    LISTENER_CONNECTIONS, posted, raw, REQUEST_MS, RESPONSE_MS, response_of)
from lab import wait_for


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
    with Echo(folder, "tcp", files=40, complaints="Too many open files") as echo:
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
