# SPDX-License-Identifier: Apache-2.0
"""ovs-vswitchd and its database are killed in each state of a VIF, under a storm of forged frames: none passes, and the VIF ends where it
was to end."""

import json

import pytest

from conftest import peer_of
from lab import wait_for
from storm import POLICY, Storm, hang_out_ear, heard_nothing_forged

ADDRESSES = ("--ipv4", ",".join(POLICY["ipv4"]), "--ipv6", ",".join(POLICY["ipv6"]))


class State:
    """How a VIF comes into a state and stays there while somebody dies. `prepare` leaves a device to storm behind."""

    name = "wired"
    end = "wired"
    held = True                 # by an ovs-vswitchd that stands still: the state leads on by itself

    def __init__(self, host):
        self.host = host

    def prepare(self):
        self.host.network("net0", "--uplink", "ear0")
        self.host.wired("vif1.0", *ADDRESSES, mac=POLICY["mac"])

    def enter(self):
        """What somebody wants."""

    def go_on(self):
        """What happens when all are back."""


class Waiting(State):
    """The first VIF of its bridge, whose device somebody has raised."""

    name = "waiting"

    def prepare(self):
        self.host.network("net0", "--uplink", "ear0")
        self.host.veth("vif1.0")
        self.host.lab.run("ip", "link", "set", "vif1.0", "up")

    def enter(self):
        self.host.vif("vif1.0", *ADDRESSES, mac=POLICY["mac"])


class Plugging(Waiting):
    """A further VIF of a bridge that is guarded."""

    name = "plugging"

    def prepare(self):
        super().prepare()
        self.host.wired("vif2.0")


class NoDevice(State):
    name = "no-device"
    held = False

    def prepare(self):
        self.host.network("net0", "--uplink", "ear0")
        self.host.wired("vif2.0")
        self.host.lab.run("ip", "link", "add", "later", "type", "veth", "peer", "name", peer_of("vif1.0"))

    def enter(self):
        self.host.vif("vif1.0", *ADDRESSES, mac=POLICY["mac"])

    def go_on(self):
        self.host.lab.run("ip", "link", "set", "later", "name", "vif1.0")


class Wired(State):
    held = False


class Updating(State):
    name = "updating"

    def enter(self):
        self.host.cable("vif", "set", "vif1.0", "--add-ipv4", "10.0.0.77")


class Disabling(State):
    """The link goes down at once; the rules are under way."""

    name = "plugging"
    end = "disabled"

    def enter(self):
        self.host.cable("vif", "set", "vif1.0", "--mode", "disabled")


class Disabled(State):
    name = end = "disabled"
    held = False

    def enter(self):
        self.host.cable("vif", "set", "vif1.0", "--mode", "disabled")


class Unplugging(State):
    name = "unplugging"
    end = "detached"

    def enter(self):
        self.host.cable("vif", "unplug", "vif1.0")


class Detached(State):
    name = end = "detached"
    held = False

    def enter(self):
        self.host.cable("vif", "unplug", "vif1.0")


STATES = (NoDevice, Waiting, Plugging, Wired, Updating, Disabling, Disabled, Unplugging, Detached)
VICTIMS = {"vswitchd": ("vswitchd",), "ovsdb-server": ("switch_db",), "both": ("vswitchd", "switch_db")}


def said_of(host, device):
    """What the agent itself says of a VIF, and whether all bridges are guarded."""
    said = json.loads(host.lab.agent.appctl("status"))
    state = next((vif["state"] for vif in said["vifs"] if vif["device"] == device), None)
    return state, all(bridge["guarded"] for bridge in said["bridges"]), said["switch"]["connected"]


@pytest.mark.parametrize("victims", VICTIMS.values(), ids=VICTIMS)
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_death_in_a_state_lets_nothing_forged_pass_and_all_goes_on(host, state, victims):
    lab = host.lab
    lab.expect_lost_connections()
    lab.expect("cabled", "connection to ovs-vswitchd broke|connection failed|connection dropped|connection attempt|ovs-vswitchd does not answer")
    hang_out_ear(host)
    state = state(host)
    state.prepare()
    with Storm(host, "vif1.0", "ear1") as storm:
        storm.blow()
        if state.held:
            lab.vswitchd.signal("STOP")
        state.enter()
        wait_for(lambda: said_of(host, "vif1.0")[0] == state.name, f"the VIF to be {state.name}", seen=lambda: said_of(host, "vif1.0"))
        for victim in victims:
            getattr(lab, victim).kill()
        storm.blow()
        for victim in reversed(victims):
            getattr(lab, victim).start()
        if state.held and "vswitchd" not in victims:
            lab.vswitchd.signal("CONT")
        state.go_on()
        wait_for(lambda: said_of(host, "vif1.0") == (state.end, True, True), f"the VIF to be {state.end} and its bridge guarded",
                 seen=lambda: said_of(host, "vif1.0"))
        if state.end == "wired":
            storm.await_passing()
        storm.blow()
    heard_nothing_forged(storm)
