# SPDX-License-Identifier: Apache-2.0
"""Clients of the XenAPI that others wrote, on a host with cabled-xapi: each is a process that a test tells what to do (tests/clients).
And what must be true of a VM's whole life, whichever client led it."""

import json
import os
import select
import subprocess

import pytest

from conftest import Host
from lab import Lab, wait_for
from lab.environment import REPO
from toolstack_host import RECORD
from xapi_server import DEADLINE_S, USERS, Failure

CLIENTS = REPO / "tests/clients"
URL = "http://127.0.0.1"
NULL = "OpaqueRef:NULL"
MAC, IPV4 = "fa:16:3e:00:00:01", "192.0.2.5"
LOGIN = ("root", "secret")


class Client:
    """A client's process in the lab. It says nothing but answers."""

    def __init__(self, lab, *argv):
        self.complaints = lab.state / "client.err"
        self.process = lab.spawn("env", "PYTHONDONTWRITEBYTECODE=1", *argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                 stderr=open(self.complaints, "w"), bufsize=0)
        self.heard = b""

    def do(self, word, *args):
        """What it answers. Raises Failure for one of the XenAPI."""
        self.begin(word, *args)
        return self.answer()

    def begin(self, word, *args):
        self.process.stdin.write(json.dumps([word, *args]).encode() + b"\n")

    def answer(self):
        said = json.loads(self._line())
        assert "error" not in said, said["error"]
        if "failure" in said:
            raise Failure(said["failure"])
        return said["value"]

    def _line(self):
        while b"\n" not in self.heard:
            assert select.select([self.process.stdout], [], [], DEADLINE_S)[0], f"the client is silent: {self.complaints.read_text()}"
            more = os.read(self.process.stdout.fileno(), 1 << 16)
            assert more, f"the client has ended: {self.complaints.read_text()}"
            self.heard += more
        line, _, self.heard = self.heard.partition(b"\n")
        return line

    def call(self, method, *args):
        return self.do("call", method, *args)

    def fails(self, method, *args):
        """The failure that a call ends with, as a list."""
        with pytest.raises(Failure) as failed:
            self.call(method, *args)
        return [failed.value.code, *failed.value.params]

    def end(self):
        """It logs out, ends well, and had nothing to complain of."""
        self.do("disconnect")
        self.process.stdin.close()
        assert self.process.wait(DEADLINE_S) == 0, self.complaints.read_text()
        self.process.stdout.close()
        assert self.complaints.read_text() == ""


class Scene:
    """A host with cabled-xapi, which is reached at port 80 as os_xenapi wants it."""

    def __init__(self, lab):
        self.lab = lab
        self.host = Host(lab)
        self.before = self.traces()

    def client(self, *argv):
        return Client(self.lab, *argv)

    def rows(self, table, *columns):
        done = self.lab.run("ovsdb-client", "-f", "json", "dump", self.lab.pool_db.remote, table, *columns)
        return [row if len(columns) > 1 else row[0] for row in json.loads(done.stdout)["data"]]

    def devices(self):
        return sorted(link["ifname"] for link in json.loads(self.lab.run("ip", "-json", "link").stdout))

    def traces(self):
        """All that a VM leaves anywhere: rows, bridges, ports, devices, domains."""
        tables = ("VM", "VIF", "VBD", "VDI", "Network", "Operation", "VM_metrics", "VIF_metrics", "SDN_controller")
        return {"devices": self.devices(), "bridges": self.host.bridges(),
                "ports": {bridge: self.host.ports(bridge) for bridge in self.host.bridges()},
                "domains": [folder.name for folder in self.lab.xapi.domains.iterdir() if folder.is_dir()],
                **{table: len(self.rows(table, "_uuid")) for table in tables}}

    def nothing_is_left(self):
        """As it was in the beginning. The agent removes the bridge of a network that is not there any more."""
        wait_for(lambda: self.traces() == self.before, "nothing to be left", DEADLINE_S, seen=self.traces)

    def cable_of(self, call, vif):
        """The port of a VIF: its device, bridge and Interface. It has the four external ids, and it is wired."""
        record = call("VIF.get_record", vif)
        vm, network = call("VM.get_record", record["VM"]), call("network.get_record", record["network"])
        device = f"vif{int(vm['domid'])}.{record['device']}"
        assert device in self.host.ports(network["bridge"]), self.traces()
        interface = self.host.interface(device)
        ids = interface["external_ids"]
        assert {key: ids[key] for key in ("xs-vm-uuid", "xs-vif-uuid", "xs-network-uuid", "attached-mac")} == {
            "xs-vm-uuid": vm["uuid"], "xs-vif-uuid": record["uuid"], "xs-network-uuid": network["uuid"], "attached-mac": record["MAC"]}
        assert record["currently_attached"] is True
        return Cable(self.host, device, network["bridge"], interface["ofport"])


class Cable:
    def __init__(self, host, device, bridge, ofport):
        self.host, self.device, self.bridge, self.ofport = host, device, bridge, ofport

    def rules(self):
        return self.host.flows_of(self.bridge, self.ofport)

    def lets_out(self, address):
        """Whether a rule lets the guest send from that address in particular."""
        return any(f"nw_src={address}" in flow or f"arp_spa={address}" in flow for flow in self.rules())

    def is_up(self):
        return "UP" in self.host.link(self.device)["flags"]

    def until(self, condition, what):
        wait_for(condition, f"{self.device} {what}", DEADLINE_S, seen=self.rules)

    def is_gone(self):
        return self.host.link(self.device) is None and self.device not in self.host.ports(self.bridge)


