# SPDX-License-Identifier: Apache-2.0
"""What a lab's daemons cost: processor time and memory, as the kernel counts them."""

from pathlib import Path


class Processes:
    """The daemons of one lab, by name. Their numbers are those inside, so their /proc is the lab's own."""

    def __init__(self, lab, *more):
        self.proc = Path(f"/proc/{lab.namespace.holder}/root/proc")
        self.daemons = {daemon.name: daemon for daemon in (lab.agent, lab.vswitchd, lab.switch_db, lab.pool_db, *more)}

    def cpu_ns(self):
        """Time on a processor so far, all threads together, of each daemon that runs."""
        return {name: self._run_time(daemon.pid) for name, daemon in self.daemons.items() if daemon.running}

    def rss_kib(self):
        return {name: self._rss(daemon.pid) for name, daemon in self.daemons.items() if daemon.running}

    def _run_time(self, pid):
        # schedstat: nanoseconds, where stat has ticks of 10 ms
        tasks = (self.proc / str(pid) / "task").iterdir()
        return sum(run_time_ns(task) for task in tasks)

    def _rss(self, pid):
        lines = (self.proc / str(pid) / "status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def spent_ms(before, after):
    """What each daemon has spent between two readings of cpu_ns()."""
    return {name: (after[name] - before[name]) / 1e6 for name in after if name in before}


def run_time_ns(task):
    """0 if the thread has ended meanwhile."""
    try:
        return int((task / "schedstat").read_text().split()[0])
    except (FileNotFoundError, ProcessLookupError):
        return 0
