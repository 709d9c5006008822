# SPDX-License-Identifier: Apache-2.0
"""What guests are made of, built once into the cache: programs, kernel, initramfs.

Programs (guest/*.c) are static, so that they run in any namespace and in the
initramfs.  The kernel is that of Debian's linux-image-cloud-amd64, taken out
of the package, not installed.  Each product's folder is named by what it was
made from (the kernel package's version, a hash of all inputs), made under
another name and then renamed: whoever finds it finds it complete.
"""

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from .programs import path_with, require

SOURCES = Path(__file__).with_name("guest")
PROGRAMS = ("agent", "frames")
COMPILE = ("gcc", "-static", "-O2", "-Wall", "-Wextra", "-Wconversion", "-Werror")
KERNEL_METAPACKAGE = "linux-image-cloud-amd64"
BUSYBOX = Path("/bin/busybox")
# In the order in which they must be loaded. virtio_console gives the agent's port, virtio_net the NIC.
MODULES = ("virtio_ring", "virtio", "virtio_mmio", "virtio_console", "failover", "net_failover", "virtio_net")
# What a machine with PCI has besides: its bus, disks, a power button, and a way to tell the host of a panic.
PCI_MODULES = ("virtio_pci_modern_dev", "virtio_pci_legacy_dev", "virtio_pci", "virtio_blk", "evdev", "button", "pvpanic", "pvpanic-mmio")


class ImageError(RuntimeError):
    """The guest image could not be made; the text says which step failed and what to do."""


def cache():
    """The folder of everything that is built once."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("CABLED_CACHE") or Path(base, "cabled"))


def programs(tell=lambda line: None):
    """The folder with the guest's static programs."""
    sources = [SOURCES / f"{name}.c" for name in PROGRAMS]
    return cached(f"guest-programs-{digest(sources, *COMPILE)}", compile_programs, tell)


def kernel(tell=lambda line: None):
    """The folder with `vmlinuz` and the modules of the kernel: what the cache has, else what apt offers."""
    there = sorted(cache().glob("guest-linux-image-*"), key=lambda folder: folder.stat().st_mtime)
    there = [folder for folder in there if all((folder / name).exists() for name in kernel_files())]
    if there:
        return there[-1]        # asking apt each time would take seconds, and a network
    package, version = kernel_package()
    return cached(f"guest-{package}-{version}-{digest([], *kernel_files())[:4]}", lambda folder: fetch_kernel(folder, package), tell)


def kernel_files():
    return ["vmlinuz", *(f"{module}.ko" for module in MODULES + PCI_MODULES)]


def initramfs(tell=lambda line: None):
    """The initramfs, a file."""
    parts = [kernel(tell) / f"{module}.ko" for module in MODULES + PCI_MODULES]
    parts += [programs(tell) / name for name in PROGRAMS]
    parts += [BUSYBOX, SOURCES / "init", SOURCES / "udhcpc-script"]
    return cached(f"guest-initramfs-{digest([*parts, Path(__file__)])}", lambda folder: pack(folder, parts), tell) / "initramfs"


def cached(name, make, tell):
    """The cache's folder `name`; `make(folder)` fills it if it is not there."""
    folder = cache() / name
    if not os.path.exists(folder):
        tell(f"making {folder}")
        make_cache()
        with tempfile.TemporaryDirectory(prefix=f"{name}.", dir=cache()) as unfinished:
            product = Path(unfinished, "product")
            product.mkdir()
            make(product)
            with contextlib.suppress(OSError):      # somebody else was faster: theirs is as good
                product.rename(folder)
    return folder


def make_cache():
    try:
        cache().mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImageError(f"no place to keep what is built: {error}. Set CABLED_CACHE to a folder of yours") from error


def digest(files, *words):
    """A short name for the contents of these files and words."""
    sum_ = hashlib.sha256(repr(words).encode())
    for file in files:
        sum_.update(hashlib.sha256(file.read_bytes()).digest())
    return sum_.hexdigest()[:16]


def compile_programs(folder):
    require("gcc")
    for name in PROGRAMS:
        step(*COMPILE, "-o", folder / name, SOURCES / f"{name}.c")


def kernel_package():
    """Name and version of the kernel's package, as apt knows them."""
    require("apt-get", "dpkg-deb")
    depends = step("apt-cache", "show", "--no-all-versions", KERNEL_METAPACKAGE)
    found = re.search(r"^Depends: (linux-image-[0-9][^ ]*-cloud-amd64)", depends, re.MULTILINE)
    version = re.search(r"^Version: (\S+)", depends, re.MULTILINE)
    if not found or not version:
        raise ImageError(f"apt does not know {KERNEL_METAPACKAGE}: run apt-get update, on Debian amd64")
    return found[1], version[1]


def fetch_kernel(folder, package):
    """Download the package and take out the kernel and the modules that a guest needs."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        # As root apt would drop to a user that may not write here, and warn about it.
        step("apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", package, cwd=scratch)
        step("dpkg-deb", "-x", next(Path(scratch).glob("*.deb")), scratch)
        shutil.copy(next(Path(scratch, "boot").glob("vmlinuz-*")), folder / "vmlinuz")
        for module in MODULES + PCI_MODULES:
            shutil.copy(next(Path(scratch, "lib/modules").rglob(f"{module}.ko")), folder)


def pack(folder, parts):
    """The initramfs: busybox, our programs and scripts in /bin, drivers in /modules."""
    require("busybox", "cpio")
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        root = Path(scratch)
        for name in ("bin", "modules", "dev", "proc", "sys", "tmp"):
            (root / name).mkdir()
        for part in parts:
            shutil.copy(part, root / ("modules" if part.suffix == ".ko" else "bin"))
        (root / "bin/init").rename(root / "init")
        for name, modules in (("order", MODULES), ("order-pci", PCI_MODULES)):
            (root / "modules" / name).write_text("".join(f"{module}\n" for module in modules))
        names = "\n".join(str(path.relative_to(root)) for path in sorted(root.rglob("*")))
        archive = subprocess.run(["cpio", "--quiet", "-o", "-H", "newc", "-R", "0:0"], cwd=root, input=names.encode(),
                                 capture_output=True, check=True).stdout
        (folder / "initramfs").write_bytes(archive)     # not compressed: saves QEMU's guest 0.3 s


def step(*argv, cwd=None):
    """Run one step of the build; returns its output."""
    done = subprocess.run(list(map(str, argv)), cwd=cwd, text=True, capture_output=True,
                          env={**os.environ, "PATH": path_with(), "LC_ALL": "C"})
    if done.returncode:
        raise ImageError(f"{' '.join(map(str, argv))}: exit status {done.returncode}: {done.stderr.strip()}")
    return done.stdout
