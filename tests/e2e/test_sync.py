# SPDX-License-Identifier: Apache-2.0
"""Bridges and interfaces are known to other programs by what the toolstack says: ovs-xapi-sync's rules, each over three toolstacks."""

import json
import time

import pytest

from identities import CabledXapi, Mock, PoolDatabase
from lab import wait_for

TOOLSTACKS = {"pool": PoolDatabase, "cabled-xapi": CabledXapi, "mock": Mock}
NETWORK = "11111111-1111-4111-8111-111111111111"
OTHER = "22222222-2222-4222-8222-222222222222"


class Scene:
    """A host with a toolstack, and what its switch says of identities."""

    def __init__(self, host, toolstack):
        self.host, self.toolstack = host, toolstack

    def bridge(self, name, *columns, **ids):
        self.host.lab.vsctl("add-br", name, "--", "set", "bridge", name, f"datapath_type={self.host.lab.datapath_type}", *columns,
                            *pairs("external_ids", ids))
        return name

    def port(self, name, bridge="xenbr0", **ids):
        """A port without a device of its own kind: the switch makes one."""
        self.host.lab.vsctl("add-port", bridge, name, "--", "set", "interface", name, "type=internal", *pairs("external_ids", ids))
        return name

    def set_port(self, name, **ids):
        """None takes a key away."""
        for key, value in dashes(ids).items():
            if value is None:
                self.host.lab.vsctl("remove", "interface", name, "external_ids", key)
            else:
                self.host.lab.vsctl("set", "interface", name, f'external_ids:{key}="{value}"')

    def ids(self, name):
        return self.host.row("Interface", name, "external_ids")["external_ids"]

    def of_bridge(self, name):
        row = self.host.row("Bridge", name, "fail_mode", "other_config", "external_ids")
        return {"fail_mode": row["fail_mode"] or None, "in_band": row["other_config"].get("disable-in-band"),
                "id": row["external_ids"].get("bridge-id")}

    def settles(self, look, expected, deadline_s=15):
        """Until what is looked at is as expected; returns after how many milliseconds."""
        began = time.monotonic()
        wait_for(lambda: look() == expected, f"{expected}", deadline_s, seen=look)
        return round(1000 * (time.monotonic() - began))

    def is_port(self, name, **expected):
        self.settles(lambda: self.ids(name), dashes(expected))

    def is_bridge(self, name, fail_mode=None, in_band=None, id=None):
        self.settles(lambda: self.of_bridge(name), {"fail_mode": fail_mode, "in_band": in_band, "id": id})

    def goes(self):
        """The toolstack is away from now on."""
        self.host.lab.expect("cabled", "XAPI at .* what it said before stays in force until it answers")
        self.toolstack.go()

    def has_passed(self):
        """Everything that was told before has had its effect: a change that comes after it has had its own."""
        probe = self.port(f"vif999.{self.n_probes()}", xs_vif_uuid=NETWORK)
        self.settles(lambda: self.ids(probe).get("iface-id"), NETWORK)
        self.host.lab.vsctl("del-port", probe)

    def n_probes(self):
        self.probes = getattr(self, "probes", 0) + 1
        return self.probes

    def status(self):
        return json.loads(self.host.lab.agent.appctl("status"))["identities"]

    def is_reachable(self, reachable=True):
        wait_for(lambda: self.status()["reachable"] == reachable, f"the toolstack to be {'' if reachable else 'un'}reachable", 40,
                 seen=self.status)


def dashes(ids):
    return {key.replace("_", "-"): value for key, value in ids.items()}


def pairs(column, ids):
    return [f'{column}:{key}="{value}"' for key, value in dashes(ids).items()]


@pytest.fixture(params=TOOLSTACKS)
def scene(request, host):
    toolstack = TOOLSTACKS[request.param](host)
    scene = Scene(host, toolstack)
    toolstack.begin()
    try:
        yield scene
    finally:
        host.lab.agent.stop()
        toolstack.end()


@pytest.fixture
def ready(scene):
    """A scene with a bridge, whose toolstack has answered."""
    scene.bridge("xenbr0")
    scene.is_reachable()
    return scene


# The reference scenario of ovs-xapi-sync's own test

