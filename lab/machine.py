# SPDX-License-Identifier: Apache-2.0
"""A QEMU process and the agent in it: started, given commands, ended."""

import os
import socket
from itertools import count
from pathlib import Path

from . import image
from .daemon import Daemon
from .guest import GuestError
from .wait import NotSeen

BOOT_DEADLINE_S = 60
KVM_DEADLINE_S = 8
# tsc_early_khz: without it several guests that calibrate their clocks at once under TCG hang.
# cryptomgr.notests: 0.4 s of self-tests.
COMMAND_LINE = "nokaslr tsc_early_khz=2600000 lpj=4000000 cryptomgr.notests console=ttyS0 panic=-1 quiet"


class Machine(Daemon):
    """A QEMU microvm with our guest image. `nics` are QEMU's arguments for network devices."""

    def __init__(self, namespace, name, nics):
        self.name = name
        super().__init__(namespace)
        self.accelerator = None
        self.nics = list(nics)
        self.boot_deadline_s = BOOT_DEADLINE_S
        self.console = self.state / f"log/{name}.console"
        self.agent = AgentPort(self.state / f"run/{name}.agent")

    def argv(self):
        return [
            "qemu-system-x86_64", "-M", "microvm,x-option-roms=off,rtc=on,pit=on,pic=on", "-cpu", "max", "-m", "128",
            "-accel", self.accelerator, "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
            "-kernel", image.kernel() / "vmlinuz", "-initrd", image.initramfs(), "-append", COMMAND_LINE,
            "-serial", f"file:{self.console}",
            "-device", "virtio-serial-device", "-chardev", f"socket,id=agent,path={self.agent.path},server=on,wait=off",
            "-device", "virtserialport,chardev=agent,name=agent",
            *self.nics, "-daemonize", "-pidfile", self.pidfile]

    def await_ready(self):
        """Booted means: the agent has answered."""
        try:
            self.agent.execute("true", "", self.boot_deadline_s)
        except GuestError as error:
            raise NotSeen(f"{error}; the end of its console: {self._console_end()}") from error

    def stop(self):
        self.agent.close()
        return super().stop()

    def _console_end(self):
        return self.console.read_text(errors="replace")[-500:] if self.console.exists() else "(nothing)"


class AgentPort:
    """The host's end of the agent's port, by the protocol in guest/agent.c."""

    def __init__(self, path):
        self.path = Path(path)
        self.socket = None
        self._ids = count(os.getpid() * 1000)   # no other program's late reply is taken for ours

    def connect(self):
        self.socket = socket.socket(socket.AF_UNIX)
        try:
            self.socket.connect(str(self.path))
        except OSError as error:
            self.socket = None
            raise GuestError(f"{self.path.name}: the guest does not run: {error}") from error
        self._stream = self.socket.makefile("rb")

    def close(self):
        if self.socket:
            self._stream.close()
            self.socket.close()
            self.socket = None

    def execute(self, script, input, timeout_s):
        """Run a script; returns (status, output). Raises GuestError when the guest has gone, or its agent is silent."""
        if not self.socket:
            self.connect()
        self.socket.settimeout(timeout_s + 5)
        try:
            return self._ask(next(self._ids), script.encode(), input.encode(), int(timeout_s * 1000))
        except OSError as error:
            self.close()
            raise GuestError(f"{self.path.name}: no answer from the guest: {error}") from error

    def _ask(self, request, script, input, timeout_ms):
        self.socket.sendall(b"%d %d %d %d\n" % (request, timeout_ms, len(script), len(input)) + script + input)
        while True:
            header = self._stream.readline().split()
            if len(header) != 3:
                raise ConnectionError("it has gone")
            output = self._stream.read(int(header[2]))
            if int(header[0]) == request:
                return int(header[1]), output.decode(errors="replace")


def choose_accelerator(namespace):
    """`kvm` where our guest boots under it, else `tcg`. Tried once, then remembered in the cache."""
    if os.environ.get("CABLED_ACCEL"):
        return os.environ["CABLED_ACCEL"]
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return "tcg"
    remembered = image.cache() / f"accelerator-{os.uname().release}-{image.kernel().name}"
    if not remembered.exists():
        remembered.write_text("kvm" if boots_under_kvm(namespace) else "tcg")
    return remembered.read_text()


def boots_under_kvm(namespace):
    """Try it. The attempt leaves its console log, but no record in the lab's history."""
    attempt = Machine(namespace, "qemu-kvm-attempt", [])
    attempt.accelerator = "kvm"
    attempt.boot_deadline_s = KVM_DEADLINE_S
    try:
        namespace.run(*attempt.argv())
        attempt.await_ready()
        return True
    except (RuntimeError, AssertionError, OSError):
        return False
    finally:
        attempt.agent.close()
        namespace.run("pkill", "-KILL", "-F", attempt.pidfile, check=False)
