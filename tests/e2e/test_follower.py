# SPDX-License-Identifier: Apache-2.0
"""What a follower of a XenAPI server knows, and when: over a stand-in for XAPI that can be told to misbehave.

Ids are never wrong, at worst late: wherever the server is away or in doubt, the answer is "unreachable". How long it takes to catch up is
printed (pytest -rP shows it).
"""


import random
import socket
import tempfile
import time
import uuid
from pathlib import Path

import pytest

from directory_shell import DirectoryShell
from http_echo import certificate, make_certificate  # noqa: F401 (fixture)
from lab import wait_for
from xapi_mock import XapiMock

DEADLINE_S = 30
LOGIN = ("root", "pass:word")

# What a follower may say when its server misbehaves, as these tests make it do.
LOST = r"xapi_session\|WARN\|XAPI at "


@pytest.fixture
def folder():
    """One whose name fits into a socket's address."""
    with tempfile.TemporaryDirectory(prefix="follower.") as name:
        yield Path(name)


@pytest.fixture(params=["unix", "tcp", "tls", "xml"])
def mock(request, folder, certificate):  # noqa: F811
    """A server on each transport, and one that knows no JSON-RPC; it knows a network and a VIF of a VM."""
    kind = request.param
    where = str(folder / "xapi") if kind in ("unix", "xml") else ("127.0.0.1", 0)
    with XapiMock(where, ("", "") if kind in ("unix", "xml") else LOGIN, certificate if kind == "tls" else None) as mock:
        mock.has_json = kind != "xml"
        populate(mock)
        yield mock


@pytest.fixture
def unix_mock(folder):
    with XapiMock(str(folder / "xapi")) as mock:
        populate(mock)
        yield mock


def populate(mock):
    mock.network = mock.add("network", bridge="xenbr0", other_config={"nicira-bridge-id": "custom bridge ID", "other": "x",
                                                                      "vswitch-controller-fail-mode": "secure"})
    mock.vm = mock.add("VM", other_config={"nicira-vm-id": "custom vm ID", "a": "b"})
    mock.vif = mock.add("VIF", other_config={"nicira-iface-id": "custom vif ID"})


def follow(mock, folder, complaints=None, certificate=None):  # noqa: F811
    options = []
    if mock.login != ("", ""):
        (folder / "login").write_text(":".join(mock.login) + "\n")
        options.append(f"--login={folder}/login")
    if mock.certificate:
        options.append(f"--ca={(certificate or mock.certificate)[0]}")
    return DirectoryShell(folder, mock.address, *options, complaints=complaints)


@pytest.fixture
def follower(mock, folder):
    with follow(mock, folder) as follower:
        follower.until_reachable()
        yield follower


def knows_all(follower, mock):
    return (follower.network("xenbr0") == (mock.network, {"nicira-bridge-id": "custom bridge ID",
                                                          "vswitch-controller-fail-mode": "secure"})
            and follower.until_known("vif", mock.vif) == (mock.vif, {"nicira-iface-id": "custom vif ID"})
            and follower.until_known("vm", mock.vm) == (mock.vm, {"nicira-vm-id": "custom vm ID"}))


class Stopwatch:
    def __init__(self, what):
        self.what = what

    def __enter__(self):
        self.begin = time.monotonic()

    def __exit__(self, *_):
        print(f"{self.what}: {(time.monotonic() - self.begin) * 1000:.1f} ms")


def of_status(process, key):
    return int(next(line for line in open(f"/proc/{process.pid}/status") if line.startswith(key)).split()[1])


# What is there, and what changes


def test_what_is_there_is_known_and_only_the_keys_that_matter(mock, folder):
    with follow(mock, folder) as follower, Stopwatch("from the start to all known"):
        follower.until_reachable()
        assert knows_all(follower, mock)
        assert follower.pool() == (mock.objects["pool"][mock.ref_of("pool", mock.pool)]["uuid"], {})