def test_reference_scenario(scene):
    toolstack = scene.toolstack
    toolstack.config("pool", toolstack.pool, vswitch_controller_fail_mode="secure")
    first = toolstack.network("xenbr0", vswitch_controller_fail_mode="secure", nicira_bridge_id="custom bridge ID")
    second = toolstack.network("xenbr1", vswitch_disable_in_band="true")
    vif, vm = toolstack.vif(nicira_iface_id="custom iface ID"), toolstack.vm(nicira_vm_id="custom vm ID")
    scene.bridge("xenbr0", xs_network_uuids=first)
    scene.bridge("xenbr1", **({} if toolstack.every else {"xs_network_uuids": second}))
    scene.is_bridge("xenbr0", "secure", None, "custom bridge ID")
    scene.is_bridge("xenbr1", "secure", "true", None if toolstack.every else second)
    keys = {"attached_mac": "00:11:22:33:44:55", "xs_network_uuid": first, "xs_vif_uuid": vif, "xs_vm_uuid": vm}
    scene.port("vif1.0", **keys)
    known = {**keys, "iface_id": "custom iface ID", "vm_id": "custom vm ID"}
    scene.is_port("vif1.0", **known, iface_status="active")
    scene.port("tap1.0")
    scene.is_port("tap1.0", **known, iface_status="active")
    scene.is_port("vif1.0", **known, iface_status="inactive")
    scene.host.lab.vsctl("del-port", "tap1.0")
    scene.is_port("vif1.0", **known, iface_status="active")


# Bridges

def test_bridge_has_the_fail_mode_of_its_network_or_its_pool(ready):
    toolstack = ready.toolstack
    network = toolstack.network("xenbr1")
    ready.bridge("xenbr1", xs_network_uuids=network)
    ready.is_bridge("xenbr1", "standalone", None, network)
    toolstack.config("pool", toolstack.pool, vswitch_controller_fail_mode="secure")
    ready.is_bridge("xenbr1", "secure", None, network)
    toolstack.config("network", network, vswitch_controller_fail_mode="standalone")
    ready.is_bridge("xenbr1", "standalone", None, network)
    toolstack.config("network", network)
    ready.is_bridge("xenbr1", "secure", None, network)
    toolstack.config("network", network, vswitch_controller_fail_mode="other")
    ready.is_bridge("xenbr1", "standalone", None, network)


@pytest.mark.parametrize("scene", ["mock"], indirect=True)     # the pool database is one pool's
def test_bridge_of_two_pools_has_neither_s_fail_mode(ready):
    toolstack = ready.toolstack
    toolstack.config("pool", toolstack.pool, vswitch_controller_fail_mode="secure")
    network = toolstack.network("xenbr1")
    ready.bridge("xenbr1", xs_network_uuids=network)
    ready.is_bridge("xenbr1", "secure", None, network)
    toolstack.mock.add("pool")
    ready.is_bridge("xenbr1", "standalone", None, network)


def test_in_band_control_is_as_the_network_says(ready):
    toolstack = ready.toolstack
    network = toolstack.network("xenbr1", vswitch_disable_in_band="true")
    ready.bridge("xenbr1", xs_network_uuids=network)
    ready.is_bridge("xenbr1", "standalone", "true", network)
    toolstack.config("network", network, vswitch_disable_in_band="false")
    ready.is_bridge("xenbr1", "standalone", "false", network)
    ready.host.lab.expect("cabled", "says 'perhaps' under vswitch-disable-in-band")
    toolstack.config("network", network, vswitch_disable_in_band="perhaps", nicira_bridge_id="seen")
    ready.is_bridge("xenbr1", "standalone", "false", "seen")
    toolstack.config("network", network)
    ready.is_bridge("xenbr1", "standalone", None, network)


def test_bridge_id_is_one_of_its_networks(ready):
    toolstack = ready.toolstack
    ready.bridge("xenbr1", xs_network_uuids=NETWORK)
    ready.is_bridge("xenbr1", None, None, NETWORK)
    ready.host.lab.vsctl("set", "bridge", "xenbr1", f'external_ids:xs-network-uuids="{NETWORK};{OTHER}"')
    ready.is_bridge("xenbr1", None, None, None)
    network = toolstack.network("xenbr1")
    ready.is_bridge("xenbr1", "standalone", None, None)
    ready.host.lab.vsctl("set", "bridge", "xenbr1", f'external_ids:xs-network-uuids="{NETWORK};{network}"')
    ready.is_bridge("xenbr1", "standalone", None, network)
    toolstack.config("network", network, nicira_bridge_id="mine")
    ready.is_bridge("xenbr1", "standalone", None, "mine")
    toolstack.remove("network", network)
    ready.is_bridge("xenbr1", "standalone", None, None)


