# SPDX-License-Identifier: Apache-2.0
"""What is refused, and in which words: each transition of a VM or VIF that is not legal, and each value that cannot be. By XML-RPC from a server with a
switch, an agent and guests, and both ways: as the call's own failure, and as that of its task."""

import contextlib
import json
from itertools import count

import pytest

from lab import Lab, wait_for
from toolstack_host import DEADLINE_S, RECORD, Client, Failure, ToolstackHost

NOBODY = "OpaqueRef:d67d50da-3689-41af-a9e9-890bedebf0a6"
NULL = "OpaqueRef:NULL"
STATES = ("halted", "paused", "suspended", "running")
BOTH = pytest.mark.parametrize("way", ["sync", "async"])

# Of each verb: its parameters after the VM, and in which states it is legal.
VERBS = {
    "start": ([False, False], ["halted"]),
    "start_on": (["HOST", False, False], ["halted"]),
    "clone": (["copy"], ["halted"]),
    "pause": ([], ["running"]),
    "unpause": ([], ["paused"]),
    "suspend": ([], ["running"]),
    "resume": ([False, False], ["suspended"]),
    "resume_on": (["HOST", False, False], ["suspended"]),
    "clean_shutdown": ([], ["running"]),
    "clean_reboot": ([], ["running"]),
    "shutdown": ([], ["paused", "suspended", "running"]),
    "hard_shutdown": ([], ["paused", "suspended", "running"]),
    "hard_reboot": ([], ["paused", "running"]),
    "destroy": ([], ["halted", "suspended"]),
}
ILLEGAL = [(verb, state) for verb, (_, legal) in VERBS.items() for state in STATES if state not in legal]


class Scene:
    """A host with a VM in each state, with two VIFs each of which the first is attached where that can be."""

    def __init__(self, lab):
        self.lab = lab
        self.host = ToolstackHost(lab)
        self.call = self.host.call
        (self.here,) = self.call("host.get_all")
        self.names = (f"vm{i}" for i in count())
        self.vms = {state: self.host.vm(state, 2) for state in STATES}
        self.vms["paused"].start(paused=True)
        self.vms["running"].start()
        self.show_suspended(self.vms["suspended"])

    def show_suspended(self, vm):
        """Nobody suspends VMs here, but a row may say that one was."""
        self.transact({"op": "update", "table": "VM", "where": [["_uuid", "==", ["uuid", vm.uuid]]], "row": {"power_state": "Suspended"}})
        wait_for(lambda: vm.power_state == "Suspended", "the server to see it", DEADLINE_S)

    def transact(self, *operations):
        done = self.lab.run("ovsdb-client", "transact", self.lab.pool_db.remote, json.dumps(["Cabled", *operations]))
        assert not any("error" in result for result in json.loads(done.stdout) if result), done.stdout

    def another(self, **record):
        """A halted VM without VIFs, for one test."""
        return self.call("VM.create", {**RECORD, "name_label": next(self.names), **record})

    def fails(self, way, method, *params):
        """The failure of the call, or of its task, as a list."""
        with pytest.raises(Failure) as failed:
            self.call(method, *params) if way == "sync" else self.finish(self.call(f"Async.{method}", *params))
        return [failed.value.code, *failed.value.params]

    def finish(self, task):
        """Wait for a task; raises its failure."""
        wait_for(lambda: self.call("task.get_status", task) != "pending", "the task to end", DEADLINE_S)
        record = self.call("task.get_record", task)
        self.call("task.destroy", task)
        if record["status"] != "success":
            raise Failure(record["error_info"])
        return record["result"]

    @contextlib.contextmanager
    def agent_standing(self):
        """While the agent does nothing, what needs it takes as long as one likes."""
        self.lab.agent.signal("STOP")
        try:
            yield
        finally:
            self.lab.agent.signal("CONT")


@pytest.fixture(scope="module")
def scene():
    with Lab(xapi=True) as lab:
        yield Scene(lab)


@pytest.fixture(scope="module")
def call(scene):
    return scene.call


@pytest.fixture
def vm(scene):
    return scene.another()


@pytest.fixture
def network(scene):
    return scene.host.network