@pytest.mark.parametrize("kind, key", [("VIF", "nicira-iface-id"), ("VM", "nicira-vm-id")])
def test_changes_are_followed(mock, follower, kind, key):
    what, id = kind.lower(), mock.vif if kind == "VIF" else mock.vm
    assert knows_all(follower, mock)
    for config in {key: "another"}, {}, {key: ""}, {key: "ü <&> \"]"}:
        follower.changes()
        mock.set(kind, id, other_config=config)
        with Stopwatch(f"{kind}: until a change is told"):
            told = follower.until_told((what, id))
        assert told == {(what, id)} and follower.answer(what, id) == (id, config)


def test_changes_that_change_no_id_are_not_told(mock, follower):
    assert knows_all(follower, mock)
    follower.changes()
    questions = len(mock.asked("VIF.get_other_config", "VIF.get_by_uuid"))
    mock.set("VIF", mock.vif, other_config={"nicira-iface-id": "custom vif ID", "xo:x": "y"}, name_label="new")
    mock.config("VM", mock.vm, nicira_vm_id="last")
    assert follower.until_told(("vm", mock.vm)) == {("vm", mock.vm)}
    assert len(mock.asked("VIF.get_other_config", "VIF.get_by_uuid")) == questions


def test_networks_and_pool_are_followed(mock, follower):
    assert follower.network("xenbr1") == "unknown"
    follower.changes()
    other = mock.add("network", bridge="xenbr1", other_config={"vswitch-disable-in-band": "true"})
    assert follower.until_told(("bridge", "xenbr1")) == {("bridge", "xenbr1")}
    assert follower.network("xenbr1") == (other, {"vswitch-disable-in-band": "true"})
    mock.set("network", other, bridge="xenbr2")
    assert follower.until_told(("bridge", "xenbr1"), ("bridge", "xenbr2")) == {("bridge", "xenbr1"), ("bridge", "xenbr2")}
    assert follower.network("xenbr1") == "unknown" and follower.network("xenbr2")[0] == other
    mock.remove("network", other)
    follower.until_told(("bridge", "xenbr2"))
    assert follower.network("xenbr2") == "unknown"
    mock.config("pool", mock.pool, vswitch_controller_fail_mode="secure")
    assert follower.until_told(("pool", "")) == {("pool", "")}
    assert follower.pool() == (mock.pool, {"vswitch-controller-fail-mode": "secure"})
    second = mock.add("pool")
    follower.until_told(("pool", ""))
    assert follower.pool() == "unknown"
    mock.remove("pool", second)
    follower.until_told(("pool", ""))
    assert follower.pool()[0] == mock.pool


def test_of_networks_with_one_bridge_it_is_the_one_with_the_smallest_uuid(unix_mock, folder):
    last, first = (unix_mock.add("network", id=f"{digit}0000000-0000-4000-8000-000000000000", bridge="both") for digit in "f0")
    with follow(unix_mock, folder) as follower:
        follower.until_reachable()
        assert follower.network("both")[0] == first
        follower.changes()
        unix_mock.remove("network", first)
        follower.until_told(("bridge", "both"))
        assert follower.network("both")[0] == last


@pytest.mark.parametrize("kind", ["VIF", "VM"])
def test_what_goes_and_comes_is_followed(mock, follower, kind):
    what, id = kind.lower(), mock.vif if kind == "VIF" else mock.vm
    assert follower.until_known(what, id)[0] == id
    mock.remove(kind, id)
    follower.until_told((what, id))
    assert follower.answer(what, id) == "unknown"
    mock.add(kind, id=id)           # an import keeps the uuid and gives another reference
    follower.until_told((what, id))
    assert follower.answer(what, id) == (id, {})


def test_a_vif_that_was_made_a_moment_ago_is_known_at_once(mock, follower):
    times = []
    for i in range(50):
        id = mock.add("VIF", other_config={"nicira-iface-id": f"id {i}"})
        begin = time.monotonic()
        assert follower.until_known("vif", id) == (id, {"nicira-iface-id": f"id {i}"})
        times.append(time.monotonic() - begin)
    print(f"until a new VIF is known, p50 of {len(times)}: {sorted(times)[len(times) // 2] * 1000:.2f} ms")


