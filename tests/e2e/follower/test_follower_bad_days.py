# SPDX-License-Identifier: Apache-2.0
"""What a follower of a XenAPI server does when that is down, fails, hangs, forgets or talks nonsense."""

import socket
import time

import pytest

from directory_shell import DirectoryShell

from .following import LOST, Stopwatch, follow, knows_all, of_status


def test_a_server_that_is_down_at_the_start(mock, folder):
    mock.stop()
    with follow(mock, folder, LOST) as follower:
        assert follower.network("xenbr0") == follower.pool() == follower.vif(mock.vif) == "unreachable"
        follower.until(lambda: follower.status()["error"], "an error")
        mock.start()
        with Stopwatch("from the server's start until all is known"):
            follower.until_told(("bridge", "xenbr0"), ("pool", ""), ("vif", mock.vif))
        assert knows_all(follower, mock)


def test_a_server_that_refuses_connections(unix_mock, folder):
    """There is a socket, and nobody listens."""
    unix_mock.stop()
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(unix_mock.where)
        with follow(unix_mock, folder, LOST) as follower:
            follower.until(lambda: "refused" in follower.status()["error"], "the refusal")
            unix_mock.start()
            follower.until_reachable()
            assert knows_all(follower, unix_mock)


@pytest.mark.parametrize("method", ["session.login_with_password", "event.from", "VIF.get_by_uuid", "VIF.get_other_config"])
def test_a_server_that_fails(mock, folder, method):
    mock.fail(method, "INTERNAL_ERROR", "Failure(\"x\nÿ\")", times=3)
    with follow(mock, folder, r"INTERNAL_ERROR") as follower, Stopwatch("three failures and all is known"):
        follower.until_reachable()
        assert knows_all(follower, mock)
    assert mock.failures == {}


def test_an_object_that_fails_does_not_hold_up_the_others(unix_mock, folder):
    with follow(unix_mock, folder, "INTERNAL_ERROR") as follower:
        follower.until_reachable()
        unix_mock.fail("VIF.get_by_uuid", "INTERNAL_ERROR", "x", times=None)
        assert follower.vif(unix_mock.vif) == "unreachable"
        assert follower.until_known("vm", unix_mock.vm)[0] == unix_mock.vm
        assert follower.vif(unix_mock.vif) == "unreachable"
        assert len(unix_mock.asked("VIF.get_by_uuid")) < 20
        unix_mock.failures.clear()
        follower.until_told(("vif", unix_mock.vif))


@pytest.mark.parametrize("method, warp_s", [("session.login_with_password", 25), ("event.from", 45),
                                             ("VIF.get_other_config", 15), ("*", 45)])
def test_a_server_that_hangs_blocks_nothing(mock, folder, method, warp_s):
    mock.hanging.add(method)
    with follow(mock, folder, LOST) as follower:
        follower.vif(mock.vif)
        follower.until(lambda: mock.hung, "a call to hang")
        begin, times = time.monotonic(), []
        for _ in range(200):
            one = time.monotonic()
            assert follower.vif(mock.vif) == "unreachable"
            times.append(time.monotonic() - one)
        print(f"200 commands while {method} hangs: {(time.monotonic() - begin) * 1000:.0f} ms, the slowest {max(times) * 1000:.1f} ms")
        assert max(times) < 1 and of_status(follower.process, "Threads:") == 1
        follower.warp(warp_s * 1000)
        follower.until(lambda: "in time" in follower.log.read_text(), "the deadline")
        mock.hanging.clear()
        with Stopwatch("from the server's recovery until all is known"):
            follower.until_reachable()
            assert knows_all(follower, mock)


def test_events_that_hang_are_given_up(mock, folder):
    """The server dies without a word while it waits for events."""
    with follow(mock, folder, LOST) as follower:
        follower.until_reachable()
        assert knows_all(follower, mock)
        mock.hanging.add("*")
        mock.config("VIF", mock.vif)
        follower.until(lambda: mock.hung, "a call to hang")
        follower.warp(45_000)
        follower.until_reachable(False)
        assert follower.vif(mock.vif) == "unreachable"
        mock.hanging.clear()
        follower.until_told(("vif", mock.vif))
        assert follower.vif(mock.vif) == (mock.vif, {})


@pytest.mark.parametrize("kind", ["tcp", "tls", "unix"])
def test_a_server_that_accepts_and_says_nothing(folder, kind):
    with socket.socket(socket.AF_UNIX if kind == "unix" else socket.AF_INET) as sock:
        sock.bind(str(folder / "silent") if kind == "unix" else ("127.0.0.1", 0))
        sock.listen()
        address = f"unix:{folder}/silent" if kind == "unix" else f"{kind}:127.0.0.1:{sock.getsockname()[1]}"
        with DirectoryShell(folder, address, complaints=LOST) as follower:
            peer, _ = sock.accept()
            assert peer.recv(1)
            assert follower.pool() == "unreachable"
            follower.warp(25_000)
            follower.until(lambda: "in time" in follower.status()["error"], "the deadline")
            peer.close()


def test_sessions_that_expire_are_renewed(mock, folder):
    with follow(mock, folder, LOST) as follower:
        follower.until_reachable()
        mock.session_calls = 7
        for i in range(20):
            mock.config("VIF", mock.vif, nicira_iface_id=f"id {i}")
            follower.until(lambda i=i: follower.vif(mock.vif) == (mock.vif, {"nicira-iface-id": f"id {i}"}), f"change {i}")
        assert len(mock.asked("session.login_with_password")) >= 3
        mock.session_calls = None


