# SPDX-License-Identifier: Apache-2.0
"""A VIF that a program hands to the agent is wired as one of the pool is, and answered when it is; its row outlives both."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from conftest import BACKEND_MAC, mac_of
from lab import wait_for
from poolless import Poolless, poolless  # noqa: F401, pylint: disable=unused-import


def test_handed_vif_is_wired_and_answered(poolless):  # noqa: F811
    poolless.bridge()
    poolless.veth("vif1.0")
    said = poolless.hand("vif1.0", ipv4=["10.0.0.5"], mtu=1400, keys={"xs-vif-uuid": "bd3d4a8e-8d7f-4d3b-8a8f-000000000001"})
    interface = poolless.interface("vif1.0")
    assert said["state"] == "wired" and said["bridge"] == "br0"
    assert said["ofport"] == interface["ofport"] == interface["ofport_request"] >= 32768
    assert poolless.link("vif1.0")["address"] == BACKEND_MAC and poolless.link("vif1.0")["mtu"] == 1400
    assert said["ifindex"] == poolless.link("vif1.0")["ifindex"]
    keys = interface["external_ids"]
    assert keys["attached-mac"] == mac_of("vif1.0") and keys["cabled-locking-mode"] == "locked"
    assert keys["cabled-ipv4"] == "10.0.0.5" and keys["cabled-vif"] == said["uuid"]
    assert keys["xs-vif-uuid"] == "bd3d4a8e-8d7f-4d3b-8a8f-000000000001" and "iface-id" not in keys
    assert "10.0.0.5" in poolless.vif_json("vif1.0")["policy"]


def test_unhanded_vif_leaves_nothing(poolless):  # noqa: F811
    poolless.bridge()
    poolless.veth("vif1.0")
    said = poolless.hand("vif1.0")
    assert poolless.flows_of("br0", said["ofport"])
    assert poolless.control("vif/unhand", "vif1.0") == {"device": "vif1.0", "state": "gone"}
    assert "vif1.0" not in poolless.ports("br0")
    wait_for(lambda: not poolless.flows_of("br0", said["ofport"]), "its rules to go")
    assert "UP" not in poolless.link("vif1.0")["flags"]
    assert poolless.control("vif/unhand", "vif1.0")["state"] == "gone"


LEAST = '"device": "vif1.0", "bridge": "br0", "mac": "02:00:00:00:00:01", "locking_mode"'


@pytest.mark.parametrize("text,says", [
    ("", "no JSON"),
    ("[]", "JSON object"),
    ("{}", "device is missing"),
    ('{"device": "vif1.0"}', "bridge is missing"),
    ('{"device": "a/b"}', "device name 'a/b'"),
    (f'{{{LEAST}: "network_default"}}', "locking_mode"),
    (f'{{{LEAST}: "locked", "ipv4": "10.0.0.5"}}', "ipv4 is no list"),
    (f'{{{LEAST}: "locked", "ipv4": ["10.0.0"]}}', "10.0.0"),
    (f'{{{LEAST}: "locked", "ivp4": []}}', "member 'ivp4' is not known"),
    (f'{{{LEAST}: "locked", "tag": 5, "trunks": [6]}}', "both a tag"),
    (f'{{{LEAST}: "locked", "keys": {{"cabled-vif": "x"}}}}', "cabled-vif"),
    (f'{{{LEAST}: "locked", "rate": {{"kbps": 0}}}}', "rate"),
])
def test_wrong_vif_is_refused_and_changes_nothing(poolless, text, says):  # noqa: F811
    poolless.bridge()
    assert says in poolless.refusal("vif/hand", text)
    assert poolless.control("status")["vifs"] == [] and not poolless.ports("br0")


def test_vif_that_is_handed_again_changes_and_keeps_its_port(poolless):  # noqa: F811
    poolless.bridge()
    poolless.veth("vif1.0")
    first = poolless.hand("vif1.0", ipv4=["10.0.0.5"], ipv6=["2001:db8::5"], keys={"xs-vif-uuid": "one", "xs-vm-uuid": "two"})
    second = poolless.hand("vif1.0", ipv4=["10.0.0.6"], keys={"xs-vif-uuid": "one", "xs-vm-uuid": "three"}, trunks=[5, 6])
    assert second["ofport"] == first["ofport"] and second["uuid"] == first["uuid"]
    keys = poolless.keys("vif1.0")
    assert keys["cabled-ipv4"] == "10.0.0.6" and "cabled-ipv6" not in keys and keys["xs-vm-uuid"] == "three"
    assert "10.0.0.6" in poolless.vif_json("vif1.0")["policy"]
    assert poolless.row("Port", "vif1.0", "trunks", "vlan_mode") == {"trunks": [5, 6], "vlan_mode": "trunk"}
    # Only keys are others.
    poolless.hand("vif1.0", ipv4=["10.0.0.6"], keys={"xs-vif-uuid": "one", "xs-vm-uuid": "four"}, trunks=[5, 6])
    assert poolless.keys("vif1.0")["xs-vm-uuid"] == "four"
    assert poolless.hand("vif1.0", locking_mode="disabled")["state"] == "disabled"
    wait_for(lambda: "UP" not in poolless.link("vif1.0")["flags"], "the link to be down")


def test_vif_is_moved_to_the_bridge_that_it_is_handed_for(poolless):  # noqa: F811
    poolless.bridge()
    poolless.bridge("br1")
    poolless.veth("vif1.0")
    first = poolless.hand("vif1.0", ipv4=["10.0.0.5"], keys={"xs-vif-uuid": "one"})
    second = poolless.hand("vif1.0", "br1", ipv4=["10.0.0.5"], keys={"xs-vif-uuid": "one"})
    assert second["uuid"] == first["uuid"] and second["bridge"] == "br1"
    assert "vif1.0" in poolless.ports("br1") and "vif1.0" not in poolless.ports("br0")
    assert poolless.keys("vif1.0")["xs-vif-uuid"] == "one"
    assert poolless.flows_of("br1", second["ofport"])
    wait_for(lambda: not poolless.flows_of("br0", first["ofport"]), "the old rules to go")


def test_row_of_a_handed_vif_says_what_it_may_from_then_on(poolless):  # noqa: F811
    poolless.bridge()
    poolless.veth("vif1.0")
    poolless.hand("vif1.0", ipv4=["10.0.0.5"])
    poolless.describe("vif1.0", cabled_ipv4="10.0.0.77", iface_id="renamed")
    wait_for(lambda: "10.0.0.77" in poolless.vif_json("vif1.0")["policy"], "the policy to follow the row")
    assert poolless.keys("vif1.0")["iface-id"] == "renamed" and "cabled-state" not in poolless.keys("vif1.0")


def test_handed_vif_outlives_the_agent_and_is_unhanded_by_the_next(poolless):  # noqa: F811
    poolless.bridge()
    poolless.veth("vif1.0")
    said = poolless.hand("vif1.0", ipv4=["10.0.0.5"], mtu=1400)
    row, flows = poolless.interface("vif1.0"), poolless.flows_of("br0", said["ofport"])
    poolless.lab.agent.stop()
    poolless.lab.agent.start()
    wait_for(lambda: any(vif["state"] == "wired" for vif in poolless.control("status")["vifs"]), "the agent to know the VIF")
    assert poolless.interface("vif1.0") == row and poolless.flows_of("br0", said["ofport"]) == flows
    assert poolless.hand("vif1.0", ipv4=["10.0.0.5"], mtu=1400)["uuid"] == said["uuid"]
    poolless.control("vif/unhand", "vif1.0")
    assert not poolless.ports("br0")


def test_device_that_is_made_again_gets_a_port_that_says_the_same(poolless):  # noqa: F811
    poolless.bridge()
    poolless.lab.expect("ovs-vswitchd", "vif1.0|No such device")
    poolless.veth("vif1.0")
    said = poolless.hand("vif1.0", ipv4=["10.0.0.5"], keys={"xs-vif-uuid": "one"})
    poolless.lab.run("ip", "link", "del", "vif1.0")
    wait_for(lambda: "vif1.0" not in poolless.ports("br0"), "the port of a device that has gone to go")
    poolless.veth("vif1.0")
    wait_for(lambda: poolless.vif_json("vif1.0")["state"] == "wired", "the VIF to be wired again")
    keys = poolless.keys("vif1.0")
    assert keys["xs-vif-uuid"] == "one" and keys["cabled-vif"] == said["uuid"] and keys["cabled-ipv4"] == "10.0.0.5"


def test_vif_waits_for_its_device_and_says_so_when_the_time_is_over(poolless):  # noqa: F811
    poolless.bridge()
    assert "waiting for the device to appear" in poolless.refusal("vif/hand", json.dumps(
        {"device": "vif1.0", "bridge": "br0", "mac": mac_of("vif1.0"), "locking_mode": "locked", "timeout_ms": 100}))
    poolless.veth("vif1.0")
    wait_for(lambda: poolless.vif_json("vif1.0")["state"] == "wired", "the VIF to be wired all the same")


def test_device_counts_before_udev_is_done_with_it(poolless):  # noqa: F811
    """A program that udev waits for hands the device over."""
    poolless.bridge()
    poolless.lab.run("udevadm", "control", "--stop-exec-queue")
    try:
        poolless.veth("vif1.0")
        assert poolless.hand("vif1.0")["state"] == "wired"
    finally:
        poolless.lab.run("udevadm", "control", "--start-exec-queue")


def test_bridge_that_is_not_there_is_an_error(poolless):  # noqa: F811
    poolless.lab.expect("cabled", "br7")
    poolless.veth("vif1.0")
    assert "br7" in poolless.refusal("vif/hand", json.dumps(
        {"device": "vif1.0", "bridge": "br7", "mac": mac_of("vif1.0"), "locking_mode": "locked"}))
    assert poolless.control("vif/unhand", "vif1.0")["state"] == "gone"
    assert not poolless.control("status")["vifs"]


def test_fake_bridge_is_a_vlan_of_its_parent(poolless):  # noqa: F811
    poolless.bridge()
    poolless.lab.vsctl("add-br", "vlan7", "br0", "7")
    poolless.veth("vif1.0")
    assert poolless.hand("vif1.0", "vlan7")["bridge"] == "br0"
    assert poolless.row("Port", "vif1.0", "tag", "vlan_mode") == {"tag": 7, "vlan_mode": "access"}
    assert "VLAN 7" in poolless.refusal("vif/hand", json.dumps(
        {"device": "vif1.0", "bridge": "vlan7", "mac": mac_of("vif1.0"), "locking_mode": "locked", "trunks": [3]}))


def test_port_that_is_there_is_taken_over_and_goes_for_good(poolless):  # noqa: F811
    poolless.bridge()
    poolless.veth("vif1.0")
    poolless.lab.vsctl("add-port", "br0", "vif1.0")
    ofport = wait_for(lambda: poolless.interface("vif1.0")["ofport"], "a number")
    assert poolless.hand("vif1.0", ipv4=["10.0.0.5"])["ofport"] == ofport
    assert "cabled-adopted" not in poolless.row("Port", "vif1.0", "external_ids")["external_ids"]
    poolless.control("vif/unhand", "vif1.0")
    assert not poolless.ports("br0")


@pytest.mark.parametrize("mode", ["locked", "lokced"])
def test_described_port_is_deleted_when_it_is_unhanded(poolless, mode):  # noqa: F811
    poolless.bridge()
    poolless.lab.expect("cabled", "lokced")
    poolless.veth("vif1.0")
    poolless.lab.vsctl("add-port", "br0", "vif1.0", "--", "set", "interface", "vif1.0", f'external_ids:attached-mac="{mac_of("vif1.0")}"',
                       f"external_ids:cabled-locking-mode={mode}")
    poolless.await_state("vif1.0", "wired" if mode == "locked" else "failed")
    assert poolless.control("vif/unhand", "vif1.0")["state"] == "gone"
    assert not poolless.ports("br0")


def test_described_port_that_is_handed_keeps_uuid_and_number_and_is_ours(poolless):  # noqa: F811
    poolless.bridge()
    poolless.veth("vif1.0")
    poolless.lab.vsctl("add-port", "br0", "vif1.0", "--", "set", "interface", "vif1.0", f'external_ids:attached-mac="{mac_of("vif1.0")}"',
                       "external_ids:cabled-locking-mode=locked")
    keys = poolless.await_state("vif1.0", "wired")
    before = poolless.interface("vif1.0")["ofport"]
    said = poolless.hand("vif1.0", ipv4=["10.0.0.5"])
    assert said["uuid"] == keys["cabled-vif"] and said["ofport"] == before
    assert set(poolless.row("Port", "vif1.0", "external_ids")["external_ids"]) == {"cabled-vif"}
    assert "cabled-state" not in poolless.keys("vif1.0")


def test_foreign_port_is_not_unhanded(poolless):  # noqa: F811
    poolless.bridge()
    poolless.veth("vif1.0")
    poolless.lab.vsctl("add-port", "br0", "vif1.0")
    assert "neither handed over nor described" in poolless.refusal("vif/unhand", "vif1.0")
    assert poolless.ports("br0") == {"vif1.0"}


def test_handed_vifs_go_with_the_guard_of_their_bridge(poolless):  # noqa: F811
    poolless.lab.expect("cabled", "br0")
    poolless.bridge()
    poolless.veth("vif1.0")
    poolless.hand("vif1.0")
    poolless.cable("host", "unguard", "br0", "--unplug")
    assert not poolless.ports("br0")
    wait_for(lambda: not poolless.control("status")["vifs"], "the agent to forget the VIF")


def test_device_of_the_pool_is_refused(host):
    host = Poolless(host.lab)
    host.network()
    host.vif("vif1.0")
    host.veth("vif1.0")
    host.wait("vif1.0")
    assert "pool database" in host.refusal("vif/hand", json.dumps(
        {"device": "vif1.0", "bridge": "xapi0", "mac": mac_of("vif1.0"), "locking_mode": "locked"}))
    assert "pool database" in host.refusal("vif/unhand", "vif1.0")


def test_handed_vif_and_one_of_the_pool_share_a_bridge(host):
    host = Poolless(host.lab)
    host.network()
    host.wired("vif1.0")
    host.veth("vif2.0")
    said = host.hand("vif2.0", "xapi0", ipv4=["10.0.0.5"])
    assert host.ports("xapi0") == {"vif1.0", "vif2.0"}
    assert host.record("vif1.0", "wired") and said["state"] == "wired"
    host.cable("vif", "destroy", "vif1.0")
    wait_for(lambda: host.ports("xapi0") == {"vif2.0"}, "the pool's VIF to go")
    assert host.control("vif/show", "vif2.0")["state"] == "wired"


def test_handed_vif_leaves_the_bridge_to_the_network_of_the_pool(host):
    """An uplink that somebody else added passes on a dark bridge because a network names it."""
    host = Poolless(host.lab)
    host.lab.run("ip", "link", "add", "eth9", "type", "veth", "peer", "name", "wire9")
    for device in ("eth9", "wire9"):
        host.lab.run("ip", "link", "set", device, "up")
    host.lab.run("udevadm", "settle")
    host.bridge()
    host.lab.vsctl("add-port", "br0", "eth9", "--", "set", "bridge", "br0", "external_ids:cabled-foreign-ports=dark")
    host.network("net0", "--bridge", "br0", "--uplink", "eth9")
    host.wired("vif1.0")
    uplink = host.interface("eth9")["ofport"]
    wait_for(lambda: host.flows("br0", f"table=199,in_port={uplink}"), "the uplink to be admitted")
    host.veth("vif2.0")
    host.hand("vif2.0")
    host.lab.vsctl("add-port", "br0", "other0", "--", "set", "interface", "other0", "type=internal")     # all ports are looked at again
    host.veth("vif3.0")
    host.hand("vif3.0")
    assert host.flows("br0", f"table=199,in_port={uplink}")
    assert "other0" not in host.bridge_json("br0")["admitted"] and "eth9" in host.bridge_json("br0")["admitted"]


def test_whoever_is_overtaken_is_told(poolless):  # noqa: F811
    poolless.bridge()
    request = {"device": "vif1.0", "bridge": "br0", "mac": mac_of("vif1.0"), "locking_mode": "locked"}
    with ThreadPoolExecutor() as pool:
        first = pool.submit(poolless.refusal, "vif/hand", json.dumps(request))
        wait_for(lambda: poolless.control("status")["vifs"], "the first to be there")
        second = pool.submit(poolless.refusal, "vif/hand", json.dumps(request))
        assert "handed over anew meanwhile" in first.result()
        poolless.control("vif/unhand", "vif1.0")
        assert "taken back meanwhile" in second.result()


def test_cable_shows_what_the_agent_knows_where_there_is_no_pool(poolless):  # noqa: F811
    poolless.bridge()
    poolless.veth("vif1.0")
    said = poolless.hand("vif1.0", ipv4=["10.0.0.5"])
    listed = poolless.json("vif", "list")
    assert [(vif["device"], vif["bridge"], vif["mac"], vif["mode"], vif["origin"], vif["state"]) for vif in listed] \
        == [("vif1.0", "br0", mac_of("vif1.0"), "locked", "handed", "wired")]
    shown = poolless.json("vif", "show", "vif1.0")
    assert shown["uuid"] == said["uuid"] and "10.0.0.5" in shown["policy_in_force"] and shown["rules"]
    assert "vif1.0" in poolless.cable("vif", "list").stdout
    status = poolless.json("status")
    assert status["pool"] == "none" and status["vifs"] == status["wired"] == 1 and status["unwired"] == []
    assert "vif9.0" in poolless.cable("vif", "show", "vif9.0", check=False).stderr
