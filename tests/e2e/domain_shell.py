# SPDX-License-Identifier: Apache-2.0
"""A program over the domains' room (src/bin/domain_shell.c), the domains that it has, and guests for them."""

import contextlib
import json
import os
import re
import socket
import struct
import subprocess
import uuid
from itertools import count

import pytest

from lab import Lab, image, wait_for
from lab.environment import programs_folder
from lab.machine import COMMAND_LINE
from unixctl import Refused, Unixctl

MIB = 1 << 20
DEADLINE_S = 60
LEAK = "/etc/hostname"

# The words of a shell on the guest's console, by the kind of guest.
SWITCH_OFF = {"qemu": "poweroff -f", "netns": "exit"}
CRASH = {"qemu": "echo c >/proc/sysrq-trigger", "netns": "kill -SEGV $$"}

# capabilities(7): CAP_NET_BIND_SERVICE, CAP_NET_ADMIN, CAP_NET_RAW.
NETWORK_CAPABILITIES = 1 << 10 | 1 << 12 | 1 << 13


class Shell:
    """domain-shell in a lab."""

    names = count()

    def __init__(self, lab, keeper=None, accelerator=None):
        self.lab = lab
        self.folder = lab.state / "guests-run"
        self.name = f"domain-shell-{next(self.names)}"
        self.log = lab.state / f"log/{self.name}.log"
        self.control = lab.state / f"run/{self.name}"
        accelerator = os.environ.get("CABLED_ACCEL", "") if accelerator is None else accelerator
        self.arguments = [programs_folder() / "domain-shell", self.control, self.folder, keeper or programs_folder() / "cabled-guest",
                          "qemu-system-x86_64", "nobody" if os.geteuid() == 0 else "", accelerator]

    def start(self):
        # A file that is open and not to be closed by exec, as any library may have one.
        with open(self.log, "w") as log, open(LEAK) as leak:
            self.process = self.lab.spawn(*self.arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=[leak.fileno()])
        self.unixctl = wait_for(self.reached, "domain-shell to start", seen=self.log.read_text)
        return self

    def reached(self):
        assert self.process.poll() is None, self.log.read_text()
        with contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
            return Unixctl(self.control)
        return None

    def call(self, command, *arguments):
        return self.unixctl.call(command, *arguments).rstrip()

    def stop(self):
        self.call("exit")
        assert self.process.wait(DEADLINE_S) == 0
        self.unixctl.close()

    def kill(self):
        """kill -9: it has no chance to put anything in order."""
        self.lab.run("pkill", "-KILL", "-f", str(self.control))
        self.process.wait(DEADLINE_S)
        self.unixctl.close()

    def list(self):
        return {domain["vm"]: domain for domain in json.loads(self.call("domain/list"))}

    def expect_ends(self):
        """Say that this test ends processes of guests."""
        self.lab.expect(self.name, "its process has ended")

    # What is there

    def devices(self, domid):
        links = json.loads(self.lab.run("ip", "-json", "link").stdout)
        return {link["ifname"]: link for link in links if link["ifname"].startswith(f"vif{domid}.")}

    def namespaces(self):
        return self.lab.run("ip", "netns", "list").stdout.split()

    def processes(self):
        """Processes of guests, by their command lines; not that which tries KVM, which has nothing to do with a guest."""
        lines = self.lab.run("ps", "-eo", "pid=,args=").stdout.splitlines()
        return [line for line in lines
                if re.search(r"cabled-guest|qemu-system|busybox sh$", line) and not re.search(r"domain-shell|-monitor stdio|\[", line)]

    def check_nothing_is_left(self):
        assert self.list() == {}
        assert self.processes() == []
        assert self.namespaces() == []
        assert [name for name in os.listdir(self.folder) if name != "lock"] == []
        assert not any(link["ifname"].startswith("vif") for link in json.loads(self.lab.run("ip", "-json", "link").stdout))

    def status_of(self, pid):
        """/proc/PID/status."""
        lines = self.lab.run("cat", f"/proc/{pid}/status").stdout.splitlines()
        return dict(re.split(r":\s*", line, maxsplit=1) for line in lines)