def test_a_session_that_ends_while_events_are_waited_for(mock, follower):
    assert knows_all(follower, mock)
    mock.sessions.clear()
    mock.config("VIF", mock.vif, nicira_iface_id="after")
    follower.until(lambda: follower.vif(mock.vif) == (mock.vif, {"nicira-iface-id": "after"}), "the change")


def test_a_server_that_is_restarted(mock, folder):
    with follow(mock, folder, LOST) as follower:
        follower.until_reachable()
        for i in range(3):
            assert knows_all(follower, mock)
            mock.restart()
            follower.until(lambda i=i: len(mock.asked("session.login_with_password")) == i + 2, "another login")
            follower.until_reachable()
        assert knows_all(follower, mock)


def test_a_session_outlives_its_connection(mock, folder):
    """A server that is there all the while is not logged in to again and again."""
    with follow(mock, folder, LOST) as follower:
        follower.until_reachable()
        for i in range(3):
            mock.hang_up()
            mock.config("VIF", mock.vif, nicira_iface_id=f"id {i}")
            follower.until(lambda i=i: follower.vif(mock.vif) == (mock.vif, {"nicira-iface-id": f"id {i}"}), "the change")
        assert len(mock.asked("session.login_with_password")) == 1


def test_events_that_are_lost_are_made_good(mock, folder):
    with follow(mock, folder, "EVENTS_LOST") as follower:
        follower.until_reachable()
        assert knows_all(follower, mock)
        with mock.changed:
            ref = mock.ref_of("VIF", mock.vif)
            mock.objects["VIF"][ref] = {**mock.objects["VIF"][ref], "other_config": {}}        # without an event
            mock.lose_events()
        follower.until_told(("vif", mock.vif))
        assert follower.vif(mock.vif) == (mock.vif, {})


@pytest.mark.parametrize("code", ["EVENT_FROM_TOKEN_PARSE_FAILURE", "EVENTS_LOST", "INTERNAL_ERROR"])
def test_events_that_go_on_failing_are_not_asked_for_all_the_time(mock, folder, code):
    with follow(mock, folder, code) as follower:
        follower.until_reachable()
        begin = time.monotonic()
        mock.fail("event.from", code, "x", "y", times=5)
        mock.config("VIF", mock.vif)
        follower.until(lambda: not mock.failures and follower.status()["reachable"], "the events to be back")
        assert time.monotonic() - begin > 0.1 + 0.2 + 0.4 and follower.until_known("vif", mock.vif) == (mock.vif, {})


def test_replies_that_are_cut_off(mock, folder):
    with follow(mock, folder, LOST) as follower:
        follower.until_reachable()
        mock.cuts = 3
        mock.config("VIF", mock.vif, nicira_iface_id="after")
        follower.until(lambda: not mock.cuts and follower.vif(mock.vif) == (mock.vif, {"nicira-iface-id": "after"}), "the change")


GARBAGE = {
    "nothing": b"", "brace": b"{", "page": b"<html/>", "list": b"[]", "null": b"null", "zeros": bytes(100), "deep": b'{"a":' * 1000,
    "doctype": b"<!DOCTYPE x>", "brackets": b"<" * 1000, "events": b'{"jsonrpc":"2.0","id":0,"result":{"events":[{}],"token":"1,1"}}',
    "huge": b"x" * (3 << 20),
}


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE)
def test_garbage(mock, folder, garbage):
    mock.garbage = garbage
    with follow(mock, folder, LOST) as follower:
        follower.until(lambda: follower.status()["error"], "an error")
        assert follower.pool() == "unreachable"
        mock.garbage = None
        follower.until_reachable()
        assert knows_all(follower, mock)
        mock.garbage = garbage
        mock.hang_up()
        follower.until_reachable(False)
        mock.garbage = None
        follower.until_reachable()
        assert knows_all(follower, mock)


def test_a_record_that_is_too_large(mock, folder):
    """It is not read; what was asked for is asked again."""
    with follow(mock, folder, LOST) as follower:
        follower.until_reachable()
        assert knows_all(follower, mock)
        mock.set("VIF", mock.vif, other_config={}, large="x" * (2 << 20))
        follower.until(lambda: follower.vif(mock.vif) == (mock.vif, {}), "the change")


@pytest.mark.parametrize("record", [{"uuid": "x"}, {"uuid": 1}, {"other_config": []}, {"other_config": {"nicira-iface-id": 1}}])
def test_a_record_that_is_none(unix_mock, folder, record):
    with follow(unix_mock, folder, LOST + "|it is asked again") as follower:
        follower.until_reachable()
        assert knows_all(follower, unix_mock)
        with unix_mock.changed:
            ref = unix_mock.ref_of("VIF", unix_mock.vif)
            good = unix_mock.objects["VIF"][ref]
            unix_mock.objects["VIF"][ref] = {**good, **record}
            unix_mock._touch("VIF", ref)
        follower.until(lambda: "|WARN|" in follower.log.read_text(), "a warning")
        assert follower.network("xenbr0") != "unknown" and follower.vif(unix_mock.vif) != "unknown"
        with unix_mock.changed:
            unix_mock.objects["VIF"][ref] = good
            unix_mock._touch("VIF", ref)
        follower.until_reachable()
        assert knows_all(follower, unix_mock)