@pytest.fixture
def scene():
    with Lab() as lab:
        lab.xapi.users = USERS
        lab.xapi.listeners.append("tcp:127.0.0.1:80")
        lab.xapi.start()
        wait_for(lambda: json.loads(lab.xapi.appctl("status"))["ready"], "cabled-xapi to be ready", DEADLINE_S)
        yield Scene(lab)


def vif_record(vm, network, device, **more):
    return {"device": device, "network": network, "VM": vm, "MAC": "", "MTU": "1500", "other_config": {}, "qos_algorithm_type": "",
            "qos_algorithm_params": {}, **more}


def network_record(name):
    return {"name_label": name, "name_description": "", "other_config": {}}


# A VM's life. `act` carries out a verb, and may be another way than `call`.

def built(call, name="web"):
    """A network, a VM, and two VIFs of it: (network, vm, vifs)."""
    network = call("network.create", network_record("lan"))
    vm = call("VM.create", {**RECORD, "name_label": name})
    vifs = [call("VIF.create", vif_record(vm, network, "0", MAC=MAC, locking_mode="locked", ipv4_allowed=[IPV4])),
            call("VIF.create", vif_record(vm, network, "1"))]
    assert call("VIF.get_MAC", vifs[0]) == MAC
    assert call("VIF.get_MAC_autogenerated", vifs[1]) is True
    return network, vm, vifs


def lives(scene, client, act):
    """A VM's whole life: built, started, its rules changed, a VIF plugged and unplugged, shut down, destroyed."""
    call = client.call
    network, vm, vifs = built(call)
    act("VM.start", vm, False, False)
    assert call("VM.get_power_state", vm) == "Running" and int(call("VM.get_domid", vm)) > 0
    assert call("VM.get_resident_on", vm) == call("host.get_all")[0]
    cables = [scene.cable_of(call, vif) for vif in vifs]
    assert cables[0].lets_out(IPV4) and not cables[1].lets_out(IPV4)

    rules_change(client, act, network, vifs, cables)
    vif_comes_and_goes(scene, client, act, network, vm)

    act("VM.hard_shutdown", vm)
    assert call("VM.get_power_state", vm) == "Halted" and int(call("VM.get_domid", vm)) == -1
    assert call("VM.get_resident_on", vm) == NULL
    assert all(cable.is_gone() for cable in cables), scene.traces()
    act("VM.destroy", vm)
    call("network.destroy", network)
    assert client.fails("VM.get_record", vm) == ["HANDLE_INVALID", "VM", vm]
    assert client.fails("VIF.get_record", vifs[0]) == ["HANDLE_INVALID", "VIF", vifs[0]]
    scene.nothing_is_left()


def rules_change(client, act, network, vifs, cables):
    """While the guest runs."""
    call = client.call
    act("VIF.set_ipv4_allowed", vifs[0], ["192.0.2.6", "198.51.100.0/24"])
    cables[0].until(lambda: cables[0].lets_out("192.0.2.6") and not cables[0].lets_out(IPV4), "to send from its new address")
    act("VIF.add_ipv4_allowed", vifs[1], IPV4)
    act("VIF.set_locking_mode", vifs[1], "locked")
    cables[1].until(lambda: cables[1].lets_out(IPV4), "to be locked")
    act("VIF.set_locking_mode", vifs[1], "disabled")
    cables[1].until(lambda: not cables[1].is_up(), "to be down")
    act("VIF.set_locking_mode", vifs[1], "unlocked")
    cables[1].until(lambda: cables[1].is_up() and not cables[1].lets_out(IPV4), "to be unlocked")

    assert client.fails("VIF.set_ipv4_allowed", vifs[0], ["192.0.2.300"]) == ["INVALID_IP_ADDRESS_SPECIFIED", "ipv4_allowed"]
    assert client.fails("VIF.set_locking_mode", vifs[0], "shut") == ["INVALID_VALUE", "value", "shut"]
    failure = client.fails("network.set_default_locking_mode", network, "disabled")
    assert failure[:2] == ["VIF_IN_USE", network] and failure[2] in vifs
    assert sorted(call("VIF.get_ipv4_allowed", vifs[0])) == ["192.0.2.6", "198.51.100.0/24"]


def vif_comes_and_goes(scene, client, act, network, vm):
    call = client.call
    device = call("VM.get_allowed_VIF_devices", vm)[0]
    assert device == "2"
    vif = call("VIF.create", vif_record(vm, network, device, MAC="fa:16:3e:00:00:03"))
    act("VIF.plug", vif)
    cable = scene.cable_of(call, vif)
    assert client.fails("VIF.plug", vif) == ["DEVICE_ALREADY_ATTACHED", vif]
    assert client.fails("VIF.destroy", vif) == ["OPERATION_NOT_ALLOWED", "VIF currently attached to a running VM"]
    act("VIF.unplug", vif)
    assert cable.is_gone(), scene.traces()
    assert client.fails("VIF.unplug", vif) == ["DEVICE_ALREADY_DETACHED", vif]
    act("VIF.destroy", vif)
    assert vif not in call("VM.get_VIFs", vm)
