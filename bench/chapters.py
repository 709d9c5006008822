# SPDX-License-Identifier: Apache-2.0
"""What is measured: a function each, which gives its Series or its figures."""

import json
import time
from contextlib import contextmanager

from lab import wait_for

from . import flows
from .series import Series, chapter, interleave, progress, timed
from .vifs import Vif

FIRST_PROBE = 3000              # numbers of the VIFs that rounds plug; below are those that are present


def storms(contenders, n, n_rounds, few):
    """Plug so many at once, and unplug them at once."""
    chapter(f"{n} VIFs at once:")
    vifs = probes(n)
    plug, unplug = Series("plug", n, 0), Series("unplug", n, 0)

    def one(contender):
        plug_and_unplug(contender, contenders, vifs, plug, unplug)

    interleave([contender for contender in contenders if few.get(contender.name) != 0], n_rounds, few, one)
    return [plug, unplug]


def singles(contenders, present, n_rounds, few):
    """Plug one, and unplug it, beside those that are there."""
    chapter(f"one VIF beside {present}:")
    plug, unplug = Series("plug", 1, present), Series("unplug", 1, present)

    def one(contender):
        plug_and_unplug(contender, contenders, probes(1), plug, unplug)

    interleave(contenders, n_rounds, few, one)
    return [plug, unplug]


def plug_and_unplug(contender, contenders, vifs, plug, unplug):
    """With fresh devices, as a VM that starts has them."""
    world = contender.world
    world.make_devices(vifs)
    settle(contenders)
    plug.add(contender, *timed(world, lambda: contender.plug(vifs)))
    settle(contenders)
    unplug.add(contender, *timed(world, lambda: contender.unplug(vifs)))
    settle(contenders)
    world.drop_devices()


def settle(contenders):
    """Both switches: what the other one still does for the contender of before, it does on processors and under locks of the kernel that this one needs."""
    for world in {contender.world for contender in contenders}:
        world.settle()


def changes(contenders, present, n_rounds, few):
    """A wired VIF gets an address more, and loses it again."""
    chapter(f"a policy changes beside {present}:")
    series = Series("change", 1, present)
    ways = {}
    with wired(contenders) as numbers:
        def one(contender):
            wider = ways[contender] = not ways.get(contender, False)
            settle(contenders)
            vif, ofport = numbers[contender]
            series.add(contender, *timed(contender.world, lambda: contender.change(vif, ofport, wider)))

        interleave(contenders, n_rounds, few, one)
    return [series]


@contextmanager
def wired(contenders):
    """A VIF of its own for each contender, with the number of its port."""
    numbers = {}
    vifs = dict(zip(contenders, probes(len(contenders))))
    for contender, vif in vifs.items():
        contender.world.make_devices([vif])
        contender.plug([vif])
        numbers[contender] = vif, int(contender.world.watcher.seen("ofport")[vif.device][1])
    yield numbers
    for contender, vif in vifs.items():
        contender.unplug([vif])
    for world in {contender.world for contender in contenders}:
        world.drop_devices()


def reinstalls(agent, floor, n_rounds):
    """The switch dies and starts again: from its start until all rules are there."""
    present = len(agent.world.present)
    chapter(f"the switch restarts with {present}:")
    series = Series("reinstall", present, present)
    bundle = [f"flow add {flow}" for flow in flows.installed(floor.world.lab)]

    def one(contender):
        if contender is floor:
            floor.prepare(bundle=bundle)
        series.add(contender, *timed_restart(contender))

    interleave([agent, floor], n_rounds, {}, one)
    return [series]


def timed_restart(contender):
    world = contender.world
    world.lab.vswitchd.kill()
    run, cpu = timed(world, lambda: contender.reinstall(world.numbers()))
    return run, cpu


def agent_restarts(agent, n_rounds):
    """The agent dies and starts again: until it says that everything is as it should be."""
    world = agent.world
    chapter(f"the agent restarts with {len(world.present)}:")
    seconds = []
    for number in range(n_rounds):
        world.lab.agent.kill()
        began = time.monotonic()
        world.lab.agent.start()
        wait_for(lambda: all_wired(world), "all VIFs to be wired", 120)
        seconds.append(time.monotonic() - began)
        progress(f"round {number + 1} of {n_rounds}", number + 1 == n_rounds)
    return {"vifs": len(world.present), "samples_ms": [round(1000 * value, 1) for value in seconds]}


def all_wired(world):
    """By the agent's own word."""
    done = world.lab.run("ovs-appctl", "-t", world.lab.agent.control, "status", check=False)
    if done.returncode:
        return False
    said = json.loads(done.stdout)
    return [vif["state"] for vif in said["vifs"]] == ["wired"] * len(world.present) and all(bridge["guarded"] for bridge in said["bridges"])


def probes(n):
    return [Vif(FIRST_PROBE + number) for number in range(n)]