def test_what_is_no_uuid_is_unknown_and_nobody_is_asked(mock, follower):
    for text in "", "x", mock.vif[:-1], mock.vif + " ", "OpaqueRef:NULL":
        assert follower.vif(text) == follower.vm(text) == "unknown"
    assert mock.asked("VIF.get_by_uuid", "VM.get_by_uuid") == []
    assert follower.until_known("vif", str(uuid.uuid4())) == "unknown"
    assert follower.vif(mock.vif.upper()) == "unreachable"
    follower.until_told(("vif", mock.vif))
    assert follower.vif(mock.vif.upper())[0] == mock.vif


def test_flush_asks_for_everything_anew(mock, follower):
    assert knows_all(follower, mock)
    follower.changes()
    questions = len(mock.calls)
    follower.flush()
    assert follower.network("xenbr0") in ("unreachable", (mock.network, follower.network("xenbr0")[1]))
    assert follower.until_told(("all", "")) >= {("all", "")}
    assert knows_all(follower, mock)
    assert len(mock.calls) >= questions + 5
    assert len(mock.asked("session.login_with_password")) == 1


# Never wrong


def test_an_answer_that_was_overtaken_is_not_believed(unix_mock, folder):
    """The answer is made, then the object changes and goes, and only then the answer comes."""
    with follow(unix_mock, folder) as follower:
        follower.until_reachable()
        for method in "VIF.get_by_uuid", "VIF.get_other_config":
            for change in "config", "remove":
                id = unix_mock.add("VIF", other_config={"nicira-iface-id": "before"})
                hung = unix_mock.hung
                unix_mock.slow.add(method)
                assert follower.vif(id) == "unreachable"
                follower.until(lambda hung=hung: unix_mock.hung > hung, "the question to be answered")
                if change == "config":
                    unix_mock.config("VIF", id, nicira_iface_id="after")
                else:
                    unix_mock.remove("VIF", id)
                network = unix_mock.add("network", bridge=f"xapi{hung}")       # told after the event
                follower.until(lambda hung=hung, network=network: follower.network(f"xapi{hung}")[0] == network, "the event")
                unix_mock.slow.clear()
                if change == "config":
                    assert follower.until_known("vif", id) == (id, {"nicira-iface-id": "after"})
                else:
                    until_unknown(follower, unix_mock, id)


def until_unknown(follower, mock, id):
    """XAPI tells nobody that an object has gone which it has not told of: that is found out after the next events."""
    def is_unknown():
        mock.config("pool", mock.pool, time=str(time.monotonic()))
        return follower.vif(id) == "unknown"
    follower.until(is_unknown, "the end of the VIF")


def test_what_was_made_and_has_gone_between_two_events_is_found_out(unix_mock, folder):
    with follow(unix_mock, folder) as follower:
        follower.until_reachable()
        with unix_mock.changed:                 # events are held back meanwhile
            id = str(uuid.uuid4())
            ref = unix_mock.ref()
            unix_mock.objects["VIF"][ref] = {"uuid": id, "other_config": {}}
        assert follower.until_known("vif", id) == (id, {})
        with unix_mock.changed:
            del unix_mock.objects["VIF"][ref]
        assert follower.vif(id) == (id, {})
        until_unknown(follower, unix_mock, id)


def test_nothing_is_answered_while_the_server_is_away(mock, folder):
    with follow(mock, folder, LOST) as follower:
        follower.until_reachable()
        assert knows_all(follower, mock)
        follower.changes()
        mock.stop()
        follower.until_reachable(False)
        assert follower.network("xenbr0") == follower.pool() == follower.vif(mock.vif) == follower.vm(mock.vm) == "unreachable"
        assert follower.status()["error"]
        mock.config("VIF", mock.vif, nicira_iface_id="changed meanwhile")
        mock.remove("VM", mock.vm)
        mock.start()
        with Stopwatch("from the server's return until all is told"):
            told = follower.until_told(("bridge", "xenbr0"), ("pool", ""), ("vif", mock.vif), ("vm", mock.vm))
        assert ("all", "") not in told
        assert follower.vif(mock.vif) == (mock.vif, {"nicira-iface-id": "changed meanwhile"}) and follower.vm(mock.vm) == "unknown"
        assert follower.status()["error"] == ""


