# SPDX-License-Identifier: Apache-2.0
"""Tasks of cabled-xapi: those of verbs and those that clients make."""

import pytest

from lab import wait_for
from xapi_server import DEADLINE_S, XapiServer

MINUTE_MS = 60_000
NETWORK = {"name_label": "net", "other_config": {}, "bridge": "test0"}


@pytest.fixture
def server(tmp_path):
    with XapiServer(tmp_path) as server:
        yield server


@pytest.fixture
def admin(server):
    return server.admin()


def done(client, task):
    """The task's record when it is done."""
    def record():
        found = client("task.get_record", task)
        return found if found["status"] != "pending" else None
    return wait_for(record, f"{task} to be done", DEADLINE_S, seen=lambda: client("task.get_record", task))


def test_an_asynchronous_call_is_answered_with_its_task_and_the_task_with_the_result(admin):
    task = admin("Async.network.create", NETWORK)
    record = done(admin, task)
    (network,) = admin("network.get_all")
    assert record["uuid"] == task.removeprefix("OpaqueRef:")
    assert (record["status"], record["progress"], record["error_info"]) == ("success", 1.0, [])
    assert record["result"] == f"<value>{network}</value>"
    assert record["name_label"] == "Async.network.create"
    assert record["allowed_operations"] == [] and record["finished"] >= record["created"]
    assert record["resident_on"] == admin("host.get_all")[0]
    assert admin("task.get_by_name_label", "Async.network.create") == [task]
    assert admin("task.destroy", task) == ""
    assert admin.fails("task.get_record", task) == ["HANDLE_INVALID", "task", task]
    assert admin.fails("task.destroy", task) == ["HANDLE_INVALID", "task", task]


def test_a_task_keeps_why_it_failed(admin):
    task = admin("Async.network.create", NETWORK | {"MTU": "many"})
    record = done(admin, task)
    assert record["status"] == "failure" and record["result"] == ""
    assert record["error_info"][0] == "INVALID_VALUE"


def test_a_call_that_is_waited_for_has_a_task_whose_end_can_be_seen(server, admin):
    watcher = server.again(admin)
    token = admin("event.from", ["*"], "", 0.0)["token"]
    admin("network.create", NETWORK)
    (event,) = watcher("event.from", ["task"], token, 10.0)["events"]
    assert event["operation"] == "add"
    assert (event["snapshot"]["name_label"], event["snapshot"]["status"]) == ("network.create", "success")
    watcher.begin("event.from", ["task"], watcher("event.from", ["*"], token, 0.0)["token"], 60.0)
    server.warp(11_000)
    assert [(event["operation"], event["ref"]) for event in watcher.answer()["events"]] == [("del", event["ref"])]


def test_reading_makes_no_tasks(admin):
    admin("host.get_servertime", admin("host.get_all")[0])
    admin("pool.get_all_records")
    assert admin("task.get_all") == []


def test_a_client_s_own_task_is_as_far_as_the_client_says(admin):
    task = admin("task.create", "label", "description")
    record = admin("task.get_record", task)
    assert (record["name_label"], record["name_description"], record["status"]) == ("label", "description", "pending")
    assert set(record["allowed_operations"]) == {"cancel", "destroy"}
    admin("task.set_progress", task, 0.25)
    admin("task.set_result", task, "<value>x</value>")
    admin("task.set_error_info", task, ["CODE", "why"])
    admin("task.add_to_other_config", task, "key", "value")
    record = admin("task.get_record", task)
    assert (record["progress"], record["result"], record["error_info"]) == (0.25, "<value>x</value>", ["CODE", "why"])
    assert record["other_config"] == {"key": "value"}
    assert admin.fails("task.set_progress", task, 2)[0] == "INVALID_VALUE"
    assert admin.fails("task.set_status", task, "done") == ["INVALID_VALUE", "value", "done"]
    assert admin("task.set_status", task, "Failure") == ""
    record = admin("task.get_record", task)
    assert (record["status"], record["allowed_operations"]) == ("failure", [])
    assert admin.fails("task.set_progress", task, 0.5) == ["OPERATION_NOT_ALLOWED", "the task is done"]


def test_a_client_s_own_task_is_cancelled_at_once(admin):
    task = admin("task.create", "label", "")
    assert admin("task.cancel", task) == ""
    assert admin("task.get_status", task) == "cancelled"
    assert admin.fails("task.cancel", task) == ["OPERATION_NOT_ALLOWED", "the task is done"]
    other = admin("task.create", "other", "")
    assert done(admin, admin("Async.task.cancel", other))["status"] == "success"
    assert admin("task.get_status", other) == "cancelled"


def test_a_task_that_is_destroyed_before_its_end_goes_soon_after_it(server, admin):
    task = admin("task.create", "label", "")
    admin("task.destroy", task)
    assert admin("task.get_status", task) == "pending"
    admin("task.set_status", task, "success")
    assert admin("task.get_status", task) == "success"
    server.warp(11_000)
    assert admin.fails("task.get_status", task) == ["HANDLE_INVALID", "task", task]


def test_tasks_go_an_hour_after_their_end_and_count_as_failed_after_a_day(server, admin):
    finished, pending = admin("task.create", "finished", ""), admin("task.create", "pending", "")
    admin("task.set_status", finished, "success")
    server.warp(64 * MINUTE_MS)
    assert set(server.again(admin)("task.get_all")) == {finished, pending}
    server.warp(2 * MINUTE_MS)
    assert server.again(admin)("task.get_all") == [pending]
    server.warp(23 * 60 * MINUTE_MS)
    client = server.admin()
    assert client("task.get_status", pending) == "failure"
    server.warp(66 * MINUTE_MS)
    assert server.again(client)("task.get_all") == []


def test_there_are_not_more_pending_tasks_than_the_limit(admin):
    tasks = [admin("task.create", "label", "") for _ in range(1000)]
    assert admin.fails("task.create", "label", "") == ["TOO_MANY_PENDING_TASKS"]
    assert admin.fails("Async.network.create", NETWORK) == ["TOO_MANY_PENDING_TASKS"]
    assert admin("network.get_all") == []
    admin("task.set_status", tasks[0], "success")
    assert admin("task.create", "label", "")


def test_texts_of_tasks_are_limited(admin):
    task = admin("task.create", "x" * 255, "y" * 4096)
    assert admin.fails("task.create", "x" * 256, "")[:2] == ["INVALID_VALUE", "label"]
    assert admin.fails("task.create", "", "y" * 4097)[:2] == ["INVALID_VALUE", "description"]
    assert admin.fails("task.set_result", task, "x" * 65537)[:2] == ["INVALID_VALUE", "value"]
