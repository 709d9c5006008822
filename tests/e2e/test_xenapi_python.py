# SPDX-License-Identifier: Apache-2.0
"""Python's xmlrpc.client, which posts to /RPC2 what the examples of XenServer's SDK send."""

import pytest

from lab import wait_for
from toolstack_host import RECORD
from xapi_clients import CLIENTS, LOGIN, NULL, URL, lives, network_record, scene, vif_record  # noqa: F401


@pytest.fixture
def client(scene):  # noqa: F811
    client = scene.client("/usr/bin/python3", CLIENTS / "python.py", URL)
    client.do("connect", *LOGIN, "1.0", "a test")
    yield client
    client.end()


def test_vm_lives(scene, client):  # noqa: F811
    lives(scene, client, client.call)


def test_vm_lives_by_tasks_that_are_polled(scene, client):  # noqa: F811
    def act(method, *args):
        task = client.call(f"Async.{method}", *args)
        wait_for(lambda: client.call("task.get_status", task) != "pending", f"{method} to end")
        assert client.call("task.get_status", task) == "success", client.call("task.get_error_info", task)
        assert client.call("task.get_result", task) in ("", "<value></value>", "<value/>")
        client.call("task.destroy", task)
    lives(scene, client, act)


def test_vm_is_cloned_from_a_template_started_and_thrown_away(scene, client):  # noqa: F811
    """The sample "vm_start" of the SDK: a template is chosen, cloned, given a VIF, provisioned and started."""
    call = client.call
    template = call("VM.create", {**RECORD, "name_label": "a template", "is_a_template": True})
    call("network.create", network_record("lan"))

    records = call("VM.get_all_records")
    templates = [vm for vm in records if call("VM.get_is_a_template", vm) and not records[vm]["is_control_domain"]]
    assert templates == [template]
    vm = call("VM.clone", template, "web")
    for pif in call("PIF.get_all"):
        assert call("PIF.get_network", pif) in call("network.get_all")
    network = call("network.get_by_name_label", "lan")[0]
    vif = call("VIF.create", vif_record(vm, network, "0"))
    call("VM.set_PV_args", vm, "100001")
    assert any(record["type"] for record in call("SR.get_all_records").values())
    call("VM.provision", vm)
    call("VM.start", vm, False, True)
    scene.cable_of(call, vif)
    metrics = call("VM.get_guest_metrics", vm)
    if metrics != NULL:
        assert isinstance(call("VM_guest_metrics.get_networks", metrics), dict)

    call("VM.clean_shutdown", vm)
    assert call("VM.get_power_state", vm) == "Halted"
    for each in (vm, template):
        call("VM.destroy", each)
    call("network.destroy", network)
    scene.nothing_is_left()


def test_session_that_has_ended_is_told(scene, client):  # noqa: F811
    other = scene.client("/usr/bin/python3", CLIENTS / "python.py", URL)
    session = other.do("connect", *LOGIN)
    other.do("disconnect")
    assert other.fails("VM.get_all") == ["SESSION_INVALID", session]
    other.process.stdin.close()
    other.process.stdout.close()
    assert other.process.wait() == 0
