# SPDX-License-Identifier: Apache-2.0
"""cabled-xapi on a host with a switch, an agent and guests that are namespaces: what a verb's reply promises is so."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from lab import Lab, wait_for
from toolstack_host import DEADLINE_S, Client, Failure, ToolstackHost


@pytest.fixture
def host():
    with Lab(xapi=True) as lab:
        yield ToolstackHost(lab)


@pytest.fixture
def vm(host):
    return host.vm("web", 2)


def until(vm, condition):
    wait_for(condition, "the VM to get there", DEADLINE_S, seen=vm.seen)


def process_of(vm):
    """The pid of what keeps the guest's namespace, as the domain's record has it."""
    return json.loads((vm.host.lab.xapi.domains / vm.uuid / "domain.json").read_text())["pid"]


def test_vm_that_was_started_is_cabled(host, vm):
    vm.start()
    assert vm.is_running(), vm.seen()
    domid = vm.do("get_domid")
    row = json.loads(host.lab.vsctl("--format=json", "--columns=external_ids", "find", "Interface", f"name=vif{domid}.0"))
    ids = dict(row["data"][0][0][1])
    assert ids["xs-vm-uuid"] == vm.uuid
    assert ids["xs-vif-uuid"] == host.call("VIF.get_uuid", vm.vifs[0])
    assert ids["attached-mac"] == host.call("VIF.get_MAC", vm.vifs[0])


def test_nothing_is_left_of_a_vm_that_was_shut_down(vm):
    vm.start()
    vm.do("hard_shutdown")
    assert vm.is_halted(), vm.seen()
    vm.start()
    vm.do("clean_shutdown")
    assert vm.is_halted(), vm.seen()


def test_vm_that_starts_paused_is_cabled_before_its_guest_runs(vm):
    vm.start(paused=True)
    assert vm.power_state == "Paused"
    assert vm.is_wired() and vm.host.ports() == vm.interfaces
    vm.do("unpause")
    assert vm.is_running(), vm.seen()


def test_reboot_and_pause_keep_the_cables(vm):
    vm.start()
    cables = vm.interfaces
    for verb in ("pause", "unpause", "clean_reboot", "hard_reboot"):
        vm.do(verb)
        assert vm.interfaces == cables == vm.host.ports()
    assert vm.is_running(), vm.seen()


def test_vm_whose_vif_cannot_be_wired_does_not_start_and_says_why(host, vm):
    """The toolstack sees a device of the bridge's name; that it is no bridge of Open vSwitch is the agent's word."""
    host.lab.run("ip", "link", "add", "nobr0", "type", "veth", "peer", "name", "nobr0-peer")
    host.lab.expect("cabled-xapi", "VM.start fails")
    host.lab.expect("cabled", "bridge nobr0 is missing")
    other = host.call("network.create", {"name_label": "elsewhere", "bridge": "nobr0", "managed": False, "other_config": {}})
    host.call("VIF.move", vm.vifs[1], other)
    with pytest.raises(Failure) as failed:
        vm.start()
    assert "nobr0" in str(failed.value) and "vif1.1" in str(failed.value)
    assert vm.is_halted(), vm.seen()
    host.lab.run("ip", "link", "delete", "nobr0")


def test_vif_is_unplugged_plugged_and_moved_while_the_guest_runs(host, vm):
    vm.start()
    other = host.call("network.create", {"name_label": "net1", "other_config": {}})
    host.call("VIF.unplug", vm.vifs[1])
    domid = vm.do("get_domid")
    assert host.ports() == host.devices() == {f"vif{domid}.0"}
    host.call("VIF.plug", vm.vifs[1])
    assert vm.is_running(), vm.seen()
    host.call("VIF.move", vm.vifs[1], other)
    assert host.ports() == {f"vif{domid}.0"}
    assert host.lab.vsctl("list-ports", host.call("network.get_bridge", other)).split() == [f"vif{domid}.1"]
    assert vm.is_wired()


@pytest.mark.parametrize("action, end", [("destroy", "is_halted"), ("restart", "is_running")])
def test_guest_whose_process_is_killed_is_halted_or_started_again(host, action, end):
    host.lab.expect("cabled-xapi", "its domain has ended|its process has ended")
    host.lab.expect("ovs-vswitchd", "No such device")
    vm = host.vm("web", 1, actions_after_crash=action)
    vm.start()
    domid = vm.do("get_domid")
    host.lab.run("kill", "-KILL", str(process_of(vm)))
    until(vm, lambda: vm.do("get_domid") != domid and getattr(vm, end)())


def test_domain_whose_vm_was_deleted_meanwhile_is_destroyed(host, vm):
    vm.start()
    host.lab.xapi.kill()
    where = [["VM", "==", ["uuid", vm.uuid]]]
    host.lab.run("ovsdb-client", "transact", host.lab.pool_db.remote, json.dumps([
        "Cabled", {"op": "delete", "table": "VIF", "where": where}, {"op": "delete", "table": "VBD", "where": where},
        {"op": "delete", "table": "VM", "where": [["_uuid", "==", ["uuid", vm.uuid]]]}]))
    host.lab.xapi.start()
    wait_for(lambda: host.domains() == [] and host.devices() == set() and host.ports() == set(), "the domain to go", DEADLINE_S,
             seen=lambda: [host.domains(), host.devices(), host.ports()])


def test_vm_that_runs_does_not_notice_that_the_server_is_begun_anew(host, vm):
    vm.start()
    cables = vm.interfaces
    host.lab.xapi.kill()
    host.lab.xapi.start()
    host.connect()
    assert vm.interfaces == cables
    assert vm.is_running(), vm.seen()
    vm.do("hard_shutdown")
    assert vm.is_halted(), vm.seen()


def test_storm_of_starts_and_shutdowns_leaves_nothing(host):
    vms = [host.vm(f"vm{i}") for i in range(24)]
    path = host.call.server, host.lab.xapi.address.removeprefix("unix:")

    def live(own):
        call = Client(path[1])
        for vm in own:
            call("VM.start", vm.ref, False, False)
        for vm in own:
            call("VM.hard_shutdown", vm.ref)

    with ThreadPoolExecutor(6) as clients:
        list(clients.map(live, [vms[i::6] for i in range(6)]))
    assert host.domains() == [] and host.devices() == set() and host.ports() == set()
    assert {vm.power_state for vm in vms} == {"Halted"}
