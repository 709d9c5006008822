# SPDX-License-Identifier: Apache-2.0
"""Logging in to cabled-xapi, what a session may do, and how it ends."""

import subprocess
import threading

import pytest

from lab import wait_for
from lab.environment import programs_folder
from xapi_server import DEADLINE_S, HASH, USERS, Failure, XapiServer, failure_of

DAY_MS = 24 * 3600 * 1000
SESSIONS_OF_USER = 500


@pytest.fixture
def server(tmp_path):
    with XapiServer(tmp_path) as server:
        yield server


def log_in(client, user="root", password="secret", *more):
    return client.call("session.login_with_password", user, password, *more)


def refusal(client, user="root", password="wrong"):
    return failure_of(lambda: log_in(client, user, password))


def test_a_login_takes_two_to_four_strings(server):
    client = server.json()
    for more in [], ["1.1"], ["1.1", "nova"]:
        assert log_in(client, "root", "secret", *more).startswith("OpaqueRef:")
    name = "session.login_with_password"
    assert failure_of(lambda: client.call(name, "root")) == ["MESSAGE_PARAMETER_COUNT_MISMATCH", name, "2", "1"]
    assert failure_of(lambda: client.call(name, *["x"] * 5)) == ["MESSAGE_PARAMETER_COUNT_MISMATCH", name, "2", "5"]
    assert failure_of(lambda: client.call(name, "root", 7))[0] == "INVALID_VALUE"
    assert failure_of(lambda: client.call(name, "root", "x" * 512))[:2] == ["INVALID_VALUE", "pwd"]
    assert failure_of(lambda: client.call(name, "x" * 65, "secret"))[:2] == ["INVALID_VALUE", "uname"]


def test_a_session_is_an_object_that_tells_who_is_logged_in(server):
    admin, watch = server.session("root", "the client"), server.session("watch")
    record = admin("session.get_record", admin.session)
    assert record["uuid"] == admin.session.removeprefix("OpaqueRef:")
    assert (record["auth_user_name"], record["originator"], record["is_local_superuser"]) == ("root", "the client", True)
    assert record["this_host"] == admin("session.get_this_host", admin.session) == admin("host.get_all")[0]
    assert admin("session.get_by_uuid", record["uuid"]) == admin.session
    assert watch("session.get_is_local_superuser", watch.session) is False
    admin("session.add_to_other_config", admin.session, "key", "value")
    assert admin("session.get_other_config", admin.session) == {"key": "value"}


def test_nobody_is_told_of_other_sessions(server):
    admin = server.admin()
    assert admin.fails("session.get_all") == ["MESSAGE_METHOD_UNKNOWN", "session.get_all"]
    assert "session" not in admin("event.from", ["*"], "", 0.0)["valid_ref_counts"]


def test_wrong_password_and_unknown_user_are_refused_in_the_same_words(server):
    client = server.json()
    assert refusal(client, "root") == ["SESSION_AUTHENTICATION_FAILED", "root", "Authentication failure"]
    assert refusal(client, "nobody") == ["SESSION_AUTHENTICATION_FAILED", "nobody", "Authentication failure"]
    assert refusal(client, "", "") == ["SESSION_AUTHENTICATION_FAILED", "", "Authentication failure"]


def test_failures_are_answered_later_and_later_and_successes_at_once(server):
    client = server.json()
    for n, delay in enumerate([1000, 2000, 4000, 8000, 16000]):
        client.ask("session.login_with_password", "root", "wrong")
        server.until_logged("a login as 'root' from 127.0.0.1 failed", n + 1)
        server.warp(delay)
        with pytest.raises(Failure):
            client.answer()
    client.ask("session.login_with_password", "watch", "wrong")
    server.until_logged("a login as 'watch' from 127.0.0.1 failed")
    assert log_in(server.json(), "watch").startswith("OpaqueRef:")
    server.warp(15_000)
    assert log_in(server.json(), "root").startswith("OpaqueRef:")
    assert not client.is_answered()
    server.warp(15_000)
    with pytest.raises(Failure):
        client.answer()


