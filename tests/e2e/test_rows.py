# SPDX-License-Identifier: Apache-2.0
"""A port that somebody else made is guarded as its Interface row describes it, pool database or not, and is his again when the keys go."""

import os

import pytest

from conftest import mac_of
from lab import wait_for
from live_port import add_live_port, admitted, expect_live_ports
from poolless import Poolless, poolless  # noqa: F401, pylint: disable=unused-import
from storm import MARK, POLICY, Loss, Storm

DESCRIPTION = {"attached_mac": POLICY["mac"], "cabled_locking_mode": "locked", "cabled_ipv4": ",".join(POLICY["ipv4"]),
               "cabled_ipv6": ",".join(POLICY["ipv6"])}


@pytest.fixture
def live(poolless):  # noqa: F811
    """A guarded bridge with a live port vif2.0 that somebody made, and an ear that hears what passes."""
    host, lab = poolless, poolless.lab
    expect_live_ports(lab)
    host.bridge("xapi0")
    host.cable("host", "guard", "xapi0")
    add_live_port(host, "vif2.0")
    return host


def describe_all(host, port, **more):
    """All keys in one transaction."""
    keys = {key.replace("_", "-"): value for key, value in (DESCRIPTION | more).items()}
    host.lab.vsctl("set", "interface", port, *(f'external_ids:{key}="{value}"' for key, value in keys.items()))


def forged_after(storm, number):
    """Forged frames that were heard after the allowed one with that number."""
    lines = storm.frames.read_text().split()
    numbers = [int(bytes.fromhex(line[line.index(MARK.hex()) + 2 * len(MARK):][:24])) if MARK.hex() in line else -1 for line in lines]
    first = next(i for i, n in enumerate(numbers) if n >= number)
    return [line for line in lines[first:] if line in storm.forged_set]


def test_described_port_is_guarded_as_it_is_and_given_back(live):
    host = live
    before = host.interface("vif2.0")
    port_before = host.row("Port", "vif2.0", "external_ids", "other_config", "tag", "trunks", "vlan_mode")
    with Storm(host, "vif2.0", "ear1") as storm:
        storm.await_passing()
        wait_for(lambda: storm.heard()[1], "a forged frame of before")
        describe_all(host, "vif2.0", iface_id="mine", vm_id="lease")
        host.await_state("vif2.0", "wired")
        wired_at = storm.allowed_sent + 1000        # what is on its way is of before
        wait_for(lambda: storm.heard()[0][-1] > wired_at, "allowed frames to pass for a while")
        assert not forged_after(storm, wired_at)
        after = host.interface("vif2.0")
        assert after["ofport"] == after["ofport_request"] == before["ofport"]
        assert after["external_ids"]["iface-id"] == "mine" and after["external_ids"]["vm-id"] == "lease"
        assert host.row("Port", "vif2.0", "external_ids")["external_ids"]["cabled-adopted"] == "true"
        assert not admitted(host, "vif2.0")
        host.describe("vif2.0", **dict.fromkeys(["cabled_locking_mode", *DESCRIPTION]))
        wait_for(lambda: admitted(host, "vif2.0"), "the port to be admitted again")
        n_forged = len(storm.heard()[1])
        wait_for(lambda: len(storm.heard()[1]) > n_forged, "forged frames to pass again")
    assert host.keys("vif2.0") == {"iface-id": "mine", "vm-id": "lease"}
    assert host.interface("vif2.0")["ofport_request"] == []
    assert host.row("Port", "vif2.0", "external_ids", "other_config", "tag", "trunks", "vlan_mode") == port_before
    assert len(host.flows_of("xapi0", before["ofport"])) == 1


def test_changed_description_takes_effect_without_a_gap(live):
    host = live
    describe_all(host, "vif2.0")
    host.await_state("vif2.0", "wired")
    with Storm(host, "vif2.0", "ear1") as storm:
        loss = Loss(storm)
        for address in ("10.0.0.200", "10.0.0.201"):
            host.describe("vif2.0", cabled_ipv4=f"{DESCRIPTION['cabled_ipv4']},{address}")
            wait_for(lambda a=address: a in host.vif_json("vif2.0")["policy"] and host.vif_json("vif2.0")["policy_in_force"],
                     "the new policy to be in force")
        host.describe("vif2.0", vm_id="6e1f8a2e-0000-4000-8000-000000000001", cabled_network=None)
        storm.blow()
        loss.judge()
        assert not storm.heard()[1]
    assert host.interface("vif2.0")["ofport"] < 32768