def vif_record(vm, network, **more):
    return {"device": "0", "network": network, "VM": vm, "MAC": "", "MTU": "1500", "other_config": {}, "qos_algorithm_type": "",
            "qos_algorithm_params": {}, **more}


@pytest.fixture
def vif(call, vm, network):
    return call("VIF.create", vif_record(vm, network))


# A VM's life

@BOTH
@pytest.mark.parametrize("verb, state", ILLEGAL)
def test_vm_takes_no_verb_of_another_state(scene, way, verb, state):
    params, legal = VERBS[verb]
    vm = scene.vms[state].ref
    before = scene.call("VM.get_record", vm)
    failure = scene.fails(way, f"VM.{verb}", vm, *(scene.here if param == "HOST" else param for param in params))
    assert failure == ["VM_BAD_POWER_STATE", vm, ", ".join(legal), state]
    assert scene.call("VM.get_record", vm) == before


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", STATES)
def test_what_is_allowed_is_what_is_not_refused(scene, verb, state):
    vm = scene.vms[state].ref
    if verb in ("suspend", "resume", "resume_on"):
        assert verb not in scene.call("VM.get_allowed_operations", vm)      # legal at times, but nobody carries it out
        return
    assert (verb in scene.call("VM.get_allowed_operations", vm)) == (state in VERBS[verb][1])
    if state in VERBS[verb][1]:
        scene.call("VM.assert_operation_valid", vm, verb)
    else:
        assert scene.fails("sync", "VM.assert_operation_valid", vm, verb) == ["VM_BAD_POWER_STATE", vm, ", ".join(VERBS[verb][1]), state]


@BOTH
@pytest.mark.parametrize("verb", ["start", "start_on"])
def test_template_is_not_started(scene, call, vm, way, verb):
    call("VM.set_is_a_template", vm, True)
    params = [scene.here if param == "HOST" else param for param in VERBS[verb][0]]
    assert scene.fails(way, f"VM.{verb}", vm, *params) == ["VM_IS_TEMPLATE", vm, verb]


@BOTH
def test_vm_that_is_no_template_is_not_provisioned(scene, vm, way):
    assert scene.fails(way, "VM.provision", vm) == ["ONLY_PROVISION_TEMPLATE"]


@BOTH
@pytest.mark.parametrize("verb, state", [("start", "halted"), ("pause", "running"), ("unpause", "running"), ("destroy", "running")])
def test_blocked_verb_says_why_before_anything_else(scene, call, way, verb, state):
    vm = scene.vms[state].ref
    call("VM.add_to_blocked_operations", vm, verb, "on holiday")
    assert scene.fails(way, f"VM.{verb}", vm, *VERBS[verb][0]) == ["OPERATION_BLOCKED", vm, "on holiday"]
    call("VM.remove_from_blocked_operations", vm, verb)


@BOTH
@pytest.mark.parametrize("verb", ["pause", "clean_shutdown", "hard_shutdown", "destroy", "suspend", "clean_reboot"])
def test_control_domain_is_nobodys_to_change(scene, call, way, verb):
    (control,) = call("VM.get_all_records_where", 'field "is_control_domain"="true"')
    failure = scene.fails(way, f"VM.{verb}", control)
    if "running" in VERBS[verb][1]:
        assert failure == ["OPERATION_NOT_ALLOWED", "This operation is not allowed on a control domain"]
    else:
        assert failure == ["VM_BAD_POWER_STATE", control, ", ".join(VERBS[verb][1]), "running"]


@BOTH
@pytest.mark.parametrize("verb, expected", [("start", "start"), ("clone", "start"), ("destroy", "start")])
def test_one_operation_at_a_time(scene, call, vif, vm, way, verb, expected):
    with scene.agent_standing():
        task = call("Async.VM.start", vm, False, False)
        wait_for(lambda: call("VM.get_current_operations", vm) == {task: "start"}, "the start to be under way", DEADLINE_S)
        assert scene.fails(way, f"VM.{verb}", vm, *VERBS[verb][0]) == ["OTHER_OPERATION_IN_PROGRESS", "VM", vm, expected, task]
    assert scene.finish(task) in ("", "<value></value>", "<value/>")
    call("VM.hard_shutdown", vm)
    call("VM.destroy", vm)