def test_what_has_not_changed_while_the_server_was_away_is_not_told(unix_mock, folder):
    with follow(unix_mock, folder, LOST) as follower:
        follower.until_reachable()
        assert knows_all(follower, unix_mock)
        follower.changes()
        unix_mock.stop()
        follower.until_reachable(False)
        unix_mock.config("VM", unix_mock.vm)
        unix_mock.start()
        assert follower.until_told(("vm", unix_mock.vm)) == {("vm", unix_mock.vm)}


# Bad days


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


# Who is who


def test_a_login_that_is_refused(mock, folder):
    if mock.login == ("", ""):
        pytest.skip("everybody is let in on a unix socket")
    (folder / "wrong").write_text("root:secret-of-another\n")
    options = [f"--ca={mock.certificate[0]}"] if mock.certificate else []
    with DirectoryShell(folder, mock.address, f"--login={folder}/wrong", *options, complaints=LOST) as follower:
        follower.until(lambda: "SESSION_AUTHENTICATION_FAILED" in follower.status()["error"], "the refusal")
        (folder / "wrong").write_text(":".join(mock.login))
        follower.until_reachable()
        assert "secret-of-another" not in follower.log.read_text()


def test_a_login_file_that_is_not_there(unix_mock, folder):
    with DirectoryShell(folder, unix_mock.address, f"--login={folder}/none", complaints=LOST) as follower:
        follower.until(lambda: "none" in follower.status()["error"], "the error")
        (folder / "none").write_text("no colon\n")
        follower.until(lambda: "user:password" in follower.status()["error"], "the other error")
        (folder / "none").write_text(":\n")
        follower.until_reachable()


def test_a_certificate_that_nobody_vouches_for(folder, certificate):  # noqa: F811
    other = folder / "other.pem", folder / "other.key"
    make_certificate(*other)
    with XapiMock(("127.0.0.1", 0), LOGIN, certificate) as mock:
        populate(mock)
        with follow(mock, folder, LOST, certificate=other) as follower:
            follower.until(lambda: "certificate" in follower.status()["error"], "the refusal")
            assert mock.asked("session.login_with_password") == [] and follower.pool() == "unreachable"
        with DirectoryShell(folder, mock.address, f"--login={folder}/login", "--trusted") as follower:
            follower.until_reachable()
            assert knows_all(follower, mock)


def test_the_session_ends_with_the_follower(mock, folder):
    with follow(mock, folder) as follower:
        follower.until_reachable()
        assert knows_all(follower, mock) and len(mock.sessions) == 1
    wait_for(lambda: not mock.sessions, "the session to end", DEADLINE_S)


@pytest.fixture(params=["tcp", "tls"])
def hosts(request, folder, tmp_path):
    """Two hosts of a pool, on the same port."""
    certificate = tmp_path / "certificate.pem", tmp_path / "key.pem"        # noqa: F811
    make_certificate(*certificate, addresses=("127.0.0.1", "127.0.0.2", "127.0.0.3"))
    with XapiMock(("127.0.0.1", 0), LOGIN, certificate if request.param == "tls" else None) as first:
        with XapiMock(("127.0.0.2", first.port), LOGIN, first.certificate) as second:
            for mock in first, second:
                populate(mock)
            first.slave_of = "127.0.0.2"
            yield first, second


def test_a_member_leads_to_its_master(hosts, folder):
    member, master = hosts
    with follow(member, folder) as follower:
        follower.until_reachable()
        assert knows_all(follower, master)
        assert "127.0.0.2" in follower.status()["toolstack"] and "127.0.0.1" in follower.status()["toolstack"]
    wait_for(lambda: not master.sessions, "the session to end", DEADLINE_S)


