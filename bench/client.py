# SPDX-License-Identifier: Apache-2.0
"""What those contenders have in common that are told rows and flows."""

from . import flows
from .contender import Contender


class Client(Contender):
    """One that is told rows and flows, by a program or by a script."""

    def __init__(self, world, folder):
        super().__init__(world)
        self.folder = folder
        self.folder.mkdir()
        self.generations = {}

    def plug(self, vifs):
        self.generations.update((vif.number, 1) for vif in vifs)
        return super().plug(vifs)

    def bundle_of_plug(self, vifs):
        return [line for vif in vifs for line in flows.additions(self.world.mould.flows(vif))]

    def bundle_of_unplug(self, vifs):
        return [f"flow delete {flows.deletion(vif)}" for vif in vifs]

    def new_generation(self, vif, wider):
        """The flows of a change of policy, and what deletes those of before."""
        before = self.generations[vif.number]
        self.generations[vif.number] = before + 1
        mould = self.world.wider_mould if wider else self.world.mould
        return mould.flows(vif, before + 1), flows.deletion(vif, before)


def put(file, text):
    """The file with that text; no file without one."""
    if text:
        file.write_text(text)
    else:
        file.unlink(missing_ok=True)