def test_hard_shutdown_breaks_a_start_off(scene, call, vm, vif):
    with scene.agent_standing():
        task = call("Async.VM.start", vm, True, False)
        wait_for(lambda: call("VM.get_current_operations", vm) == {task: "start"}, "the start to be under way", DEADLINE_S)
        assert scene.fails("sync", "VM.hard_shutdown", vm) == ["VM_BAD_POWER_STATE", vm, "paused, suspended, running", "halted"]
        call("task.cancel", task)
    with pytest.raises(Failure) as failed:
        scene.finish(task)
    assert [failed.value.code, *failed.value.params] == ["TASK_CANCELLED", task]
    assert call("VM.get_power_state", vm) == "Halted" and call("VIF.get_currently_attached", vif) is False


# Hosts

@BOTH
@pytest.mark.parametrize("verb, failure", [("start", ["NO_HOSTS_AVAILABLE"]), ("start_on", ["HOST_DISABLED", "HOST"])])
def test_disabled_host_starts_nothing(scene, call, vm, way, verb, failure):
    call("host.disable", scene.here)
    try:
        params = [scene.here if param == "HOST" else param for param in VERBS[verb][0]]
        assert scene.fails(way, f"VM.{verb}", vm, *params) == [scene.here if word == "HOST" else word for word in failure]
        assert scene.fails("sync", "VM.assert_can_boot_here", vm, scene.here) == ["HOST_DISABLED", scene.here]
        assert call("VM.get_possible_hosts", vm) == []
    finally:
        call("host.enable", scene.here)
    assert call("VM.get_power_state", vm) == "Halted"


@BOTH
def test_vm_that_is_larger_than_the_host_is_not_started(scene, call, way):
    terabytes = str(64 << 40)
    vm = scene.another(memory_static_max=terabytes, memory_dynamic_max=terabytes, memory_dynamic_min=terabytes, platform={})
    free = call("host.compute_free_memory", scene.here)
    assert scene.fails(way, "VM.start", vm, False, False) == ["NO_HOSTS_AVAILABLE"]
    for method, params in ("VM.start_on", [scene.here, False, False]), ("VM.assert_can_boot_here", [scene.here]):
        failure = scene.fails("sync", method, vm, *params)
        assert failure == ["HOST_NOT_ENOUGH_FREE_MEMORY", terabytes, free]


@BOTH
def test_vm_is_not_started_on_a_host_that_is_not_there(scene, vm, way):
    assert scene.fails(way, "VM.start_on", vm, NOBODY, False, False) == ["HANDLE_INVALID", "host", NOBODY]


# What a host must have of a VM's networks

@pytest.fixture
def far_network(scene, call):
    """One that another host has a PIF on, and this one has not."""
    network = call("network.create", {"name_label": "far", "other_config": {}})
    uuid = call("network.get_uuid", network)
    scene.transact({"op": "insert", "table": "Host", "uuid-name": "far", "row": {"name_label": "far", "hostname": "far"}},
                   {"op": "insert", "table": "PIF", "row": {"device": "eth0", "network": ["uuid", uuid], "host": ["named-uuid", "far"]}})
    wait_for(lambda: call("network.get_PIFs", network), "the server to see the PIF", DEADLINE_S)
    yield network
    scene.transact({"op": "delete", "table": "PIF", "where": [["network", "==", ["uuid", uuid]]]},
                   {"op": "delete", "table": "Host", "where": [["name_label", "==", "far"]]})


@pytest.fixture
def missing_bridge(call):
    """A network whose bridge somebody else is to make, and has not."""
    return call("network.create", {"name_label": "not there", "other_config": {}, "bridge": "br-absent", "managed": False})


@BOTH
def test_vm_needs_a_host_that_sees_its_networks(scene, call, vm, far_network, way):
    call("VIF.create", vif_record(vm, far_network))
    required = ["VM_REQUIRES_NETWORK", vm, far_network]
    assert scene.fails(way, "VM.start_on", vm, scene.here, False, False) == required
    assert scene.fails(way, "VM.start", vm, False, False) == ["NO_HOSTS_AVAILABLE"]
    assert scene.fails("sync", "VM.assert_can_boot_here", vm, scene.here) == required
    assert scene.here not in call("VM.get_possible_hosts", vm)
    assert call("VM.get_power_state", vm) == "Halted"


