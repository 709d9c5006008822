# SPDX-License-Identifier: Apache-2.0
"""Who is compared. Each does the same to a world, in its own way, and is timed by the world's watcher.

plug(), unplug(), change() and reinstall() return a Run: when it began, and when each of its stages ended, in nanoseconds of
CLOCK_MONOTONIC.
"""

import time
from dataclasses import dataclass, field

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


def clock_ns():
    return time.monotonic_ns()
