# SPDX-License-Identifier: Apache-2.0
"""Guest: a machine with network devices, of whatever kind.

A guest of domain number D has devices vif<D>.0, vif<D>.1 ... in the lab's
namespace; inside they are eth0, eth1 ...  What a kind must give is in the
first methods; everything else is done by commands that run the
same in all kinds, because all have busybox and `frames` (guest/frames.c).
"""

import json
import re
import time
from abc import ABC, abstractmethod
from collections import namedtuple
from contextlib import contextmanager

from .wait import wait_for

Lease = namedtuple("Lease", "address prefix server seconds took_s")

# Flags of an IPv6 address in /proc/net/if_inet6 (linux/if_addr.h).
IFA_F_DADFAILED, IFA_F_TENTATIVE = 0x08, 0x40


class GuestError(RuntimeError):
    """A guest did not start, or a command in it failed."""


class Guest(ABC):
    kind = "?"
    scratch = "/tmp"        # a folder inside the guest that is its own

    def __init__(self, lab, domid, macs=None, mtu=1500, ipv6=True):
        """macs: one per device; by default one device with default_mac().  ipv6=False keeps the guest's kernel from sending
        IPv6 frames of its own, for tests that count each frame."""
        self.lab = lab
        self.domid = domid
        self.macs = list(macs or [default_mac(domid, 0)])
        self.mtu = mtu
        self.ipv6 = ipv6
        self.created = False

    # What a kind gives

    @abstractmethod
    def make(self):
        """Make what holds the guest and its devices."""

    @abstractmethod
    def boot(self):
        """Let it run; on return it obeys execute()."""

    @abstractmethod
    def execute(self, script, input, timeout_s):
        """Run a shell script inside; returns (status, output)."""

    @abstractmethod
    def guest_path(self, name):
        """Where a script of guest/ is found inside."""

    @abstractmethod
    def end(self):
        """End its processes and what make() made."""

    # Life

    def create(self):
        """Make the guest's devices, as a toolstack does before it lets the guest run."""
        self._record.write_text(json.dumps({"kind": self.kind, "domid": self.domid, "macs": self.macs, "mtu": self.mtu,
                                            "ipv6": self.ipv6}))
        self.created = True
        self.make()

    def stop(self):
        """Switch it off: no process and no device of it is left. Nothing to do if it isn't there."""
        if not self.created:
            return
        self.end()
        for index in range(len(self.macs)):
            self.lab.run("ip", "link", "del", self.device(index), check=False)
        self._record.unlink()
        self.created = False

    @property
    def _record(self):
        """By this file another program finds the guest."""
        return self.lab.state / f"guests/{self.domid}.json"

    def start(self):
        """create() if that has not happened, and boot. Does not wait for the network. Returns self."""
        began = time.monotonic()
        if not self.created:
            self.create()
        self.boot()
        self.must("".join(self._link_up(index) for index in range(len(self.macs))))
        self.boot_s = time.monotonic() - began
        return self

    def _link_up(self, index):
        """Script that brings a device up. Duplicate address detection then takes 0.3 s, not 1 to 2: no random delay before the
        question, and a shorter wait for the answer."""
        sysctl = "/proc/sys/net/ipv6"
        return (f"echo {0 if self.ipv6 else 1} >{sysctl}/conf/eth{index}/disable_ipv6\n"
                f"echo 0 >{sysctl}/conf/eth{index}/router_solicitation_delay\n"
                f"echo 300 >{sysctl}/neigh/eth{index}/retrans_time_ms\n"
                f"ip link set eth{index} mtu {self.mtu} up\n")

    def device(self, index=0):
        """The name of the device in the lab's namespace."""
        return f"vif{self.domid}.{index}"

    # Commands

    def exec(self, script, input="", timeout_s=30):
        """Run a shell script inside; returns (status, output). Leaves both to the caller's judgement."""
        return self.execute(script, input, timeout_s)

    def must(self, script, input="", timeout_s=30):
        """Run a shell script inside that must succeed; returns its output."""
        status, output = self.execute(script, input, timeout_s)
        if status:
            raise GuestError(f"{self}: {script}: exit status {status}: {output.strip()}")
        return output

    def __str__(self):
        return f"{self.kind} guest {self.domid}"

    # Network

    def dhcp(self, index=0, tries=10):
        """Get a lease and use its address. Returns the Lease; raises GuestError when no server answers."""
        began = time.monotonic()
        output = self.must(f"udhcpc -i eth{index} -f -n -q -t {tries} -T 1 -s {self.guest_path('udhcpc-script')} 2>&1",
                           timeout_s=tries + 20)
        found = re.search(r"^lease (\S+) (\d+) (\S+) (\d+)$", output, re.MULTILINE)
        if not found:
            raise GuestError(f"{self}: the DHCP client said: {output.strip()}")
        return Lease(found[1], int(found[2]), found[3], int(found[4]), time.monotonic() - began)

    def add_ipv4(self, address, index=0):
        """Set an address "A.B.C.D/N" by hand."""
        self.must(f"ip addr add {address} dev eth{index}")

    def add_ipv6(self, address, index=0, deadline_s=30):
        """Set an address "X::Y/N" and wait until duplicate address detection has let it pass."""
        self.must(f"ip addr add {address} dev eth{index}")
        self.await_dad(index, deadline_s)

    def await_dad(self, index=0, deadline_s=30):
        """Wait until no address is tentative; raises GuestError when one was found to be a duplicate."""
        wait_for(lambda: IFA_F_TENTATIVE not in self._dad_states(index), f"{self}: addresses of eth{index} to be tentative no more",
                 deadline_s, seen=lambda: self.ipv6_addresses(index))
        failed = [address for address, flags in self.ipv6_addresses(index).items() if flags & IFA_F_DADFAILED]
        if failed:
            raise GuestError(f"{self}: {', '.join(failed)}: somebody else has this address (dadfailed)")

    def ipv6_addresses(self, index=0):
        """Addresses (32 hex digits) and their flags, as the guest's kernel shows them."""
        lines = self.must("cat /proc/net/if_inet6").splitlines()
        fields = [line.split() for line in lines]
        return {address: int(flags, 16) for address, _, _, _, flags, name in fields if name == f"eth{index}"}

    def _dad_states(self, index):
        """What duplicate address detection has come to, of all addresses. A failed one remains tentative, so that counts first."""
        return {flags & IFA_F_DADFAILED or flags & IFA_F_TENTATIVE for flags in self.ipv6_addresses(index).values()}

    def ping(self, address, deadline_s=5, count=1, index=0):
        """Whether at least one of `count` echo requests is answered."""
        script = f"ping -q -c {count} -W {deadline_s} -I eth{index} {address}"
        return self.exec(script, timeout_s=deadline_s + count + 10)[0] == 0

    # Raw frames

    def send_frames(self, frames, rate=1000, index=0):
        """Send frames, each a string of hex, at `rate` per second; returns how many went out."""
        frames = list(frames)
        output = self.must(f"frames send eth{index} {rate}", "".join(f"{frame}\n" for frame in frames),
                           timeout_s=30 + (len(frames) / rate if rate else 0))
        return int(re.search(r"sent (\d+)", output)[1])

    @contextmanager
    def listening(self, ethertype=None, index=0):
        """While inside, collect the frames that arrive: a Capture."""
        capture = Capture(self, index, ethertype)
        try:
            yield capture
        finally:
            capture.stop()


