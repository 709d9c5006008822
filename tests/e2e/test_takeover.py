# SPDX-License-Identifier: Apache-2.0
"""`cable host takeover`: a XenServer host's VIFs become the agent's, under traffic, and its scripts' again."""

import json
import re
import time

import pytest

import xenserver
from conftest import BACKEND_MAC, peer_of
from lab import wait_for
from lab.xenopsd import BRIDGE, Vif
from storm import EAR_MAC, N_KINDS, POLICY, Loss, Storm, allowed_frame
from stream import Stream
from test_cable_host import add_port, quiet
from xenhost import xen_host  # noqa: F401, pylint: disable=unused-import

NIC_MAC, HOST_MAC = "02:ee:ee:ee:ee:01", "02:ee:ee:ee:ee:02"
OTHER_MAC = "02:00:00:00:00:99"
ROUNDS = 10
PER_S = 2200                    # 2,000 forged and 200 allowed
MARKS = re.compile("^cabled")


def forged_frames():
    """Frames that neither the scripts' flows nor our rules let pass."""
    good = allowed_frame(0)
    ip = "0a000007"
    other_mac = good.replace(POLICY["mac"].replace(":", ""), OTHER_MAC.replace(":", ""))
    other_ip = good.replace(ip, "0a000063", 1)
    arp = (EAR_MAC + POLICY["mac"]).replace(":", "") + "0806" + "0001080006040002" + POLICY["mac"].replace(":", "") + "0a000063" \
        + EAR_MAC.replace(":", "") + "0a000001" + "00" * 18
    strange = (EAR_MAC + POLICY["mac"]).replace(":", "") + "88b5" + "00" * 46
    kinds = [other_mac, other_ip, arp, strange]
    return kinds * (N_KINDS // len(kinds))


class Script:
    """What XenServer's own scripts do with a VIF."""

    def __init__(self, host):
        self.host = host

    def ofport(self, device):
        return self.host.interface(device)["ofport"]

    def rules(self, device, policy):
        """setup-vif-rules: the port's flows of before go, and those of the policy come."""
        ofport = self.ofport(device)
        self.host.lab.ofctl("del-flows", BRIDGE, f"in_port={ofport},cookie=1/-1")
        if policy["mode"] == "locked":
            lines = [f"cookie=1,priority={priority},in_port={ofport}{',' if match else ''}{match},actions={action}\n"
                     for _, priority, match, action in xenserver.locked(policy)]
            self.host.lab.run("ovs-ofctl", "add-flows", BRIDGE, "-", input="".join(lines))

    def online(self, vif, device=None, keys=True):
        """vif-real online: the port, with XenServer's keys, and its flows."""
        device = device or vif.device
        self.host.veth(device)
        ids = {"xs-vm-uuid": vif.vm, "xs-vif-uuid": vif.uuid, "xs-network-uuid": vif.network, "attached-mac": vif.mac} if keys else {}
        self.host.lab.expect("ovs-vswitchd", f"{device}.*(Network is down|No such device)")
        self.host.lab.run("ip", "link", "set", device, "address", BACKEND_MAC, "arp", "off")
        self.host.lab.vsctl("add-port", BRIDGE, device)
        for key, value in ids.items():
            self.host.lab.vsctl("set", "interface", device, f'external_ids:{key}="{value}"')
        self.rules(device, {"mode": vif.mode, "mac": vif.mac, "ipv4": vif.ipv4, "ipv6": vif.ipv6})
        for name in (device, peer_of(device)):
            self.host.lab.run("ip", "link", "set", name, "up")


def marks(host, table, name):
    return sorted(key for key in host.row(table, name, "external_ids")["external_ids"] if MARKS.match(key))


def scripts_flows(host):
    """Flows that are not ours. (`reset_counts` tells by which version of OpenFlow one came.)"""
    return {re.sub(r"cookie=0x0, ?|reset_counts ", "", line) for line in host.flows(BRIDGE) if "cookie=0xf17e" not in line}


def takeover(host, *options):
    return json.loads(host.cable("host", "takeover", *options, "--json").stdout)


@pytest.fixture
def scripted(xen_host):  # noqa: F811
    """A host whose scripts have cabled three VIFs, one with its tap, and whose own traffic goes over the same bridge."""
    quiet(xen_host)
    host = xen_host
    host.lab.namespace.env["CABLE_VIF_ROOT"] = str(host.root)
    host.script = Script(host)
    add_port(host, "nic0", BRIDGE)
    host.lab.run("ip", "link", "set", BRIDGE, "up")
    host.locked = host.write(Vif(5, mac=POLICY["mac"], ipv4=POLICY["ipv4"], ipv6=POLICY["ipv6"]))
    host.unlocked = host.write(Vif(6, mode="unlocked"))
    host.script.online(host.locked)
    host.script.online(host.unlocked)
    host.script.online(host.unlocked, "tap6.0", keys=False)
    return host


def test_dry_run_tells_and_changes_nothing(scripted):
    before = scripted.lab.run("ovsdb-client", "dump", scripted.lab.switch_db.remote, "Bridge", "fail_mode", "external_ids").stdout
    said = takeover(scripted, "--dry-run")
    assert not said["taken_over"]
    assert [(vif["device"], vif["mode"], vif["mac"], vif["what"]) for vif in said["vifs"]] == [
        ("tap6.0", "unlocked", scripted.unlocked.mac, "is taken over"), ("vif5.0", "locked", POLICY["mac"], "is taken over"),
        ("vif6.0", "unlocked", scripted.unlocked.mac, "is taken over")]
    assert said["vifs"][1]["ipv4"] == POLICY["ipv4"]
    assert [(bridge["bridge"], bridge["vifs"], bridge["what"]) for bridge in said["bridges"]] == [(BRIDGE, 3, "is guarded")]
    assert before == scripted.lab.run("ovsdb-client", "dump", scripted.lab.switch_db.remote, "Bridge", "fail_mode", "external_ids").stdout
    assert marks(scripted, "Interface", "vif5.0") == []
    assert "vif5.0" in scripted.cable("host", "takeover", "--dry-run").stdout


def test_host_of_which_a_vif_is_not_understood_is_left_alone_unless_forced(scripted):
    scripted.metadata_file(scripted.locked).write_text('{"mac": "02:00')
    done = scripted.cable("host", "takeover", check=False)
    assert done.returncode == 1 and "1 VIF cannot be described, and nothing was changed: " in done.stderr and "--force" in done.stderr
    assert marks(scripted, "Bridge", BRIDGE) == [] and marks(scripted, "Interface", "vif6.0") == []
    said = takeover(scripted, "--force")
    assert [(vif["device"], vif["what"]) for vif in said["vifs"]] == [
        ("tap6.0", "is taken over"), ("vif5.0", "cannot be described"), ("vif6.0", "is taken over")]
    assert marks(scripted, "Interface", "vif5.0") == [] and "cabled-vif" in marks(scripted, "Interface", "vif6.0")


def test_without_an_agent_nothing_is_changed(scripted):
    scripted.lab.agent.stop()
    done = scripted.cable("host", "takeover", check=False)
    assert done.returncode == 1 and "nothing was changed, because without the agent there are no rules" in done.stderr
    assert marks(scripted, "Bridge", BRIDGE) == []


def test_takeover_and_way_back_lose_no_frame_and_pass_no_forged_one(scripted):
    host = scripted
    host.lab.expect("cabled", "was given back to the host")
    before = scripts_flows(host)
    ofports = {device: host.script.ofport(device) for device in ("vif5.0", "vif6.0", "tap6.0", "nic0")}
    storm = Storm(host, "vif5.0", peer_of("nic0"), PER_S)
    storm.forged = forged_frames()
    storm.forged_set = set(storm.forged)
    with Stream(host, BRIDGE, peer_of("nic0"), HOST_MAC, NIC_MAC) as out, Stream(host, peer_of("nic0"), BRIDGE, NIC_MAC, HOST_MAC) as home, \
            storm:
        for _ in range(ROUNDS):
            for words in ([], ["--back"]):
                firsts = {stream: stream.heard()[-1] for stream in (out, home)}
                overflows = out.overflows()
                loss = Loss(storm)
                takeover(host, *words)
                lost = loss.judge()
                for stream, first in firsts.items():
                    missing = stream.lost(first)
                    assert len(missing) <= out.overflows() - overflows, f"{words}: {stream.name} lost {missing}"
                assert not storm.heard()[1], f"{words}: {len(storm.heard()[1])} forged frames passed"
                print(words, "lost", lost, "overflows", out.overflows() - overflows)
                assert ofports == {device: host.script.ofport(device) for device in ofports}
                row = host.row("Bridge", BRIDGE, "fail_mode")
                if words:
                    assert scripts_flows(host) == before and row["fail_mode"] == []
                    assert not host.flows(BRIDGE, f"cookie={0xf17e << 48:#x}/{0xffff << 48:#x}")
                else:
                    assert row["fail_mode"] == "secure" and not host.flows(BRIDGE, "cookie=1/-1")
                    assert host.flows_of(BRIDGE, ofports["vif5.0"])


def test_after_the_way_back_the_scripts_work_as_before(scripted):
    host = scripted
    host.lab.expect("cabled", "was given back to the host")
    before = scripts_flows(host)
    takeover(host)
    takeover(host, "--back")
    assert marks(host, "Bridge", BRIDGE) == ["cabled-guard"]
    for device in ("vif5.0", "vif6.0", "tap6.0"):
        wait_for(lambda name=device: marks(host, "Interface", name) == [], f"{device} to be without marks",
                 seen=lambda name=device: marks(host, "Interface", name))
        assert marks(host, "Port", device) == []
    assert host.keys("vif5.0")["attached-mac"] == POLICY["mac"] and "xs-vif-uuid" in host.keys("vif5.0")
    assert host.row("Bridge", BRIDGE, "flow_tables")["flow_tables"] == {}
    assert scripts_flows(host) == before
    for _ in range(2):
        host.script.rules("vif5.0", POLICY)
        assert scripts_flows(host) == before
    host.lab.ofctl("del-flows", BRIDGE, f"in_port={host.script.ofport('vif5.0')},cookie=1/-1")
    assert not host.flows(BRIDGE, "cookie=1/-1")
    host.lab.vsctl("del-port", BRIDGE, "vif6.0")
    assert "vif6.0" not in host.ports(BRIDGE)


def test_many_vifs_cost_the_host_s_own_traffic_nothing(xen_host):  # noqa: F811
    """The step takes long enough for dozens of frames to fall into the net, of the agent and of `cable`."""
    host = xen_host
    quiet(host)
    host.lab.expect("cabled", "was given back to the host")
    host.lab.expect("ovs-vswitchd", "Dropped .* log messages")
    host.lab.namespace.env["CABLE_VIF_ROOT"] = str(host.root)
    host.script = Script(host)
    add_port(host, "nic0", BRIDGE)
    host.lab.run("ip", "link", "set", BRIDGE, "up")
    for n in range(1, 41):
        host.script.online(host.write(Vif(n, ipv4=[f"10.1.0.{n}"], ipv6=[f"fd00::{n}"])))
    with Stream(host, BRIDGE, peer_of("nic0"), HOST_MAC, NIC_MAC) as out, Stream(host, peer_of("nic0"), BRIDGE, NIC_MAC, HOST_MAC) as home:
        for words in ([], ["--back"]) * 2:
            firsts = {stream: stream.heard()[-1] for stream in (out, home)}
            overflows = out.overflows()
            takeover(host, *words)
            lost = {stream.name: stream.lost(first) for stream, first in firsts.items()}
            assert sum(map(len, lost.values())) <= out.overflows() - overflows, f"{words}: lost {lost}"


def test_vif_that_came_after_the_takeover_is_given_to_the_scripts_too(scripted):
    host = scripted
    host.lab.expect("cabled", "was given back to the host")
    takeover(host)
    vif = host.wired(7, ipv4=["10.0.0.77"])
    ofport = host.script.ofport("vif7.0")
    takeover(host, "--back")
    assert host.script.ofport("vif7.0") == ofport and marks(host, "Port", "vif7.0") == []
    wait_for(lambda: marks(host, "Interface", "vif7.0") == [], "vif7.0 to be without marks", seen=lambda: marks(host, "Interface", "vif7.0"))
    given = {flow for flow in scripts_flows(host) if f"in_port={ofport}," in flow or f"in_port={ofport} " in flow}
    host.script.rules("vif7.0", {"mode": "locked", "mac": vif.mac, "ipv4": vif.ipv4, "ipv6": vif.ipv6})
    assert given == {flow for flow in scripts_flows(host) if f"in_port={ofport}," in flow or f"in_port={ofport} " in flow} != set()
    assert "UP" in host.link("vif7.0")["flags"] and host.row("Port", "vif7.0", "tag", "vlan_mode") == {"tag": [], "vlan_mode": []}


def test_way_back_that_is_broken_off_says_so_and_goes_on(scripted):
    host = scripted
    host.lab.expect("cabled", "was given back to the host")
    before = scripts_flows(host)
    takeover(host)
    host.lab.vswitchd.signal("STOP")
    done = host.cable("host", "takeover", "--back", "--timeout", "1.5", check=False)
    assert done.returncode == 1 and f"bridge {BRIDGE} is given back only in part" in done.stderr
    assert host.row("Bridge", BRIDGE, "fail_mode")["fail_mode"] == "secure"
    host.lab.vswitchd.signal("CONT")
    takeover(host, "--back")
    assert scripts_flows(host) == before and host.row("Bridge", BRIDGE, "fail_mode")["fail_mode"] == []


def test_bridge_that_was_taken_over_is_not_just_unguarded(scripted):
    takeover(scripted)
    for words in ([], ["--unplug"]):
        done = scripted.cable("host", "unguard", BRIDGE, *words, check=False)
        assert done.returncode == 1 and "`cable host takeover --back` gives it back" in done.stderr
    assert scripted.row("Bridge", BRIDGE, "fail_mode")["fail_mode"] == "secure"


def test_host_is_reached_again_in_time_when_the_switch_restarts(scripted):
    """Within the three seconds that the README states for 200 VIFs."""
    host = scripted
    host.lab.expect_lost_connections()
    host.lab.expect("cabled", "connection to ovs-vswitchd broke|ovs-vswitchd does not answer")
    host.lab.expect("ovs-vswitchd", "nic0|No such device|vif|tap")
    takeover(host)
    with Stream(host, peer_of("nic0"), BRIDGE, NIC_MAC, HOST_MAC) as home:
        host.lab.vswitchd.kill()
        began = time.monotonic()
        host.lab.vswitchd.start()
        host.lab.run("ip", "link", "set", BRIDGE, "up")
        after = home.sent
        wait_for(lambda: (home.heard() or [-1])[-1] >= after, "the host to be reached again")
        took = time.monotonic() - began
    print(f"reached again after {took:.2f} s")
    assert took < 3.0


def test_takeover_twice_is_once(scripted):
    takeover(scripted)
    flows = scripted.flows(BRIDGE)
    said = takeover(scripted)
    assert {vif["what"] for vif in said["vifs"]} == {"described already"} and {bridge["what"] for bridge in said["bridges"]} == {"guarded already"}
    assert scripted.flows(BRIDGE) == flows
