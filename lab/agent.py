# SPDX-License-Identifier: Apache-2.0
"""`cabled`, the host agent under test. It follows the conventions of Open vSwitch's daemons."""

from .openvswitch import OvsDaemon


class Agent(OvsDaemon):
    name = "cabled"
    own_control = True

    def __init__(self, namespace, folder, database):
        super().__init__(namespace)
        self.program = folder / "cabled"
        self.database = database

    @property
    def available(self):
        """Whether the program has been built."""
        return self.program.exists()

    def argv(self):
        return [self.program, *self.common_options(), self.database.remote]