@BOTH
def test_guest_does_not_move_to_a_network_that_its_host_does_not_see(scene, call, far_network, way):
    vif = scene.vms["running"].vifs[0]
    network = call("VIF.get_network", vif)
    assert scene.fails(way, "VIF.move", vif, far_network) == ["HOST_CANNOT_ATTACH_NETWORK", scene.here, far_network]
    assert call("VIF.get_network", vif) == network and scene.vms["running"].is_wired()


@BOTH
def test_bridge_that_is_not_there_keeps_a_guest_from_its_network(scene, call, vm, missing_bridge, way):
    missing = ["BRIDGE_NOT_AVAILABLE", "br-absent"]
    call("VIF.create", vif_record(vm, missing_bridge))
    assert scene.fails(way, "VM.start", vm, False, False) == missing
    assert scene.fails(way, "VM.start_on", vm, scene.here, False, False) == missing
    running = scene.vms["running"]
    assert scene.fails(way, "VIF.move", running.vifs[0], missing_bridge) == missing
    vif = call("VIF.create", vif_record(running.ref, missing_bridge, device="7"))
    assert scene.fails(way, "VIF.plug", vif) == missing
    call("VIF.destroy", vif)
    assert call("VM.get_power_state", vm) == "Halted" and running.is_wired()
    for network_vif in call("VM.get_VIFs", vm):
        call("VIF.destroy", network_vif)
    call("network.destroy", missing_bridge)


# VIFs

@BOTH
@pytest.mark.parametrize("verb", ["plug", "unplug", "unplug_force"])
@pytest.mark.parametrize("state", [state for state in STATES if state != "running"])
def test_vif_is_plugged_into_no_vm_but_a_running_one(scene, way, verb, state):
    vm = scene.vms[state]
    for vif in vm.vifs:
        assert scene.fails(way, f"VIF.{verb}", vif) == ["VM_BAD_POWER_STATE", vm.ref, "running", state]


@BOTH
def test_vif_is_plugged_once_and_unplugged_once(scene, call, way):
    vif = scene.vms["running"].vifs[1]
    assert scene.fails(way, "VIF.plug", vif) == ["DEVICE_ALREADY_ATTACHED", vif]
    call("VIF.unplug", vif)
    for verb in "unplug", "unplug_force":
        assert scene.fails(way, f"VIF.{verb}", vif) == ["DEVICE_ALREADY_DETACHED", vif]
    call("VIF.plug", vif)


@BOTH
@pytest.mark.parametrize("state", ["running", "paused"])
def test_vif_that_is_attached_is_not_destroyed(scene, way, state):
    vif = scene.vms[state].vifs[0]
    assert scene.fails(way, "VIF.destroy", vif) == ["OPERATION_NOT_ALLOWED", "VIF currently attached to a running VM"]


@BOTH
def test_one_operation_of_a_vif_at_a_time(scene, call, way):
    vm = scene.vms["running"]
    vif = vm.vifs[1]
    call("VIF.unplug", vif)
    with scene.agent_standing():
        task = call("Async.VIF.plug", vif)
        wait_for(lambda: call("VIF.get_current_operations", vif) == {task: "plug"}, "the plug to be under way", DEADLINE_S)
        for verb in "plug", "unplug", "unplug_force", "destroy":
            assert scene.fails(way, f"VIF.{verb}", vif)[0] in ("OTHER_OPERATION_IN_PROGRESS", "OPERATION_NOT_ALLOWED")
        assert scene.fails(way, "VIF.plug", vif) == ["OTHER_OPERATION_IN_PROGRESS", "VIF", vif, "plug", task]
    scene.finish(task)
    assert call("VIF.get_currently_attached", vif) and vm.is_wired()


