# SPDX-License-Identifier: Apache-2.0
"""A bridge with VIFs is guarded: every port that nobody listed is dark, and what was there before goes on."""

import random
import re

import pytest

from conftest import listen, mac_of, peer_of
from lab import wait_for

HOOK = "priority=65000,reg15=0/0x1 actions=goto_table:199"


def state_of_bridge(host, name):
    """What the agent says of a bridge; None if it doesn't know it."""
    return next((bridge for bridge in host.json("status")["bridges"] if bridge["name"] == name), None)


def test_bridge_is_made_when_the_first_vif_needs_it(host):
    host.network()
    host.vif("vif1.0")
    host.wait("vif1.0", "no-device")
    assert host.bridges() == set()
    host.veth("vif1.0")
    host.wait("vif1.0")
    bridge = host.row("Bridge", "xapi0", "fail_mode", "other_config", "external_ids", "datapath_type")
    assert bridge["fail_mode"] == "secure"
    assert bridge["other_config"]["disable-in-band"] == "true"
    assert bridge["external_ids"]["cabled-guard"] == "true"
    assert bridge["datapath_type"] == host.lab.datapath_type


def test_base_makes_unlisted_ports_dark(host):
    host.network()
    host.wired("vif1.0")
    flows = host.flows("xapi0")
    assert any(HOOK in flow for flow in flows)
    assert any("table=199, priority=0 actions=drop" in flow for flow in flows)
    assert any(" priority=0,reg15=0x1/0x1 actions=NORMAL" in flow and "table=" not in flow for flow in flows)
    assert "nx-match" in host.lab.ofctl("-O", "OpenFlow14", "get-frags", "xapi0")


def test_fragment_mode_that_somebody_changed_is_set_back(host):
    host.network()
    host.wired("vif1.0")
    host.lab.expect("cabled", "somebody changed the fragment mode")
    frags = ["get-frags", "xapi0"]
    host.lab.ofctl("-O", "OpenFlow14", "set-frags", "xapi0", "normal")
    host.wired("vif2.0")        # a bundle, with which the mode is read back
    wait_for(lambda: "nx-match" in host.lab.ofctl("-O", "OpenFlow14", *frags), "the mode to be set back with a bundle")
    host.lab.ofctl("-O", "OpenFlow14", "set-frags", "xapi0", "drop")
    wait_for(lambda: "nx-match" in host.lab.ofctl("-O", "OpenFlow14", *frags), "the mode to be set back in time")


def all_flows(host, bridge="xapi0"):
    """Apart from their cookies, whose generation may differ."""
    return {flow.partition(", ")[2] for flow in host.flows(bridge)}


@pytest.mark.parametrize("hand", [
    ["ovs-ofctl", "-O", "OpenFlow14", "del-flows", "xapi0"],
    ["ovs-ofctl", "-O", "OpenFlow14", "del-flows", "xapi0", "table=202"],
    ["ovs-ofctl", "-O", "OpenFlow14", "mod-flows", "xapi0", "table=202,actions=NORMAL"],
    ["ovs-ofctl", "-O", "OpenFlow14", "--strict", "del-flows", "xapi0", "priority=65000,reg15=0/1"],
    ["ovs-ofctl", "-O", "OpenFlow14", "add-flow", "xapi0", "table=199,priority=0,actions=NORMAL"],
    ["ovs-vsctl", "set-controller", "xapi0", "ptcp:6653:127.0.0.1"],
    ["ovs-vsctl", "set-fail-mode", "xapi0", "standalone"],
], ids=lambda hand: " ".join(word for word in hand if not word.startswith("-") and word not in ("OpenFlow14", "xapi0")))
def test_flows_that_somebody_else_deletes_or_changes_come_back(host, hand):
    host.network()
    host.wired("vif1.0", "--ipv4", "10.0.0.5")
    before = all_flows(host)
    host.lab.expect("cabled", "somebody else changed or deleted flows of ours|somebody changed fail_mode")
    host.lab.run(*hand)
    wait_for(lambda: all_flows(host) == before, "our flows to be back", seen=lambda: all_flows(host) ^ before)
    wait_for(lambda: state_of_bridge(host, "xapi0")["guarded"], "the bridge to be guarded")
    assert host.row("Bridge", "xapi0", "fail_mode")["fail_mode"] == "secure"
    host.wait("vif1.0")


