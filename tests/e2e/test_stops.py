# SPDX-License-Identifier: Apache-2.0
"""The agent is killed at every step of everything that it does to a VIF, under a storm of forged frames: none passes, and the agent that
comes after it ends where it was to end."""

import json
import re

import pytest

from lab import environment, wait_for
from storm import POLICY, Loss, Storm, hang_out_ear, heard_nothing_forged

STEPS = re.findall(r'^STEP\(\w+, "([a-z-]+)"\)', (environment.REPO / "src/agent/steps.def").read_text(), re.MULTILINE)
ADDRESSES = ("--ipv4", ",".join(POLICY["ipv4"]), "--ipv6", ",".join(POLICY["ipv6"]))


class Scene:
    """What is there, what is done, and where it must end. The agent is stopped at each of `steps` in turn, a test each."""

    steps = ()
    end = "wired"

    def __init__(self, host):
        self.host = host

    def prepare(self):
        """A wired VIF."""
        self.host.network("net0", "--uplink", "ear0")
        self.host.wired("vif1.0", *ADDRESSES, mac=POLICY["mac"])

    def arm(self, step, n):
        """Have the agent stop when it comes to the step for the nth time from now on."""
        self.host.lab.agent.appctl("stop/at", step, str(n))

    def act(self):
        """What brings the agent to its steps. It must not wait for the agent."""

    def begin(self, storm):
        storm.blow()

    def judge(self):
        """What else must be so at the end, while the storm still blows."""


class PlugRaised(Scene):
    """The first VIF of a bridge, whose device somebody raised before it was anybody's: nothing but admission holds its frames back."""

    steps = ("bridge-created", "uplink-added", "transaction-sent", "transaction-sent:2", "transaction-ended", "transaction-ended:2",
             "session-connected", "session-listed", "base-put", "rules-put", "bundle-sent", "base-acked", "bundle-acked",
             "number-reserved", "port-written", "link-configured", "report-written")

    def prepare(self):
        self.host.network("net0", "--uplink", "ear0")
        self.host.veth("vif1.0")
        self.host.lab.run("ip", "link", "set", "vif1.0", "up")

    def act(self):
        self.host.vif("vif1.0", *ADDRESSES, mac=POLICY["mac"])


class Plug(PlugRaised):
    """The same with a device that is down."""

    steps = ("port-written", "link-configured", "link-raised")

    def prepare(self):
        self.host.network("net0", "--uplink", "ear0")
        self.host.veth("vif1.0")


class TakeOver(PlugRaised):
    """A bridge that was there before, open to everybody, becomes guarded for its first VIF."""

    steps = ("bridge-prepared", "transaction-sent", "bridge-secured", "transaction-sent:2", "transaction-ended:2", "session-connected",
             "base-put", "bundle-sent", "port-written")

    def prepare(self):
        lab = self.host.lab
        lab.vsctl("add-br", "br7", "--", "set", "bridge", "br7", f"datapath_type={lab.datapath_type}", "--", "add-port", "br7", "ear0")
        self.host.network("net0", "--bridge", "br7", "--unmanaged", "--uplink", "ear0")
        self.host.veth("vif1.0")
        lab.run("ip", "link", "set", "vif1.0", "up")


class Lossless(Scene):
    """Nothing is taken away meanwhile: every allowed frame must arrive, whoever dies."""

    def begin(self, storm):
        self.loss = Loss(storm)

    def judge(self):
        self.loss.judge()


class Change(Lossless):
    """A change of policy on the live port."""

    steps = ("rules-put", "bundle-sent", "bundle-acked", "report-written")

    def act(self):
        self.host.cable("vif", "set", "vif1.0", "--add-ipv4", "10.0.0.77")


class Disable(Scene):
    steps = ("rules-put", "link-lowered", "bundle-sent", "bundle-acked", "report-written")
    end = "disabled"

    def act(self):
        self.host.cable("vif", "set", "vif1.0", "--mode", "disabled")


class Enable(Scene):
    steps = ("rules-put", "bundle-sent", "bundle-acked", "link-raised", "report-written")

    def prepare(self):
        super().prepare()
        self.host.cable("vif", "set", "vif1.0", "--mode", "disabled")
        self.host.wait("vif1.0", "disabled")

    def act(self):
        self.host.cable("vif", "set", "vif1.0", "--mode", "locked")


class Unplug(Scene):
    steps = ("link-lowered", "rules-deleted", "port-deleted", "transaction-sent", "transaction-ended", "bundle-sent", "bundle-acked",
             "number-released", "report-written")
    end = "detached"

    def act(self):
        self.host.cable("vif", "unplug", "vif1.0")


class Replug(Scene):
    """The bridge is guarded, the number new."""

    steps = ("number-reserved", "rules-put", "port-written", "transaction-sent", "transaction-ended", "bundle-sent", "bundle-acked",
             "link-raised", "report-written")

    def prepare(self):
        super().prepare()
        self.host.cable("vif", "unplug", "vif1.0")
        self.host.wait("vif1.0", "detached")

    def act(self):
        self.host.cable("vif", "plug", "vif1.0")


class Move(Scene):
    """To another bridge, while the device's link is up."""

    steps = ("port-deleted", "transaction-sent", "bridge-created", "number-reserved", "rules-put", "port-written", "bundle-sent")

    def prepare(self):
        self.host.network("net0")
        self.host.network("net1", "--uplink", "ear0")
        self.host.wired("vif1.0", *ADDRESSES, mac=POLICY["mac"])

    def act(self):
        self.host.cable("vif", "set", "vif1.0", "--network", "net1")


