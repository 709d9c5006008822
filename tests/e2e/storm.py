# SPDX-License-Identifier: Apache-2.0
"""A guest that sends forged and allowed frames without a pause, and an ear on the bridge that counts what arrives."""

import re
import subprocess
import threading

import corpus
from conftest import peer_of
from lab import wait_for

POLICY = next(policy for policy in corpus.POLICIES if policy["id"] == "dual")
FORGED_PER_ALLOWED = 10
PER_S = 5500                    # 5,000 forged and 500 allowed
N_KINDS = 40
MTU_BYTES = 1514
EAR_MAC = "02:ee:ee:ee:ee:ee"   # to which the allowed frames go

# A test of ours that anybody can tell from the rest of what is on the wire: EtherType IPv4, UDP, and this before the number.
MARK = b"seq:"


def forged_frames():
    """Frames that the policy forbids, each decided by another rule as far as that goes."""
    frames = [frame for frame in corpus.frames()
              if frame.policy == POLICY["id"] and frame.verdict == "drop" and len(frame.hex) // 2 <= MTU_BYTES]
    by_rule = {}
    for frame in frames:
        by_rule.setdefault(frame.rule, []).append(frame.hex)
    kinds = []
    while len(kinds) < N_KINDS and any(by_rule.values()):
        kinds += [hexes.pop() for hexes in by_rule.values() if hexes]
    return kinds[:N_KINDS]


def allowed_frame(number):
    """A frame that the policy allows, with a number of its own."""
    payload = MARK + f"{number:012d}".encode()
    udp = (1000).to_bytes(2) + (2000).to_bytes(2) + (8 + len(payload)).to_bytes(2) + b"\0\0" + payload
    head = bytes.fromhex("4500") + (20 + len(udp)).to_bytes(2) + bytes.fromhex("0001000040110000") + bytes([10, 0, 0, 7, 10, 0, 0, 99])
    words = sum(int.from_bytes(head[i:i + 2]) for i in range(0, 20, 2))
    words = (words & 0xffff) + (words >> 16)
    head = head[:10] + (~words & 0xffff).to_bytes(2) + head[12:]
    return (bytes.fromhex((EAR_MAC + POLICY["mac"]).replace(":", "") + "0800") + head + udp).hex()


def hang_out_ear(host):
    """A veth pair whose end ear0 is for the bridge; at ear1 is heard what passes there. Nobody else in the lab says anything."""
    host.lab.run("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1")
    host.lab.expect("ovs-vswitchd", "ear0: Network is down|No such device|dropping VLAN|ukey installation fails")
    host.lab.run("ip", "link", "add", "ear0", "type", "veth", "peer", "name", "ear1")
    for device in ("ear0", "ear1"):
        host.lab.run("ip", "link", "set", device, "up")
    # The agent knows a device when udev is done with it, and complains of an uplink that it does not know.
    host.lab.run("udevadm", "settle")


def announce_ear(host, vlan=0):
    """Let the bridge learn where the ear is: it floods what is for a MAC that it does not know. On a bridge of more than 1,000 ports it carries
    each such frame through by itself (Open vSwitch 3.1, too_many_output_actions()), and has little time left for anything else."""
    tag = f"8100{vlan:04x}" if vlan else ""
    frame = "ff" * 6 + EAR_MAC.replace(":", "") + tag + "88b5" + "00" * 46
    host.lab.vsctl("set", "bridge", "xapi0", "other_config:mac-aging-time=3600")

    def is_known():
        host.lab.run("frames", "send", "ear1", input=frame + "\n")
        return re.search(rf"\b{vlan}\s+{EAR_MAC}", host.lab.appctl("fdb/show", "xapi0"))
    wait_for(is_known, "the bridge to know the ear", seen=lambda: host.lab.appctl("fdb/show", "xapi0"))


def heard_nothing_forged(storm):
    numbers, forged = storm.heard()
    assert not forged, f"{len(forged)} forged frames arrived"
    return numbers


class Storm:
    """While inside: the guest behind `device` sends, and the ear listens. `allowed_sent` and heard() tell what came of it."""

    def __init__(self, host, device, ear, per_s=PER_S):
        self.host = host
        self.device = device
        self.ear = ear
        self.per_s = per_s
        self.forged = forged_frames()
        self.forged_set = set(self.forged)
        self.allowed_sent = 0
        self.ending = threading.Event()

    def __enter__(self):
        self.frames = self.host.lab.state / "heard"
        said = self.host.lab.state / "heard-said"
        self.host.lab.run("sh", "-c", f"frames listen {self.ear} >{self.frames} 2>{said} </dev/null & echo $! >{self.frames}.pid")
        wait_for(lambda: "listening" in said.read_text(), "the ear to listen")
        self.said = said
        self.host.lab.run("ip", "link", "set", peer_of(self.device), "up")
        self.sender = self.host.lab.spawn("frames", "send", peer_of(self.device), str(self.per_s), stdin=subprocess.PIPE,
                                          stdout=subprocess.PIPE, text=True)
        self.writer = threading.Thread(target=self._write)
        self.writer.start()
        return self

    def _write(self):
        while not self.ending.is_set():
            for i in range(0, N_KINDS, FORGED_PER_ALLOWED):
                lines = self.forged[i:i + FORGED_PER_ALLOWED] + [allowed_frame(self.allowed_sent)]
                self.sender.stdin.write("".join(f"{line}\n" for line in lines))
                self.allowed_sent += 1
        self.sender.stdin.close()

    def __exit__(self, *_):
        self.ending.set()
        self.writer.join()
        self.sender.wait()

    def overflows(self):
        """Frames that sockets had no more room for, because this machine did not let the switch, or the ear, run in time."""
        sockets = self.host.lab.run("ss", "-0", "-n", "-m").stdout
        return sum(int(dropped) for dropped in re.findall(r"\*:(?:vif|ear)\S+ .*skmem:\(.*,d(\d+)\)", sockets))

    def lost(self, first, last):
        """Numbers of the allowed frames from `first` to `last` that did not arrive."""
        return set(range(first, last + 1)) - set(self.heard()[0])

    def heard(self):
        """Numbers of the allowed frames that arrived, and the forged ones as hex. The tag of a VLAN network is no part of a frame."""
        lines = [line[:24] + line[32:] if line[24:28] == "8100" and line not in self.forged_set else line
                 for line in self.frames.read_text().split()]
        marked = [line for line in lines if MARK.hex() in line]
        numbers = [int(bytes.fromhex(line[line.index(MARK.hex()) + 2 * len(MARK):][:24])) for line in marked]
        return numbers, [line for line in lines if line in self.forged_set]

    def blow(self, n_allowed=60):
        """Go on for a while, by its own measure: so many further frames that are allowed, and ten times as many forged ones."""
        goal = self.allowed_sent + n_allowed
        wait_for(lambda: self.allowed_sent >= goal, f"{n_allowed} further allowed frames to be sent")

    def await_passing(self):
        """Wait until a frame that is sent from now on has arrived."""
        after = self.allowed_sent
        wait_for(lambda: any(number >= after for number in self.heard()[0][-50:]), "allowed frames to pass again")


class Loss:
    """Judges a storm from now on: what is missing of the allowed frames is about their share of those that this machine had no time for.

    A storm that begins may overflow the sockets: that is over when frames pass, and counts for nothing. Every frame behind `first` is sent
    after the overflows were counted."""

    def __init__(self, storm):
        self.storm = storm
        storm.await_passing()
        self.overflows = storm.overflows()
        storm.await_passing()
        self.first = storm.heard()[0][-1]

    def judge(self):
        """How many were lost for want of time; no other was."""
        self.storm.await_passing()
        last = self.storm.heard()[0][-1]
        lost = self.storm.lost(self.first, last)
        overflows = self.storm.overflows() - self.overflows
        share = overflows / (1 + FORGED_PER_ALLOWED)
        assert len(lost) <= min(overflows, 2 * share + 20), \
            f"{len(lost)} of {last - self.first + 1} allowed frames were lost, {overflows} of any kind for want of time"
        return len(lost)