def test_nothing_passes_while_the_hook_is_missing(host):
    host.network()
    ofport = host.wired("vif1.0", "--ipv4", "10.0.0.5")["ofport"]
    host.lab.agent.signal("STOP")
    forged = f"in_port={ofport},dl_src=02:00:00:00:09:09,dl_dst=ff:ff:ff:ff:ff:ff,dl_type=0x0806"
    host.lab.ofctl("-O", "OpenFlow14", "--strict", "del-flows", "xapi0", "priority=65000,reg15=0/1")
    traced = host.lab.appctl("ofproto/trace", "xapi0", forged)
    host.lab.agent.signal("CONT")
    assert "Datapath actions: drop" in traced
    host.lab.expect("cabled", "somebody else changed or deleted flows of ours")
    wait_for(lambda: any(HOOK in flow for flow in host.flows("xapi0")), "the hook to be back")


def test_flows_of_others_in_tables_of_others_disturb_nobody(host):
    host.network()
    host.wired("vif1.0")
    host.lab.ofctl("-O", "OpenFlow14", "add-flow", "xapi0", "table=10,priority=5,actions=drop")
    host.lab.ofctl("-O", "OpenFlow14", "add-flow", "xapi0", "table=0,priority=5,in_port=7,actions=drop")
    host.wired("vif2.0")        # by then the agent has heard of them
    assert state_of_bridge(host, "xapi0")["guarded"]
    assert len(host.flows("xapi0", "table=10")) == 1
    assert not any("somebody else" in line for line in host.lab.agent.log.read_text().splitlines())


def test_bridge_goes_with_its_network(host):
    host.network()
    host.wired("vif1.0")
    host.cable("vif", "destroy", "vif1.0")
    host.cable("network", "destroy", "net0")
    wait_for(lambda: host.bridges() == set(), "the bridge to go", seen=host.bridges)


def test_bridge_goes_when_its_network_gets_another(host):
    host.network()
    host.wired("vif1.0")
    host.cable("vif", "unplug", "vif1.0")
    host.wait("vif1.0", "detached")
    host.cable("network", "set", "net0", "--bridge", "xapi7")
    wait_for(lambda: host.bridges() == set(), "the bridge to go", seen=host.bridges)
    host.cable("vif", "plug", "vif1.0")
    host.wait("vif1.0")
    assert host.bridges() == {"xapi7"}


def test_bridge_stays_while_another_network_shares_it(host):
    host.network()
    host.network("net20", "--bridge", "xapi0", "--vlan", "20")
    host.wired("vif1.0")
    host.cable("vif", "destroy", "vif1.0")
    host.cable("network", "destroy", "net0")
    host.network("net1")
    host.wired("vif2.0", network="net1")
    host.cable("vif", "destroy", "vif2.0")
    host.cable("network", "destroy", "net1")
    wait_for(lambda: host.bridges() == {"xapi0"}, "the other bridge to go", seen=host.bridges)
    host.cable("network", "destroy", "net20")
    wait_for(lambda: host.bridges() == set(), "the bridge to go", seen=host.bridges)


def test_bridge_with_a_foreign_port_stays(host):
    host.network()
    host.wired("vif1.0")
    host.veth("other0")
    host.lab.run("ip", "link", "set", "other0", "up")
    host.lab.vsctl("add-port", "xapi0", "other0")
    host.cable("vif", "destroy", "vif1.0")
    host.cable("network", "destroy", "net0")
    wait_for(lambda: host.ports("xapi0") == {"other0"}, "the VIF's port to go")
    assert host.bridges() == {"xapi0"}


def test_existing_bridge_is_guarded(host):
    host.lab.vsctl("add-br", "br7", "--", "set", "bridge", "br7", f"datapath_type={host.lab.datapath_type}", "protocols=OpenFlow13")
    host.network("net0", "--bridge", "br7", "--unmanaged")
    host.wired("vif1.0")
    bridge = host.row("Bridge", "br7", "fail_mode", "other_config", "protocols")
    assert bridge["fail_mode"] == "secure"
    assert bridge["other_config"]["disable-in-band"] == "true"
    assert set(bridge["protocols"]) == {"OpenFlow13", "OpenFlow14"}
    assert any(HOOK in flow for flow in host.flows("br7"))


def test_missing_bridge_is_told_with_the_way_out(host):
    host.network("net0", "--bridge", "br7", "--unmanaged")
    host.veth("vif1.0")
    host.vif("vif1.0")
    host.lab.expect("cabled", "bridge br7 is missing")
    record = host.wait("vif1.0", "failed")
    assert "bridge br7 is missing" in record["error"] and "ovs-vsctl add-br br7" in record["error"]
    assert host.bridges() == set()
    host.lab.vsctl("add-br", "br7", "--", "set", "bridge", "br7", f"datapath_type={host.lab.datapath_type}")
    host.wait("vif1.0")


