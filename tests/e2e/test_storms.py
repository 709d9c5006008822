# SPDX-License-Identifier: Apache-2.0
"""Many VIFs at once: their ports come when the switch has read their rules, and go when their rules have gone. Of few, both are asked for at once."""

import json
import re

import pytest

from lab import wait_for

N_MANY = 20
N_CROWD = 60


def devices(n):
    return [f"vif{i}.0" for i in range(2, n + 2)]


def make(host, n):
    """So many devices, whose VIFs are then described in one transaction."""
    for device in devices(n):
        host.veth(device)
    network = host.json("network", "show", "net0")["uuid"]
    owner = host.lab.vsctl("get", "open_vswitch", ".", "external_ids:cabled-host").strip('"')
    host.transact(*({"op": "insert", "table": "VIF", "row": {
        "interface": device, "network": ["uuid", network], "host": ["uuid", owner], "MAC": f"02:00:00:00:01:{i:02x}", "device": "0",
        "locking_mode": "locked", "ipv4_allowed": f"10.0.1.{i}", "currently_attached": True,
    }} for i, device in enumerate(devices(n))))


def attach(host, n, attached):
    host.transact(*({"op": "update", "table": "VIF", "where": [["interface", "==", device]], "row": {"currently_attached": attached}}
                    for device in devices(n)))


def await_all(host, n, state):
    """By the word of the agent."""
    def states():
        said = json.loads(host.lab.agent.appctl("status"))["vifs"]
        return [vif["state"] for vif in said if vif["device"] in devices(n)]

    wait_for(lambda: states() == [state] * n, f"{n} VIFs to be {state}", seen=states)


def await_told(host, device, state):
    """Until the VIF's row says so, which it does not before the state has lasted."""
    where = [["interface", "==", device]]
    wait_for(lambda: host.transact({"op": "select", "table": "VIF", "where": where, "columns": ["wire_state"]})[0]["rows"]
             == [{"wire_state": state}], f"{device}'s row to say {state}")


def is_guarded(host):
    """By the word of the agent."""
    bridges = json.loads(host.lab.agent.appctl("status"))["bridges"]
    return bool(bridges) and all(bridge["guarded"] for bridge in bridges)


def n_streams_opened(host):
    found = re.search(r"^stream_open .* total: (\d+)", host.lab.agent.appctl("coverage/show"), re.MULTILINE)
    return int(found[1])


@pytest.fixture
def guarded(host):
    host.lab.expect("ovs-vswitchd", r"timeval\|WARN")   # it was stopped
    host.network()
    host.wired("vif1.0")
    return host


def test_ports_of_many_come_when_the_switch_has_read_their_rules(guarded):
    guarded.lab.vswitchd.signal("STOP")
    make(guarded, N_MANY)
    await_all(guarded, N_MANY, "plugging")
    await_told(guarded, devices(N_MANY)[-1], "plugging")
    assert guarded.ports("xapi0") == {"vif1.0"}
    guarded.lab.vswitchd.signal("CONT")
    await_all(guarded, N_MANY, "wired")


def test_port_of_one_is_asked_for_together_with_its_rules(guarded):
    guarded.lab.vswitchd.signal("STOP")
    make(guarded, 1)
    wait_for(lambda: "vif2.0" in guarded.ports("xapi0"), "the port")
    guarded.lab.vswitchd.signal("CONT")
    await_all(guarded, 1, "wired")


def test_ports_of_many_go_when_their_rules_have_gone(guarded):
    make(guarded, N_MANY)
    await_all(guarded, N_MANY, "wired")
    guarded.lab.vswitchd.signal("STOP")
    attach(guarded, N_MANY, False)
    await_all(guarded, N_MANY, "unplugging")
    await_told(guarded, devices(N_MANY)[-1], "unplugging")
    assert guarded.ports("xapi0") == {"vif1.0", *devices(N_MANY)}
    guarded.lab.vswitchd.signal("CONT")
    await_all(guarded, N_MANY, "detached")
    assert guarded.ports("xapi0") == {"vif1.0"}


def test_many_that_are_unplugged_go_though_the_switch_is_not_there(guarded):
    guarded.lab.expect_lost_connections()
    guarded.lab.expect("cabled", "connection to ovs-vswitchd broke")
    make(guarded, N_MANY)
    await_all(guarded, N_MANY, "wired")
    guarded.lab.vswitchd.kill()
    wait_for(lambda: not is_guarded(guarded), "the agent to notice")
    attach(guarded, N_MANY, False)
    wait_for(lambda: guarded.ports("xapi0") == {"vif1.0"}, "the ports to go")
    guarded.lab.vswitchd.start()
    await_all(guarded, N_MANY, "detached")
    await_all(guarded, 0, "wired")


