# SPDX-License-Identifier: Apache-2.0
"""A port that somebody else added and that a VIF names later is guarded as it is, and given back afterwards."""

from contextlib import contextmanager

import pytest

from lab import wait_for
from live_port import add_live_port, admitted, expect_live_ports
from storm import MARK, POLICY, Storm


ADDRESSES = ["--ipv4", ",".join(POLICY["ipv4"]), "--ipv6", ",".join(POLICY["ipv6"])]


@pytest.fixture
def early(host):
    """A guarded bridge with a live port vif2.0 that somebody added by hand, and an ear that hears what passes."""
    lab = host.lab
    expect_live_ports(lab)
    host.network()
    host.wired("vif1.0")
    add_live_port(host, "vif2.0")
    return host


def marks(host, device):
    """Keys of ours in the rows of a port."""
    port = host.row("Port", device, "external_ids", "other_config")
    return {key for key in [*port["external_ids"], *port["other_config"], *host.interface(device)["external_ids"]]
            if key.startswith(("cabled-", "xs-", "iface-")) or "stp" in key or key == "attached-mac"}


@contextmanager
def link_stays_up(host, device):
    log = host.lab.state / "links"
    with open(log, "w") as out:
        monitor = host.lab.spawn("ip", "monitor", "link", "dev", device, stdout=out)
    try:
        wait_for(lambda: host.lab.run("ip", "link", "set", device, "alias", "watched") and device in log.read_text(),
                 "the monitor to listen")
        yield
    finally:
        monitor.terminate()
        monitor.wait()
    flags = [line.partition("<")[2].partition(">")[0].split(",") for line in log.read_text().splitlines() if "<" in line]
    assert flags and all("UP" in each for each in flags)


def forged_after(storm, number):
    """Forged frames that were heard after the allowed one with that number."""
    lines = storm.frames.read_text().split()
    numbers = [int(bytes.fromhex(line[line.index(MARK.hex()) + 2 * len(MARK):][:24])) if MARK.hex() in line else -1 for line in lines]
    first = next(i for i, n in enumerate(numbers) if n >= number)
    return [line for line in lines[first:] if line in set(storm.forged)]


def test_port_that_somebody_added_is_guarded_as_it_is_and_given_back(early):
    host = early
    before, ifindex = host.interface("vif2.0"), host.link("vif2.0")["ifindex"]
    assert before["ofport"] < 32768
    with link_stays_up(host, "vif2.0"), Storm(host, "vif2.0", "ear1") as storm:
        storm.await_passing()
        wait_for(lambda: storm.heard()[1], "a forged frame of before")
        host.vif("vif2.0", *ADDRESSES, mac=POLICY["mac"])
        record = host.wait("vif2.0")
        wired_at = storm.allowed_sent + 1000        # what is on its way is of before
        wait_for(lambda: storm.heard()[0][-1] > wired_at, "allowed frames to pass for a while")
        assert not forged_after(storm, wired_at)
        after = host.interface("vif2.0")
        assert record["ofport"] == after["ofport"] == after["ofport_request"] == before["ofport"]
        assert host.link("vif2.0")["ifindex"] == ifindex
        port = host.row("Port", "vif2.0", "external_ids", "tag")
        assert port["external_ids"] == {"cabled-vif": record["uuid"], "cabled-adopted": "true"} and port["tag"] == 0
        assert after["external_ids"]["iface-id"] == record["uuid"]
        assert not admitted(host, "vif2.0")
        host.cable("vif", "destroy", "vif2.0")
        wait_for(lambda: admitted(host, "vif2.0"), "the port to be admitted again")
        n_forged = len(storm.heard()[1])
        wait_for(lambda: len(storm.heard()[1]) > n_forged, "forged frames to pass again")
    assert host.interface("vif2.0")["ofport"] == before["ofport"]
    assert not marks(host, "vif2.0")
    assert len(host.flows_of("xapi0", before["ofport"])) == 1


def test_adopted_port_that_is_unplugged_stays_dark_while_its_vif_is_described(early):
    host = early
    ofport = host.interface("vif2.0")["ofport"]
    host.vif("vif2.0")
    host.wait("vif2.0")
    host.cable("vif", "unplug", "vif2.0")
    host.wait("vif2.0", "detached")
    assert "vif2.0" in host.ports("xapi0") and not marks(host, "vif2.0")
    wait_for(lambda: not host.flows_of("xapi0", ofport), "its rules to go")
    host.wired("vif3.0")        # a bundle later
    assert not host.flows_of("xapi0", ofport)
    host.cable("vif", "plug", "vif2.0")
    assert host.wait("vif2.0")["ofport"] == ofport


def test_adopted_port_is_kept_over_a_restart_of_the_agent_and_given_back_after_one(early):
    host = early
    ofport = host.interface("vif2.0")["ofport"]
    host.vif("vif2.0")
    host.wait("vif2.0")
    host.lab.agent.stop()
    host.lab.agent.start()
    wait_for(lambda: host.json("vif", "show", "vif2.0")["rules"], "the agent to know the VIF")
    assert host.wait("vif2.0")["ofport"] == ofport
    host.lab.agent.stop()
    host.cable("vif", "destroy", "vif2.0")
    host.lab.agent.start()
    wait_for(lambda: not marks(host, "vif2.0"), "the port to be given back")
    wait_for(lambda: admitted(host, "vif2.0"), "the port to be admitted again")
    assert "UP" in host.link("vif2.0")["flags"]


def test_rules_that_go_late_take_no_admission_with_them(early):
    host = early
    host.vif("vif2.0")
    host.wait("vif2.0")
    host.lab.vswitchd.signal("STOP")
    try:
        host.update_vif("vif1.0", ipv4_allowed="10.0.0.9")      # a bundle is under way: the next one must wait
        wait_for(lambda: "updating" in host.lab.run("ovsdb-client", "dump", host.lab.pool_db.remote, "VIF", "wire_state").stdout,
                 "the change to be under way")
        host.cable("vif", "destroy", "vif2.0")
        wait_for(lambda: not host.lab.run("ovs-vsctl", "--no-wait", "get", "port", "vif2.0", "external_ids").stdout.count("cabled"),
                 "the port to be given back")
    finally:
        host.lab.vswitchd.signal("CONT")
    host.wait("vif1.0")
    wait_for(lambda: admitted(host, "vif2.0"), "the port to be admitted again")


def test_adopted_port_that_its_owner_removes_is_added_as_a_port_of_ours(early):
    host = early
    host.vif("vif2.0")
    host.wait("vif2.0")
    host.lab.expect("cabled", "somebody took a VIF's port off the bridge")
    host.lab.vsctl("del-port", "xapi0", "vif2.0")
    wait_for(lambda: "vif2.0" in host.ports("xapi0") and host.interface("vif2.0")["ofport"], "the port to be back")
    assert host.wait("vif2.0")["ofport"] >= 32768
    assert "cabled-adopted" not in host.row("Port", "vif2.0", "external_ids")["external_ids"]


def test_port_on_another_bridge_is_left_alone(early):
    host = early
    host.lab.vsctl("del-port", "xapi0", "vif2.0", "--", "add-br", "br7", "--", "set", "bridge", "br7",
                   f"datapath_type={host.lab.datapath_type}", "--", "add-port", "br7", "vif2.0")
    host.lab.expect("cabled", "is not Cabled's")
    host.vif("vif2.0")
    assert "ovs-vsctl del-port br7 vif2.0" in host.wait("vif2.0", "failed")["error"]
    assert not marks(host, "vif2.0")
    host.lab.vsctl("del-port", "br7", "vif2.0")
    host.wait("vif2.0")