def test_bridge_that_no_network_has_keeps_its_columns(ready):
    ready.bridge("xenbr1", "fail_mode=secure", "other_config:disable-in-band=true", "external_ids:bridge-id=old", xs_network_uuids=NETWORK)
    ready.is_bridge("xenbr1", "secure", "true", NETWORK)


def test_bridge_without_networks_has_no_id_or_one_that_is_not_ours(ready):
    ready.bridge("xenbr1", "external_ids:bridge-id=old")
    ready.has_passed()
    ready.is_bridge("xenbr1", None, None, None if ready.toolstack.every else "old")


def test_guarded_bridge_stays_guarded_whatever_is_asked(ready):
    toolstack, host = ready.toolstack, ready.host
    network = toolstack.network("xenbr1", vswitch_controller_fail_mode="standalone", vswitch_disable_in_band="false")
    ready.bridge("xenbr1", xs_network_uuids=network)
    ready.is_bridge("xenbr1", "standalone", "false", network)
    host.cable("host", "guard", "xenbr1")
    ready.is_bridge("xenbr1", "secure", "true", network)
    asked = [{"bridge": "xenbr1", "what": "disable-in-band", "asked": "false"}, {"bridge": "xenbr1", "what": "fail_mode", "asked": "standalone"}]
    ready.settles(lambda: sorted(host.json("host", "status")["withheld"], key=lambda row: row["what"]), asked)
    assert "standalone" in host.cable("host", "status").stdout
    toolstack.config("network", network, nicira_bridge_id="mine", vswitch_controller_fail_mode="standalone")
    ready.is_bridge("xenbr1", "secure", "true", "mine")
    ready.settles(lambda: host.json("host", "status")["withheld"], asked[1:])
    host.cable("host", "unguard", "xenbr1")
    ready.is_bridge("xenbr1", "standalone", None, "mine")


# Interfaces

def test_vif_is_known_by_its_own_id_or_its_uuid(ready):
    toolstack = ready.toolstack
    vif, vm = toolstack.vif(), toolstack.vm()
    keys = {"xs_vif_uuid": vif, "xs_vm_uuid": vm}
    ready.port("vif1.0", **keys)
    ready.is_port("vif1.0", **keys, iface_id=vif, vm_id=vm, iface_status="active")
    toolstack.config("VIF", vif, nicira_iface_id="mine")
    ready.is_port("vif1.0", **keys, iface_id="mine", vm_id=vm, iface_status="active")
    toolstack.config("VM", vm, nicira_vm_id="my vm")
    ready.is_port("vif1.0", **keys, iface_id="mine", vm_id="my vm", iface_status="active")
    toolstack.config("VIF", vif)
    toolstack.config("VM", vm)
    ready.is_port("vif1.0", **keys, iface_id=vif, vm_id=vm, iface_status="active")


def test_vif_that_nobody_knows_is_known_by_its_uuid(ready):
    keys = {"xs_vif_uuid": NETWORK, "xs_vm_uuid": OTHER}
    ready.port("vif1.0", **keys)
    ready.is_port("vif1.0", **keys, iface_id=NETWORK, vm_id=OTHER, iface_status="active")


def test_vif_that_goes_from_the_toolstack_is_known_by_its_uuid(ready):
    vif = ready.toolstack.vif(nicira_iface_id="mine")
    ready.port("vif1.0", xs_vif_uuid=vif)
    ready.is_port("vif1.0", xs_vif_uuid=vif, iface_id="mine", iface_status="active")
    # XAPI tells nobody of an object that has come and gone between two of his looks: it has been there for one.
    ready.toolstack.config("VIF", vif, nicira_iface_id="still mine")
    ready.is_port("vif1.0", xs_vif_uuid=vif, iface_id="still mine", iface_status="active")
    ready.toolstack.remove("VIF", vif)
    ready.is_port("vif1.0", xs_vif_uuid=vif, iface_id=vif, iface_status="active")


