# SPDX-License-Identifier: Apache-2.0
"""A VIF is plugged when it is wanted and its device is there, and nothing of it is left when either goes."""

import json

from conftest import BACKEND_MAC, mac_of
from lab import wait_for


def test_new_device_is_wired(host):
    host.network()
    host.vif("vif1.0", "--ipv4", "10.0.0.5")
    host.veth("vif1.0")
    record = host.wait("vif1.0")
    assert host.ports("xapi0") == {"vif1.0"}
    assert record["ofport"] == host.interface("vif1.0")["ofport"] >= 32768
    assert host.lab.ofctl("-O", "OpenFlow14", "show", "xapi0").count("vif1.0")


def test_device_that_was_there_first_is_wired(host):
    host.network()
    host.veth("vif1.0")
    host.vif("vif1.0")
    host.wait("vif1.0")


def test_devices_that_came_before_the_agent_are_wired(host):
    host.network()
    host.lab.agent.stop()
    for n in range(5):
        host.veth(f"vif{n}.0")
        host.vif(f"vif{n}.0")
    host.lab.agent.start()
    for n in range(5):
        host.wait(f"vif{n}.0")


def test_backend_is_silent(host):
    host.network("net0", "--mtu", "1400")
    host.lab.run("ip", "link", "add", "vif1.0", "type", "veth", "peer", "name", "guest-vif1.0")
    host.lab.run("ip", "addr", "add", "192.0.2.1/24", "dev", "vif1.0")
    host.lab.run("ip", "addr", "add", "2001:db8::1/64", "dev", "vif1.0")
    host.vif("vif1.0")
    host.wait("vif1.0")
    link = host.link("vif1.0")
    assert link["address"] == BACKEND_MAC
    assert link["mtu"] == 1400
    assert {"NOARP", "UP"} <= set(link["flags"])
    assert [address for address in link["addr_info"] if address] == []


def test_own_mtu_goes_before_the_network_s(host):
    host.network("net0", "--mtu", "9000")
    host.wired("vif1.0", "--mtu", "1300")
    assert host.link("vif1.0")["mtu"] == 1300


def test_identity_stands_in_the_interface_row(host):
    host.network()
    host.vif("vif1.0", "--vm", "web")
    host.veth("vif1.0")
    record = host.wait("vif1.0")
    ids = host.interface("vif1.0")["external_ids"]
    network = host.json("network", "show", "net0")
    expected = {
        "attached-mac": mac_of("vif1.0"), "iface-id": record["uuid"], "xs-vif-uuid": record["uuid"],
        "xs-network-uuid": network["uuid"], "cabled-vif": record["uuid"], "cabled-ifindex": str(host.link("vif1.0")["ifindex"]),
        "xs-vm-uuid": record["vm_uuid"], "vm-id": record["vm_uuid"], "iface-status": "active",
    }
    assert {key: ids.get(key) for key in expected} == expected


def test_vif_is_kept_out_of_spanning_tree_and_vlans(host):
    host.network()
    host.wired("vif1.0")
    port = host.row("Port", "vif1.0", "other_config", "tag", "trunks", "vlan_mode", "external_ids")
    assert port["other_config"] == {"stp-enable": "false", "rstp-enable": "false"}
    assert (port["tag"], port["trunks"], port["vlan_mode"]) == (0, [], "access")


def test_trunk_vif_gets_its_vlans(host):
    host.network()
    host.wired("vif1.0", "--trunks", "100,200")
    port = host.row("Port", "vif1.0", "tag", "trunks", "vlan_mode")
    assert (port["tag"], port["trunks"], port["vlan_mode"]) == ([], [100, 200], "trunk")


def test_installed_flows_are_those_that_the_compiler_prints(host):
    host.network()
    options = ["--ipv4", "10.0.0.5,10.1.0.0/24", "--ipv6", "2001:db8::5"]
    record = host.wired("vif1.0", *options)
    policy = {"id": "p", "mode": "locked", "mac": mac_of("vif1.0"), "ipv4": ["10.0.0.5", "10.1.0.0/24"], "ipv6": ["2001:db8::5"],
              "auto_lla": True, "vlans": None}
    printed = host.cable("rules", "compile", "--policies", "-", input=json.dumps([policy])).stdout
    host.lab.vsctl("add-br", "other", "--", "set", "bridge", "other", f"datapath_type={host.lab.datapath_type}", "fail_mode=secure")
    host.lab.ofctl("-O", "OpenFlow14", "add-flows", "other", "-", input=printed)
    expected = {flow.replace("in_port=1,", f"in_port={record['ofport']},").replace("in_port=1 ", f"in_port={record['ofport']} ")
                for flow in host.flows("other")}
    without_cookies = {flow.partition(", ")[2] for flow in host.flows_of("xapi0", record["ofport"])}
    assert without_cookies == {flow.partition(", ")[2] for flow in expected}


def test_unplug_leaves_nothing(host):
    host.network()
    ofport = host.wired("vif1.0")["ofport"]
    host.cable("vif", "unplug", "vif1.0")
    host.wait("vif1.0", "detached")
    assert host.ports("xapi0") == set()
    wait_for(lambda: not host.flows_of("xapi0", ofport), "the flows to go")
    assert "UP" not in host.link("vif1.0")["flags"]


def test_vif_can_be_plugged_again(host):
    host.network()
    host.wired("vif1.0")
    host.cable("vif", "unplug", "vif1.0")
    host.wait("vif1.0", "detached")
    host.cable("vif", "plug", "vif1.0")
    host.wait("vif1.0")
    assert host.ports("xapi0") == {"vif1.0"}


