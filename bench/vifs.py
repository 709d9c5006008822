# SPDX-License-Identifier: Apache-2.0
"""A VIF of the bench, and its rows: what is wanted in the pool database, and what the agent writes into the switch's."""

import uuid
from dataclasses import dataclass, field

from .ovsdb import ovsdb_map, ovsdb_set, uuid_of

BRIDGE = "xapi0"
FIRST_NUMBER = 50000            # port numbers of those who are not the agent: far from its own
N_NUMBERS = 10000


@dataclass(frozen=True)
class Vif:
    number: int
    uuid: str = field(default_factory=lambda: str(uuid.uuid4()), compare=False)

    @property
    def device(self):
        return f"vif{self.number}.0"

    @property
    def peer(self):
        return f"guest{self.number}"

    @property
    def mac(self):
        return f"02:00:00:{self.number >> 8:02x}:{self.number & 255:02x}:00"

    @property
    def ipv4(self):
        return f"10.1.{self.number >> 8}.{self.number & 255}"

    @property
    def more_ipv4(self):
        """The address that a change of its policy adds."""
        return f"10.2.{self.number >> 8}.{self.number & 255}"

    @property
    def ofport(self):
        """The number that a contender other than the agent asks for."""
        return FIRST_NUMBER + self.number % N_NUMBERS


def pool_row(vif, host, network):
    """The VIF as wanted."""
    return {"interface": vif.device, "device": "0", "MAC": vif.mac, "host": uuid_of(host), "network": uuid_of(network),
            "currently_attached": True, "locking_mode": "locked", "ipv4_allowed": vif.ipv4}


def identity(vif, ifindex, network):
    """external_ids of its Interface."""
    return {"attached-mac": vif.mac, "cabled-ifindex": str(ifindex), "cabled-vif": vif.uuid, "iface-id": vif.uuid,
            "iface-status": "active", "xs-network-uuid": network, "xs-vif-uuid": vif.uuid}


def plug_operations(vifs, ifindexes, network):
    """One transaction with the rows that the agent writes for these VIFs."""
    inserts, ports = [], []
    for vif in vifs:
        inserts += [
            {"op": "insert", "table": "Interface", "uuid-name": f"i{vif.number}",
             "row": {"name": vif.device, "ofport_request": vif.ofport, "ingress_policing_rate": 0, "ingress_policing_burst": 0,
                     "external_ids": ovsdb_map(identity(vif, ifindexes[vif.device], network))}},
            {"op": "insert", "table": "Port", "uuid-name": f"p{vif.number}",
             "row": {"name": vif.device, "interfaces": ["named-uuid", f"i{vif.number}"], "tag": 0, "vlan_mode": "access",
                     "trunks": ovsdb_set([]), "external_ids": ovsdb_map({"cabled-vif": vif.uuid}),
                     "other_config": ovsdb_map({"rstp-enable": "false", "stp-enable": "false"})}}]
        ports.append(["named-uuid", f"p{vif.number}"])
    return [*inserts, bridge_mutation("insert", ports)]


def unplug_operations(port_uuids):
    """One transaction that takes these ports off the bridge; without it their rows go by themselves."""
    return [bridge_mutation("delete", [uuid_of(port) for port in port_uuids])]


def bridge_mutation(what, ports):
    return {"op": "mutate", "table": "Bridge", "where": [["name", "==", BRIDGE]], "mutations": [["ports", what, ovsdb_set(ports)]]}