def until_followed(follower, mock):
    follower.until(lambda: follower.network("xenbr0")[0] == mock.network, "the other host to be followed")
    assert knows_all(follower, mock)


def test_another_master(hosts, folder):
    """The pool has another master: the old one says so, and later it dies and comes back as a member."""
    one, other = hosts
    with follow(one, folder, LOST) as follower:
        follower.until_reachable()
        assert knows_all(follower, other)
        one.slave_of, other.slave_of = None, "127.0.0.1"
        other.hang_up()
        with Stopwatch("from the change of the master until all is known"):
            until_followed(follower, one)
        one.slave_of, other.slave_of = "127.0.0.2", None
        one.restart()
        until_followed(follower, other)
        other.stop()
        one.slave_of = None
        until_followed(follower, one)


def test_hosts_that_name_each_other_as_the_master(hosts, folder):
    one, other = hosts
    other.slave_of = "127.0.0.1"
    with follow(one, folder, LOST) as follower:
        follower.until(lambda: "name each other" in follower.status()["error"], "the error")
        other.slave_of = None
        follower.until_reachable()
        assert knows_all(follower, other)


@pytest.mark.parametrize("name", ["", "master.example.org", "127.0.0.1:80", "::1/x", "\n"])
def test_a_master_that_has_no_address(hosts, folder, name):
    hosts[0].slave_of = name or "x" * 300
    with follow(hosts[0], folder, LOST) as follower:
        follower.until(lambda: "master is said to be" in follower.status()["error"], "the error")


def test_a_member_on_its_unix_socket_is_stayed_with(unix_mock, folder):
    unix_mock.slave_of = "127.0.0.1"
    with follow(unix_mock, folder, LOST) as follower:
        follower.until(lambda: "not the master" in follower.status()["error"], "the error")
        unix_mock.slave_of = None
        follower.until_reachable()
        assert knows_all(follower, unix_mock)


def test_a_server_that_learns_json(folder):
    """A host is upgraded."""
    with XapiMock(str(folder / "xapi")) as mock:
        populate(mock)
        for mock.no_json_status in 404, 500:
            mock.has_json = False
            with follow(mock, folder, LOST) as follower:
                follower.until_reachable()
                assert "by XML-RPC" in follower.log.read_text()
                mock.has_json = True
                mock.restart()
                mock.config("VIF", mock.vif, nicira_iface_id=str(mock.no_json_status))
                follower.until(lambda: follower.vif(mock.vif) == (mock.vif, {"nicira-iface-id": str(mock.no_json_status)}), "the change")


# All of it together


def disturb(mock, chance):
    """One of the things that happen to a server."""
    chance.choice([lambda: mock.hang_up(), lambda: mock.restart(), lambda: mock.sessions.clear(), mock.lose_events,
                   lambda: mock.fail("event.from", "INTERNAL_ERROR"), lambda: mock.fail("VIF.get_by_uuid", "INTERNAL_ERROR"),
                   lambda: mock.fail("VM.get_other_config", "HANDLE_INVALID", "VM", "x"), lambda: setattr(mock, "cuts", 2),
                   lambda: mock.slow.add("VIF.get_other_config"), mock.slow.clear])()


def change(mock, chance, ids):
    """An object is made, changed or taken away."""
    kind = chance.choice(["VIF", "VM"])
    id = chance.choice(ids[kind])
    there = {record["uuid"] for record in mock.objects[kind].values()}
    config = {"nicira-iface-id" if kind == "VIF" else "nicira-vm-id": str(chance.random())} if chance.random() < .8 else {}
    if id not in there:
        mock.add(kind, id=id, other_config=config)
    elif chance.random() < .3:
        mock.remove(kind, id)
    else:
        mock.set(kind, id, other_config=config)
    mock.config("network", mock.network, nicira_bridge_id=str(chance.random()))


