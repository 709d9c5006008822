# SPDX-License-Identifier: Apache-2.0
"""The pool database: a stock ovsdb-server on schema/cabled.ovsschema."""

from pathlib import Path

from .openvswitch import OvsdbServer

SCHEMA = Path(__file__).resolve().parent.parent / "schema/cabled.ovsschema"


class PoolDatabase(OvsdbServer):
    name = "pool-db"
    own_control = True

    def __init__(self, namespace):
        super().__init__(namespace, SCHEMA, "pool.db", "pool.sock")

    @property
    def available(self):
        """Whether this source tree has the schema."""
        return self.schema.exists()
