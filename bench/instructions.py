# SPDX-License-Identifier: Apache-2.0
"""How many instructions a plug takes the agent, by valgrind's callgrind: the same from run to run, whatever else the machine does.

Only plugs are counted: instrumentation is off while the agent starts and between the plugs, so that thousands of VIFs do not take
minutes to be read.
"""

import re
import statistics

from lab.agent import Agent as LabAgent
from lab.wait import wait_for

from .chapters import FIRST_PROBE, all_wired
from .series import chapter, progress
from .vifs import Vif

TOTALS = re.compile(r"^totals: (\d+)", re.MULTILINE)
FUNCTION = re.compile(r"^\s*([\d,]+)\s+\S*?:(\w+)", re.MULTILINE)
TOP = 12


# callgrind counts `rep movsb`, by which the C library copies more than 2 KiB, as one instruction for each byte.
COPY_BY_INSTRUCTIONS = "GLIBC_TUNABLES=glibc.cpu.x86_rep_movsb_threshold=0x40000000"


class CountedAgent(LabAgent):
    """The lab's agent under callgrind."""

    def argv(self):
        # In the foreground, as far as it knows: callgrind_control does not find a process that has forked.
        words = ["env", COPY_BY_INSTRUCTIONS, "valgrind", "-q", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={self.out}",
                 *(word for word in super().argv() if word != "--detach")]
        return ["sh", "-c", '"$@" </dev/null >/dev/null 2>&1 &', "sh", *words]

    def await_ready(self):
        wait_for(self.pidfile.exists, "the pidfile", 60)

    @property
    def out(self):
        return self.state / "callgrind.out"

    def counting(self, on):
        said = self.namespace.run("callgrind_control", "-i", "on" if on else "off", str(self.pid)).stdout
        if "OK" not in said:
            raise RuntimeError(f"callgrind_control: {said.strip()}")

    def count(self):
        """Write down what was counted and forget it. Returns (instructions, the functions that took most)."""
        self.namespace.run("callgrind_control", "-d", str(self.pid))
        dump = max(self.state.glob("callgrind.out*"), key=lambda file: file.stat().st_size)
        text = self.namespace.run("callgrind_annotate", "--show-percs=no", dump, check=False).stdout
        n = int(TOTALS.search(dump.read_text())[1])
        for file in self.state.glob("callgrind.out*"):
            file.unlink()
        return n, most_expensive(text, n)


def most_expensive(text, n):
    """Functions with their own share of all instructions, in hundredths."""
    return {name: round(100 * int(count.replace(",", "")) / n, 1) for count, name in FUNCTION.findall(text)[:TOP]}


def plugs(agent, n_plugs):
    """Plug and unplug one VIF so often; the plugs are counted, the first one apart: what libraries do at their first use is in it."""
    world = agent.world
    present = len(world.present)
    chapter(f"instructions of a plug beside {present}:")
    usual = world.lab.agent
    usual.stop()
    counted = world.lab.agent = CountedAgent(usual.namespace, usual.program.parent, usual.database)
    counted.start()
    wait_for(lambda: all_wired(world), "all VIFs to be wired under callgrind", 300)
    first, _ = count_plug(agent, counted, 0)
    counts, top = [], {}
    for number in range(1, n_plugs + 1):
        n, top = count_plug(agent, counted, number)
        counts.append(n)
        progress(f"plug {number} of {n_plugs}", number == n_plugs)
    counted.stop()
    world.lab.agent = usual
    usual.start()
    return {"present": present, "plugs": n_plugs, "first_plug": first, "per_plug": round(statistics.median(counts)),
            "samples": counts, "percent_by_function": top}


def count_plug(agent, counted, number):
    """The unplug is not counted. Every half minute a plug has the list of devices in it, which is why each is counted apart. The next one begins when the switch
    has told of all flows that went."""
    world = agent.world
    vifs = [Vif(FIRST_PROBE + number)]
    world.make_devices(vifs)
    counted.counting(True)
    agent.plug(vifs)
    counted.counting(False)
    count = counted.count()
    agent.unplug(vifs)
    world.settle()
    world.drop_devices()
    return count