def test_an_address_tries_few_passwords_at_a_time(server):
    clients = [server.json() for _ in range(17)]
    for client in clients[:16]:
        client.ask("session.login_with_password", "root", "wrong")
    server.until_logged("a login as 'root' from 127.0.0.1 failed", 16)
    assert refusal(clients[16])[2] == "too many logins are under way; try again"
    clients[0].close()
    assert refusal(clients[16], "root", "secret")[2] == "too many logins are under way; try again"
    server.warp(30_000)
    wait_for(lambda: clients[15].is_answered(), "the last failure to be answered", DEADLINE_S)
    assert log_in(server.json()).startswith("OpaqueRef:")


def test_a_client_that_goes_while_its_password_is_checked_leaves_nothing(server):
    for password in "secret", "wrong":
        client = server.json()
        client.ask("session.login_with_password", "root", password)
        client.close()
    server.until_logged("a login as 'root' from 127.0.0.1 failed")
    assert server.admin()("pool.get_all")


def test_many_log_in_at_once(server):
    refs = []
    threads = [threading.Thread(target=lambda: refs.append(log_in(server.json()))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE_S)
    assert len(set(refs)) == 12


def test_the_owner_of_the_server_needs_no_password_at_its_unix_socket(server):
    client = server.json("unix")
    client.session = log_in(client, "", "")
    assert client("session.get_is_local_superuser", client.session) is True
    (pool,) = client("pool.get_all")
    client("pool.set_name_label", pool, "by socket")
    assert client("pool.get_name_label", pool) == "by socket"


def test_local_logins_are_logins(server):
    client = server.json()
    client.session = client.call("session.slave_local_login_with_password", "root", "secret")
    assert client("session.get_this_host", client.session)
    assert client("session.local_logout") == ""
    assert client.fails("pool.get_all") == ["SESSION_INVALID", client.session]


def test_unknown_sessions_are_invalid(server):
    client = server.json()
    for ref in "OpaqueRef:NULL", "", "nonsense", "OpaqueRef:d67d50da-3689-41af-a9e9-890bedebf0a6":
        client.session = ref
        assert client.fails("pool.get_all") == ["SESSION_INVALID", ref]
    client.session = 7
    assert client.fails("pool.get_all") == ["SESSION_INVALID", ""]


def test_a_session_lasts_while_it_is_used_and_a_day_longer(server):
    used, unused = server.admin(), server.admin()
    for _ in range(3):
        server.warp(DAY_MS // 2)
        assert server.again(used)("pool.get_all")
    assert server.again(unused).fails("pool.get_all") == ["SESSION_INVALID", unused.session]
    server.warp(DAY_MS + 1)
    assert server.again(used).fails("pool.get_all") == ["SESSION_INVALID", used.session]


def test_a_user_s_oldest_session_makes_room(server):
    watch, first = server.session("watch"), server.admin()
    second = log_in(first)
    client = server.json()
    for _ in range(SESSIONS_OF_USER - 2):
        last = log_in(client)
    assert first("pool.get_all")
    server.allow("the one that was used longest ago ends")
    assert log_in(client).startswith("OpaqueRef:")
    client.session = second
    assert client.fails("pool.get_all") == ["SESSION_INVALID", second]
    client.session = last
    assert client("pool.get_all") and first("pool.get_all") and watch("pool.get_all")


def test_a_read_only_user_reads_and_changes_nothing(server):
    admin, watch = server.admin(), server.session("watch")
    (pool,) = watch("pool.get_all")
    assert watch("pool.get_record", pool)["uuid"]
    assert watch("host.get_servertime", watch("host.get_all")[0])
    token = watch("event.inject", "pool", pool)
    assert watch("event.from", ["pool"], token, 10.0)["events"][0]["ref"] == pool
    denied = {
        "pool.set_name_label": (pool, "x"), "pool.add_to_other_config": (pool, "a", "b"), "network.create": ({"other_config": {}},),
        "task.create": ("a", "b"), "session.add_to_other_config": (watch.session, "a", "b"), "VM.start": ("OpaqueRef:NULL", False, False),
    }
    for method, params in denied.items():
        assert watch.fails(method, *params) == ["RBAC_PERMISSION_DENIED", method, "user watch is read-only"]
    assert watch.fails("Async.VM.start", "OpaqueRef:NULL", False, False)[:2] == ["RBAC_PERMISSION_DENIED", "VM.start"]
    assert admin("task.get_all") == [] and admin("pool.get_other_config", pool) == {}
    assert watch("session.logout") == ""


def test_the_users_file_is_read_anew_when_it_changes(server):
    admin, watch = server.admin(), server.session("watch")
    (pool,) = admin("pool.get_all")
    server.write_users(f"new:admin:{HASH}\nwatch:admin:{HASH}\n")
    assert admin.fails("pool.get_all") == ["SESSION_INVALID", admin.session]
    watch("pool.set_name_label", pool, "by watch")
    assert log_in(server.json(), "new").startswith("OpaqueRef:")
    other = subprocess.run([programs_folder() / "cabled-xapi", "--hash-password"], input="other\n", text=True, check=True,
                           stdout=subprocess.PIPE).stdout
    server.write_users(f"watch:read-only:{other}")
    assert watch.fails("pool.get_all") == ["SESSION_INVALID", watch.session]
    assert log_in(server.json(), "watch", "other").startswith("OpaqueRef:")


def test_a_users_file_that_cannot_be_read_changes_nothing(server):
    admin = server.admin()
    server.allow("the users of before stay")
    server.write_users("nonsense\n")
    assert admin("pool.get_all")
    server.until_logged("users: line 1: the line has fewer than three parts; write name:role:hash; the users of before stay")
    server.write_users(f"evil:admin:{HASH}\n", 0o666)
    assert admin("pool.get_all")
    server.until_logged("users: others can write it: chmod go-w it; the users of before stay")
    assert refusal(server.json(), "evil", "secret")[0] == "SESSION_AUTHENTICATION_FAILED"
    server.write_users(USERS)
    assert log_in(server.json(), "watch").startswith("OpaqueRef:")


def test_without_its_file_nobody_has_a_password(server):
    admin = server.admin()
    server.users.unlink()
    assert admin.fails("pool.get_all") == ["SESSION_INVALID", admin.session]
    assert refusal(server.json(), "root", "secret")[0] == "SESSION_AUTHENTICATION_FAILED"
    assert log_in(server.json("unix"), "root", "").startswith("OpaqueRef:")


@pytest.mark.parametrize("text, mode, why", [
    ("root:admin:secret\n", 0o600,
     "line 1: the third part is no hash of a strong method, as crypt(5) has it; make one with cabled-xapi "
     "--hash-password"),
    (USERS, 0o620, "others can write it: chmod go-w it"),
])
def test_it_does_not_start_with_a_users_file_that_is_wrong(tmp_path, text, mode, why):
    server = XapiServer(tmp_path)
    server.write_users(text, mode)
    done = subprocess.run(server.argv(), text=True, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=DEADLINE_S)
    assert done.returncode == 1
    assert done.stderr.endswith(f"cabled-xapi: {server.users}: {why}\n")


def test_a_hash_is_made_of_a_line_of_standard_input():
    hashes = {subprocess.run([programs_folder() / "cabled-xapi", "--hash-password"], input=b"secret\n", check=True,
                             stdout=subprocess.PIPE).stdout for _ in range(2)}
    assert len(hashes) == 2 and all(hash.startswith(b"$") and hash.endswith(b"\n") for hash in hashes)
    for wrong in b"", b"\n", b"x" * 512 + b"\n":
        done = subprocess.run([programs_folder() / "cabled-xapi", "--hash-password"], input=wrong, capture_output=True)
        assert done.returncode == 1 and not done.stdout and b"password" in done.stderr
