# SPDX-License-Identifier: Apache-2.0
"""The agent as a contender."""

from .contender import DEADLINE_S, Contender, clock_ns, last


class Agent(Contender):
    """cabled. The clock starts just before the VIFs are written to the pool database; the stage `wanted` is when a bare client that
    watches that database hears of the first of them, so what follows it is the agent's own."""

    name = "agent"

    def prepare_plug(self, vifs):
        self.request = self.world.want(vifs)

    def prepare_unplug(self, vifs):
        self.request = self.world.want_no_more(vifs)

    def prepare_change(self, vif, wider):
        self.request = self.world.want_addresses(vif, [vif.ipv4, vif.more_ipv4] if wider else [vif.ipv4])

    def begin(self):
        now = clock_ns()
        self.world.pool.send(self.request)
        return now

    def end(self):
        self.world.pool.reply()
        self.world.watcher.await_count("wanted", 1)
        return {"wanted": min(when for when, _ in self.world.watcher.seen("wanted").values())}

    def end_plug(self, vifs):
        stages = self.end()
        watcher = self.world.watcher
        watcher.await_value("told", {vif.device: "wired" for vif in vifs}, DEADLINE_S)
        return {**stages, "told": last(watcher, "told", {vif.device for vif in vifs})}
