# SPDX-License-Identifier: Apache-2.0
"""Who is compared. Each does the same to a world, in its own way, and is timed by the world's watcher.

plug(), unplug() and change() return a Run: when it began, and when each of its stages ended, in nanoseconds of CLOCK_MONOTONIC.
"""

import json
import subprocess
import time
from dataclasses import dataclass, field

from . import flows
from .vifs import BRIDGE, identity, plug_operations, unplug_operations

DEADLINE_S = 300


@dataclass
class Run:
    began: int
    ended: int = 0
    stages: dict = field(default_factory=dict)      # name -> when the last VIF was through it

    @property
    def ms(self):
        return (self.ended - self.began) / 1e6

    def stages_ms(self):
        """Without those that nobody saw: a device may have its settings already."""
        return {name: (when - self.began) / 1e6 for name, when in self.stages.items() if when}

    @property
    def own_ms(self):
        """Without the pool database: from when what is wanted was to be seen there."""
        return (self.ended - self.stages["wanted"]) / 1e6 if "wanted" in self.stages else None


class Contender:
    """One that works on a world. Subclasses say how; prepare_*() is not timed, begin() starts the clock."""

    name = "?"
    atomic = True               # whether one of its rules is in force when all are

    def __init__(self, world):
        self.world = world

    def close(self):
        """End what was started for it."""

    # What a subclass gives

    def prepare_plug(self, vifs):
        raise NotImplementedError

    def prepare_unplug(self, vifs):
        raise NotImplementedError

    def prepare_change(self, vif, wider):
        """The policy's other form: with one address more, or without it again."""
        raise NotImplementedError

    def begin(self):
        """Do what is prepared. Returns when it began."""
        raise NotImplementedError

    def end(self):
        """Wait for its own word that all is done, and return its stages."""
        return {}

    # What is timed

    def plug(self, vifs):
        devices = {vif.device for vif in vifs}
        watcher = self.world.watcher
        self.prepare_plug(vifs)
        watcher.forget()
        run = Run(self.begin())
        run.ended = max(watcher.await_all("up", devices, DEADLINE_S).values())
        watcher.await_all("ofport", devices, DEADLINE_S)       # the watcher may hear of it later
        watcher.await_count("rules", len(vifs), DEADLINE_S)
        run.stages = {stage: last(watcher, stage, devices) for stage in ("settings", "row", "ofport")}
        run.stages["rules"] = max(when for when, _ in watcher.seen("rules").values())
        run.stages["up"] = run.ended
        run.stages.update(self.end_plug(vifs))
        return run

    def end_plug(self, vifs):
        return self.end()

    def unplug(self, vifs):
        devices = {vif.device for vif in vifs}
        watcher = self.world.watcher
        self.prepare_unplug(vifs)
        watcher.forget()
        run = Run(self.begin())
        run.stages = {stage: max(watcher.await_all(stage, devices, DEADLINE_S).values()) for stage in ("down", "unrow")}
        run.stages["unrules"] = self._await_rules_gone(len(vifs))
        run.ended = max(run.stages.values())
        run.stages.update(self.end())
        return run

    def change(self, vif, ofport, wider):
        watcher = self.world.watcher
        self.prepare_change(vif, wider)
        watcher.forget()
        run = Run(self.begin())
        run.ended = watcher.await_all("rules", {str(ofport)}, DEADLINE_S)[str(ofport)]
        run.stages = {"rules": run.ended, **self.end()}
        if not self.atomic:
            run.ended = clock_ns()
        return run

    def reinstall(self, numbers):
        """Start the switch, which has lost its flows; all of these ports' rules are put back."""
        world = self.world
        run = Run(self.begin_reinstall())
        world.lab.vswitchd.start()
        ready = clock_ns()
        world.watch()
        run.ended = max(world.watcher.await_all("rules", numbers, DEADLINE_S).values())
        run.stages = {"ready": ready, "rules": run.ended, **self.end_reinstall()}
        return run

    def begin_reinstall(self):
        """The agent does it by itself."""
        return clock_ns()

    def end_reinstall(self):
        return {}

    def _await_rules_gone(self, n):
        self.world.watcher.await_count("unrules", n, DEADLINE_S)
        return max(when for when, _ in self.world.watcher.seen("unrules").values())


def last(watcher, event, devices):
    """When the last of them was seen; settings are not seen of a device that has them already."""
    return max((when for name, (when, _) in watcher.seen(event).items() if name in devices), default=0)


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
        seen = self.world.watcher.seen("wanted")
        return {"wanted": min(when for when, _ in seen.values())} if seen else {}

    def end_plug(self, vifs):
        stages = self.end()
        watcher = self.world.watcher
        watcher.await_value("told", {vif.device: "wired" for vif in vifs}, DEADLINE_S)
        return {**stages, "told": last(watcher, "told", {vif.device for vif in vifs})}


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


class Floor(Client):
    """The program `floor` (floor.c)."""

    name = "floor"

    def __init__(self, world, folder, program):
        super().__init__(world, folder)
        self.process = world.lab.spawn(program, world.lab.switch_db.remote, world.management, stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, text=True)

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
        self._say("go")
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


def port_uuids(world, vifs):
    ports = {row["name"]: row["_uuid"][1] for row in world.switch.select("Port", columns=("_uuid", "name"))}
    return [ports[vif.device] for vif in vifs]


def put(file, text):
    """The file with that text; no file without one."""
    if text:
        file.write_text(text)
    else:
        file.unlink(missing_ok=True)


def clock_ns():
    return time.monotonic_ns()
