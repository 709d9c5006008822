# SPDX-License-Identifier: Apache-2.0
"""A VIF's total per rule goes on when flows go: with their address, their mode, their port, their switch or their agent."""

import json

import pytest

from conftest import peer_of, plain
from lab import wait_for
from storm import POLICY, allowed_frame

# Sent at this pace; what counts is that all arrive.
PER_S = 2000


@pytest.fixture
def counting(host):
    host.lab.run("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1")  # the veths' ends say nothing by themselves
    host.network()
    host.wired("vif1.0", "--ipv4", ",".join(POLICY["ipv4"]), mac=POLICY["mac"])
    host.lab.run("ip", "link", "set", peer_of("vif1.0"), "up")
    return host


def send(host, n):
    """Frames that allow-ipv4 decides."""
    host.lab.run("frames", "send", peer_of("vif1.0"), str(PER_S), input="".join(f"{allowed_frame(i)}\n" for i in range(n)))


def total(host, rule="allow-ipv4"):
    return host.packets("vif1.0").get(rule, 0)


def await_total(host, n, rule="allow-ipv4"):
    """Wait until so many are counted; the switch tells with some delay."""
    wait_for(lambda: total(host, rule) >= n, f"{n} packets under {rule}", seen=lambda: host.packets("vif1.0"))
    assert total(host, rule) == n


def test_address_that_goes_leaves_its_count_behind(counting):
    send(counting, 40)
    await_total(counting, 40)
    counting.cable("vif", "set", "vif1.0", "--ipv4", "10.0.0.200")
    counting.cable("vif", "wait", "vif1.0")
    assert total(counting) == 40
    counting.cable("vif", "set", "vif1.0", "--ipv4", ",".join(POLICY["ipv4"]))
    counting.cable("vif", "wait", "vif1.0")
    send(counting, 5)
    await_total(counting, 45)


def test_frames_that_were_not_counted_yet_when_their_flow_went_are_not_lost(counting):
    for n in range(1, 6):
        send(counting, 20)
        counting.cable("vif", "set", "vif1.0", "--mode", "unlocked" if n % 2 else "locked")
        counting.cable("vif", "wait", "vif1.0")
    wait_for(lambda: total(counting) + total(counting, "unlocked") == 100, "every frame to be counted under one of the two",
             seen=lambda: counting.packets("vif1.0"))


def test_rule_that_is_no_longer_in_force_keeps_its_total(counting):
    send(counting, 30)
    await_total(counting, 30)
    counting.cable("vif", "set", "vif1.0", "--mode", "unlocked")
    counting.cable("vif", "wait", "vif1.0")
    assert total(counting) == 30
    send(counting, 7)
    await_total(counting, 7, "unlocked")


def test_replug_goes_on_counting(counting):
    send(counting, 30)
    await_total(counting, 30)
    counting.cable("vif", "unplug", "vif1.0")
    counting.wait("vif1.0", "detached")
    assert total(counting) == 30
    counting.cable("vif", "plug", "vif1.0")
    counting.wait("vif1.0")
    counting.lab.run("ip", "link", "set", peer_of("vif1.0"), "up")
    send(counting, 12)
    await_total(counting, 42)


def test_flows_that_somebody_deletes_take_nothing_from_the_total(counting):
    counting.lab.expect("cabled", "somebody else changed or deleted flows of ours")
    send(counting, 30)
    await_total(counting, 30)
    counting.lab.ofctl("-O", "OpenFlow14", "del-flows", "xapi0")
    counting.wait("vif1.0")
    send(counting, 3)
    await_total(counting, 33)


def test_restart_of_the_switch_takes_nothing_from_the_total(counting):
    counting.lab.expect("cabled", "connection to ovs-vswitchd broke|connection failed|connection dropped|connection attempt")
    send(counting, 30)
    await_total(counting, 30)
    counting.lab.vswitchd.kill()
    counting.lab.vswitchd.start()
    assert total(counting) == 30
    counting.cable("vif", "wait", "vif1.0")
    wait_for(lambda: counting.json("status")["bridges"][0]["guarded"], "the bridge to be guarded again")
    send(counting, 4)
    await_total(counting, 34)


def kept(host, column="rule_packets", rule="allow-ipv4"):
    """What the pool database knows."""
    rows = json.loads(host.lab.run("ovsdb-client", "--format=json", "dump", host.lab.pool_db.remote, "VIF", column).stdout)["data"]
    return plain(rows[0][0]).get(rule, 0)


def restart_switch_and_agent(host):
    host.lab.agent.kill()
    host.lab.vswitchd.kill()
    host.lab.vswitchd.start()
    host.lab.agent.start()
    wait_for(lambda: any(bridge["guarded"] for bridge in host.json("status")["bridges"]), "the bridge to be guarded again")
    host.cable("vif", "wait", "vif1.0")


def test_count_of_flows_that_are_gone_outlives_switch_and_agent(counting):
    send(counting, 40)
    await_total(counting, 40)
    counting.cable("vif", "set", "vif1.0", "--ipv4", "10.0.0.200")
    wait_for(lambda: kept(counting, "rule_packets_base") == 40, "the base to be kept")
    restart_switch_and_agent(counting)
    assert total(counting) == 40
    counting.cable("vif", "set", "vif1.0", "--ipv4", ",".join(POLICY["ipv4"]))
    counting.cable("vif", "wait", "vif1.0")
    send(counting, 2)
    await_total(counting, 42)


def test_total_that_was_shown_outlives_switch_and_agent(counting):
    agent = counting.lab.agent
    agent.stop()
    agent.program = agent.program.with_name("cabled-stops")        # its clock can be put on
    agent.start()
    wait_for(lambda: any(bridge["guarded"] for bridge in counting.json("status")["bridges"]), "the agent to be up")
    send(counting, 40)
    await_total(counting, 40)
    agent.appctl("time/warp", "11000")
    wait_for(lambda: kept(counting) == 40, "the total to be kept")
    restart_switch_and_agent(counting)
    assert total(counting) == 40
    send(counting, 2)
    await_total(counting, 42)


def test_restart_of_the_agent_counts_nothing_twice(counting):
    send(counting, 40)
    await_total(counting, 40)
    counting.cable("vif", "set", "vif1.0", "--mode", "unlocked")
    counting.cable("vif", "wait", "vif1.0")
    send(counting, 3)
    await_total(counting, 3, "unlocked")
    wait_for(lambda: kept(counting, "rule_packets_base") == 40, "the base to be kept")
    counting.lab.agent.kill()
    counting.lab.agent.start()
    wait_for(lambda: any(bridge["guarded"] for bridge in counting.json("status")["bridges"]), "the agent to be up")
    assert (total(counting), total(counting, "unlocked")) == (40, 3)