@pytest.mark.parametrize("key,value,says", [
    ("cabled_locking_mode", "lokced", "cabled-locking-mode is 'lokced'"),
    ("cabled_locking_mode", "network_default", "cabled-locking-mode is 'network_default'"),
    ("cabled_ipv4", "10.0.0.5,10.0.0.300", "10.0.0.300"),
    ("cabled_ipv6", "fe80::1%eth0", "fe80::1%eth0"),
    ("attached_mac", "ff:ff:ff:ff:ff:ff", "ff:ff:ff:ff:ff:ff"),
    ("cabled_auto_lla", "yes", "cabled-auto-lla is 'yes'"),
    ("cabled_rate_kbps", "fast", "cabled-rate-kbps"),
    ("cabled_replace_cookie", "0xf17e000000000001", "cabled-replace-cookie"),
])
def test_wrong_value_makes_the_port_dark_and_says_why(live, key, value, says):
    host = live
    host.lab.expect("cabled", "device=vif2.0: ")
    describe_all(host, "vif2.0")
    host.await_state("vif2.0", "wired")
    host.describe("vif2.0", **{key: value})
    assert says in host.await_state("vif2.0", "failed")["cabled-error"]
    ofport = host.interface("vif2.0")["ofport"]
    wait_for(lambda: not host.flows_of("xapi0", ofport), "its rules to go")
    host.describe("vif2.0", **{key: DESCRIPTION.get(key)})
    assert "cabled-error" not in host.await_state("vif2.0", "wired")
    assert host.interface("vif2.0")["ofport"] == ofport


def test_badly_described_port_has_its_bridge_guarded_and_is_dark(poolless):  # noqa: F811
    host = poolless
    host.lab.expect("cabled", "device=vif2.0: ")
    host.bridge("xapi0")
    host.veth("vif2.0")
    host.lab.vsctl("add-port", "xapi0", "vif2.0", "--", "set", "interface", "vif2.0", "external_ids:cabled-locking-mode=locked")
    assert "attached-mac is missing" in host.await_state("vif2.0", "failed")["cabled-error"]
    wait_for(lambda: host.row("Bridge", "xapi0", "fail_mode")["fail_mode"] == "secure", "the bridge to be guarded")
    assert not host.flows_of("xapi0", host.interface("vif2.0")["ofport"])
    host.describe("vif2.0", cabled_locking_mode=None)
    wait_for(lambda: admitted(host, "vif2.0"), "the port to be a foreign one")
    wait_for(lambda: not host.keys("vif2.0"), "what became of it to be forgotten", 5)


def test_foreign_ports_of_a_bridge_follow_its_word_and_described_ones_their_own(live):
    host = live
    host.cable("host", "guard", "xapi0", "--foreign-ports", "dark")
    wait_for(lambda: not admitted(host, "vif2.0") and not admitted(host, "ear0"), "foreign ports to be dark")
    describe_all(host, "vif2.0")
    host.await_state("vif2.0", "wired")
    assert not admitted(host, "ear0")
    host.describe("vif2.0", cabled_locking_mode=None)
    wait_for(lambda: "cabled-vif" not in host.keys("vif2.0"), "the port to be given back")
    assert not admitted(host, "vif2.0")
    host.cable("host", "guard", "xapi0", "--foreign-ports", "accept")
    wait_for(lambda: admitted(host, "vif2.0") and admitted(host, "ear0"), "foreign ports to pass")


def test_described_port_stays_guarded_over_restarts_of_agent_and_switch(live):
    host = live
    describe_all(host, "vif2.0")
    keys = host.await_state("vif2.0", "wired")
    before = host.interface("vif2.0")["ofport"]
    flows = host.flows_of("xapi0", before)
    host.lab.agent.stop()
    host.lab.agent.start()
    wait_for(lambda: any(vif["state"] == "wired" for vif in host.control("status")["vifs"]), "the agent to know the port")
    assert host.flows_of("xapi0", before) == flows and host.keys("vif2.0") == keys
    host.lab.expect_lost_connections()
    host.lab.expect("cabled", "connection to ovs-vswitchd broke|connection failed|connection dropped|connection attempt")
    host.lab.vswitchd.stop()
    host.lab.vswitchd.start()
    wait_for(lambda: host.flows_of("xapi0", before) and host.keys("vif2.0")["cabled-state"] == "wired", "the rules to be back")
    assert host.interface("vif2.0")["ofport"] == before and not admitted(host, "vif2.0")