def test_interface_of_another_name_is_its_own_word(ready):
    vif = ready.toolstack.vif(nicira_iface_id="mine")
    ready.port("qvo1", xs_vif_uuid=vif, iface_status="active")
    ready.is_port("qvo1", xs_vif_uuid=vif, iface_id=vif, **({} if ready.toolstack.every else {"iface_status": "active"}))


def test_port_that_is_another_vif_s_afterwards_has_that_one_s_id(ready):
    vif, other = ready.toolstack.vif(nicira_iface_id="mine"), ready.toolstack.vif()
    ready.port("vif1.0", xs_vif_uuid=vif)
    ready.is_port("vif1.0", xs_vif_uuid=vif, iface_id="mine", iface_status="active")
    ready.set_port("vif1.0", xs_vif_uuid=other)
    ready.is_port("vif1.0", xs_vif_uuid=other, iface_id=other, iface_status="active")


def test_interface_without_xs_vif_uuid_loses_its_ids_or_is_some_other_program_s(ready):
    ids = {"iface_id": "i", "vm_id": "v", "iface_status": "active", "mine": "1"}
    ready.port("port1", **ids)
    ready.port("vif1.0", **ids)
    ready.has_passed()
    ready.is_port("port1", **({"mine": "1"} if ready.toolstack.every else ids))
    ready.is_port("vif1.0", **({"mine": "1", "iface_status": "active"} if ready.toolstack.every else ids))


def test_vif_that_loses_its_uuid_loses_its_id(ready):
    vm = ready.toolstack.vm()
    ready.port("vif1.0", xs_vif_uuid=NETWORK, xs_vm_uuid=vm)
    ready.is_port("vif1.0", xs_vif_uuid=NETWORK, xs_vm_uuid=vm, iface_id=NETWORK, vm_id=vm, iface_status="active")
    ready.set_port("vif1.0", xs_vm_uuid=None)
    ready.is_port("vif1.0", xs_vif_uuid=NETWORK, iface_id=NETWORK, iface_status="active")


def test_tap_is_its_vif(ready):
    vif = ready.toolstack.vif(nicira_iface_id="mine")
    keys = {"attached_mac": "00:11:22:33:44:55", "xs_network_uuid": NETWORK, "xs_vif_uuid": vif, "xs_vm_uuid": OTHER}
    ready.port("tap1.0", attached_mac="00:00:00:00:00:01", xs_network_uuid=OTHER, xs_vif_uuid=NETWORK, own="1")
    ready.is_port("tap1.0", attached_mac="00:00:00:00:00:01", xs_network_uuid=OTHER, xs_vif_uuid=NETWORK, iface_id=NETWORK, own="1")
    ready.port("vif1.0", **keys)
    ready.is_port("tap1.0", **keys, iface_id="mine", vm_id=OTHER, iface_status="active", own="1")
    ready.is_port("vif1.0", **keys, iface_id="mine", vm_id=OTHER, iface_status="inactive")
    ready.set_port("vif1.0", attached_mac=None)
    ready.set_port("vif1.0", xs_vm_uuid=None)
    left = {"xs_network_uuid": NETWORK, "xs_vif_uuid": vif, "iface_id": "mine"}
    ready.is_port("tap1.0", **left, iface_status="active", own="1")
    ready.host.lab.vsctl("del-port", "vif1.0")
    ready.is_port("tap1.0", **left, own="1")


# Toolstacks that are away

def test_ids_stay_while_the_toolstack_is_away_and_follow_when_it_comes_back(ready):
    toolstack = ready.toolstack
    vif, vm = toolstack.vif(nicira_iface_id="mine"), toolstack.vm(nicira_vm_id="my vm")
    network = toolstack.network("xenbr1", nicira_bridge_id="my bridge", vswitch_controller_fail_mode="secure")
    keys = {"xs_vif_uuid": vif, "xs_vm_uuid": vm}
    ready.bridge("xenbr1", xs_network_uuids=network)
    ready.port("vif1.0", **keys)
    ready.is_port("vif1.0", **keys, iface_id="mine", vm_id="my vm", iface_status="active")
    ready.is_bridge("xenbr1", "secure", None, "my bridge")
    ready.goes()
    ready.is_reachable(False)
    assert ready.status()["error"]
    ready.host.lab.agent.appctl("flush-cache")
    ready.port("tap1.0")
    ready.settles(lambda: ready.ids("vif1.0")["iface-status"], "inactive")
    assert ready.ids("vif1.0") == dashes({**keys, "iface_id": "mine", "vm_id": "my vm", "iface_status": "inactive"})
    assert ready.of_bridge("xenbr1") == {"fail_mode": "secure", "in_band": None, "id": "my bridge"}
    toolstack.come()
    ready.is_reachable()
    ready.is_port("tap1.0", **keys, iface_id="mine", vm_id="my vm", iface_status="active")
    toolstack.config("VIF", vif, nicira_iface_id="other")
    ready.is_port("vif1.0", **keys, iface_id="other", vm_id="my vm", iface_status="inactive")


