# SPDX-License-Identifier: Apache-2.0
"""Three toolstacks that identities follow, with the same words for each: the pool database, cabled-xapi, and a stand-in for XAPI."""

import uuid

from lab import wait_for
from xapi_mock import XapiMock

MAC = "02:00:00:00:99:01"
TABLES = {"network": "Network", "pool": "Pool", "VIF": "VIF", "VM": "VM"}


class PoolDatabase:
    """Rows are written as any client of the database would. Interfaces without xs-vif-uuid are some other program's."""

    every = False

    def __init__(self, host):
        self.host = host

    def begin(self):
        """With one pool, and a network for VIFs, for which it does not matter here."""
        self.pool = self._pool() or self._insert("Pool", master=["uuid", self.host.lab.uuid])
        self.spare = self._insert("Network", bridge="spare0", MTU=1500, default_locking_mode="unlocked")

    def end(self):
        pass

    def go(self):
        self.host.lab.expect_lost_connections()
        self.host.lab.pool_db.stop()

    def come(self):
        self.host.lab.pool_db.start()

    def network(self, bridge, **config):
        return self._insert("Network", bridge=bridge, MTU=1500, default_locking_mode="unlocked", other_config=as_map(config))

    def vif(self, **config):
        """Of this host, on no device: nobody wires it."""
        return self._insert("VIF", network=["uuid", self.spare], MAC=MAC, locking_mode="network_default", host=["uuid", self.host.lab.uuid],
                            interface=str(uuid.uuid4()), other_config=as_map(config))

    def vm(self, **config):
        return self._insert("VM", name_label="a", other_config=as_map(config))

    def config(self, kind, id, **config):
        """The object's other_config is exactly this."""
        self.host.transact({"op": "update", "table": TABLES[kind], "where": [["_uuid", "==", ["uuid", id]]],
                            "row": {"other_config": as_map(config)}})

    def remove(self, kind, id):
        self.host.transact({"op": "delete", "table": TABLES[kind], "where": [["_uuid", "==", ["uuid", id]]]})

    def _pool(self):
        rows = self.host.transact({"op": "select", "table": "Pool", "where": [], "columns": ["_uuid"]})[0]["rows"]
        return rows[0]["_uuid"][1] if rows else None

    def _insert(self, table, **row):
        return self.host.transact({"op": "insert", "table": table, "row": row})[0]["uuid"][1]


class CabledXapi(PoolDatabase):
    """It serves what stands in the pool database. The agent is told to follow it, and not the database."""

    every = True

    def begin(self):
        self.host.lab.xapi.start()
        wait_for(self._pool, "cabled-xapi's pool")
        super().begin()
        follow(self.host, self.host.lab.xapi.address)

    def go(self):
        self.host.lab.xapi.stop()

    def come(self):
        self.host.lab.xapi.start()


class Mock:
    every = True

    def __init__(self, host):
        self.host = host
        self.mock = XapiMock(str(host.lab.state / "xapi-mock"))

    def begin(self):
        self.mock.start()
        self.pool = self.mock.pool
        follow(self.host, self.mock.address)

    def end(self):
        self.mock.stop()

    def go(self):
        self.mock.stop()

    def come(self):
        self.mock.restart()

    def network(self, bridge, **config):
        return self.mock.add("network", bridge=bridge, other_config=dashed(config))

    def vif(self, **config):
        return self.mock.add("VIF", other_config=dashed(config))

    def vm(self, **config):
        return self.mock.add("VM", other_config=dashed(config))

    def config(self, kind, id, **config):
        self.mock.config(kind, id, **config)

    def remove(self, kind, id):
        self.mock.remove(kind, id)


def follow(host, address):
    host.lab.vsctl("set", "Open_vSwitch", ".", f'external_ids:cabled-xapi="{address}"')


def dashed(config):
    """Keys with dashes: Python's names have none."""
    return {key.replace("_", "-"): value for key, value in config.items()}


def as_map(config):
    return ["map", [[key, value] for key, value in dashed(config).items()]]
