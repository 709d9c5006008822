# SPDX-License-Identifier: Apache-2.0
"""Whom a follower of a XenAPI server believes: logins, certificates, members and masters."""

import pytest

from directory_shell import DirectoryShell
from http_echo import make_certificate
from lab import wait_for
from xapi_mock import XapiMock

from .following import DEADLINE_S, LOGIN, LOST, Stopwatch, follow, knows_all, populate


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


def test_a_certificate_that_nobody_vouches_for(folder, certificate):
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
    certificate = tmp_path / "certificate.pem", tmp_path / "key.pem"      
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