class Capture:
    """Frames that arrive at a guest's device."""

    n_made = 0

    def __init__(self, guest, index, ethertype):
        Capture.n_made += 1
        self.guest = guest
        self.base = f"{guest.scratch}/capture-{guest.domid}-{Capture.n_made}"
        kind = f"{ethertype:x}" if ethertype else ""
        # The file is there before anybody looks into it: the shell that makes it may come to that late.
        self.pid = guest.must(f": >{self.base}.said; frames listen eth{index} {kind} >{self.base} 2>{self.base}.said & echo $!").strip()
        wait_for(lambda: "listening" in self.said(), f"{guest} to listen on eth{index}", seen=self.said)

    def said(self):
        return self.guest.must(f"cat {self.base}.said")

    def frames(self):
        """All frames so far, as hex."""
        return self.guest.must(f"cat {self.base}").split()

    def stop(self):
        """End it; the frames can be read still. Raises GuestError when the kernel had to drop some."""
        self.guest.must(f"kill {self.pid}")
        wait_for(lambda: "received" in self.said(), f"{self.guest} to end its capture", seen=self.said)
        if not self.said().rstrip().endswith("dropped 0"):
            raise GuestError(f"{self.guest}: the capture lost frames: {self.said()}")


def default_mac(domid, index):
    """A locally administered address that says whose it is."""
    return f"02:00:00:{domid >> 8:02x}:{domid & 255:02x}:{index:02x}"
