# SPDX-License-Identifier: Apache-2.0
"""What the compiler prints does what the corpus says, traced and with real packets, in every variant."""

import json
import re
from collections import Counter

import pytest

import corpus
import xenserver
from lab import Lab, wait_for
from unixctl import Unixctl

BRIDGE = "br0"
LISTENER = len(corpus.POLICIES) + 1
MTU = 9000                      # the longest frame of the corpus has 8942 bytes
VLANS = (0, 100, 200)           # those that frames of the corpus pass in
FRAMES_PER_S = 1000             # flat out, the ports' receive buffers overflow
HANDLED_DEADLINE_S = 10
FLOOD_FRAMES = 300

MAGIC = 0xf17e
DISPATCH = 254
REPLAY = corpus.Path(__file__).with_name("replay.py")


class Rules:
    """The rule table as `cable rules list` tells it."""

    def __init__(self, rows):
        self.names = {row["number"]: row["name"] for row in rows}
        self.numbers = {row["name"]: row["number"] for row in rows}

    def of_cookie(self, cookie):
        """(ofport, rule's name) of a flow that decides; None for a flow that only leads on and for foreign flows."""
        number = cookie >> 8 & 0xff
        if cookie >> 48 != MAGIC or number == DISPATCH:
            return None
        return cookie >> 24 & 0xffffff, self.names[number]

    def cookie(self, ofport, name):
        """A cookie that reads as a decision of `name`."""
        return MAGIC << 48 | ofport << 24 | self.numbers[name] << 8


class Switch:
    """A bridge with a veth for each policy, ofport 1 for the first, and one that listens; what a test asks of it."""

    def __init__(self, lab):
        self.lab = lab
        self.rules = Rules(json.loads(lab.cable("rules", "list", "--json").stdout))
        self._make_ports()
        self.control = Unixctl(lab.vswitchd.control)

    def _make_ports(self):
        numbers = range(1, LISTENER + 1)
        # The guests' ends stay silent: each frame that is counted is one of ours.
        self.lab.run("tee", "/proc/sys/net/ipv6/conf/all/disable_ipv6", "/proc/sys/net/ipv6/conf/default/disable_ipv6", input="1\n")
        self.lab.run("ip", "-batch", "-", input="".join(
            f"link add port{n} mtu {MTU} type veth peer name guest{n} mtu {MTU}\nlink set port{n} up\nlink set guest{n} up arp off\n"
            for n in numbers))
        ports = [word for n in numbers for word in
                 ("--", "add-port", BRIDGE, f"port{n}", "--", "set", "Interface", f"port{n}", f"ofport_request={n}")]
        # Without learning, NORMAL floods, and every frame that passes reaches the listener.
        self.lab.vsctl("add-br", BRIDGE, "--", "set", "Bridge", BRIDGE, f"datapath_type={self.lab.datapath_type}",
                       "fail_mode=secure", "other_config:disable-in-band=true",
                       f"flood_vlans={','.join(map(str, VLANS))}", *ports)
        for n in numbers:
            assert self.lab.vsctl("get", "Interface", f"port{n}", "ofport") == str(n)

    def load(self, flows, frags):
        """Replace all flows, and set the fragment mode."""
        self.lab.ofctl("set-frags", BRIDGE, frags)
        self.lab.ofctl("-O", "OpenFlow14", "del-flows", BRIDGE)
        self.lab.ofctl("-O", "OpenFlow14", "--bundle", "add-flows", BRIDGE, "-", input=flows)

    def load_variant(self, variant):
        flows = self.lab.cable("rules", "compile", "--policies", corpus.POLICIES_FILE, "--base", "--variant", variant).stdout
        self.load(flows, "normal" if variant == "xenserver-compat" else "nx-match")

    def load_xenserver(self):
        self.load("\n".join(xenserver.flows(corpus.POLICIES, self.rules.cookie)), "normal")

    def trace(self, in_port, frame):
        """(verdict, (ofport, rule)) of a frame: what the datapath would do, and the last flow on the way that decides."""
        text = self.control.call("ofproto/trace", BRIDGE, f"in_port={in_port}", frame.hex)
        decisions = [self.rules.of_cookie(int(cookie, 16)) for cookie in re.findall(r"cookie (0x[0-9a-f]+)", text)]
        actions = re.search(r"^Datapath actions: (.*)$", text, re.MULTILINE)[1]
        return "drop" if actions == "drop" else "forward", [decision for decision in decisions if decision][-1]

    def counts(self):
        """Counter of (ofport, rule), up to date."""
        self.control.call("revalidator/purge")
        counts = Counter()
        for line in self.lab.ofctl("-O", "OpenFlow14", "dump-flows", BRIDGE).splitlines():
            found = re.search(r"cookie=(0x[0-9a-f]+),.* n_packets=(\d+),", line)
            decision = found and self.rules.of_cookie(int(found[1], 16))
            if decision and int(found[2]):
                counts[decision] += int(found[2])
        return counts

    def megaflows(self):
        """How many flows the datapath made for the frames since the last count."""
        return self.control.call("dpctl/dump-flows").count("in_port(")

    def looked_up(self):
        """How many frames the datapath has handled."""
        hit, missed = re.search(r"lookups: hit:(\d+) missed:(\d+)", self.control.call("dpctl/show")).groups()
        return int(hit) + int(missed)

    def replay(self, frames):
        """Send the frames from their ports. Returns what the listener received once the datapath has handled every frame."""
        before = self.looked_up()
        process = self.lab.spawn("/usr/bin/python3", REPLAY, stdin=-1, stdout=-1, text=True)
        plan = {"listen": f"guest{LISTENER}", "frames_per_s": FRAMES_PER_S,
                "frames": [[f"guest{frame.ofport}", frame.hex] for frame in frames],
                "awaited": sum(frame.verdict == "forward" for frame in frames)}
        process.stdin.write(json.dumps(plan) + "\n")
        process.stdin.flush()
        assert process.stdout.readline() == "sent\n"
        handled = lambda: self.looked_up() - before
        wait_for(lambda: handled() >= len(frames), f"{len(frames)} frames to be handled", HANDLED_DEADLINE_S, seen=handled)
        received = json.loads(process.communicate("\n")[0])
        assert process.returncode == 0
        return received


