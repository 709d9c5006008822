# SPDX-License-Identifier: Apache-2.0
"""The programs that the lab runs, and the Debian package that each comes from."""

import os
import shutil

PACKAGES = {
    "unshare": "util-linux",
    "nsenter": "util-linux",
    "mount": "mount",
    "ip": "iproute2",
    "ethtool": "ethtool",
    "ovsdb-tool": "openvswitch-common",
    "ovsdb-server": "openvswitch-switch",
    "ovs-vswitchd": "openvswitch-switch",
    "ovs-vsctl": "openvswitch-switch",
    "ovs-ofctl": "openvswitch-common",
    "ovs-appctl": "openvswitch-common",
    "udevadm": "udev",
    "/lib/systemd/systemd-udevd": "udev",
    "dnsmasq": "dnsmasq-base",
    "busybox": "busybox-static",
    "qemu-system-x86_64": "qemu-system-x86",
    "libvirtd": "libvirt-daemon libvirt-daemon-driver-qemu",
    "virsh": "libvirt-clients",
    "gcc": "gcc libc6-dev",
    "cpio": "cpio",
    "apt-get": "apt",
    "dpkg-deb": "dpkg",
}

ADMIN_PATH = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"


class Missing(RuntimeError):
    """A program is not installed; the text says how to get it."""


def path_with(*first):
    """A PATH: the given folders, the caller's, and the sbin folders that an ordinary user's PATH lacks."""
    return ":".join([*first, os.environ.get("PATH", ""), ADMIN_PATH])


def require(*names):
    """Return nothing when all `names` are installed; otherwise raise Missing, naming the packages."""
    absent = [name for name in names if not shutil.which(name, path=path_with())]
    if absent:
        packages = " ".join(sorted({PACKAGES[name] for name in absent}))
        raise Missing(f"not installed: {', '.join(absent)}. Install with: apt-get install {packages}")