def test_keys_that_go_while_no_agent_runs_give_the_port_back_when_one_does(live):
    host = live
    describe_all(host, "vif2.0")
    host.await_state("vif2.0", "wired")
    host.lab.agent.stop()
    host.describe("vif2.0", **dict.fromkeys(DESCRIPTION))
    host.describe("vif2.0", iface_id="mine")
    host.lab.agent.start()
    wait_for(lambda: admitted(host, "vif2.0"), "the port to be a foreign one")
    assert host.keys("vif2.0") == {"iface-id": "mine"}


def test_port_that_its_maker_deletes_and_makes_again_is_guarded_again(live):
    host = live
    describe_all(host, "vif2.0")
    host.await_state("vif2.0", "wired")
    ofport = host.interface("vif2.0")["ofport"]
    host.lab.vsctl("del-port", "vif2.0")
    wait_for(lambda: not host.flows_of("xapi0", ofport), "its rules to go")
    assert "UP" in host.link("vif2.0")["flags"]
    keys = [f'external_ids:{key.replace("_", "-")}="{value}"' for key, value in DESCRIPTION.items()]
    host.lab.vsctl("add-port", "xapi0", "vif2.0", "tag=7", "--", "set", "interface", "vif2.0", *keys)
    host.await_state("vif2.0", "wired")
    assert host.row("Port", "vif2.0", "tag")["tag"] == 7 and not admitted(host, "vif2.0")


def test_vlans_are_the_port_s_own_and_survive_every_change(live):
    host = live
    host.lab.vsctl("set", "port", "vif2.0", "trunks=10,20", "vlan_mode=trunk")
    describe_all(host, "vif2.0")
    host.await_state("vif2.0", "wired")
    assert "VLANs 10 and 20" in host.vif_json("vif2.0")["policy"]
    host.describe("vif2.0", cabled_locking_mode="unlocked")
    wait_for(lambda: "unlocked" in host.vif_json("vif2.0")["policy"], "the mode to change")
    host.await_state("vif2.0", "wired")
    port = host.row("Port", "vif2.0", "trunks", "vlan_mode", "tag")
    assert port == {"trunks": [10, 20], "vlan_mode": "trunk", "tag": []}
    host.describe("vif2.0", cabled_locking_mode="locked")
    host.lab.vsctl("set", "port", "vif2.0", "trunks=30")
    wait_for(lambda: "30" in host.vif_json("vif2.0")["policy"], "the rules to follow the trunks",
             seen=lambda: host.vif_json("vif2.0"))


def test_disabled_port_s_link_is_down_until_it_is_enabled(live):
    host = live
    describe_all(host, "vif2.0", cabled_locking_mode="disabled")
    host.await_state("vif2.0", "disabled")
    wait_for(lambda: "UP" not in host.link("vif2.0")["flags"], "the link to be down")
    host.describe("vif2.0", cabled_locking_mode="locked")
    host.await_state("vif2.0", "wired")
    assert "UP" in host.link("vif2.0")["flags"]


def test_device_keeps_mtu_mac_and_addresses(live):
    host = live
    host.lab.run("ip", "link", "set", "vif2.0", "mtu", "1300", "address", "02:00:00:00:99:99")
    host.lab.run("ip", "addr", "add", "192.0.2.7/24", "dev", "vif2.0")
    before = host.link("vif2.0")
    describe_all(host, "vif2.0")
    host.await_state("vif2.0", "wired")
    after = host.link("vif2.0")
    assert (after["mtu"], after["address"], after["addr_info"]) == (before["mtu"], before["address"], before["addr_info"])