@BOTH
def test_vif_is_not_plugged_while_its_vm_ends(scene, call, way, network):
    """A guest that does not heed the power button."""
    vm = scene.another(PV_kernel="/usr/bin/env", PV_args="--ignore-signal=TERM sleep 100000")
    vifs = [call("VIF.create", vif_record(vm, network, device=device)) for device in "01"]
    call("VM.start", vm, False, False)
    call("VIF.unplug", vifs[1])
    task = call("Async.VM.clean_shutdown", vm)
    wait_for(lambda: call("VM.get_current_operations", vm) == {task: "clean_shutdown"}, "the shutdown to be under way", DEADLINE_S)
    busy = ["OPERATION_NOT_ALLOWED", f"Current operation on VM:{vm} is clean_shutdown"]
    assert scene.fails(way, "VIF.plug", vifs[1]) == busy
    assert scene.fails(way, "VIF.unplug", vifs[0]) == busy
    assert scene.fails(way, "VM.pause", vm) == ["OTHER_OPERATION_IN_PROGRESS", "VM", vm, "clean_shutdown", task]
    call("VM.hard_shutdown", vm)
    with pytest.raises(Failure):
        scene.finish(task)
    call("VM.destroy", vm)


# What is wrong with VIF.create's record, in the order of XAPI's checks, and what is said.
@BOTH
@pytest.mark.parametrize("wrong, failure", [
    ({"VM": NOBODY, "network": NOBODY, "device": "x"}, ["HANDLE_INVALID", "VM", NOBODY]),
    ({"VM": NULL}, ["HANDLE_INVALID", "VM", NULL]),
    ({"network": NOBODY, "device": "x"}, ["HANDLE_INVALID", "network", NOBODY]),
    ({"network": NULL}, ["HANDLE_INVALID", "network", NULL]),
    ({"device": "x", "MAC": "x"}, ["INVALID_DEVICE", "x"]),
    ({"device": ""}, ["INVALID_DEVICE", ""]),
    ({"device": "-1"}, ["INVALID_DEVICE", "-1"]),
    ({"device": "1.5"}, ["INVALID_DEVICE", "1.5"]),
    ({"device": " 1"}, ["INVALID_DEVICE", " 1"]),
    ({"device": "0", "MAC": "x"}, ["MAC_INVALID", "x"]),
    ({"device": "1", "MAC": "02:00:00:00:00"}, ["MAC_INVALID", "02:00:00:00:00"]),
    ({"device": "1", "MAC": "02-00-00-00-00-01"}, ["MAC_INVALID", "02-00-00-00-00-01"]),
    ({"device": "1", "MAC": "02:00:00:00:00:0g"}, ["MAC_INVALID", "02:00:00:00:00:0g"]),
    ({"device": "1", "MAC": "02:00:00:00:00:01 "}, ["MAC_INVALID", "02:00:00:00:00:01 "]),
    ({"device": "0"}, ["DEVICE_ALREADY_EXISTS", "0"]),
    ({"device": "00"}, ["DEVICE_ALREADY_EXISTS", "0"]),
    ({"device": "1", "locking_mode": "odd"}, ["INVALID_VALUE", "locking_mode", "odd"]),
    ({"device": "1", "MTU": "nine"}, ["INVALID_VALUE", "MTU", "nine"]),
])
def test_vif_that_is_wrong_is_not_created(scene, call, vm, network, vif, way, wrong, failure):
    assert scene.fails(way, "VIF.create", {**vif_record(vm, network), **wrong}) == failure
    assert call("VM.get_VIFs", vm) == [vif]


@BOTH
def test_mac_cannot_be_made_without_a_seed(scene, call, vm, network, way):
    call("VM.remove_from_other_config", vm, "mac_seed")
    assert scene.fails(way, "VIF.create", vif_record(vm, network)) == ["MAC_INVALID", ""]


def test_addresses_are_looked_at_when_they_are_set_and_not_when_a_vif_is_created(call, vm, network):
    vif = call("VIF.create", vif_record(vm, network, ipv4_allowed=["not an address"]))
    assert call("VIF.get_ipv4_allowed", vif) == ["not an address"]


@BOTH
def test_vif_with_trunks_is_not_created_on_a_vlan(scene, call, vm, network, way):
    scene.transact({"op": "insert", "table": "Network", "row": {"name_label": f"tagged {way}", "bridge": f"br-{way}9", "vlan": 100, "MTU": 1500,
                                                                "managed": True, "default_locking_mode": "unlocked"}})
    (tagged,) = wait_for(lambda: call("network.get_by_name_label", f"tagged {way}"), "the server to see the network", DEADLINE_S)
    assert scene.fails(way, "VIF.create", vif_record(vm, tagged, trunks=["5"])) == ["NETWORK_INCOMPATIBLE_WITH_TRUNKS", tagged]
    assert call("VM.get_VIFs", vm) == []
    call("VIF.create", vif_record(vm, network, trunks=["5"]))
    call("VIF.create", vif_record(vm, tagged, device="1"))