@pytest.mark.parametrize("n", (52, 70, 76))
def test_bundle_that_the_socket_takes_in_pieces_keeps_the_connection(guarded, n):
    make(guarded, n)
    await_all(guarded, n, "wired")
    attach(guarded, n, False)
    await_all(guarded, n, "detached")
    n_connections = n_streams_opened(guarded)
    guarded.lab.vswitchd.signal("STOP")
    attach(guarded, n, True)            # in forms that the switch knows by now
    await_all(guarded, n, "plugging")
    guarded.lab.vswitchd.signal("CONT")
    await_all(guarded, n, "wired")
    assert n_streams_opened(guarded) == n_connections


def test_bundle_that_the_switch_is_slow_to_read_goes_on(guarded):
    agent = guarded.lab.agent
    agent.stop()
    agent.program = agent.program.with_name("cabled-stops")     # its clock can be put on
    agent.start()
    wait_for(lambda: is_guarded(guarded), "the bridge to be guarded")
    before = len(agent.log.read_text())
    guarded.lab.vswitchd.signal("STOP")
    make(guarded, N_CROWD)          # more than the socket takes
    await_all(guarded, N_CROWD, "plugging")
    for _ in range(3):
        agent.appctl("time/warp", "35000")
    guarded.lab.vswitchd.signal("CONT")
    await_all(guarded, N_CROWD, "wired")
    assert "bridge xapi0 is guarded" not in agent.log.read_text()[before:], "it was begun anew"


def change(host, n):
    """Another address for each, in one transaction."""
    host.transact(*({"op": "update", "table": "VIF", "where": [["interface", "==", device]], "row": {"ipv4_allowed": f"10.0.2.{i}"}}
                    for i, device in enumerate(devices(n))))


def test_bundle_that_goes_out_in_pieces_is_not_committed_unasked(guarded):
    """Its forms are all known, but the switch might forget its first half before it reads the second."""
    agent = guarded.lab.agent
    make(guarded, N_MANY)
    await_all(guarded, N_MANY, "wired")
    agent.appctl("vlog/disable-rate-limit", "vconn")
    agent.appctl("vlog/set", "vconn:file:dbg")
    before = len(agent.log.read_text())
    change(guarded, N_MANY)         # somewhat more than goes out in one piece
    wait_for(lambda: "COMMIT_REPLY" in agent.log.read_text()[before:], "the bundle to be in force")
    said = agent.log.read_text()[before:]
    assert "BARRIER_REPLY" in said[:said.index("COMMIT_REQUEST")]


def test_bundle_that_the_switch_has_forgotten_is_begun_anew(guarded):
    """As one does that is so busy with thousands of ports that it reads nothing for ten seconds."""
    agent, vswitchd = guarded.lab.agent, guarded.lab.vswitchd
    guarded.lab.vsctl("set", "open_vswitch", ".", "other_config:bundle-idle-timeout=1")
    n_flows = len(guarded.flows("xapi0"))
    vswitchd.signal("STOP")
    make(guarded, N_CROWD)          # more than the socket takes
    await_all(guarded, N_CROWD, "plugging")
    agent.signal("STOP")
    vswitchd.signal("CONT")
    wait_for(lambda: "sending OFPBFC_TIMEOUT" in vswitchd.log.read_text(), "the switch to forget the bundle")
    agent.signal("CONT")
    wait_for(lambda: "has forgotten a bundle" in agent.log.read_text(), "the agent to notice")
    await_all(guarded, N_CROWD, "wired")
    per_vif = len(guarded.flows_of("xapi0", guarded.interface("vif2.0")["ofport"]))
    assert len(guarded.flows("xapi0")) == n_flows + N_CROWD * per_vif


def test_switch_that_is_slow_to_answer_is_asked_once(guarded):
    """It accepts one connection in each turn of its loop, so that others would stand before the one that counts."""
    agent, vswitchd = guarded.lab.agent, guarded.lab.vswitchd
    guarded.lab.expect("cabled", "ovs-vswitchd does not answer for it")
    agent.stop()
    vswitchd.signal("STOP")
    agent.start()
    wait_for(lambda: "does not answer for it" in agent.log.read_text(), "the agent to say so")
    vswitchd.signal("CONT")
    guarded.wait("vif1.0")
    wait_for(lambda: json.loads(agent.appctl("status"))["bridges"][0]["guarded"], "the agent to be connected")
    assert "connection timed out" not in agent.log.read_text()