def test_bridge_that_the_switch_cannot_set_up_is_told(host):
    host.lab.expect("ovs-vswitchd", "br7|unknown datapath type")
    host.lab.expect("cabled", "br7")
    host.lab.vsctl("--no-wait", "add-br", "br7", "--", "set", "bridge", "br7", "datapath_type=system")
    host.network("net0", "--bridge", "br7", "--unmanaged")
    host.veth("vif1.0")
    host.vif("vif1.0")
    error = host.wait("vif1.0", "failed")["error"]
    assert "bridge br7" in error and "datapath_type=netdev" in error


def admitted(host, bridge, port):
    return host.flows(bridge, f"table=199,in_port={host.interface(port)['ofport']}")


def test_foreign_ports_go_on_by_default(host):
    host.lab.vsctl("add-br", "br7", "--", "set", "bridge", "br7", f"datapath_type={host.lab.datapath_type}")
    host.lab.expect("ovs-vswitchd", "(early0|late0).*(Network is down|No such device)")
    host.veth("early0")
    host.lab.vsctl("add-port", "br7", "early0")
    host.network("net0", "--bridge", "br7", "--unmanaged")
    host.wired("vif1.0")
    assert admitted(host, "br7", "early0")
    host.veth("late0")
    host.lab.vsctl("add-port", "br7", "late0")
    wait_for(lambda: admitted(host, "br7", "late0"), "the late port to be admitted")
    number = host.interface("late0")["ofport"]
    host.lab.vsctl("del-port", "late0")
    wait_for(lambda: not host.flows("br7", f"table=199,in_port={number}"), "its admission to end")


def test_foreign_ports_are_dark_where_the_host_says_so(host):
    host.lab.vsctl("set", "open_vswitch", ".", "external_ids:cabled-foreign-ports=dark")
    host.network()
    host.wired("vif1.0")
    host.lab.expect("ovs-vswitchd", "other0: Network is down")
    host.veth("other0")
    host.lab.vsctl("add-port", "xapi0", "other0")
    host.wired("vif2.0")        # by then the agent has seen other0
    assert not admitted(host, "xapi0", "other0")
    host.lab.vsctl("set", "open_vswitch", ".", "external_ids:cabled-foreign-ports=accept")
    wait_for(lambda: admitted(host, "xapi0", "other0"), "the port to be admitted")
    host.wait("vif1.0")


def test_member_of_a_bond_is_no_vif_and_holds_up_no_other(host):
    host.network()
    host.wired("vif1.0")
    host.lab.expect("cabled", "is not Cabled's")
    host.lab.expect("ovs-vswitchd", "vif2.0|vif3.0|bond")
    for device in ("vif2.0", "vif3.0"):
        host.veth(device)
    host.lab.vsctl("add-bond", "xapi0", "bond0", "vif2.0", "vif3.0")
    host.vif("vif2.0")
    assert "port bond0 is on bridge xapi0" in host.wait("vif2.0", "failed")["error"]
    host.wired("vif4.0")


def test_bridge_whose_name_is_a_port_s_is_told_and_holds_up_no_other(host):
    host.lab.expect("cabled", "has a port of that name")
    host.lab.expect("ovs-vswitchd", "xapi9")
    host.lab.run("ip", "link", "add", "xapi9", "type", "veth", "peer", "name", "other9")
    host.lab.vsctl("add-br", "br7", "--", "set", "bridge", "br7", f"datapath_type={host.lab.datapath_type}", "--", "add-port", "br7", "xapi9")
    host.network("net9", "--bridge", "br9")
    network = host.json("network", "show", "net9")["uuid"]
    host.transact({"op": "update", "table": "Network", "where": [["_uuid", "==", ["uuid", network]]], "row": {"bridge": "xapi9"}})
    host.veth("vif9.0")
    host.vif("vif9.0", network="net9")
    assert "bridge br7 has a port of that name" in host.wait("vif9.0", "failed")["error"]
    host.network("net0")
    host.wired("vif1.0")


