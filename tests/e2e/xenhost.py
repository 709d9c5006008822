# SPDX-License-Identifier: Apache-2.0
"""A XenServer host as far as its network scripts see it: a real xenstored, xenopsd's keys and files, cable-vif under the scripts' names."""

import pytest

from lab import Lab, wait_for
from lab.environment import programs_folder
from lab.xenopsd import BRIDGE, Vif, make_scripts
from lab.xenstored import Xenstored
from poolless import Poolless


class XenHost(Poolless):
    """The lab's host with the words for XenServer."""

    def __init__(self, lab, xenstored):
        super().__init__(lab)
        self.xenstored = xenstored
        self.root = lab.state / "xenserver"
        self.store = xenstored.client()
        make_scripts(self.root)
        self.set_backend("openvswitch")

    def set_backend(self, word):
        (self.root / "etc/xensource/network.conf").write_text(word + "\n")

    # xenopsd

    def write(self, vif):
        """What xenopsd writes of a VIF, anew after each change of it."""
        vif.write(self.store, self.root)
        return vif

    def metadata_file(self, vif):
        return vif.file(self.root)

    def plug(self, domid, devid=0, **options):
        """A VIF with its device, and nothing wired yet."""
        vif = self.write(Vif(domid, devid, **options))
        self.veth(vif.device)
        return vif

    # The calls

    def call(self, script, *arguments, environment=None, check=True, **options):
        """Run a script as its callers do; returns CompletedProcess."""
        paths = {"vif": "etc/xensource/scripts/vif", "vif-real": "etc/xensource/scripts/vif-real",
                 "setup-vif-rules": "opt/xensource/libexec/setup-vif-rules"}
        settings = {"CABLE_VIF_ROOT": self.root} | (environment or {})
        variables = [f"{name}={value}" for name, value in settings.items()]
        return self.lab.run("env", *variables, self.root / paths[script], *arguments, check=check, **options)

    def event(self, vif, action, kind="vif", environment=None, **options):
        """As udev calls: ACTION type_if=..., with the kernel's names."""
        names = {"UDEV_CALL": 1, "ACTION": action} | (
            {"XENBUS_TYPE": "vif", "XENBUS_PATH": f"backend/vif/{vif.domid}/{vif.devid}", "XENBUS_BASE_PATH": "backend"}
            if kind == "vif" else {"INTERFACE": vif.tap})
        return self.call("vif", action, f"type_if={kind}", environment=names | (environment or {}), **options)

    def online(self, vif, **options):
        return self.event(vif, "online", **options)

    def wired(self, domid, devid=0, **options):
        """A VIF from nothing to online."""
        vif = self.plug(domid, devid, **options)
        self.online(vif)
        return vif

    def rules(self, vif, action="filter", kind="vif", **options):
        """As xenopsd calls setup-vif-rules."""
        return self.call("setup-vif-rules", "classic", vif.device if kind == "vif" else vif.tap, vif.vm, vif.devid, action, **options)

    # What is seen

    def answers(self, vif):
        """The keys below HOTPLUG."""
        return self.store.tree(vif.hotplug)

    def status(self, vif):
        return self.store.read(f"{vif.backend}/hotplug-status")

    def error(self, vif):
        return self.store.read(f"{vif.backend}/hotplug-error")

    def written(self):
        """All of xenstore, by path."""
        return {f"/{key}": value for key, value in self.store.tree("").items()}

    def sources(self, vif):
        """Keys of the Interface row by which XenServer knows a VIF."""
        keys = self.keys(vif if isinstance(vif, str) else vif.device)
        return {name: value for name, value in keys.items() if name.startswith("xs-") or name == "attached-mac"}

    def await_gone(self, device):
        wait_for(lambda: device not in self.ports(BRIDGE), f"{device} to be off its bridge")


@pytest.fixture
def xen_host():
    with Lab(pool=False) as lab:
        xenstored = Xenstored(lab.namespace, programs_folder())
        if not xenstored.available:
            pytest.skip("needs xenstored (xen-utils-4.17) and a build with libxenstore (libxen-dev)")
        lab.namespace.env["XENSTORED_RUNDIR"] = str(xenstored.run)
        xenstored.start()
        host = XenHost(lab, xenstored)
        host.bridge(BRIDGE)
        yield host
        host.store.socket.close()
        xenstored.stop()


# What tests compare

def changed(host, before):
    """What is otherwise in xenstore than before: keys by path, None for one that has gone."""
    after = host.written()
    gone = {path: None for path, value in before.items() if path not in after and value}
    return {path: value for path, value in after.items() if before.get(path) != value and value} | gone


def answers_of(host, vif):
    """What stands below HOTPLUG of a VIF that is online."""
    waited_for = {f"{vif.hotplug}/hotplug": "online", f"{vif.backend}/hotplug-status": "connected"}
    return waited_for | {f"{vif.hotplug}/vif": vif.device} | numbers_of(host, vif, vif.device)


def numbers_of(host, vif, device):
    kind = device[:3]
    return {f"{vif.hotplug}/{kind}-ifindex": str(host.link(device)["ifindex"]),
            f"{vif.hotplug}/{kind}-ofport": str(host.interface(device)["ofport"])}


def identity_of(vif, vm=None):
    return {"xs-vm-uuid": vm or vif.vm, "xs-vif-uuid": vif.uuid, "xs-network-uuid": vif.network, "attached-mac": vif.mac}


def refused(done, part):
    """A call failed, and said why in words that hold `part`; returns them."""
    assert done.returncode == 1 and part in done.stderr, done.stderr
    return done.stderr.partition(": ")[2].partition(": ")[2].strip()


def worker(host, vif):
    """The worker's `online`, begun and not waited for."""
    script = host.root / "etc/xensource/scripts/vif-real"
    return host.lab.spawn("env", f"CABLE_VIF_ROOT={host.root}", script, "vif", vif.domid, vif.devid, "online")
