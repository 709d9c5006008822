# SPDX-License-Identifier: Apache-2.0
"""event.from and the older event.next of cabled-xapi."""

import time

import pytest

from lab import wait_for
from xapi_server import DEADLINE_S, XapiServer, failure_of

CALLS_OF_SESSION = 8


@pytest.fixture
def server(tmp_path):
    with XapiServer(tmp_path) as server:
        yield server


@pytest.fixture
def admin(server):
    return server.admin()


@pytest.fixture
def pool(admin):
    return admin("pool.get_all")[0]


def now(client):
    """The token of now."""
    return client("event.from", ["*"], "", 0.0)["token"]


def kinds(events):
    return [(event["operation"], event["class"], event["ref"]) for event in events]


def wait_until_waiting(server, n):
    """Until so many calls of event.from wait: the server answers `status` after it has read them."""
    wait_for(lambda: server.status()["waiting_for_events"] == n, f"{n} calls to wait for events", DEADLINE_S, seen=server.status)


def test_an_empty_token_tells_of_all_that_is_there(admin, pool):
    reply = admin("event.from", ["*"], "", 10.0)
    assert reply.keys() == {"events", "token", "valid_ref_counts"}
    assert ("add", "pool", pool) in kinds(reply["events"])
    assert {event["operation"] for event in reply["events"]} == {"add"}
    (event,) = [event for event in reply["events"] if event["class"] == "pool"]
    assert event.keys() == {"id", "timestamp", "class", "operation", "ref", "snapshot"}
    assert event["snapshot"] == admin("pool.get_record", pool)
    assert isinstance(event["id"], str) and isinstance(event["timestamp"], str)


def test_counts_are_those_of_the_lists_for_every_class(server, admin):
    admin("task.create", "a", "b")
    counts = admin("event.from", ["pool"], "", 1.0)["valid_ref_counts"]
    classes = {name.split(".")[0] for name in admin.call("system.listMethods") if name.endswith(".get_all_records")}
    assert counts == {name.lower(): len(admin(f"{name}.get_all_records")) for name in classes}
    assert counts["task"] == 1
    text = server.client()
    text.request("POST", "/RPC2", "<methodCall><methodName>event.from</methodName><params>"
                 f"<param><value>{admin.session}</value></param><param><value><array><data><value>pool</value></data></array></value></param>"
                 "<param><value/></param><param><value><double>0</double></value></param></params></methodCall>")
    assert b"<name>task</name><value><i4>1</i4></value>" in text.getresponse().read()


def test_tokens_are_two_numbers_that_only_grow(admin, pool):
    tokens = [now(admin)]
    for i in range(5):
        admin("pool.set_name_label", pool, str(i))
        tokens.append(now(admin))
    assert tokens == sorted(set(tokens))
    assert all(len(part) == 20 and part.isdigit() for token in tokens for part in token.split(","))


def test_a_call_waits_until_something_matches(server, admin, pool):
    other = server.again(admin)
    other.begin("event.from", ["pool"], now(admin), 60.0)
    wait_until_waiting(server, 1)
    admin("task.create", "not", "a pool")
    assert not other.is_answered()
    admin("pool.set_name_label", pool, "new")
    reply = other.answer()
    assert kinds(reply["events"]) == [("mod", "pool", pool)]
    assert reply["events"][0]["snapshot"]["name_label"] == "new"


def test_a_call_waits_no_longer_than_it_wants_to(server, admin):
    other = server.again(admin)
    token = now(admin)
    for timeout in 0, 0.0, -5.0, "0":
        assert admin("event.from", ["VM"], token, timeout)["events"] == []
    other.begin("event.from", ["VM"], token, 600.0)
    wait_until_waiting(server, 1)
    server.warp(500_000)
    assert not other.is_answered()
    server.warp(100_000)
    reply = other.answer()
    assert reply["events"] == [] and reply["token"] >= token


def test_what_comes_together_is_told_together(server, admin, pool):
    token = now(admin)
    for i in range(10):
        admin("pool.set_name_label", pool, str(i))
    reply = admin("event.from", ["pool"], token, 10.0)
    assert [event["snapshot"]["name_label"] for event in reply["events"]] == ["9"]
    assert admin("event.from", ["pool"], reply["token"], 0.0)["events"] == []


def test_a_call_that_waits_gathers_for_a_moment(server, admin, pool):
    other = server.again(admin)
    other.begin("event.from", ["pool"], now(admin), 60.0)
    wait_until_waiting(server, 1)
    begin = time.monotonic()
    admin("pool.set_name_label", pool, "new")
    other.answer()
    assert time.monotonic() - begin >= 0.05


def test_events_of_tasks_alone_come_at_once(server, admin):
    other = server.again(admin)
    other.begin("event.from", ["task"], now(admin), 60.0)
    wait_until_waiting(server, 1)
    server.unixctl.call("time/stop")
    task = admin("task.create", "a", "b")
    assert kinds(other.answer()["events"]) == [("add", "task", task)]


def test_adds_come_before_mods_before_dels(admin, pool):
    old = admin("task.create", "old", "")
    token = now(admin)
    admin("task.set_status", old, "success")
    admin("task.destroy", old)
    admin("pool.set_name_label", pool, "new")
    new = admin("task.create", "new", "")
    admin("task.set_progress", new, 0.5)
    events = admin("event.from", ["task", "pool"], token, 10.0)["events"]
    assert kinds(events) == [("add", "task", new), ("mod", "pool", pool), ("del", "task", old)]
    assert events[0]["snapshot"]["progress"] == 0.5
    assert "snapshot" not in events[2]