def test_uplink_joins_its_network(host):
    host.network("net0", "--uplink", "up0")
    host.lab.expect("ovs-vswitchd", "up0: Network is down")
    host.lab.run("ip", "link", "add", "up0", "type", "veth", "peer", "name", "wire0")
    host.wired("vif1.0")
    wait_for(lambda: host.ports("xapi0") == {"vif1.0", "up0"}, "the uplink to be added")
    wait_for(lambda: admitted(host, "xapi0", "up0"), "the uplink to be admitted")
    wait_for(lambda: "UP" in host.link("up0")["flags"], "the uplink to be up")


def test_uplink_that_is_not_there_is_told_and_holds_up_no_vif(host):
    host.network("net0", "--uplink", "up0")
    host.lab.expect("cabled", "uplink up0 of bridge xapi0 is not there")
    host.wired("vif1.0")
    assert "uplink up0" in state_of_bridge(host, "xapi0")["error"]
    host.lab.expect("ovs-vswitchd", "up0: Network is down")
    host.lab.run("ip", "link", "add", "up0", "type", "veth", "peer", "name", "wire0")
    wait_for(lambda: "up0" in host.ports("xapi0"), "the uplink to be added")
    wait_for(lambda: not state_of_bridge(host, "xapi0")["error"], "the complaint to end")


def test_uplink_of_another_bridge_stays_there(host):
    host.lab.expect("ovs-vswitchd", "up0: Network is down")
    host.lab.run("ip", "link", "add", "up0", "type", "veth", "peer", "name", "wire0")
    host.lab.vsctl("add-br", "br7", "--", "set", "bridge", "br7", f"datapath_type={host.lab.datapath_type}", "--", "add-port", "br7", "up0")
    host.network("net0", "--uplink", "up0")
    host.lab.expect("cabled", "is a port of bridge br7")
    host.wired("vif1.0")
    assert "is a port of bridge br7" in state_of_bridge(host, "xapi0")["error"]
    assert host.ports("br7") == {"up0"}


def test_tables_and_variant_are_settings(host):
    host.network()
    ofport = host.wired("vif1.0")["ofport"]
    n_strict = len(host.flows_of("xapi0", ofport))
    host.lab.vsctl("set", "open_vswitch", ".", "external_ids:cabled-tables=50", "external_ids:cabled-variant=split")
    wait_for(lambda: len(host.flows_of("xapi0", ofport)) == n_strict + 47 and not host.flows("xapi0", "table=199"),
             "the rules to move", seen=lambda: host.flows("xapi0"))
    assert all("table=5" in flow for flow in host.flows_of("xapi0", ofport))
    host.wait("vif1.0")


def test_setting_that_does_not_parse_changes_nothing(host):
    host.network()
    ofport = host.wired("vif1.0")["ofport"]
    before = host.flows_of("xapi0", ofport)
    host.lab.expect("cabled", "cabled-tables is 'many'")
    host.lab.vsctl("set", "open_vswitch", ".", "external_ids:cabled-tables=many")
    wait_for(lambda: "cabled-tables is 'many'" in host.cable("status", "--json").stdout, "the complaint in cable status")
    assert host.flows_of("xapi0", ofport) == before


def test_vlan_frames_reach_no_untagged_vif(host):
    host.lab.run("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1")       # the guests' ends say nothing by themselves
    host.lab.expect("ovs-vswitchd", "dropping VLAN")
    host.network()
    for n in (1, 2):
        host.wired(f"vif{n}.0", "--trunks", "100", mode="unlocked")
    for n in (3, 4):
        host.wired(f"vif{n}.0", mode="unlocked")
    for n in (1, 2, 3, 4):
        host.lab.run("ip", "link", "set", peer_of(f"vif{n}.0"), "up")
    heard = {n: listen(host, peer_of(f"vif{n}.0")) for n in (2, 3)}
    tagged = "ffffffffffff" "020000000100" "81000064" "88b5" + "00" * 46
    untagged = "ffffffffffff" "020000000400" "88b6" + "00" * 46
    host.lab.run("frames", "send", peer_of("vif1.0"), "100", input=f"{tagged}\n")
    wait_for(lambda: "81000064" in heard[2](), "the tagged frame at the other trunk VIF", seen=heard[2])
    host.lab.run("frames", "send", peer_of("vif4.0"), "100", input=f"{untagged}\n")
    wait_for(lambda: "88b6" in heard[3](), "the untagged frame at the untagged VIF", seen=heard[3])
    assert "88b5" not in heard[3]()
    assert "88b6" not in heard[2]()


