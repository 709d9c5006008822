# SPDX-License-Identifier: Apache-2.0
"""The program `floor` (floor.c) as a contender."""

import json
import subprocess

from . import flows
from .client import Client, put
from .contender import clock_ns
from .vifs import plug_operations, unplug_operations


class Floor(Client):
    """The program `floor` (floor.c)."""

    name = "floor"
    command = "go"

    def __init__(self, world, folder, program):
        super().__init__(world, folder)
        self.process = world.lab.spawn(program, world.lab.switch_db.remote, world.management, world.lab.pool_db.remote,
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)

    def prepare_plug(self, vifs):
        ifindexes = self.world.ifindexes(vifs)
        self.prepare(rows=["Open_vSwitch", *plug_operations(vifs, ifindexes, self.world.network)], bundle=self.bundle_of_plug(vifs),
                     links=[f"up {vif.device} {ifindexes[vif.device]} {vif.ofport}" for vif in vifs])

    def prepare_unplug(self, vifs):
        ifindexes = self.world.ifindexes(vifs)
        self.prepare(rows=["Open_vSwitch", *unplug_operations(port_uuids(self.world, vifs))], bundle=self.bundle_of_unplug(vifs),
                     links=[f"down {vif.device} {ifindexes[vif.device]} 0" for vif in vifs])

    def prepare_change(self, vif, wider):
        new, deletion = self.new_generation(vif, wider)
        self.prepare(bundle=[*flows.additions(new), f"flow delete {deletion}"])

    def prepare(self, rows=None, bundle=(), links=()):
        put(self.folder / "rows", json.dumps(rows) if rows else None)
        put(self.folder / "flows", "".join(f"{line}\n" for line in bundle))
        put(self.folder / "links", "".join(f"{line}\n" for line in links))
        self._say(f"prepare {self.folder}")
        self._hear()

    def begin(self):
        self._say(self.command)
        return self._hear_stages()

    def begin_reinstall(self):
        self._say("go-anew")
        return clock_ns()

    def end_reinstall(self):
        self._hear_stages()
        return self.end()

    def _hear_stages(self):
        """Returns when it began."""
        self.said = {}
        while "done" not in self.said:
            when, stage = self._hear().split()
            self.said[stage] = int(when)
        return self.said["begin"]

    def end(self):
        return {name: when for name, when in self.said.items() if name in ("sent", "committed", "acknowledged", "numbered")}

    def _say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def _hear(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("floor has died; its last words are above")
        return line.strip()


class RulesFirst(Floor):
    """The same, but ports come when the rules are there. Alone that takes a round trip more. In a storm it takes less: ovs-vswitchd handles
    some 50 messages of a bundle in a turn of its loop, and each turn costs it the more the more ports there are."""

    name = "floor, rules 1st"
    command = "go-rules-first"


class ToldFloor(Floor):
    """The same, but it hears in the pool database that a VIF is wanted, as the agent does. What this takes longer than the floor is the way
    through that database, and what else wakes up by it on the same processors. What the agent takes longer than this is the agent."""

    name = "floor, told"
    command = "go-when-told"

    def prepare_plug(self, vifs):
        super().prepare_plug(vifs)
        self.request = self.world.want(vifs)

    def prepare_unplug(self, vifs):
        super().prepare_unplug(vifs)
        self.request = self.world.want_no_more(vifs)

    def prepare_change(self, vif, wider):
        super().prepare_change(vif, wider)
        self.request = self.world.want_addresses(vif, [vif.ipv4, vif.more_ipv4] if wider else [vif.ipv4])

    def begin(self):
        self._say(self.command)
        self._hear()
        now = clock_ns()
        self.world.pool.send(self.request)
        return now

    def end(self):
        self._hear_stages()
        self.world.pool.reply()
        watcher = self.world.watcher
        watcher.await_count("wanted", 1)
        return {**super().end(), "wanted": min(when for when, _ in watcher.seen("wanted").values())}


def port_uuids(world, vifs):
    ports = {row["name"]: row["_uuid"][1] for row in world.switch.select("Port", columns=("_uuid", "name"))}
    return [ports[vif.device] for vif in vifs]