def truth(mock, kind, id):
    return next(((id, record["other_config"]) for record in mock.objects[kind].values() if record["uuid"] == id), "unknown")


@pytest.mark.parametrize("seed", range(4))
def test_after_a_storm_of_everything_all_is_right(mock, folder, seed):
    chance = random.Random(seed)
    ids = {kind: [str(uuid.UUID(int=chance.getrandbits(128), version=4)) for _ in range(20)] for kind in ("VIF", "VM")}
    with follow(mock, folder, "WARN") as follower:
        for step in range(400):
            change(mock, chance, ids)
            if chance.random() < .1:
                disturb(mock, chance)
            kind = chance.choice(["VIF", "VM"])
            follower.answer(kind.lower(), chance.choice(ids[kind]))
        mock.slow.clear()
        mock.failures.clear()
        mock.cuts = 0
        wrong = None

        def all_is_right():
            nonlocal wrong
            mock.config("pool", mock.pool, time=str(time.monotonic()))          # events go on
            answers = [(truth(mock, kind, id), follower.answer(kind.lower(), id)) for kind in ids for id in ids[kind]]
            answers.append((truth(mock, "network", mock.network), follower.network("xenbr0")))
            wrong = [pair for pair in answers if pair[0] != pair[1]]
            return not wrong
        with Stopwatch("from the end of the storm until all is right"):
            wait_for(all_is_right, "all to be right", DEADLINE_S, seen=lambda: (wrong, follower.status(), follower.log.read_text()[-3000:]))


# Many


N_MANY = 1000
RECORD_BYTES = 20_000


def rss_kb(process):
    return of_status(process, "VmRSS:")


def is_sanitized(process):
    """ASan keeps what was freed, and has terabytes of addresses."""
    return of_status(process, "VmSize:") > 1 << 30


@pytest.mark.parametrize("has_json", [True, False])
def test_thousands_of_large_records_take_little_memory(folder, has_json):
    with XapiMock(str(folder / "xapi")) as mock:
        mock.has_json = has_json
        populate(mock)
        filler = {f"field_{i}": "x" * 100 for i in range(RECORD_BYTES // 100)}
        vms = [mock.add("VM", other_config={"nicira-vm-id": f"vm {i}"}, **filler) for i in range(N_MANY)]
        vifs = [mock.add("VIF", other_config={"nicira-iface-id": f"vif {i}"}, **filler) for i in range(N_MANY)]
        with follow(mock, folder) as follower:
            follower.until_reachable()
            before = rss_kb(follower.process)
            with Stopwatch(f"until {N_MANY} VIFs and as many VMs are known"):
                for kind, ids in ("vm", vms), ("vif", vifs):
                    wanted = {(kind, id) for id in ids if follower.answer(kind, id) == "unreachable"}
                    if wanted:
                        follower.until_told(*wanted, deadline_s=120, poll_s=0.02)
            known = rss_kb(follower.process)
            follower.status()
            # All of them change at once: one reply of 40 MB.
            with mock.changed:
                for kind, ids in ("VM", vms), ("VIF", vifs):
                    for id in ids:
                        mock.config(kind, id, nicira_vm_id="after", nicira_iface_id="after")
            wanted = {("vm", id) for id in vms} | {("vif", id) for id in vifs}
            with Stopwatch("until the change of all is known"):
                follower.until_told(*wanted, deadline_s=120, poll_s=0.02)
            assert follower.vif(vifs[-1]) == (vifs[-1], {"nicira-iface-id": "after"})
            after, longest_us = rss_kb(follower.process), follower.status()["longest"]
            print(f"RSS: {before} KB when nothing was asked, {known} KB when all is known, {after} KB after all have changed; "
                  f"the longest turn of the loop meanwhile took {longest_us / 1000:.1f} ms of the processor")
            assert after - before < 6_000 or is_sanitized(follower.process)
            assert longest_us < 30_000 or is_sanitized(follower.process)