def test_port_is_guarded_wherever_its_device_is(live):
    """A CNI plugin moves a port's device into the network namespace of its container."""
    host = live
    host.lab.vsctl("add-port", "xapi0", "int0", "--", "set", "interface", "int0", "type=internal")
    wait_for(lambda: host.link("int0"), "the device")
    pid = host.lab.run("sh", "-c", "unshare -n sleep 600 >/dev/null 2>&1 </dev/null & echo $!").stdout.strip()
    try:
        wait_for(lambda: host.lab.run("ip", "link", "set", "int0", "netns", pid, check=False).returncode == 0 or not host.link("int0"),
                 "the namespace")
        wait_for(lambda: not host.link("int0"), "the device to be elsewhere")
        describe_all(host, "int0", attached_mac="02:00:00:00:77:77")
        host.await_state("int0", "wired")
        assert host.flows_of("xapi0", host.interface("int0")["ofport"]) and not admitted(host, "int0")
    finally:
        host.lab.vsctl("--if-exists", "del-port", "int0")
        host.lab.run("kill", pid)


def test_state_that_somebody_writes_is_set_right(live):
    host = live
    describe_all(host, "vif2.0")
    host.await_state("vif2.0", "wired")
    host.describe("vif2.0", cabled_state="unhappy")
    host.await_state("vif2.0", "wired")


def test_described_port_is_given_back_with_its_bridge(live):
    host = live
    host.lab.expect("cabled", "bridge xapi0")
    describe_all(host, "vif2.0")
    host.await_state("vif2.0", "wired")
    refused = host.cable("host", "unguard", "xapi0", check=False)
    assert refused.returncode and "vif2.0" in refused.stderr
    host.cable("host", "unguard", "xapi0", "--unplug")
    assert "vif2.0" in host.ports("xapi0")
    assert "given back" in host.await_state("vif2.0", "failed")["cabled-error"]
    assert not host.row("Port", "vif2.0", "external_ids")["external_ids"]
    host.cable("host", "guard", "xapi0")
    host.await_state("vif2.0", "wired")


def test_flows_of_another_program_go_when_the_rules_come(live):
    host = live
    ofport = host.interface("vif2.0")["ofport"]
    ear = host.interface("ear0")["ofport"]
    for cookie, port in ((1, ofport), (2, ofport), (1, ear)):
        host.lab.ofctl("-O", "OpenFlow14", "add-flow", "xapi0", f"cookie={cookie},priority=4000,in_port={port},actions=normal")
    describe_all(host, "vif2.0", cabled_replace_cookie="1")
    keys = host.await_state("vif2.0", "wired")
    wait_for(lambda: "cabled-replace-cookie" not in host.keys("vif2.0"), "the key to go", seen=lambda: keys)
    assert not host.flows("xapi0", f"cookie=1/-1,in_port={ofport}")
    assert host.flows("xapi0", f"cookie=2/-1,in_port={ofport}") and host.flows("xapi0", f"cookie=1/-1,in_port={ear}")
    # Also for a port that is guarded already.
    host.lab.ofctl("-O", "OpenFlow14", "add-flow", "xapi0", f"cookie=3,priority=4000,in_port={ofport},actions=normal")
    host.describe("vif2.0", cabled_replace_cookie="3")
    wait_for(lambda: "cabled-replace-cookie" not in host.keys("vif2.0"), "the key to go")
    assert not host.flows("xapi0", f"cookie=3/-1,in_port={ofport}")


def test_vif_of_the_pool_takes_a_described_port_and_leaves_it_as_described(host):
    host = Poolless(host.lab)
    host.lab.run("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1")
    host.network()
    host.wired("vif1.0")
    host.veth("vif2.0")
    host.lab.vsctl("add-port", "xapi0", "vif2.0")
    ofport = wait_for(lambda: admitted(host, "vif2.0") and host.interface("vif2.0")["ofport"], "the port to be admitted")
    describe_all(host, "vif2.0", iface_id="mine")
    described = host.await_state("vif2.0", "wired")["cabled-vif"]
    host.vif("vif2.0", "--ipv4", "10.9.9.9")
    record = host.wait("vif2.0")
    assert record["ofport"] == ofport and record["uuid"] != described
    assert "10.9.9.9" in host.vif_json("vif2.0")["policy"]
    assert host.keys("vif2.0")["iface-id"] == "mine" and host.keys("vif2.0")["cabled-vif"] == record["uuid"]
    host.cable("vif", "unplug", "vif2.0")
    host.wait("vif2.0", "detached")
    assert not host.flows_of("xapi0", ofport) and not admitted(host, "vif2.0")
    host.cable("vif", "destroy", "vif2.0")
    wait_for(lambda: DESCRIPTION["cabled_ipv4"].split(",")[0] in host.vif_json("vif2.0")["policy"], "the description to count again")
    host.await_state("vif2.0", "wired")
    assert host.keys("vif2.0")["attached-mac"] == POLICY["mac"] and host.keys("vif2.0")["iface-id"] == "mine"


