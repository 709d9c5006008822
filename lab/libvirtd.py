# SPDX-License-Identifier: Apache-2.0
"""libvirtd with its QEMU driver, run by hand: its files, its users and what it finds in /etc, /var and /run are the lab's.

It runs in a mount namespace of its own inside the lab's, and so do its guests
and its hooks.  Its own complaints about what a host has and a lab has not (a
system bus, DMI, control groups) go to a file that nobody judges.
"""

import textwrap
from pathlib import Path

from . import image
from .daemon import PlainDaemon
from .machine import COMMAND_LINE, AgentPort
from .programs import require

# Folders of the host that are hidden behind the lab's own.
FOLDERS = {"etc": "/etc/libvirt", "lib": "/var/lib", "log": "/var/log", "cache": "/var/cache"}
# libvirtd does not start without this user, which Debian's libvirt-daemon-system makes. No guest runs as it here.
FILES = {"passwd": "libvirt-qemu:x:64055:64055::/var/lib/libvirt:/usr/sbin/nologin", "group": "libvirt-qemu:x:64055:"}
QEMU_CONF = """
user = "root"
group = "root"
security_driver = "none"
cgroup_controllers = []
namespaces = []
remember_owner = 0
dynamic_ownership = 0
stdio_handler = "file"
"""
LIBVIRTD_CONF = """
auth_unix_rw = "none"
auth_unix_ro = "none"
log_outputs = "3:stderr"
"""
URI = "qemu:///system"

DOMAIN = """
<domain type='qemu'>
  <name>{name}</name>
  <metadata>{metadata}</metadata>
  <memory unit='MiB'>128</memory>
  <os>
    <type arch='x86_64' machine='pc'>hvm</type>
    <kernel>{kernel}</kernel><initrd>{initrd}</initrd><cmdline>{command_line}</cmdline>
  </os>
  <features><acpi/></features>
  <cpu mode='maximum'/>
  <on_reboot>destroy</on_reboot>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <controller type='usb' model='none'/><memballoon model='none'/>
    <serial type='file'><source path='{console}'/></serial>
    <channel type='unix'><source mode='bind' path='{agent}'/><target type='virtio' name='agent'/></channel>
    {interfaces}
  </devices>
</domain>
"""

# The userspace datapath hands on checksums and segments that the sending kernel left to the device: so leave none.
DRIVER = """<driver><host csum='off' gso='off' tso4='off' tso6='off' ecn='off' ufo='off'/>
<guest csum='off' tso4='off' tso6='off' ecn='off' ufo='off'/></driver>"""


class Libvirtd(PlainDaemon):
    name = "libvirtd"

    def __init__(self, namespace, folder):
        super().__init__(namespace)
        self.hook = folder / "cable-libvirt"
        self.home = self.state / "libvirt"
        self.log = self.state / "log/libvirtd.said"
        self.hooks = self.home / "etc/hooks/qemu.d"

    def prepare(self):
        require("libvirtd", "virsh", "qemu-system-x86_64")
        if self.home.exists():
            return
        for folder in (*FOLDERS, "etc/hooks/qemu.d"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        (self.home / "etc/qemu.conf").write_text(QEMU_CONF)
        (self.home / "etc/libvirtd.conf").write_text(LIBVIRTD_CONF)
        for name, line in FILES.items():
            (self.home / name).write_text(Path("/etc", name).read_text() + line + "\n")
        (self.hooks / "cabled").symlink_to(self.hook.resolve())

    def foreground(self):
        script = ["set -e", f"[ -e /run/openvswitch ] || ln -s {self.state}/run /run/openvswitch",
                  *(f"mkdir -p {there}; mount --bind {self.home}/{here} {there}" for here, there in FOLDERS.items() if here != "etc"),
                  f"mount --bind {self.home}/etc /etc/libvirt",
                  *(f"mount --bind {self.home}/{name} /etc/{name}" for name in FILES),
                  "exec libvirtd --config /etc/libvirt/libvirtd.conf"]
        return ["unshare", "--mount", "sh", "-c", "\n".join(script)]

    def await_ready(self):
        self.await_while_running(lambda: self.virsh("version", check=False).returncode == 0, "libvirtd to answer")

    def virsh(self, *arguments, **options):
        """virsh; returns CompletedProcess."""
        return self.namespace.run("virsh", "-q", "-c", URI, *arguments, **options)

    def guest(self, name, interfaces, metadata=""):
        """A guest of our image that is not started."""
        return LibvirtGuest(self, name, interfaces, metadata)


class LibvirtGuest:
    """A transient domain: `interfaces` and `metadata` are libvirt's XML."""

    def __init__(self, libvirtd, name, interfaces, metadata):
        self.libvirtd = libvirtd
        self.name = name
        state = libvirtd.state
        self.agent = AgentPort(state / f"run/{name}.agent")
        self.console = state / f"log/{name}.console"
        self.file = state / f"{name}.xml"
        self.file.write_text(textwrap.dedent(DOMAIN.format(
            name=name, metadata=metadata, kernel=image.kernel() / "vmlinuz", initrd=image.initramfs(), command_line=COMMAND_LINE,
            console=self.console, agent=self.agent.path, interfaces=interfaces)))

    def create(self, check=True):
        """Start it; returns virsh's CompletedProcess."""
        return self.libvirtd.virsh("create", self.file, check=check)

    def start(self):
        """Start it and wait until it obeys. Returns self."""
        self.create()
        self.agent.execute("true", "", 120)
        return self

    def must(self, script, input="", timeout_s=30):
        """Run a shell script inside that must succeed; returns its output."""
        status, output = self.agent.execute(script, input, timeout_s)
        assert status == 0, f"{self.name}: {script}: exit status {status}: {output}"
        return output

    def status(self, script, timeout_s=30):
        """Run a shell script inside; returns its exit status."""
        return self.agent.execute(script, "", timeout_s)[0]

    def xml(self):
        """What libvirt says of it now."""
        return self.libvirtd.virsh("dumpxml", self.name).stdout

    def device(self, index=0):
        """The name of its tap in the lab's namespace, as libvirt chose it."""
        return self.libvirtd.virsh("domiflist", self.name).stdout.splitlines()[index].split()[0]

    def destroy(self):
        """Switch it off, if it runs."""
        self.agent.close()
        self.libvirtd.virsh("destroy", self.name, check=False)
