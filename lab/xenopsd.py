# SPDX-License-Identifier: Apache-2.0
"""What xenopsd, the toolstack of a XenServer host, writes of a VIF before it waits for the network scripts: keys and a file."""

import json
from pathlib import Path

from .environment import programs_folder

BRIDGE = "xenbr0"
BACKEND_MAC = "fe:ff:ff:ff:ff:ff"


class Vif:
    """One VIF of a VM, as xenopsd has it."""

    def __init__(self, domid, devid=0, *, vm="0a1b2c3d-0000-4000-8000-{:012x}", uuid=None, bridge=BRIDGE, mac=None, mode="locked",
                 ipv4=("10.0.0.5",), ipv6=(), mtu=1500, trunks="", final_uuid=None, older=False, other_config=None, pvs=None):
        self.domid, self.devid = domid, devid
        self.vm = vm.format(domid)
        self.uuid = uuid or f"11111111-0000-4000-8000-{domid:08x}{devid:04x}"
        self.network = "22222222-0000-4000-8000-000000000001"
        self.mac = mac or f"02:00:00:{domid >> 8:02x}:{domid & 255:02x}:{devid:02x}"
        self.bridge, self.mode, self.ipv4, self.ipv6 = bridge, mode, list(ipv4), list(ipv6)
        self.mtu, self.trunks, self.final_uuid, self.older = mtu, trunks, final_uuid, older
        self.other_config = other_config or {}
        self.pvs = pvs or {}

    @property
    def device(self):
        return f"vif{self.domid}.{self.devid}"

    @property
    def tap(self):
        return f"tap{self.domid}.{self.devid}"

    @property
    def root(self):
        return f"/xapi/{self.domid}" if self.older else f"/xapi/{self.vm}"

    @property
    def private(self):
        return f"{self.root}/private/vif/{self.devid}"

    @property
    def hotplug(self):
        return f"{self.root}/hotplug/vif/{self.devid}" if self.older else f"{self.root}/hotplug/{self.domid}/vif/{self.devid}"

    @property
    def backend(self):
        return f"/local/domain/0/backend/vif/{self.domid}/{self.devid}"

    @property
    def frontend(self):
        return f"/local/domain/{self.domid}/device/vif/{self.devid}"

    def private_keys(self):
        lists = {"ipv4-allowed": ",".join(self.ipv4), "ipv6-allowed": ",".join(self.ipv6)} if self.mode == "locked" else {}
        common = {
            "bridge": self.bridge, "bridge-MAC": BACKEND_MAC, "MTU": self.mtu, "mac": self.mac, "vif-uuid": self.uuid,
            "network-uuid": self.network, "setup-vif-rules": "/opt/xensource/libexec/setup-vif-rules", "backend-kind": "vif",
            "backend-id": 0, "locking-mode": self.mode, "timeslice": 50000,
        } | lists | {f"other-config/{key}": value for key, value in self.other_config.items()} | self.pvs
        return common if self.older else common | {"trunks": self.trunks, "xenopsd-backend": "classic"}

    def keys(self):
        """All that xenopsd writes before it waits, by path."""
        return {f"{self.private}/{key}": value for key, value in self.private_keys().items()} | {
            f"{self.hotplug}": "",
            f"{self.backend}/frontend-id": self.domid, f"{self.backend}/online": 1, f"{self.backend}/state": 2,
            f"{self.backend}/script": "/etc/xensource/scripts/vif", f"{self.backend}/mac": self.mac, f"{self.backend}/handle": self.devid,
            f"{self.frontend}/backend-id": 0, f"{self.frontend}/state": 1, f"{self.frontend}/handle": self.devid,
            f"{self.frontend}/mac": self.mac, f"{self.frontend}/mtu": self.mtu,
            f"{self.frontend}/disconnect": 1 if self.mode == "disabled" else 0,
            f"/xenops/domain/{self.domid}/device/vif/{self.devid}/backend": self.backend,
            f"/vm/{self.vm}/devices/vif/{self.devid}": 1,
        } | self.vm_keys()

    def vm_keys(self):
        home = f"/vm/{self.vm}"
        final = {f"{home}/final-uuid": self.final_uuid} if self.final_uuid else {}
        return {f"/local/domain/{self.domid}/vm": home, f"{home}/uuid": self.vm, f"{home}/name": "guest",
                f"{home}/domains/{self.domid}": ""} | final

    def metadata(self):
        mode = ["Locked", {"ipv4": self.ipv4, "ipv6": self.ipv6}] if self.mode == "locked" else self.mode.capitalize()
        return json.dumps({
            "id": [self.vm, str(self.devid)], "position": self.devid, "mac": self.mac, "carrier": True, "mtu": self.mtu, "rate": None,
            "backend": ["Local", self.bridge], "other_config": self.other_config, "locking_mode": mode,
            "extra_private_keys": {"vif-uuid": self.uuid, "network-uuid": self.network}, "ipv4_configuration": "Unspecified4",
            "ipv6_configuration": "Unspecified6", "pvs_proxy": None, "vlan": None, "trunks": []})

    def file(self, root):
        """The metadata file, on a host whose files are below `root`."""
        return Path(root) / f"var/run/nonpersistent/xenopsd/classic/VM/{self.vm}/vif.{self.devid}"

    def write(self, store, root):
        """Write all that xenopsd writes, anew after each change."""
        if not self.older:
            self.file(root).parent.mkdir(parents=True, exist_ok=True)
            self.file(root).write_text(self.metadata())
        store.write(self.keys())


def make_scripts(root):
    """Below `root`, the names of XenServer's scripts, for cable-vif."""
    for folder, names in {"etc/xensource/scripts": ["vif", "vif-real"], "opt/xensource/libexec": ["setup-vif-rules"]}.items():
        (root / folder).mkdir(parents=True)
        for name in names:
            (root / folder / name).symlink_to(programs_folder().resolve() / "cable-vif")