class Domain:
    """A guest that domain-shell builds."""

    domids = count(1)

    def __init__(self, shell, kind, n_vifs=1, **spec):
        self.shell = shell
        self.kind = kind
        self.vm = str(uuid.uuid4())
        self.domid = next(self.domids)
        self.spec = {"vm": self.vm, "domid": self.domid, "name": "a guest, with a comma", "backend": kind,
                     "vifs": [vif(self.domid, devid) for devid in range(n_vifs)], **system(kind), **spec}
        self.console = None

    def build(self):
        self.shell.call("domain/build", json.dumps(self.spec))
        return self

    def built(self):
        self.build()
        self.until("paused")
        return self

    def running(self):
        """Built, and its shell answers."""
        self.built()
        self.do("unpause")
        self.until("running")
        self.until_shell(1)
        return self

    def until_shell(self, n):
        """Wait until the guest has begun its shell for the n-th time."""
        wait_for(lambda: len(re.findall(r"[#$] \x1b", self.output())) >= n, f"shell {n} on the console", DEADLINE_S, seen=self.output)

    def do(self, verb, *arguments):
        self.shell.call(f"domain/{verb}", self.vm, *arguments)

    @property
    def told(self):
        return self.shell.list()[self.vm]

    def until(self, state):
        def reached():
            self.output()
            told = self.told
            assert told["state"] != "gone" or state == "gone", told
            return told if told["state"] == state else None
        return wait_for(reached, f"the domain to be {state}", DEADLINE_S, seen=lambda: f"{self.told} {self.output()}")

    def until_vifs(self, *devids):
        wait_for(lambda: self.told["vifs"] == list(devids) and not self.told["changing"], f"VIFs {devids}", DEADLINE_S,
                 seen=lambda: self.told)

    def gone(self):
        """End it; nothing is left."""
        self.do("destroy")
        self.until("gone")
        assert self.shell.devices(self.domid) == {}
        self.do("forget")

    def output(self):
        """What the guest has said, by the log; from the socket it is read too, or QEMU would wait for that."""
        with contextlib.suppress(BlockingIOError, ConnectionError):
            while self.console and self.console.recv(1 << 16, socket.MSG_DONTWAIT):
                continue
        with contextlib.suppress(FileNotFoundError):
            return (self.folder / "console.log").read_text(errors="replace")
        return ""

    def type(self, line):
        """Type a line on the console."""
        if not self.console:
            self.console = socket.socket(socket.AF_UNIX)
            self.console.connect(str(self.folder / "console.sock"))
        self.console.sendall(line.encode() + b"\n")

    def say(self, script):
        """Run a line of shell in the guest; returns what it wrote."""
        mark = uuid.uuid4().hex
        self.type(f"echo begin-{mark[:16]}''{mark[16:]}; {script}; echo end-{mark[:16]}''{mark[16:]}")
        found = re.compile(f"begin-{mark}\r?\n(.*)end-{mark}", re.DOTALL)
        return wait_for(lambda: found.search(self.output()), f"the guest to run: {script}", DEADLINE_S, seen=self.output)[1]

    def pid(self):
        return json.loads((self.folder / "domain.json").read_text())["pid"]

    @property
    def folder(self):
        return self.shell.folder / self.vm


def system(kind):
    if kind == "netns":
        return {"kernel": "/bin/busybox", "args": "sh"}
    return {"kernel": str(image.kernel() / "vmlinuz"), "ramdisk": str(image.initramfs()), "args": f"{COMMAND_LINE} console-shell",
            "memory": 128 * MIB, "vcpus": 1}


def qcow2_image(size, backing=b"", features=0):
    """An empty image (QEMU's docs/interop/qcow2): header, refcount table, a refcount block for these four clusters, L1 table."""
    cluster = 1 << 16
    header = struct.pack(">4sIQIIQIIQQIIQQQQII", b"QFI\xfb", 3, 104 if backing else 0, len(backing), 16, size, 0, 1, 3 * cluster, cluster, 1, 0, 0,
                         features, 0, 0, 4, 104)
    refcounts = struct.pack(">4H", 1, 1, 1, 1)
    return b"".join(part.ljust(cluster, b"\0") for part in (header + backing, struct.pack(">Q", 2 * cluster), refcounts, b""))


def vif(domid, devid, mtu=1500):
    return {"devid": devid, "mac": f"02:00:00:{domid >> 8:02x}:{domid & 255:02x}:{devid:02x}", "mtu": mtu}


@pytest.fixture
def shell():
    with Lab(pool=False, agent=False) as lab:
        shell = Shell(lab).start()
        yield shell
        for domain in shell.list():
            with contextlib.suppress(Refused):
                shell.call("domain/destroy", domain)
        wait_for(lambda: all(domain["state"] == "gone" for domain in shell.list().values()), "all domains to go", DEADLINE_S,
                 seen=shell.list)
        for domain in shell.list():
            shell.call("domain/forget", domain)
        shell.check_nothing_is_left()
        shell.stop()


both = pytest.mark.parametrize("kind", ["netns", "qemu"])