def test_macs_may_be_the_same(call, vm, network):
    for device in "01":
        call("VIF.create", vif_record(vm, network, device=device, MAC="02:00:00:00:00:01"))


# Rules

@BOTH
@pytest.mark.parametrize("method, value, failure", [
    ("set_ipv4_allowed", ["192.0.2.1", "x"], ["INVALID_IP_ADDRESS_SPECIFIED", "ipv4_allowed"]),
    ("set_ipv4_allowed", ["2001:db8::1"], ["INVALID_IP_ADDRESS_SPECIFIED", "ipv4_allowed"]),
    ("set_ipv4_allowed", [""], ["INVALID_IP_ADDRESS_SPECIFIED", "ipv4_allowed"]),
    ("add_ipv4_allowed", "192.0.2.0/33", ["INVALID_IP_ADDRESS_SPECIFIED", "ipv4_allowed"]),
    ("add_ipv4_allowed", "192.0.2.256", ["INVALID_IP_ADDRESS_SPECIFIED", "ipv4_allowed"]),
    ("set_ipv6_allowed", ["192.0.2.1"], ["INVALID_IP_ADDRESS_SPECIFIED", "ipv6_allowed"]),
    ("add_ipv6_allowed", "2001:db8::/129", ["INVALID_IP_ADDRESS_SPECIFIED", "ipv6_allowed"]),
    ("add_ipv6_allowed", "::g", ["INVALID_IP_ADDRESS_SPECIFIED", "ipv6_allowed"]),
    ("set_locking_mode", "odd", ["INVALID_VALUE", "value", "odd"]),
    ("move", NOBODY, ["HANDLE_INVALID", "network", NOBODY]),
    ("move", NULL, ["HANDLE_INVALID", "network", NULL]),
])
def test_rules_that_are_wrong_are_refused(scene, call, way, method, value, failure):
    vif = scene.vms["running"].vifs[0]
    before = call("VIF.get_record", vif)
    assert scene.fails(way, f"VIF.{method}", vif, value) == failure
    assert call("VIF.get_record", vif) == before


@BOTH
def test_no_vif_is_locked_beside_a_controller(scene, call, vif, way):
    controller = call("SDN_controller.introduce", "pssl")
    try:
        assert scene.fails(way, "VIF.set_locking_mode", vif, "locked") == ["OPERATION_NOT_ALLOWED", "A vswitch controller is active"]
        assert scene.fails(way, "SDN_controller.introduce") == [
            "OPERATION_NOT_ALLOWED", "SDN controller has been configured. Please forget it first."]
        call("VIF.set_locking_mode", vif, "disabled")
    finally:
        call("SDN_controller.forget", controller)
    call("VIF.set_locking_mode", vif, "locked")


@BOTH
@pytest.mark.parametrize("params, failure", [
    ([], ["INVALID_VALUE", "address", ""]), (["ssl", "host.example"], ["INVALID_VALUE", "address", "host.example"]),
    (["pssl", "192.0.2.1"], ["INVALID_VALUE", "address", "192.0.2.1"]), (["pssl", "", "6640"], ["INVALID_VALUE", "port", "6640"]),
    (["tcp"], ["INVALID_VALUE", "protocol", "tcp"]),
])
def test_controller_that_cannot_be_is_refused(scene, call, way, params, failure):
    assert scene.fails(way, "SDN_controller.introduce", *params) == failure
    assert call("SDN_controller.get_all") == []


# Networks

@BOTH
@pytest.mark.parametrize("name", ["sixteen-chars-ab", "xenbr9", "xapi9", "vif1.0", "tap1.0", "eth7"])
def test_bridge_that_a_network_cannot_have(scene, way, name):
    assert scene.fails(way, "network.create", {"other_config": {}, "bridge": name}) == ["INVALID_VALUE", "bridge", name]


