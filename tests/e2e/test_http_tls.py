# SPDX-License-Identifier: Apache-2.0
"""The HTTP server over TLS."""

import contextlib
import json
import os
import ssl

import pytest

from http_echo import (  # noqa: F401 (fixtures)
    answer, ask, BODY, certificate, client_of, ends, folder, raw, REQUEST_MS, tls, tls_client, tls_context)


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
