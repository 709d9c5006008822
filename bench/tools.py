# SPDX-License-Identifier: Apache-2.0
"""Open vSwitch's own tools as contenders: as well as a script can use them, and one call for each port and flow."""

import subprocess

from . import flows
from .client import Client, put
from .contender import clock_ns
from .vifs import BRIDGE, identity


class Tools(Client):
    """A shell in the lab that runs Open vSwitch's own tools."""

    def __init__(self, world, folder):
        super().__init__(world, folder)
        self.shell = world.lab.spawn("sh", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def close(self):
        self.shell.stdin.close()
        self.shell.wait(10)

    def begin(self):
        now = clock_ns()
        self.shell.stdin.write(f". {self.folder}/script; echo done $?\n")
        self.shell.stdin.flush()
        return now

    def end(self):
        said = self.shell.stdout.readline().split()
        if said != ["done", "0"]:
            raise RuntimeError(f"{self.name}: the script said {said}; its last words are above")
        return {}

    def script(self, *lines):
        put(self.folder / "script", "".join(f"{line}\n" for line in lines))

    def add_ports(self, vifs):
        """The words for ovs-vsctl."""
        ifindexes = self.world.ifindexes(vifs)
        return [" ".join(add_port(vif, ifindexes[vif.device], self.world.network)) for vif in vifs]


class BestTools(Tools):
    """One ovs-vsctl and one ovs-ofctl for all, at once; one ip."""

    name = "best tools"

    def prepare_plug(self, vifs):
        put(self.folder / "flows", "".join(f"{line}\n" for line in self.bundle_of_plug(vifs)))
        put(self.folder / "links", "".join(f"link set {vif.device} up\n" for vif in vifs))
        self.script(f"ovs-ofctl -O OpenFlow14 bundle {BRIDGE} {self.folder}/flows &",
                    f"ovs-vsctl {' -- '.join(self.add_ports(vifs))} && wait $! && ip -batch {self.folder}/links")

    def prepare_unplug(self, vifs):
        put(self.folder / "flows", "".join(f"{line}\n" for line in self.bundle_of_unplug(vifs)))
        put(self.folder / "links", "".join(f"link set {vif.device} down\n" for vif in vifs))
        self.script(f"ovs-ofctl -O OpenFlow14 bundle {BRIDGE} {self.folder}/flows &",
                    f"ovs-vsctl {' -- '.join(f'del-port {vif.device}' for vif in vifs)} && wait $! && ip -batch {self.folder}/links")

    def prepare_change(self, vif, wider):
        new, deletion = self.new_generation(vif, wider)
        put(self.folder / "flows", "".join(f"{line}\n" for line in [*flows.additions(new), f"flow delete {deletion}"]))
        self.script(f"ovs-ofctl -O OpenFlow14 bundle {BRIDGE} {self.folder}/flows")


class PlainTools(Tools):
    """One ovs-vsctl and one ip for each VIF, one ovs-ofctl for each flow."""

    name = "plain tools"
    atomic = False

    def prepare_plug(self, vifs):
        ports = dict(zip(vifs, self.add_ports(vifs)))
        lines = []
        for vif in vifs:
            lines += [add_flow(flow) for flow in self.world.mould.flows(vif)]
            lines += [f"ovs-vsctl {ports[vif]}", f"ip link set {vif.device} up"]
        self.script(*lines)

    def prepare_unplug(self, vifs):
        self.script(*(line for vif in vifs for line in (
            f"ovs-vsctl del-port {vif.device}", f"ovs-ofctl -O OpenFlow14 del-flows {BRIDGE} {flows.deletion(vif)}",
            f"ip link set {vif.device} down")))

    def prepare_change(self, vif, wider):
        new, deletion = self.new_generation(vif, wider)
        self.script(*map(add_flow, new), f"ovs-ofctl -O OpenFlow14 del-flows {BRIDGE} {deletion}")


def add_flow(flow):
    return f"ovs-ofctl -O OpenFlow14 add-flow {BRIDGE} '{flow}'"


def add_port(vif, ifindex, network):
    keys = [f"external_ids:{key}={quoted(value)}" for key, value in identity(vif, ifindex, network).items()]
    return ["add-port", BRIDGE, vif.device, "tag=0", "vlan_mode=access", "other_config:stp-enable=false",
            "other_config:rstp-enable=false", f"external_ids:cabled-vif={vif.uuid}",
            "--", "set", "Interface", vif.device, f"ofport_request={vif.ofport}", *keys]


def quoted(value):
    """For ovs-vsctl, and for the shell: a MAC address has colons."""
    return f"'\"{value}\"'"