@BOTH
def test_bridge_is_of_one_network(scene, call, way):
    network = call("network.create", {"other_config": {}, "bridge": f"br-{way}"})
    assert scene.fails(way, "network.create", {"other_config": {}, "bridge": f"br-{way}"}) == ["BRIDGE_NAME_EXISTS", f"br-{way}"]
    call("network.destroy", network)


@BOTH
def test_network_that_is_used_stays_as_it_is(scene, way, network):
    attached = {vif for state in ("running", "paused") for vif in scene.vms[state].vifs}
    code, *vifs = scene.fails(way, "network.destroy", network)
    assert code == "NETWORK_CONTAINS_VIF" and set(vifs) == attached
    failure = scene.fails(way, "network.set_default_locking_mode", network, "disabled")
    assert failure[:2] == ["VIF_IN_USE", network] and failure[2] in attached


@BOTH
def test_network_of_an_uplink_is_not_destroyed(scene, call, way):
    network = call("network.create", {"other_config": {}})
    where = ["uuid", network.removeprefix("OpaqueRef:")]
    scene.transact({"op": "insert", "table": "PIF", "row": {"network": where, "device": f"eth-{way}", "host": ["uuid", scene.here[10:]]}})
    (pif,) = wait_for(lambda: call("network.get_PIFs", network), "the server to see it", DEADLINE_S)
    assert scene.fails(way, "network.destroy", network) == ["NETWORK_CONTAINS_PIF", pif]


@BOTH
def test_default_of_a_network_is_unlocked_or_disabled(scene, call, way):
    network = call("network.create", {"other_config": {}, "MTU": "-5"})
    assert call("network.get_MTU", network) == "1500"
    assert scene.fails(way, "network.set_default_locking_mode", network, "locked") == ["INVALID_VALUE", "value", "locked"]
    call("network.set_default_locking_mode", network, "Disabled")
    assert call("network.get_default_locking_mode", network) == "disabled"


# References, values, maps and filters

@pytest.mark.parametrize("method, params, failure", [
    ("VM.get_record", [NOBODY], ["HANDLE_INVALID", "VM", NOBODY]),
    ("VM.get_power_state", ["NETWORK"], ["HANDLE_INVALID", "VM", "NETWORK"]),
    ("VM.start", ["NETWORK", False, False], ["HANDLE_INVALID", "VM", "NETWORK"]),
    ("VM.set_name_label", [NOBODY, "x"], ["HANDLE_INVALID", "VM", NOBODY]),
    ("VIF.plug", [NULL], ["HANDLE_INVALID", "VIF", NULL]),
    ("VIF.plug", ["nonsense"], ["HANDLE_INVALID", "VIF", "nonsense"]),
    ("host.call_plugin", [NOBODY, "p", "f", {}], ["HANDLE_INVALID", "host", NOBODY]),
    ("task.get_status", [NOBODY], ["HANDLE_INVALID", "task", NOBODY]),
    ("VM.get_by_uuid", [NOBODY[10:]], ["UUID_INVALID", "VM", NOBODY[10:]]),
    ("network.get_by_uuid", ["nonsense"], ["UUID_INVALID", "network", "nonsense"]),
    ("event.inject", ["VM", "NETWORK"], ["HANDLE_INVALID", "VM", "NETWORK"]),
    ("host.call_plugin", ["HOST", "nosuch", "f", {}], ["XENAPI_MISSING_PLUGIN", "nosuch"]),
    ("VM.no_such_method", ["NETWORK"], ["MESSAGE_METHOD_UNKNOWN", "VM.no_such_method"]),
    ("VM.start", ["NETWORK"], ["MESSAGE_PARAMETER_COUNT_MISMATCH", "VM.start", "3", "1"]),
    ("VM.set_actions_after_reboot", ["THE VM", "explode"], ["INVALID_VALUE", "actions_after_reboot", "explode"]),
    ("VM.add_to_other_config", ["THE VM", "mac_seed", "x"], ["MAP_DUPLICATE_KEY", "VM", "other_config", "THE VM", "mac_seed"]),
    ("VM.add_to_xenstore_data", ["THE VM", "vm-data/there", "x"], ["MAP_DUPLICATE_KEY", "VM", "xenstore_data", "THE VM", "vm-data/there"]),
])
def test_what_is_not_there_or_cannot_be_is_told(scene, call, vm, network, method, params, failure):
    call("VM.add_to_xenstore_data", vm, "vm-data/there", "")
    refs = {"NETWORK": network, "HOST": scene.here, "THE VM": vm}
    wanted = [refs.get(word, word) for word in failure]
    assert scene.fails("sync", method, *(refs.get(param, param) if isinstance(param, str) else param for param in params)) == wanted


