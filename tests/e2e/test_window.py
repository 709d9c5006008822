# SPDX-License-Identifier: Apache-2.0
"""No forged frame passes, whatever happens, and no allowed one is lost that the switch could have carried."""

import json
import os

import pytest

from lab import wait_for
from storm import POLICY, Loss, Storm, hang_out_ear, heard_nothing_forged


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


def lose_nothing(host, act, forbidden=True):
    """Act under a storm during which every allowed frame must arrive, and no forged one if they are forbidden all the time.

    A storm that this machine was too busy to carry proves nothing and is begun anew."""
    for _ in range(5):
        with Storm(host, "vif1.0", "ear1") as storm:
            loss = Loss(storm)
            act()
            n_lost = loss.judge()
        if forbidden:
            heard_nothing_forged(storm)
        if not n_lost:
            return
    pytest.fail("this machine is too busy: sockets overflowed in each of 5 storms")


def hands(host):
    """How often other hands did what to the bridge."""
    return {row["what"]: row["times"] for row in host.json("host", "status")["other_hands"] if row["bridge"] == "xapi0"}


def port_and_link(host):
    """What no change of policy may touch."""
    return host.row("Interface", "vif1.0", "_uuid", "ofport"), host.lab.run("cat", "/sys/class/net/vif1.0/carrier_changes").stdout


def variant_in_force(host):
    said = json.loads(host.lab.agent.appctl("vif/show", "vif1.0"))
    return said["variant"] if said.get("policy_in_force") else None


def test_ear_hears_what_an_unlocked_vif_sends(stormy):
    """The ear is not deaf: what is forged for a locked VIF arrives from an unlocked one."""
    stormy.cable("vif", "set", "vif1.0", "--mode", "unlocked")
    stormy.cable("vif", "wait", "vif1.0")
    with Storm(stormy, "vif1.0", "ear1") as storm:
        wait_for(lambda: len(set(storm.heard()[1])) > 30, "the forged frames of most kinds", seen=lambda: len(set(storm.heard()[1])))