def test_destroyed_vif_leaves_nothing(host):
    host.network()
    ofport = host.wired("vif1.0")["ofport"]
    host.cable("vif", "destroy", "vif1.0")
    wait_for(lambda: not host.ports("xapi0") and not host.flows_of("xapi0", ofport), "port and flows to go")


def test_vif_that_was_destroyed_while_the_agent_was_away_leaves_nothing(host):
    host.network()
    ofport = host.wired("vif1.0")["ofport"]
    host.lab.agent.stop()
    host.cable("vif", "destroy", "vif1.0")
    host.lab.agent.start()
    wait_for(lambda: not host.ports("xapi0") and not host.flows_of("xapi0", ofport), "port and flows to go")


def test_vanished_device_leaves_nothing(host):
    host.network()
    ofport = host.wired("vif1.0")["ofport"]
    host.lab.expect("ovs-vswitchd", r"No such device|Network is down")
    host.lab.run("ip", "link", "del", "vif1.0")
    host.wait("vif1.0", "no-device")
    wait_for(lambda: not host.ports("xapi0") and not host.flows_of("xapi0", ofport), "port and flows to go")


def test_device_that_comes_back_under_its_name_is_wired_anew(host):
    host.network()
    host.wired("vif1.0")
    host.lab.expect("ovs-vswitchd", r"No such device|Network is down")
    host.lab.run("ip", "link", "del", "vif1.0")
    host.veth("vif1.0")
    ifindex = str(host.link("vif1.0")["ifindex"])
    wait_for(lambda: host.ports("xapi0") and host.interface("vif1.0")["external_ids"]["cabled-ifindex"] == ifindex,
             "the port to be made for the new device")
    host.wait("vif1.0")


def test_device_renamed_into_place_is_wired(host):
    host.network()
    host.vif("vif1.0")
    host.lab.run("ip", "link", "add", "tmp0", "type", "veth", "peer", "name", "guest-vif1.0")
    host.wait("vif1.0", "no-device")
    host.lab.run("ip", "link", "set", "tmp0", "name", "vif1.0")
    host.wait("vif1.0")


def test_any_interface_name_can_be_a_vif(host):
    host.network()
    host.lab.expect("ovs-vswitchd", "web-eth0: Network is down")
    host.lab.run("ip", "link", "add", "web-eth0", "type", "veth", "peer", "name", "guest0")
    host.vif("web-eth0", mac="02:00:00:00:00:01")
    host.wait("web-eth0")


def test_vif_that_moves_to_another_device_leaves_the_first(host):
    host.network()
    host.wired("vif1.0")
    host.veth("vif2.0")
    host.update_vif("vif1.0", interface="vif2.0")
    host.wait("vif2.0")
    wait_for(lambda: host.ports("xapi0") == {"vif2.0"}, "the first port to go", seen=lambda: host.ports("xapi0"))


def test_vif_that_moves_to_another_network_is_plugged_there(host):
    host.network("net0")
    host.network("net1")
    first = host.wired("vif1.0")["ofport"]
    host.cable("vif", "set", "vif1.0", "--network", "net1")
    wait_for(lambda: "xapi1" in host.bridges() and host.ports("xapi1") == {"vif1.0"}, "the port to move")
    host.wait("vif1.0")
    assert host.ports("xapi0") == set()
    wait_for(lambda: not host.flows_of("xapi0", first), "the flows on the old bridge to go")


def test_new_policy_comes_into_force_on_the_live_port(host):
    host.network()
    before = host.wired("vif1.0", "--ipv4", "10.0.0.5")
    host.cable("vif", "set", "vif1.0", "--ipv4", "10.0.0.6")
    wait_for(lambda: any("10.0.0.6" in flow for flow in host.flows_of("xapi0", before["ofport"])), "the new rules")
    flows = host.flows_of("xapi0", before["ofport"])
    assert not any("10.0.0.5" in flow for flow in flows)
    after = host.wait("vif1.0")
    assert after["ofport"] == before["ofport"]
    assert after["wired_since"] == before["wired_since"]


def test_wait_after_a_change_waits_for_the_new_rules(host):
    host.network()
    ofport = host.wired("vif1.0", "--ipv4", "10.0.0.5")["ofport"]
    host.lab.agent.signal("STOP")
    host.cable("vif", "set", "vif1.0", "--ipv4", "10.0.0.6")
    early = host.cable("vif", "wait", "vif1.0", "--timeout", "0.2", check=False)
    assert early.returncode == 1 and "rules are still those of before" in early.stderr
    host.lab.agent.signal("CONT")
    host.cable("vif", "wait", "vif1.0")
    assert any("10.0.0.6" in flow for flow in host.flows_of("xapi0", ofport))


def test_disabled_vif_has_its_link_down(host):
    host.network()
    host.veth("vif1.0")
    host.vif("vif1.0", mode="disabled")
    host.wait("vif1.0", "disabled")
    assert "UP" not in host.link("vif1.0")["flags"]
    host.cable("vif", "set", "vif1.0", "--mode", "unlocked")
    host.wait("vif1.0")
    assert "UP" in host.link("vif1.0")["flags"]


def test_network_s_default_decides_for_a_vif_without_a_mode(host):
    host.network("net0", "--default-locking-mode", "disabled")
    host.veth("vif1.0")
    host.vif("vif1.0", mode="network_default")
    host.wait("vif1.0", "disabled")
    host.cable("network", "set", "net0", "--default-locking-mode", "unlocked")
    host.wait("vif1.0")


def test_two_vifs_of_one_network_have_numbers_of_their_own(host):
    host.network()
    numbers = {host.wired(f"vif{n}.0")["ofport"] for n in range(4)}
    assert len(numbers) == 4