def test_vif_of_the_pool_that_goes_while_plugged_leaves_the_port_guarded(host):
    host = Poolless(host.lab)
    host.lab.run("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1")
    host.network()
    host.wired("vif1.0")
    host.veth("vif2.0")
    host.lab.vsctl("add-port", "xapi0", "vif2.0")
    ofport = wait_for(lambda: admitted(host, "vif2.0") and host.interface("vif2.0")["ofport"], "the port to be admitted")
    describe_all(host, "vif2.0")
    host.await_state("vif2.0", "wired")
    host.vif("vif2.0", "--ipv4", "10.9.9.9")
    host.wait("vif2.0")
    host.cable("vif", "destroy", "vif2.0")
    wait_for(lambda: DESCRIPTION["cabled_ipv4"].split(",")[0] in host.vif_json("vif2.0")["policy"], "the description to count again")
    host.await_state("vif2.0", "wired")
    assert host.flows_of("xapi0", ofport) and not admitted(host, "vif2.0")


def test_rate_of_a_described_port_is_a_meter_s(live):
    host = live
    describe_all(host, "vif2.0", cabled_rate_kbps="1000", cabled_rate_burst_kb="200")
    host.await_state("vif2.0", "wired")
    assert "at most 1000 KiB/s, in bursts of up to 200 KiB" in host.vif_json("vif2.0")["policy"]
    assert "rate=8192" in host.lab.ofctl("-O", "OpenFlow14", "dump-meters", "xapi0")
    host.describe("vif2.0", cabled_rate_burst_kb=None)
    host.describe("vif2.0", cabled_rate_kbps=None)
    wait_for(lambda: "rate=" not in host.lab.ofctl("-O", "OpenFlow14", "dump-meters", "xapi0"), "the meter to go")


def test_agent_without_a_pool_database_says_so(poolless):  # noqa: F811
    assert poolless.control("status")["pool"] == {"remote": "", "connected": False}


def test_nothing_forged_passes_while_the_switch_restarts(live):
    host = live
    describe_all(host, "vif2.0")
    host.await_state("vif2.0", "wired")
    host.lab.expect_lost_connections()
    host.lab.expect("cabled", "connection to ovs-vswitchd broke|connection failed|connection dropped|connection attempt|vif2.0")
    with Storm(host, "vif2.0", "ear1") as storm:
        storm.await_passing()
        for _ in range(3):
            host.lab.vswitchd.stop()
            host.lab.vswitchd.start()
            storm.await_passing()
        assert not storm.heard()[1]


def test_host_that_gets_a_pool_database_keeps_what_its_rows_describe(live):
    host, lab = live, live.lab
    describe_all(host, "vif2.0")
    host.await_state("vif2.0", "wired")
    flows = host.flows_of("xapi0", host.interface("vif2.0")["ofport"])
    with Storm(host, "vif2.0", "ear1") as storm:
        loss = Loss(storm)
        lab.pool_db.start()
        lab.vsctl("set", "open", ".", f'external_ids:cabled-pool="{lab.pool_db.remote}"')
        wait_for(lambda: host.control("status")["pool"]["connected"], "the agent to follow the pool database")
        host.network("net0", "--bridge", "xapi1")
        host.wired("vif1.0")
        loss.judge()
        assert not storm.heard()[1]
    assert host.flows_of("xapi0", host.interface("vif2.0")["ofport"]) == flows
    assert host.keys("vif2.0")["cabled-state"] == "wired"


@pytest.mark.skipif(os.path.exists("/run/cabled/pool.sock"), reason="this machine has a pool database in the usual place")
def test_host_that_says_nothing_of_a_pool_database_and_has_none_works_without(live):
    host = live
    host.lab.vsctl("remove", "open", ".", "external_ids", "cabled-pool")
    host.lab.agent.stop()
    host.lab.agent.start()
    describe_all(host, "vif2.0")
    host.await_state("vif2.0", "wired")
    assert host.control("status")["pool"]["remote"] == ""
    assert "cabled-host" not in host.lab.vsctl("get", "open", ".", "external_ids")
