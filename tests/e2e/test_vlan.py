# SPDX-License-Identifier: Apache-2.0
"""Networks of different VLANs share a bridge: VIFs hear their own VLAN only, and the uplink carries the tags."""

import pytest

from conftest import listen, peer_of
from lab import wait_for

TAG = "8100"


@pytest.fixture
def shared(host):
    """vif1.0 and vif2.0 on VLAN 20, vif3.0 on VLAN 30, vif4.0 on none; wire0 is the far end of the bridge's uplink."""
    host.lab.run("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1")       # the guests' ends say nothing by themselves
    host.lab.expect("ovs-vswitchd", "up0: Network is down")
    host.lab.expect("ovs-vswitchd", "dropping VLAN")
    host.lab.run("ip", "link", "add", "up0", "type", "veth", "peer", "name", "wire0")
    host.lab.run("ip", "link", "set", "wire0", "up")
    host.network("net0", "--uplink", "up0")
    for vlan in (20, 30):
        host.network(f"net{vlan}", "--bridge", "xapi0", "--vlan", str(vlan))
    for n, vlan in enumerate((20, 20, 30, 0), 1):
        host.wired(f"vif{n}.0", network=f"net{vlan}", mode="unlocked")
        host.lab.run("ip", "link", "set", peer_of(f"vif{n}.0"), "up")
    wait_for(lambda: "up0" in host.ports("xapi0") and "UP" in host.link("up0")["flags"], "the uplink to be up")
    return host


def broadcast(host, device, ethertype, tag=""):
    frame = "ffffffffffff" "020000000100" + tag + ethertype + "00" * 46
    host.lab.run("frames", "send", device, "100", input=f"{frame}\n")


def vlan_of(host, device):
    return host.row("Port", device, "tag")["tag"]


def test_vifs_hear_their_own_vlan_and_the_uplink_carries_tags(shared):
    assert [vlan_of(shared, f"vif{n}.0") for n in (1, 2, 3, 4)] == [20, 20, 30, 0]
    heard = {n: listen(shared, peer_of(f"vif{n}.0")) for n in (2, 3, 4)}
    wire = listen(shared, "wire0")
    broadcast(shared, peer_of("vif1.0"), "88b5")
    wait_for(lambda: "02000000010088b5" in heard[2](), "the frame, without a tag, at the other VIF of the VLAN", seen=heard[2])
    wait_for(lambda: "020000000100" + TAG + "001488b5" in wire(), "the frame, tagged, at the uplink", seen=wire)
    broadcast(shared, "wire0", "88b6", TAG + "001e")
    wait_for(lambda: "02000000010088b6" in heard[3](), "the tagged frame from the uplink at its VLAN's VIF", seen=heard[3])
    broadcast(shared, "wire0", "88b7")
    wait_for(lambda: "88b7" in heard[4](), "the untagged frame from the uplink at the untagged VIF", seen=heard[4])
    assert [any(frame in heard[n]() for frame in ("88b5", "88b6", "88b7") if frame != own)
            for n, own in ((2, "88b5"), (3, "88b6"), (4, "88b7"))] == [False, False, False]


def test_another_vlan_of_a_network_changes_the_tag_and_nothing_else(shared):
    def plugged():
        return [(shared.row("Interface", device, "_uuid", "ofport"), shared.link(device)["ifindex"], shared.link(device)["flags"],
                 shared.lab.run("cat", f"/sys/class/net/{device}/carrier_changes").stdout) for device in ("vif1.0", "vif2.0")]
    before = plugged()
    shared.cable("network", "set", "net20", "--vlan", "40")
    for device in ("vif1.0", "vif2.0"):
        wait_for(lambda device=device: vlan_of(shared, device) == 40, f"{device} to be on the other VLAN")
    shared.wait("vif1.0")
    heard, wire = listen(shared, peer_of("vif2.0")), listen(shared, "wire0")
    broadcast(shared, peer_of("vif1.0"), "88b5")
    wait_for(lambda: TAG + "002888b5" in wire(), "the frame with the other tag at the uplink", seen=wire)
    wait_for(lambda: "88b5" in heard(), "the frame at the other VIF", seen=heard)
    assert plugged() == before


def test_vif_that_moves_to_another_network_of_its_bridge_is_not_plugged_anew(shared):
    before = shared.row("Interface", "vif1.0", "_uuid", "ofport")
    shared.cable("vif", "set", "vif1.0", "--network", "net30")
    wait_for(lambda: vlan_of(shared, "vif1.0") == 30, "the VIF to be on the other VLAN")
    assert shared.row("Interface", "vif1.0", "_uuid", "ofport") == before


def test_trunks_on_a_vlan_network_are_refused_and_the_port_stays(host):
    host.network("net20", "--vlan", "20")
    ofport = host.wired("vif1.0", network="net20")["ofport"]
    host.lab.expect("cabled", "cannot have trunks on network 'net20'")
    host.update_vif("vif1.0", trunks=100)       # `cable` would refuse it
    assert "cannot have trunks on network 'net20', whose frames are all on VLAN 20" in host.wait("vif1.0", "failed")["error"]
    assert host.row("Port", "vif1.0", "tag", "trunks") == {"tag": 20, "trunks": []}
    assert host.flows_of("xapi0", ofport)
    host.cable("vif", "set", "vif1.0", "--trunks", "")
    host.wait("vif1.0")


def test_networks_that_disagree_about_their_bridge_are_told(host):
    host.lab.expect("cabled", "share a bridge")
    host.network()
    host.network("net20", "--bridge", "xapi0", "--vlan", "20")
    host.wired("vif1.0")
    host.transact({"op": "update", "table": "Network", "where": [["name_label", "==", "net20"]], "row": {"uplink": "up0"}})
    error = host.wait("vif1.0", "failed")["error"]
    assert "share its uplink, but on bridge 'xapi0' network 'net20' has 'up0' and this one none" in error
    host.cable("network", "set", "net20", "--uplink", "")
    host.wait("vif1.0")