@pytest.mark.parametrize("method, params, failure", [
    ("VM.start", [NOBODY, False, False], ["HANDLE_INVALID", "VM", NOBODY]),
    ("VIF.plug", [NOBODY], ["HANDLE_INVALID", "VIF", NOBODY]),
    ("network.destroy", [NOBODY], ["HANDLE_INVALID", "network", NOBODY]),
    ("host.call_plugin", [NOBODY, "p", "f", {}], ["HANDLE_INVALID", "host", NOBODY]),
])
def test_task_of_what_is_not_there_fails_or_there_is_none(scene, method, params, failure):
    assert scene.fails("async", method, *params) == failure


def test_maps_take_what_can_be_text_and_let_go_of_what_is_not_there(call, vm):
    call("VM.remove_from_other_config", vm, "nosuch")
    call("VM.add_to_other_config", vm, "number", 5)
    call("VM.add_to_other_config", vm, "truth", True)
    config = call("VM.get_other_config", vm)
    assert (config["number"], config["truth"]) == ("5", "true")
    call("VM.set_other_config", vm, {"only": "this"})
    assert call("VM.get_other_config", vm) == {"only": "this"}


@pytest.mark.parametrize("expression", ['field "power_state"', 'field "power_state"="Running" and', "", 'field power_state="x"',
                                        'field "x"="y', "TRUE", '(field "domid"="0"'])
def test_filter_that_cannot_be_read(scene, expression):
    code, text, *_ = scene.fails("sync", "VM.get_all_records_where", expression)
    assert (code, text) == ("INVALID_VALUE", expression)


def test_filter_with_a_field_that_nobody_knows(scene):
    code, text = scene.fails("sync", "VM.get_all_records_where", 'field "colour"="red"')
    assert code == "INTERNAL_ERROR" and "colour" in text


def test_names_are_looked_up_in_sets(scene, call):
    assert call("VM.get_by_name_label", "nobody") == []
    assert call("VM.get_by_name_label", "running") == [scene.vms["running"].ref]
    where = f'field "name__label"="running" and field "is_a_template"="false" and field "resident_on"="{scene.here}"'
    assert list(call("VM.get_all_records_where", where)) == [scene.vms["running"].ref]


def test_there_are_only_so_many_tasks(scene, call):
    """A client of its own, so that nobody else's tasks are among them."""
    tasks = []
    with pytest.raises(Failure) as failed:
        for _ in range(1001):
            tasks.append(call("task.create", "a task", ""))
    assert [failed.value.code, *failed.value.params] == ["TOO_MANY_PENDING_TASKS"]
    assert scene.fails("sync", "Async.VM.start", scene.vms["halted"].ref, False, False) == ["TOO_MANY_PENDING_TASKS"]
    for task in tasks:
        call("task.set_status", task, "success")
        call("task.destroy", task)


def test_session_that_has_ended_says_so(scene):
    other = Client(scene.lab.xapi.address.removeprefix("unix:"))
    other("session.logout")
    with pytest.raises(Failure) as failed:
        other("VM.start", scene.vms["halted"].ref, False, False)
    assert [failed.value.code, *failed.value.params] == ["SESSION_INVALID", other.session]


def test_nothing_of_all_that_has_changed_anything(scene):
    """The VMs of this page are as they were."""
    wait_for(scene.vms["running"].is_wired, "the VIFs to be wired", DEADLINE_S)
    assert {state: vm.power_state.lower() for state, vm in scene.vms.items()} == {state: state for state in STATES}
    assert all(scene.call("VIF.get_currently_attached", vif) for state in ("running", "paused") for vif in scene.vms[state].vifs)
    assert not any(scene.call("VIF.get_currently_attached", vif) for state in ("halted", "suspended") for vif in scene.vms[state].vifs)