def test_what_came_and_went_in_between_is_not_told(admin):
    token = now(admin)
    task = admin("task.create", "short", "")
    admin("task.set_status", task, "failure")
    admin("task.destroy", task)
    assert admin("event.from", ["*"], token, 0.0)["events"] == []


def test_subscriptions_are_for_classes_and_objects_in_any_case(admin, pool):
    token = now(admin)
    task = admin("task.create", "a", "b")
    admin("pool.set_name_label", pool, "new")
    assert kinds(admin("event.from", ["POOL"], token, 1.0)["events"]) == [("mod", "pool", pool)]
    assert kinds(admin("event.from", [f"Task/{task}"], token, 1.0)["events"]) == [("add", "task", task)]
    assert admin("event.from", [f"pool/{task}"], token, 0.0)["events"] == []
    assert admin("event.from", ["nosuch"], token, 0.0)["events"] == []
    assert admin("event.from", [], token, 0.0)["events"] == []


def test_wrong_parameters_are_told_from_each_other(admin):
    assert admin.fails("event.from", [""], "", 0.0) == ["EVENT_SUBSCRIPTION_PARSE_FAILURE", ""]
    assert admin.fails("event.from", "pool", "", 0.0) == ["EVENT_SUBSCRIPTION_PARSE_FAILURE", "pool"]
    assert admin.fails("event.from", ["*"], "nonsense", 0.0) == ["EVENT_FROM_TOKEN_PARSE_FAILURE", "nonsense"]
    assert admin.fails("event.from", ["*"], "", "soon")[:2] == ["INVALID_VALUE", "timeout"]
    assert admin.fails("event.from", ["*"] * 1025, "", 0.0)[:2] == ["INVALID_VALUE", "classes"]


def test_tokens_of_another_time_have_lost_events(admin):
    database = int(now(admin).split(",")[0])
    for other in 1, database - 10**6, database + 1:
        assert admin.fails("event.from", ["*"], f"{other:020},{0:020}", 0.0) == ["EVENTS_LOST"]


def test_tokens_grow_over_a_restart(server, admin):
    token = now(admin)
    server.stop()
    server.start()
    assert now(server.admin()) > token


def test_an_injected_event_is_a_change_without_one(admin, pool):
    token = admin("event.inject", "pool", pool)
    reply = admin("event.from", ["pool"], token, 10.0)
    assert kinds(reply["events"]) == [("mod", "pool", pool)]
    assert reply["token"] > token
    assert admin.fails("event.inject", "Pool", pool) == ["HANDLE_INVALID", "Pool", pool]
    assert admin.fails("event.inject", "VM", pool) == ["HANDLE_INVALID", "VM", pool]
    assert admin.fails("event.inject", "session", admin.session) == ["HANDLE_INVALID", "session", admin.session]


def test_who_logs_out_waits_no_more(server, admin):
    other, third = server.again(admin), server.session("watch")
    other.begin("event.from", ["VM"], now(admin), 60.0)
    third.begin("event.from", ["VM"], now(admin), 60.0)
    wait_until_waiting(server, 2)
    admin("session.logout")
    assert failure_of(other.answer) == ["SESSION_INVALID", admin.session]
    assert not third.is_answered()


def test_a_client_that_goes_is_forgotten(server, admin):
    for _ in range(3):
        other = server.again(admin)
        other.begin("event.from", ["VM"], now(admin), 3600.0)
        wait_until_waiting(server, 1)
        other.close()
        wait_until_waiting(server, 0)


def test_of_too_many_calls_the_one_that_waits_longest_is_answered(server, admin):
    token = now(admin)
    calls = [server.again(admin) for _ in range(CALLS_OF_SESSION + 1)]
    for n, call in enumerate(calls):
        call.begin("event.from", ["VM"], token, 3600.0)
        wait_until_waiting(server, min(n + 1, CALLS_OF_SESSION))
    assert calls[0].answer()["events"] == []
    assert not any(call.is_answered() for call in calls[1:])


def test_the_old_form_waits_for_what_the_session_is_registered_for(server, admin, pool):
    other = server.again(admin)
    assert other.fails("event.next") == ["SESSION_NOT_REGISTERED", admin.session]
    assert other("event.register", ["pool"]) == ""
    other.begin("event.next")
    wait_until_waiting(server, 1)
    admin("task.create", "not", "a pool")
    assert not other.is_answered()
    admin("pool.set_name_label", pool, "new")
    (event,) = other.answer()
    assert (event["operation"], event["class"], event["ref"]) == ("mod", "pool", pool)
    assert abs(float(event["timestamp"]) - time.time()) < DEADLINE_S
    assert other("event.register", ["task"]) == ""
    task = admin("task.create", "a", "b")
    assert kinds(other("event.next")) == [("add", "task", task)]
    assert other("event.unregister", ["POOL", "task"]) == ""
    assert other.fails("event.next") == ["SESSION_NOT_REGISTERED", admin.session]
    assert other.fails("event.register", [""]) == ["EVENT_SUBSCRIPTION_PARSE_FAILURE", ""]
    assert other.fails("event.unregister", ["pool"]) == ["SESSION_NOT_REGISTERED", admin.session]


def test_whoever_unregisters_while_waiting_waits_no_more(server, admin):
    other = server.again(admin)
    other("event.register", ["VM"])
    other.begin("event.next")
    wait_until_waiting(server, 1)
    admin("event.unregister", ["VM"])
    assert failure_of(other.answer) == ["SESSION_NOT_REGISTERED", admin.session]


def test_the_current_id_grows(admin, pool):
    first = admin("event.get_current_id")
    admin("pool.set_name_label", pool, "new")
    assert admin("event.get_current_id") > first