def test_ids_of_before_stay_when_the_toolstack_is_away_at_the_agent_s_start(ready):
    toolstack, lab = ready.toolstack, ready.host.lab
    vif = toolstack.vif(nicira_iface_id="mine")
    ready.port("vif1.0", xs_vif_uuid=vif)
    ready.is_port("vif1.0", xs_vif_uuid=vif, iface_id="mine", iface_status="active")
    lab.agent.stop()
    ready.goes()
    lab.agent.start()
    ready.port("vif2.0", xs_vif_uuid=vif)
    ready.port("tap1.0", xs_vif_uuid=vif)
    if toolstack.every:
        ready.settles(lambda: ready.ids("vif1.0")["iface-status"], "inactive")
        ready.is_port("vif2.0", xs_vif_uuid=vif, iface_status="active")
    assert ready.ids("vif1.0")["iface-id"] == "mine"
    assert "iface-id" not in ready.ids("vif2.0")
    toolstack.come()
    ready.is_port("vif2.0", xs_vif_uuid=vif, iface_id="mine", iface_status="active")
    ready.is_port("vif1.0", xs_vif_uuid=vif, iface_id="mine", iface_status="inactive")


BAD_DAYS = {
    "refuses": (lambda mock: mock.stop(), lambda mock: mock.restart()),
    "hangs": (lambda mock: (mock.hanging.add("*"), mock.hang_up()), lambda mock: mock.hanging.clear()),
    "hangs when it is asked": (lambda mock: mock.hanging.update({"VIF.get_by_uuid", "VIF.get_other_config"}), lambda mock: mock.hanging.clear()),
    "fails": (lambda mock: (mock.fail("event.from", "INTERNAL_ERROR", "x", times=None), mock.hang_up()), lambda mock: mock.failures.clear()),
    "fails when it is asked": (lambda mock: mock.fail("VIF.get_by_uuid", "INTERNAL_ERROR", "x", times=None), lambda mock: mock.failures.clear()),
    "forgets the session": (lambda mock: mock.sessions.clear(), lambda mock: None),
    "has lost the events": (lambda mock: mock.lose_events(), lambda mock: None),
    "is no master": (lambda mock: (setattr(mock, "slave_of", "192.0.2.1"), mock.hang_up()), lambda mock: setattr(mock, "slave_of", None)),
    "talks nonsense": (lambda mock: (setattr(mock, "garbage", b"?"), mock.hang_up()), lambda mock: setattr(mock, "garbage", None)),
}


@pytest.mark.parametrize("scene", ["mock"], indirect=True)
@pytest.mark.parametrize("bad_day", BAD_DAYS)
def test_ids_are_late_at_worst_and_never_wrong_when_xapi(ready, bad_day, record_property):
    mock, (begin, end) = ready.toolstack.mock, BAD_DAYS[bad_day]
    ready.host.lab.expect("cabled", r"XAPI at |xapi_\w+\|WARN")
    vif, other = ready.toolstack.vif(nicira_iface_id="mine"), ready.toolstack.vif(nicira_iface_id="other's")
    ready.port("vif1.0", xs_vif_uuid=vif)
    ready.is_port("vif1.0", xs_vif_uuid=vif, iface_id="mine", iface_status="active")
    begin(mock)
    ready.toolstack.config("VIF", vif, nicira_iface_id="mine now")
    ready.port("vif2.0", xs_vif_uuid=other)
    ready.port("tap2.0")
    ready.settles(lambda: ready.ids("tap2.0").get("iface-status"), "active")
    for _ in range(20):
        assert ready.ids("vif1.0")["iface-id"] in ("mine", "mine now")
        assert ready.ids("vif2.0").get("iface-id") in (None, "other's")
    end(mock)
    late = ready.settles(lambda: [ready.ids(port).get("iface-id") for port in ("vif1.0", "vif2.0", "tap2.0")],
                         ["mine now", "other's", "other's"], 40)
    record_property("caught_up_ms", late)


