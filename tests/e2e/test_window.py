# SPDX-License-Identifier: Apache-2.0
"""No forged frame passes, whatever happens, and no allowed one is lost that the switch could have carried."""

import os
from contextlib import contextmanager

import pytest

from lab import wait_for
from storm import POLICY, Storm, hang_out_ear, heard_nothing_forged


# How often what must be hitless is done: 30 times in a usual run.
ROUNDS = int(os.environ.get("CABLED_WINDOW_ROUNDS", "30"))


@pytest.fixture
def stormy(host):
    """A wired VIF with the policy `dual`, and an ear on its bridge that hears what passes."""
    lab = host.lab
    hang_out_ear(host)
    host.network()
    host.wired("vif1.0", "--ipv4", ",".join(POLICY["ipv4"]), "--ipv6", ",".join(POLICY["ipv6"]), mac=POLICY["mac"])
    lab.vsctl("add-port", "xapi0", "ear0")
    wait_for(lambda: host.flows("xapi0", f"table=199,in_port={host.interface('ear0')['ofport']}"), "the ear to be admitted")
    return host


@contextmanager
def lossless_storm(host):
    """A storm during which every allowed frame must arrive, and no forged one."""
    with Storm(host, "vif1.0", "ear1") as storm:
        storm.await_passing()
        first = storm.heard()[0][0]
        yield
        storm.await_passing()
        last = storm.heard()[0][-1]
    missing = set(range(first, last + 1)) - set(heard_nothing_forged(storm))
    assert not missing, f"{len(missing)} of {last - first + 1} allowed frames were lost"


def test_ear_hears_what_an_unlocked_vif_sends(stormy):
    """The ear is not deaf: what is forged for a locked VIF arrives from an unlocked one."""
    stormy.cable("vif", "set", "vif1.0", "--mode", "unlocked")
    stormy.cable("vif", "wait", "vif1.0")
    with Storm(stormy, "vif1.0", "ear1") as storm:
        wait_for(lambda: len(set(storm.heard()[1])) > 30, "the forged frames of most kinds", seen=lambda: len(set(storm.heard()[1])))


def test_policy_changes_lose_nothing(stormy):
    with lossless_storm(stormy):
        for n in range(ROUNDS):
            stormy.cable("vif", "set", "vif1.0", "--add-ipv4" if n % 2 == 0 else "--remove-ipv4", "10.0.0.77")
            stormy.cable("vif", "wait", "vif1.0")


def test_restarts_of_the_agent_lose_nothing(stormy):
    with lossless_storm(stormy):
        for n in range(ROUNDS // 6):
            stormy.lab.agent.kill() if n % 2 else stormy.lab.agent.stop()
            stormy.lab.agent.start()
            wait_for(lambda: stormy.json("status")["agent"] == "connected"
                     and any(bridge["guarded"] for bridge in stormy.json("status")["bridges"]), "the agent to have compared everything")


def test_unplugging_and_plugging_lets_nothing_forged_pass(stormy):
    with Storm(stormy, "vif1.0", "ear1") as storm:
        storm.await_passing()
        for _ in range(5):
            stormy.cable("vif", "unplug", "vif1.0")
            stormy.wait("vif1.0", "detached")
            stormy.cable("vif", "plug", "vif1.0")
            stormy.wait("vif1.0")
        storm.await_passing()
    heard_nothing_forged(storm)


def test_death_of_the_switch_lets_nothing_forged_pass(stormy):
    stormy.lab.expect("cabled", "connection to ovs-vswitchd broke|connection failed|connection dropped|connection attempt")
    with Storm(stormy, "vif1.0", "ear1") as storm:
        storm.await_passing()
        for _ in range(2):
            stormy.lab.vswitchd.kill()
            stormy.lab.vswitchd.start()
            storm.await_passing()
    heard_nothing_forged(storm)


def test_number_that_another_port_takes_over_a_restart_lets_nothing_forged_pass(stormy):
    stormy.lab.expect("cabled", "connection to ovs-vswitchd broke|connection failed|connection dropped|connection attempt")
    stormy.lab.expect("cabled", "somebody changed or took the number of a VIF's port")
    number = stormy.interface("vif1.0")["ofport"]
    with Storm(stormy, "vif1.0", "ear1") as storm:
        storm.await_passing()
        stormy.lab.vswitchd.stop()
        # The last is the ear's own number: whoever goes by what the database said takes the VIF's port for the ear's.
        stormy.lab.run("ovs-vsctl", "--no-wait", "set", "interface", "ear0", f"ofport_request={number}", "--",
                       "set", "interface", "vif1.0", f"ofport_request={stormy.interface('ear0')['ofport']}")
        stormy.lab.vswitchd.start()
        stormy.wait("vif1.0")
        storm.await_passing()
    heard_nothing_forged(storm)


@pytest.mark.parametrize("hand", [
    ["ovs-ofctl", "-O", "OpenFlow14", "del-flows", "xapi0"],
    ["ovs-ofctl", "-O", "OpenFlow14", "--strict", "del-flows", "xapi0", "priority=65000,reg15=0/1"],
    ["ovs-ofctl", "-O", "OpenFlow14", "del-flows", "xapi0", "table=203"],
    ["ovs-vsctl", "del-port", "vif1.0"],
    ["ovs-vsctl", "set-controller", "xapi0", "ptcp:6653:127.0.0.1"],
    ["ovs-vsctl", "set", "interface", "vif1.0", "ofport_request=77"],
], ids=lambda hand: " ".join(word for word in hand if not word.startswith("-") and word not in ("OpenFlow14", "xapi0")))
def test_other_hands_let_nothing_forged_pass(stormy, hand):
    stormy.lab.expect("cabled", r"hands\|WARN\|bridge xapi0: somebody")
    with Storm(stormy, "vif1.0", "ear1") as storm:
        storm.await_passing()
        stormy.lab.run(*hand)
        stormy.wait("vif1.0")
        storm.await_passing()
    heard_nothing_forged(storm)
