# SPDX-License-Identifier: Apache-2.0
"""A guest that is a QEMU machine with a Linux kernel of its own, on taps that we make.

Under KVM where it really boots, otherwise QEMU's own translator (TCG): then it
takes 2 s to boot.
"""

from .guest import Guest
from .machine import Machine, choose_accelerator
from .programs import require

# The userspace datapath hands on checksums and segments that the sending kernel left to the device: so leave none.
PLAIN = ",".join(f"{offload}=off" for offload in (
    "csum", "guest_csum", "gso", "guest_tso4", "guest_tso6", "guest_ecn", "guest_ufo", "host_tso4", "host_tso6", "host_ecn", "host_ufo"))


class QemuGuest(Guest):
    kind = "qemu"

    def __init__(self, lab, domid, **options):
        super().__init__(lab, domid, **options)
        self.machine = Machine(lab.namespace, f"qemu-{domid}", self._nics())

    def make(self):
        require("qemu-system-x86_64")
        for index in range(len(self.macs)):
            self.lab.run("ip", "tuntap", "add", "dev", self.device(index), "mode", "tap")
            self.lab.run("ip", "link", "set", self.device(index), "mtu", self.mtu)

    def boot(self):
        self.machine.accelerator = choose_accelerator(self.lab.namespace)
        self.machine.start()

    def _nics(self):
        for index, mac in enumerate(self.macs):
            yield from ("-netdev", f"tap,id=net{index},ifname={self.device(index)},script=no,downscript=no")
            yield from ("-device", f"virtio-net-device,netdev=net{index},mac={mac},host_mtu={self.mtu},{PLAIN}")

    @property
    def accelerator(self):
        """What it runs under: kvm or tcg."""
        return self.machine.accelerator

    def execute(self, script, input, timeout_s):
        return self.machine.agent.execute(script, input, timeout_s)

    def guest_path(self, name):
        return f"/bin/{name}"

    def end(self):
        self.machine.stop()
