# SPDX-License-Identifier: Apache-2.0
"""A host without a pool database: its VIFs are handed to the agent, or described by the switch's rows."""

import json

import pytest

from conftest import Host, mac_of
from lab import Lab, wait_for
from unixctl import Refused, Unixctl

BRIDGE = "br0"


class Poolless(Host):
    """A lab's host with the words for VIFs of no pool."""

    def bridge(self, name=BRIDGE):
        """A bridge as somebody else makes it."""
        self.lab.vsctl("add-br", name, "--", "set", "bridge", name, f"datapath_type={self.lab.datapath_type}")
        return name

    def control(self, method, *arguments):
        """The agent's answer as data. Raises Refused."""
        client = Unixctl(self.lab.state / "run/cabled.ctl")
        try:
            return json.loads(client.call(method, *arguments))
        finally:
            client.close()

    def hand(self, device, bridge=BRIDGE, **members):
        """Hand a VIF over, and wait for the answer."""
        vif = {"device": device, "bridge": bridge, "mac": mac_of(device), "locking_mode": "locked"} | members
        return self.control("vif/hand", json.dumps(vif))

    def refusal(self, method, *arguments):
        """Why the agent refuses."""
        with pytest.raises(Refused) as refused:
            self.control(method, *arguments)
        return str(refused.value)

    def describe(self, port, **keys):
        """Write external_ids of an Interface; None removes one. `_` in a name stands for `-`."""
        for key, value in keys.items():
            name = key.replace("_", "-")
            if value is None:
                self.lab.vsctl("remove", "interface", port, "external_ids", name)
            else:
                self.lab.vsctl("set", "interface", port, f'external_ids:{name}="{value}"')

    def keys(self, port):
        return self.interface(port)["external_ids"]

    def await_state(self, port, state):
        """Wait until the row of a described port says so; returns its external_ids."""
        return wait_for(lambda: self.keys(port).get("cabled-state") == state and self.keys(port), f"{port} to be {state}", 30,
                        seen=lambda: (self.keys(port), self.control("status")))

    def bridge_json(self, name):
        return next(bridge for bridge in self.control("status")["bridges"] if bridge["name"] == name)

    def vif_json(self, device):
        return self.control("vif/show", device)


@pytest.fixture
def poolless():
    with Lab(pool=False) as lab:
        yield Poolless(lab)