class Adopt(Scene):
    """A port that somebody else added becomes a VIF's. It was nobody's, so that what it sent before that is not forged."""

    steps = ("rules-put", "port-adopted", "bundle-sent", "transaction-sent", "transaction-ended", "bundle-acked")

    def prepare(self):
        lab = self.host.lab
        lab.vsctl("set", "open_vswitch", ".", "external_ids:cabled-foreign-ports=dark")
        self.host.network("net0", "--uplink", "ear0")
        self.host.wired("vif2.0")           # makes the bridge
        self.host.veth("vif1.0")
        lab.run("ip", "link", "set", "vif1.0", "up")
        lab.vsctl("add-port", "xapi0", "vif1.0")

    def act(self):
        self.host.vif("vif1.0", *ADDRESSES, mac=POLICY["mac"])


class GiveBack(Adopt):
    """It is unplugged: given back to who added it, and dark."""

    steps = ("port-released", "rules-deleted", "transaction-sent", "bundle-sent")
    end = "detached"

    def prepare(self):
        super().prepare()
        super().act()
        self.host.wait("vif1.0")
        # The agent that comes after the one that died takes its predecessor's release for somebody else's, if it sees the port first.
        self.host.lab.expect("cabled", "somebody took a VIF's port off the bridge")

    def act(self):
        self.host.cable("vif", "unplug", "vif1.0")


class Restart(Lossless):
    """The agent dies once more while it takes in what the last one left, and a change that came in between."""

    steps = ("session-connected", "session-listed", "base-put", "rules-put", "bundle-sent", "base-acked", "bundle-acked",
             "link-configured", "report-written")

    def arm(self, step, n):
        self.host.lab.namespace.env["CABLED_STOP_AT"] = f"{step}:{n}"

    def act(self):
        self.host.lab.agent.kill()
        self.host.cable("vif", "set", "vif1.0", "--add-ipv4", "10.0.0.77")
        self.host.lab.agent.start()
        del self.host.lab.namespace.env["CABLED_STOP_AT"]


class SwitchRestart(Scene):
    """The agent dies while it gives a restarted switch its flows again."""

    steps = ("session-connected", "session-listed", "base-put", "rules-put", "bundle-sent", "base-acked", "bundle-acked")

    def act(self):
        self.host.lab.expect("cabled", "connection to ovs-vswitchd broke|connection failed|connection dropped|connection attempt")
        self.host.lab.vswitchd.kill()
        self.host.lab.vswitchd.start()


SCENES = (PlugRaised, Plug, TakeOver, Change, Disable, Enable, Unplug, Replug, Move, Adopt, GiveBack, Restart, SwitchRestart)


def is_converged(scene):
    """The agent's own word, which is never that of an agent of before."""
    said = json.loads(scene.host.lab.agent.appctl("status"))
    states = [vif["state"] for vif in said["vifs"] if vif["device"] == "vif1.0"]
    return states == [scene.end] and all(bridge["guarded"] for bridge in said["bridges"])


def test_every_step_is_one_at_which_the_agent_is_killed():
    assert {step.partition(":")[0] for scene in SCENES for step in scene.steps} == set(STEPS)


@pytest.fixture
def stopping(host):
    """The agent that stops where it is told; what test_window.py calls an ear hangs out, though on no bridge yet."""
    agent = host.lab.agent
    hang_out_ear(host)
    agent.stop()
    agent.program = agent.program.with_name("cabled-stops")
    agent.start()
    return host


def stop_at(scene, step):
    """Carry the scene out until the agent stands at the step."""
    agent = scene.host.lab.agent
    word, _, n = step.partition(":")
    scene.arm(word, n or 1)
    scene.act()
    wait_for(lambda: agent.stopped, f"the agent to come to the step {step}")


def await_end(scene, storm):
    wait_for(lambda: is_converged(scene), f"the VIF to be {scene.end}", seen=lambda: scene.host.lab.agent.appctl("status"))
    scene.host.wait("vif1.0", scene.end)
    if scene.end == "wired":
        storm.await_passing()


def cases(scenes):
    return pytest.mark.parametrize("scene, step", [(scene, step) for scene in scenes for step in scene.steps],
                                   ids=lambda value: value if isinstance(value, str) else value.__name__)


@cases(SCENES)
def test_agent_killed_at_a_step_lets_nothing_forged_pass_and_its_successor_goes_on(stopping, scene, step):
    agent = stopping.lab.agent
    scene = scene(stopping)
    scene.prepare()
    with Storm(stopping, "vif1.0", "ear1") as storm:
        scene.begin(storm)
        stop_at(scene, step)
        storm.blow()
        agent.kill()
        storm.blow()
        agent.program = agent.program.with_name("cabled")
        agent.start()
        await_end(scene, storm)
        scene.judge()
    heard_nothing_forged(storm)


@cases((PlugRaised, TakeOver, Change, Unplug, Replug))
def test_switch_that_restarts_while_the_agent_stands_at_a_step_lets_nothing_forged_pass(stopping, scene, step):
    stopping.lab.expect("cabled", "connection to ovs-vswitchd broke|connection failed|connection dropped|connection attempt")
    scene = scene(stopping)
    scene.prepare()
    with Storm(stopping, "vif1.0", "ear1") as storm:
        storm.blow()
        stop_at(scene, step)
        stopping.lab.vswitchd.kill()
        stopping.lab.vswitchd.start()
        storm.blow()
        stopping.lab.agent.signal("CONT")
        await_end(scene, storm)
    heard_nothing_forged(storm)
