# SPDX-License-Identifier: Apache-2.0
"""Frames with numbers that go from one device to another without a pause: which of them did not arrive."""

import re
import subprocess
import threading

from lab import wait_for

ETHERTYPE = "88b7"
MARK = b"strm"
BATCH = 20


class Stream:
    """While inside: frames go out at `sender`, and are listened to at `hearer`. Both are devices of the lab's namespace."""

    def __init__(self, host, sender, hearer, source, target, per_s=1000):
        self.host, self.sender, self.hearer, self.per_s = host, sender, hearer, per_s
        self.head = (target + source).replace(":", "") + ETHERTYPE
        self.name = f"{sender}-{hearer}"
        self.sent = 0
        self.ending = threading.Event()

    def _frame(self, number):
        return self.head + (MARK + self.name.encode().ljust(32) + f"{number:012d}".encode()).hex()

    def __enter__(self):
        self.frames = self.host.lab.state / f"heard-{self.name}"
        said = self.host.lab.state / f"heard-said-{self.name}"
        self.host.lab.run("sh", "-c", f"frames listen {self.hearer} >{self.frames} 2>{said} </dev/null &")
        wait_for(lambda: "listening" in said.read_text(), f"{self.hearer} to be listened to")
        self.process = self.host.lab.spawn("frames", "send", self.sender, str(self.per_s), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                           text=True)
        self.writer = threading.Thread(target=self._write)
        self.writer.start()
        self.await_passing()
        return self

    def _write(self):
        while not self.ending.is_set():
            self.process.stdin.write("".join(f"{self._frame(self.sent + i)}\n" for i in range(BATCH)))
            self.process.stdin.flush()
            self.sent += BATCH
        self.process.stdin.close()

    def __exit__(self, *_):
        self.ending.set()
        self.writer.join()
        self.process.wait()

    def heard(self):
        mark = (MARK + self.name.encode().ljust(32)).hex()
        return [int(bytes.fromhex(line[line.index(mark) + len(mark):][:24])) for line in self.frames.read_text().split() if mark in line]

    def await_passing(self):
        after = self.sent
        wait_for(lambda: (self.heard() or [-1])[-1] >= after, f"frames to pass from {self.sender} to {self.hearer}")

    def overflows(self):
        """Frames for which the machine had no time: their sockets were full."""
        sockets = self.host.lab.run("ss", "-0", "-n", "-m").stdout
        return sum(int(dropped) for dropped in re.findall(r"skmem:\(.*,d(\d+)\)", sockets))

    def lost(self, first):
        """Numbers from `first` on that did not arrive, up to one that is sent now and has."""
        self.await_passing()
        heard = self.heard()
        return sorted(set(range(first, heard[-1] + 1)) - set(heard))
