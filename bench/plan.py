# SPDX-License-Identifier: Apache-2.0
"""How much is measured."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Plan:
    storms: tuple               # VIFs at once
    storm_rounds: int
    plain_storm: int            # VIFs of the largest storm in which plain tools take part, once: 100 take them a minute and a half
    present: tuple              # VIFs that are there, one number after the other
    single_present: tuple       # ... of these, beside which one is plugged
    single_rounds: int
    change_present: tuple
    change_rounds: int
    restart_present: int
    restart_rounds: int
    instructions_present: tuple
    instructions_plugs: int
    few: dict = field(default_factory=dict)     # contenders that take part in so many rounds only, because they take so long


FULL = Plan(storms=(100, 500, 1000), storm_rounds=5, plain_storm=100, present=(0, 10, 100, 500, 1000, 2000), single_present=(0, 100, 500, 1000, 2000),
            single_rounds=30, change_present=(0, 1000), change_rounds=50, restart_present=1000, restart_rounds=5,
            instructions_present=(10, 1000), instructions_plugs=10, few={"plain tools": 5})
QUICK = Plan(storms=(100,), storm_rounds=3, plain_storm=0, present=(0, 100), single_present=(0, 100), single_rounds=10, change_present=(0,),
             change_rounds=10, restart_present=-1, restart_rounds=0, instructions_present=(), instructions_plugs=0,
             few={"plain tools": 2, "best tools": 5})