def test_flush_cache_changes_nothing_that_is_right(ready):
    vif = ready.toolstack.vif(nicira_iface_id="mine")
    ready.port("vif1.0", xs_vif_uuid=vif)
    ready.is_port("vif1.0", xs_vif_uuid=vif, iface_id="mine", iface_status="active")
    assert ready.host.lab.agent.appctl("flush-cache") == ""
    ready.has_passed()
    ready.is_port("vif1.0", xs_vif_uuid=vif, iface_id="mine", iface_status="active")


# VIFs that the agent wires

def test_wired_vif_has_its_own_ids_from_the_first(host):
    toolstack = PoolDatabase(host)
    toolstack.begin()
    host.network()
    host.veth("vif1.0")
    host.vif("vif1.0")
    before = host.wait("vif1.0")
    assert host.interface("vif1.0")["external_ids"]["iface-id"] == before["uuid"]
    toolstack.config("VIF", before["uuid"], nicira_iface_id="mine")
    wait_for(lambda: host.interface("vif1.0")["external_ids"]["iface-id"] == "mine", "the VIF's own id")
    host.lab.vsctl("del-port", "vif1.0")
    seen = wait_for(lambda: "vif1.0" in host.ports("xapi0") and host.interface("vif1.0")["external_ids"], "the port to be back")
    assert seen["iface-id"] == "mine"
    host.lab.expect("cabled", "somebody took a VIF's port off the bridge")
    host.wait("vif1.0")
    host.lab.vsctl("set", "interface", "vif1.0", "external_ids:iface-id=somebody-elses")
    wait_for(lambda: host.interface("vif1.0")["external_ids"]["iface-id"] == "mine", "the VIF's own id")


@pytest.mark.parametrize("scene", ["mock"], indirect=True)
def test_handed_vif_has_the_ids_of_its_xapi_whatever_it_was_handed_with(ready):
    lab, vif = ready.host.lab, ready.toolstack.vif(nicira_iface_id="mine")
    ready.host.veth("vif1.0")
    hand = {"device": "vif1.0", "bridge": "xenbr0", "mac": "02:00:00:00:01:00", "locking_mode": "locked", "ipv4": ["10.0.0.5"],
            "keys": {"xs-vif-uuid": vif, "iface-id": "theirs", "iface-status": "theirs"}}
    lab.agent.appctl("vif/hand", json.dumps(hand))
    ready.settles(lambda: pick(ready.ids("vif1.0"), "iface-id", "iface-status"), {"iface-id": "mine", "iface-status": "active"})
    lab.agent.appctl("vif/hand", json.dumps({**hand, "ipv4": ["10.0.0.6"]}))
    ready.has_passed()
    assert pick(ready.ids("vif1.0"), "iface-id", "iface-status", "cabled-ipv4") \
        == {"iface-id": "mine", "iface-status": "active", "cabled-ipv4": "10.0.0.6"}


def pick(ids, *keys):
    return {key: ids.get(key) for key in keys}


# The cookie

def test_xapi_is_not_asked_before_its_cookie_is_there(host):
    cookie = host.lab.state / "cookie"
    host.lab.vsctl("set", "Open_vSwitch", ".", f'external_ids:cabled-xapi-cookie="{cookie}"')
    scene = Scene(host, Mock(host))
    scene.toolstack.begin()
    try:
        vif = scene.toolstack.vif(nicira_iface_id="mine")
        scene.bridge("xenbr0")
        scene.port("vif1.0", xs_vif_uuid=vif)
        scene.is_port("vif1.0", xs_vif_uuid=vif, iface_status="active")
        assert "cookie" in scene.status()["error"] and not scene.toolstack.mock.calls
        cookie.touch()
        scene.is_port("vif1.0", xs_vif_uuid=vif, iface_id="mine", iface_status="active")
    finally:
        host.lab.agent.stop()
        scene.toolstack.end()