CHANGES = {     # there, and back again, with what tells that it is in force
    "addresses": (["vif", "set", "vif1.0", "--add-ipv4", "10.0.0.77"], ["vif", "set", "vif1.0", "--remove-ipv4", "10.0.0.77"], None),
    "rate": (["vif", "set", "vif1.0", "--rate", "100000"], ["vif", "set", "vif1.0", "--rate", "0"], None),
    "MTU": (["vif", "set", "vif1.0", "--mtu", "1400"], ["vif", "set", "vif1.0", "--mtu", "0"],
            lambda host: host.link("vif1.0")["mtu"]),
    "VLAN": (["network", "set", "net0", "--vlan", "20"], ["network", "set", "net0", "--vlan", "0"],
             lambda host: host.row("Port", "vif1.0", "tag")["tag"]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_changes_lose_nothing(stormy, change):
    *ways, seen = CHANGES[change]

    def change_all():
        before = port_and_link(stormy)
        for n in range(ROUNDS):
            was = seen and seen(stormy)
            stormy.cable(*ways[n % 2])
            stormy.cable("vif", "wait", "vif1.0")
            if seen:
                wait_for(lambda was=was: seen(stormy) != was, f"the change of {change} to be there")
        assert port_and_link(stormy) == before

    lose_nothing(stormy, change_all)


def test_changes_of_the_mode_lose_nothing(stormy):
    def change_all():
        for n in range(ROUNDS):
            stormy.cable("vif", "set", "vif1.0", "--mode", "locked" if n % 2 else "unlocked")
            stormy.cable("vif", "wait", "vif1.0")

    lose_nothing(stormy, change_all, forbidden=False)


def test_changes_of_the_variant_lose_nothing(stormy):
    variants = ("split", "strict", "xenserver-compat", "strict")

    def change_all():
        for n in range(ROUNDS):
            variant = variants[n % len(variants)]
            stormy.lab.vsctl("set", "open_vswitch", ".", f"external_ids:cabled-variant={variant}")
            wait_for(lambda variant=variant: variant_in_force(stormy) == variant, f"{variant} to be in force")

    lose_nothing(stormy, change_all, forbidden=False)   # what xenserver-compat allows is not what the others do


def test_restarts_of_the_agent_lose_nothing(stormy):
    def restart_often():
        for n in range(ROUNDS // 6):
            stormy.lab.agent.kill() if n % 2 else stormy.lab.agent.stop()
            stormy.lab.agent.start()
            wait_for(lambda: stormy.json("status")["agent"] == "connected"
                     and any(bridge["guarded"] for bridge in stormy.json("status")["bridges"]), "the agent to have compared everything")

    lose_nothing(stormy, restart_often)


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


HANDS = [
    ["ovs-ofctl", "-O", "OpenFlow14", "del-flows", "xapi0"],
    ["ovs-ofctl", "-O", "OpenFlow14", "del-flows", "xapi0", "cookie=0xf17e000000000000/0xffff000000000000"],
    ["ovs-ofctl", "-O", "OpenFlow14", "--strict", "del-flows", "xapi0", "priority=65000,reg15=0/1"],
    ["ovs-ofctl", "-O", "OpenFlow14", "del-flows", "xapi0", "table=203"],
    ["ovs-ofctl", "-O", "OpenFlow14", "set-frags", "xapi0", "normal"],
    ["ovs-vsctl", "del-port", "vif1.0"],
    ["ovs-vsctl", "set-controller", "xapi0", "ptcp:6653:127.0.0.1"],
    ["ovs-vsctl", "set-controller", "xapi0", "tcp:127.0.0.1:1"],
    ["ovs-vsctl", "set", "interface", "vif1.0", "ofport_request=77"],
    ["ovs-vsctl", "set", "port", "vif1.0", "tag=5"],
    ["ovs-vsctl", "set", "bridge", "xapi0", "protocols=OpenFlow10"],
    ["ovs-vsctl", "set", "bridge", "xapi0", "stp_enable=true", "--", "set", "port", "vif1.0", "other_config:stp-enable=true"],
    ["ovs-vsctl", "remove", "bridge", "xapi0", "other_config", "disable-in-band"],
]


@pytest.mark.parametrize("hand", HANDS, ids=lambda hand: " ".join(word for word in hand if not word.startswith("-")
                                                                   and word not in ("OpenFlow14", "xapi0")))
def test_other_hands_let_nothing_forged_pass(stormy, hand):
    """All that a hand can do, but those two that the README names."""
    stormy.lab.expect("cabled", r"hands\|WARN\|bridge xapi0: somebody")
    stormy.lab.expect("cabled", "connection to ovs-vswitchd broke|connection dropped|version negotiation|peer supports version|connection failed")
    stormy.lab.expect("ovs-vswitchd", "version negotiation|peer supports version|Protocol error|vif1.0|tcp:127.0.0.1:1")
    with Storm(stormy, "vif1.0", "ear1") as storm:
        storm.await_passing()
        stormy.lab.run(*hand)
        if "ptcp:6653:127.0.0.1" not in hand:           # a controller that is only listened for changes nothing
            wait_for(lambda: hands(stormy), "the hand to be told")
        stormy.wait("vif1.0")
        storm.await_passing()
    heard_nothing_forged(storm)


def test_last_controller_s_removal_lets_nothing_forged_pass(stormy):
    stormy.lab.expect("cabled", r"hands\|WARN\|bridge xapi0: somebody")
    stormy.lab.expect("ovs-vswitchd", "tcp:127.0.0.1:1|cannot find route for controller")
    stormy.lab.vsctl("set-controller", "xapi0", "tcp:127.0.0.1:1")
    wait_for(lambda: hands(stormy), "the flush to be told")
    stormy.wait("vif1.0")
    with Storm(stormy, "vif1.0", "ear1") as storm:
        storm.await_passing()
        stormy.lab.vsctl("del-controller", "xapi0")
        wait_for(lambda: sum(hands(stormy).values()) > 1, "the second flush to be told", seen=lambda: hands(stormy))
        stormy.wait("vif1.0")
        storm.await_passing()
    heard_nothing_forged(storm)