@pytest.fixture(scope="module")
def switch():
    with Lab(agent=False, pool=False) as lab:
        # ovs-vswitchd ends; an update that is on its way to it then finds nobody.
        lab.expect("ovsdb-server", r"(jsonrpc|reconnect)\|WARN\|unix#\d+: .*(Broken pipe|Connection reset by peer)\)?$")
        switch = Switch(lab)
        yield switch
        switch.control.close()


def decisions(switch, frames):
    """How each frame is decided, when it comes from its own port."""
    return [frame.decided(*switch.trace(frame.ofport, frame)) for frame in frames]


def differences(wanted, got):
    """A line each, for an assertion that shows what matters."""
    return [f"{one} expected, not {other}" for one, other in zip(wanted, got) if one != other]


@pytest.mark.parametrize("variant", ["strict", "split"])
def test_every_frame_gets_its_verdict_and_rule_by_trace(switch, variant):
    frames = corpus.frames()
    switch.load_variant(variant)
    wanted = [frame.decided(frame.verdict, (frame.ofport, frame.rule)) for frame in frames]
    assert not differences(wanted, decisions(switch, frames))


@pytest.mark.parametrize("variant", ["strict", "split"])
def test_every_frame_is_counted_by_its_rule_and_passes_or_not(switch, variant):
    frames = corpus.frames()
    switch.load_variant(variant)
    received = switch.replay(frames)
    assert switch.counts() == Counter((frame.ofport, frame.rule) for frame in frames)
    assert Counter(received) == Counter(frame.hex for frame in frames if frame.verdict == "forward")


def test_port_that_is_not_listed_is_dark(switch):
    switch.load_variant("strict")
    for in_port in LISTENER, "LOCAL":
        for frame in corpus.frames():
            assert switch.trace(in_port, frame) == ("drop", (0, "not-admitted"))


def test_split_decides_mutated_frames_as_strict_does(switch):
    frames = corpus.mutated(3000, seed=1)
    switch.load_variant("strict")
    strict = decisions(switch, frames)
    switch.load_variant("split")
    assert not differences(strict, decisions(switch, frames))


@pytest.mark.parametrize("variant, at_least, at_most", [("strict", FLOOD_FRAMES, FLOOD_FRAMES), ("split", 1, 48)])
def test_flood_of_macs_leaves_few_megaflows_with_split_only(switch, variant, at_least, at_most):
    flood = corpus.mac_flood("v4one", FLOOD_FRAMES, seed=3)
    switch.load_variant(variant)
    switch.counts()
    assert not switch.replay(flood)
    assert at_least <= switch.megaflows() <= at_most
    assert switch.counts() == Counter((frame.ofport, frame.rule) for frame in flood)


def test_xenserver_compat_decides_as_xenservers_own_flows_do(switch):
    frames = corpus.frames() + corpus.mutated(3000, seed=2)
    switch.load_xenserver()
    xenservers = decisions(switch, frames)
    switch.load_variant("xenserver-compat")
    assert not differences(xenservers, decisions(switch, frames))
