# SPDX-License-Identifier: Apache-2.0
"""A host with cabled-xapi on it: a client of it, VMs that are namespaces, and what is there of a VM in all the places where it leaves something."""

import http.client
import json
import socket
import xmlrpc.client

from lab import wait_for

DEADLINE_S = 30
MIB = 1 << 20

# What XenAPI's VM.create needs, and nothing that matters here.
RECORD = {
    "user_version": "1", "is_a_template": False, "affinity": "", "memory_static_max": str(64 * MIB), "memory_dynamic_max": str(64 * MIB),
    "memory_dynamic_min": str(64 * MIB), "memory_static_min": "0", "VCPUs_params": {}, "VCPUs_max": "1", "VCPUs_at_startup": "1",
    "actions_after_shutdown": "destroy", "actions_after_reboot": "restart", "actions_after_crash": "destroy", "PV_bootloader": "",
    "PV_kernel": "/bin/sleep", "PV_ramdisk": "", "PV_args": "100000", "PV_bootloader_args": "", "PV_legacy_args": "", "HVM_boot_policy": "",
    "HVM_boot_params": {}, "platform": {"cabled-domain": "netns"}, "PCI_bus": "", "other_config": {}, "recommendations": "",
    "name_description": "",
}


class Failure(Exception):
    def __init__(self, description):
        super().__init__(description)
        self.code, *self.params = description


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=DEADLINE_S)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class UnixTransport(xmlrpc.client.Transport):
    def __init__(self, path):
        super().__init__()
        self.path = path

    def make_connection(self, host):
        return UnixConnection(self.path)


class Client:
    """A session of root's."""

    def __init__(self, path):
        self.server = xmlrpc.client.ServerProxy("http://localhost/", transport=UnixTransport(path))
        self.session = wait_for(self._login, "cabled-xapi to be ready", DEADLINE_S)

    def _login(self):
        try:
            return self.raw("session.login_with_password", "", "")
        except Failure as failure:
            if failure.code != "HOST_STILL_BOOTING":
                raise
        except (FileNotFoundError, ConnectionRefusedError):
            pass
        return None

    def raw(self, method, *params):
        reply = getattr(self.server, method)(*params)
        if reply["Status"] != "Success":
            raise Failure(reply["ErrorDescription"])
        return reply["Value"]

    def __call__(self, method, *params):
        return self.raw(method, self.session, *params)


class ToolstackHost:
    """The lab's host, and one network."""

    def __init__(self, lab):
        self.lab = lab
        self.lab.expect("cabled-xapi", "has no users")
        self.connect()
        self.network = self.call("network.create", {"name_label": "net0", "other_config": {}})
        self.bridge = self.call("network.get_bridge", self.network)

    def connect(self):
        self.call = Client(self.lab.xapi.address.removeprefix("unix:"))

    def vm(self, name, n_vifs=1, **record):
        return Vm(self, self.call("VM.create", {**RECORD, "name_label": name, **record}), n_vifs)

    # What is there

    def select(self, table, *columns):
        """Rows of the pool database, as dicts."""
        done = self.lab.run("ovsdb-client", "-f", "json", "dump", self.lab.pool_db.remote, table, *columns)
        found = json.loads(done.stdout)
        return [dict(zip(found["headings"], row)) for row in found["data"]]

    def ports(self):
        return {port for port in self.lab.vsctl("list-ports", self.bridge).split()} if self.bridge in self.lab.vsctl("list-br").split() else set()

    def devices(self):
        return {link["ifname"] for link in json.loads(self.lab.run("ip", "-json", "link").stdout) if link["ifname"].startswith("vif")}

    def domains(self):
        """Folders of domains: each that is there has one."""
        return sorted(folder.name for folder in self.lab.xapi.domains.iterdir() if folder.is_dir())


class Vm:
    def __init__(self, host, ref, n_vifs):
        self.host = host
        self.ref = ref
        self.vifs = [self._vif(device) for device in range(n_vifs)]

    @property
    def uuid(self):
        return self.ref.removeprefix("OpaqueRef:")

    def _vif(self, device):
        return self.host.call("VIF.create", {
            "device": str(device), "network": self.host.network, "VM": self.ref, "MAC": "", "MTU": "1500", "other_config": {},
            "qos_algorithm_type": "", "qos_algorithm_params": {}})

    def do(self, verb, *params):
        return self.host.call(f"VM.{verb}", self.ref, *params)

    def start(self, paused=False):
        self.do("start", paused, False)

    @property
    def power_state(self):
        return self.do("get_power_state")

    @property
    def interfaces(self):
        """Devices of its VIFs that are attached."""
        domid = self.do("get_domid")
        return {f"vif{domid}.{self.host.call('VIF.get_device', vif)}" for vif in self.vifs
                if self.host.call("VIF.get_currently_attached", vif)}

    def is_halted(self):
        """Nothing of it is left anywhere, but its rows."""
        host = self.host
        rows = [row for row in host.select("VIF", "VM", "host", "currently_attached", "wire_state") if row["VM"] == ["uuid", self.uuid]]
        return (self.power_state == "Halted" and self.do("get_domid") == "-1" and self.do("get_resident_on") == "OpaqueRef:NULL"
                and not self.has_operation() and host.domains() == [] and host.devices() == set() and host.ports() == set()
                and all(row["host"] == ["set", []] and not row["currently_attached"] and not row["wire_state"] for row in rows))

    def is_running(self):
        """Record, domain, devices and ports say the same."""
        host = self.host
        return (self.power_state == "Running" and not self.has_operation() and host.domains() == [self.uuid]
                and self.interfaces == host.devices() == host.ports()
                and all(self.host.call("VIF.get_currently_attached", vif) for vif in self.vifs) and self.is_wired())

    def is_wired(self):
        return all(row["wire_state"] == "wired" for row in self.host.select("VIF", "VM", "wire_state") if row["VM"] == ["uuid", self.uuid])

    def has_operation(self):
        return bool(self.host.select("Operation", "verb"))

    def seen(self):
        host = self.host
        return [self.power_state, host.domains(), host.devices(), host.ports(), host.select("Operation", "verb", "stage"),
                host.select("VIF", "interface", "currently_attached", "wire_state", "wire_error")]
