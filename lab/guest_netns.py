# SPDX-License-Identifier: Apache-2.0
"""A guest that is a network namespace with veth devices: there in 10 ms.

For everything that does not depend on a guest's own kernel.
"""

import contextlib
import signal
import subprocess

from .guest import Guest
from .image import SOURCES
from .namespace import terminate_group
from .programs import require


class NetnsGuest(Guest):
    kind = "netns"

    def __init__(self, lab, domid, **options):
        super().__init__(lab, domid, **options)
        self.net = f"guest{domid}"
        self.scratch = str(lab.state / "guests")

    def make(self):
        require("busybox", "ethtool")
        self.lab.run("ip", "netns", "add", self.net)
        for index, mac in enumerate(self.macs):
            self.add_device(index, mac)

    def add_device(self, index, mac):
        """Hotplug: a further device."""
        self.lab.run("ip", "link", "add", self.device(index), "mtu", self.mtu, "type", "veth",
                     "peer", "name", f"eth{index}", "address", mac, "mtu", self.mtu, "netns", self.net)
        # The userspace datapath hands frames on without finishing the checksum that the sending kernel left open.
        self.lab.run("ethtool", "-K", f"eth{index}", "tx", "off", net=self.net)

    def boot(self):
        self.must("ip link set lo up")

    def execute(self, script, input, timeout_s):
        # To a file, not a pipe: what the script leaves in the background would keep a pipe open.
        with open(self.lab.state / f"guests/{self.net}.out", "w+", errors="replace") as output:
            process = self.lab.spawn("busybox", "sh", "-c", script, net=self.net, stdin=subprocess.PIPE,
                                     stdout=output, stderr=output, text=True)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.communicate(input, timeout=timeout_s)
            status = process.returncode if process.returncode is not None else terminate_group(process, signal.SIGKILL)
            output.seek(0)
            return (128 - status if status < 0 else status), output.read()

    def guest_path(self, name):
        return SOURCES / name

    def end(self):
        # What scripts left in the background ends with the guest, as when a machine is switched off.
        pids = self.lab.run("ip", "netns", "pids", self.net).stdout.split()
        if pids:
            self.lab.run("kill", "-KILL", *pids, check=False)
        self.lab.run("ip", "netns", "del", self.net)
