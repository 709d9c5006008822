# SPDX-License-Identifier: Apache-2.0
"""Interleaved rounds: every contender in turn, again and again, so that what else the machine does meets all of them alike."""

import statistics
import sys
from dataclasses import dataclass, field

from .processes import spent_ms


@dataclass
class Series:
    """One thing that was done so often by each contender."""

    what: str
    n: int                      # VIFs at once
    present: int                # VIFs that were there before
    runs: dict = field(default_factory=dict)        # contender's name -> [Run]
    cpu: dict = field(default_factory=dict)         # contender's name -> [{daemon: ms}]

    def add(self, contender, run, cpu):
        self.runs.setdefault(contender.name, []).append(run)
        self.cpu.setdefault(contender.name, []).append(cpu)

    def figures(self, name):
        """What a table and a later comparison need of one contender."""
        runs = self.runs[name]
        values = [run.ms for run in runs]
        own = [run.own_ms for run in runs if run.own_ms is not None]
        return {"what": self.what, "vifs": self.n, "present": self.present, "contender": name, "rounds": len(runs),
                "p50_ms": quantile(values, 0.5), "p99_ms": quantile(values, 0.99),
                "own_p50_ms": quantile(own, 0.5) if own else None, "own_p99_ms": quantile(own, 0.99) if own else None,
                "stages_ms": medians([run.stages_ms() for run in runs]), "cpu_ms": medians(self.cpu[name]),
                "to_floor": self.ratio(name, "ms"), "own_to_floor": self.ratio(name, "own_ms") if own else None,
                "to_told_floor": self.ratio(name, "ms", "floor, told"),
                "samples_ms": [round(value, 3) for value in values]}

    def ratio(self, name, attribute, to="floor"):
        """To that floor's run of the same round: median, and what eight of ten lie between."""
        pairs = zip(self.runs[name], self.runs.get(to, ()))
        ratios = [getattr(run, attribute) / floor.ms for run, floor in pairs]
        if not ratios or name == to:
            return None
        return {"median": quantile(ratios, 0.5), "p10": quantile(ratios, 0.1), "p90": quantile(ratios, 0.9)}


def interleave(contenders, n_rounds, few, round_of):
    """Call round_of(contender) in rounds. Those named in `few` take part in the first of them only, so many."""
    for number in range(n_rounds):
        for contender in contenders:
            if number < few.get(contender.name, n_rounds):
                round_of(contender)
        progress(f"round {number + 1} of {n_rounds}", number + 1 == n_rounds)


def timed(world, action):
    """(what the action returned, what the world's daemons spent meanwhile)."""
    before = world.processes.cpu_ns()
    run = action()
    return run, spent_ms(before, world.processes.cpu_ns())


def quantile(values, q):
    """Of few values: the nearest that is there."""
    ordered = sorted(values)
    return round(statistics.median(ordered) if q == 0.5 else ordered[min(len(ordered) - 1, int(q * len(ordered)))], 3)


def medians(dicts):
    names = dict.fromkeys(name for each in dicts for name in each)
    return {name: round(statistics.median([each[name] for each in dicts if name in each]), 3) for name in names}


TITLE = [""]


def chapter(title):
    TITLE[0] = title
    progress("")


def progress(text, last=False):
    """One line on standard error, written over; on a file, only the last of each chapter."""
    terminal = sys.stderr.isatty()
    if terminal or last:
        again = "\r\x1b[K" if terminal else ""
        print(f"{again}bench: {TITLE[0]} {text}", end="\n" if last else "", file=sys.stderr, flush=True)