def test_uplink_that_two_networks_name_goes_to_one_and_holds_up_none(host):
    host.veth("uplink0")
    host.lab.expect("cabled", "uplink uplink0 of bridge")
    host.lab.agent.stop()
    for n in range(2):
        host.network(f"net{n}")
        host.vif(host.veth(f"vif{n}.0"), network=f"net{n}")
    host.transact({"op": "update", "table": "Network", "where": [], "row": {"uplink": "uplink0"}})  # `cable` would refuse it
    host.lab.agent.start()
    for n in range(2):
        host.wait(f"vif{n}.0")
    assert sum("uplink0" in host.ports(bridge) for bridge in ("xapi0", "xapi1")) == 1


def tables_of(host, bridge):
    """Number and row of each table that Bridge.flow_tables speaks of."""
    return {int(number): row for number, row in re.findall(r"(\d+)=([0-9a-f-]{36})", host.lab.vsctl("get", "bridge", bridge, "flow_tables"))}


WITH_TRIES = {200, 203, 204}    # where some variant of the rules matches IPv6 sources


def test_tables_of_the_rules_have_prefix_tries(host):
    host.network()
    host.wired("vif1.0", "--ipv4", "10.0.0.5")
    tables = tables_of(host, "xapi0")
    assert set(tables) == WITH_TRIES
    assert host.lab.vsctl("get", "flow_table", tables[203], "prefixes") == "[ip_dst, ip_src, ipv6_src]"
    assert "tries" not in host.lab.agent.log.read_text()        # nobody took any


def test_tries_that_somebody_takes_come_back_and_hold_nothing_up(host):
    host.network()
    host.wired("vif1.0", "--ipv4", "10.0.0.5")
    flows, before = host.flows("xapi0"), host.json("vif", "show", "vif1.0")
    host.lab.vsctl("clear", "bridge", "xapi0", "flow_tables")
    wait_for(lambda: set(tables_of(host, "xapi0")) == WITH_TRIES, "the tries to be back", seen=lambda: tables_of(host, "xapi0"))
    host.wired("vif2.0")        # by then the agent has done what it would
    after = host.record("vif1.0", "wired")
    assert after["wired_since"] == before["wired_since"] and after["ofport"] == before["ofport"]
    assert flows <= host.flows("xapi0")     # down to their cookies
    log = host.lab.agent.log.read_text()
    assert log.count("bridge xapi0 is guarded") == 1
    assert log.count("prefix tries") == 1


def test_what_somebody_has_said_of_a_table_stays(host):
    host.lab.vsctl("add-br", "br7", "--", "set", "bridge", "br7", f"datapath_type={host.lab.datapath_type}", "flow_tables:203=@own", "--",
                   "--id=@own", "create", "flow_table", "prefixes=ipv6_src")
    own = tables_of(host, "br7")
    host.network("net0", "--bridge", "br7", "--unmanaged")
    host.wired("vif1.0", "--ipv4", "10.0.0.5")
    assert tables_of(host, "br7")[203] == own[203] and set(tables_of(host, "br7")) == WITH_TRIES
    host.cable("vif", "unplug", "vif1.0")
    host.wait("vif1.0", "detached")
    host.cable("host", "unguard", "br7")
    assert tables_of(host, "br7") == own


@pytest.mark.parametrize("variant", ["strict", "split", "xenserver-compat"])
def test_flood_of_ipv6_sources_leaves_few_datapath_flows(host, variant):
    host.lab.vsctl("set", "open_vswitch", ".", f"external_ids:cabled-variant={variant}")
    host.lab.run("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1")
    host.network()
    host.wired("vif1.0", "--ipv6", "2001:db8::5")
    host.lab.run("ip", "link", "set", peer_of("vif1.0"), "up")
    chance = random.Random(1)
    head = "02eeeeeeeeee" + mac_of("vif1.0").replace(":", "") + "86dd" + "60000000" + "0008" + "11" + "40"
    frames = [head + f"{0x2001 << 112 | chance.getrandbits(112):032x}" + f"{0x20010db8 << 96 | 1:032x}" + "03e807d000080000" for _ in range(500)]
    host.lab.run("frames", "send", peer_of("vif1.0"), "5000", input="\n".join(frames) + "\n")
    wait_for(lambda: sum(host.packets("vif1.0").values()) >= 490, "the frames to be judged", seen=lambda: host.packets("vif1.0"))
    flows = [line for line in host.lab.appctl("dpctl/dump-flows").splitlines() if "eth_type(0x86dd)" in line]
    assert 0 < len(flows) < 100
