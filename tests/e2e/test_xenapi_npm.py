# SPDX-License-Identifier: Apache-2.0
"""The npm package `xen-api`, Xen Orchestra's client, unmodified: both of its transports, its cache that events keep, its tasks."""

import subprocess

import pytest

from lab.environment import REPO
from toolstack_host import RECORD
from xapi_clients import CLIENTS, LOGIN, NULL, URL, built, lives, scene  # noqa: F401
from xapi_server import Failure


@pytest.fixture(scope="session")
def folder():
    return subprocess.run([REPO / "scripts/clients"], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True).stdout.strip()


@pytest.fixture(params=["json-rpc", "xml-rpc"])
def client(request, scene, folder):  # noqa: F811
    client = scene.client("node", CLIENTS / "npm.mjs", folder, URL, request.param, *LOGIN)
    client.pool = client.do("connect")
    yield client
    client.end()


def asynchronously(client):
    return lambda method, *args: client.do("callAsync", method, *args)


def test_vm_lives_by_calls(scene, client):  # noqa: F811
    lives(scene, client, client.call)


def test_vm_lives_by_tasks(scene, client):  # noqa: F811
    lives(scene, client, asynchronously(client))


def test_task_ends_with_its_result_or_its_failure(client):
    act = asynchronously(client)
    network, vm, _ = built(client.call)
    assert act("VM.start", vm, False, False) == ""
    copy = act("VM.create", {**RECORD, "name_label": "other"})
    assert client.call("VM.get_name_label", copy) == "other"
    with pytest.raises(Failure) as failed:
        act("VM.start", vm, False, False)
    assert [failed.value.code, *failed.value.params] == ["VM_BAD_POWER_STATE", vm, "halted", "running"]
    act("VM.hard_shutdown", vm)


def test_what_happens_is_in_its_cache_without_asking(client):
    assert {"pool", "host", "VM", "SR"} <= set(client.do("types"))
    assert client.do("cached", client.pool)["uuid"] == client.pool.removeprefix("OpaqueRef:")
    network, vm, vifs = built(client.call)
    assert client.do("barrier", vm)["power_state"] == "Halted"
    client.call("VM.start", vm, False, False)
    assert client.do("waitForField", vm, "power_state", "Running")["resident_on"] != NULL
    assert client.do("waitForField", vifs[1], "currently_attached", True)["VM"] == vm
    client.call("VM.hard_shutdown", vm)
    assert client.do("waitForField", vm, "power_state", "Halted")["domid"] in (-1, "-1")
    client.call("VM.destroy", vm)
    client.do("waitForEnd", vm)
    client.do("waitForEnd", vifs[0])


def test_operation_is_seen_while_it_is_under_way(scene, client):  # noqa: F811
    """What Xen Orchestra's SDN plugin waits for. The agent stands still, so that there is time to look."""
    _, vm, _ = built(client.call)
    scene.lab.agent.signal("STOP")
    task = client.call("Async.VM.start", vm, False, False)
    client.do("waitForField", vm, "current_operations", {task: "start"})
    assert client.do("cached", task)["status"] == "pending"
    scene.lab.agent.signal("CONT")
    assert client.do("waitForField", vm, "current_operations", {})["power_state"] == "Running"
    assert client.do("waitForField", task, "status", "success")["allowed_operations"] == []


def test_barrier_leaves_nothing_in_the_pool(client):
    client.do("setFieldEntry", "pool", client.pool, "other_config", "tested", "yes")
    client.do("setFieldEntry", "pool", client.pool, "other_config", "tested", "again")
    assert client.do("barrier", client.pool)["other_config"]["tested"] == "again"
    client.do("setFieldEntry", "pool", client.pool, "other_config", "tested", None)
    client.do("waitForField", client.pool, "other_config", {})
    assert client.call("pool.get_other_config", client.pool) == {}
