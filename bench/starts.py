# SPDX-License-Identifier: Apache-2.0
"""VMs that are started by clients of cabled-xapi: what each start took, stage by stage, and what it cost."""

import time
from dataclasses import dataclass, field

from lab import Lab, wait_for
from lab.vms import Vms, left_of_vms, results
from lab.xenapi import Clients

from .ovsdb import Client
from .processes import Processes, spent_ms
from .series import chapter, medians, progress, quantile
from .vifs import BRIDGE

# In their order. "called" and "replied" are the client's own; "vif.wired" is the end of the cabling.
STAGES = ("request", "admitted", "domain", "device", "uevent", "transaction", "port", "rules", "link", "unpaused", "replied")
CABLED = "link"
MODEST_CALLS = 2000


class Ground:
    """A lab with cabled-xapi, a network, and clients."""

    def __init__(self, n_clients):
        self.lab = Lab(xapi=True)
        self.n_clients = n_clients

    def __enter__(self):
        self.lab.up()
        try:
            self.lab.expect("ovs-vswitchd", "timeval|No such device|ofproto_dpif_upcall|ovs_rcu|messages in last")
            for name in ("cabled-xapi", "cabled", "pool-db", "ovsdb-server"):
                self.lab.expect(name, "timeval|poll_loop")
            self.lab.run("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1")
            self.lab.cable("network", "create", "net0", "--bridge", BRIDGE)
            self.pool = Client(self.lab.pool_db.socket, "Cabled")
            network = self.pool.select("Network")[0]["_uuid"][1]
            self.vms = Vms(self.lab, f"OpaqueRef:{network}", self.n_clients)
            self.alone = Vms(self.lab, f"OpaqueRef:{network}", 1)
            self.alone.n_made = 60000
            self.processes = Processes(self.lab, self.lab.xapi, self.lab.udevd)
        except BaseException as error:
            self.lab.__exit__(type(error), error, None)
            raise
        return self

    def __exit__(self, *error):
        for part in (self.vms, self.alone, self.pool):
            part.close()
        self.lab.__exit__(*error)

    def stages_ms(self, vms, calls):
        """Of each VM: when it reached each stage, in milliseconds since the call."""
        times = {row["VM"][1]: dict(row["wire_times"][1]) for row in self.pool.select("VIF", columns=["VM", "wire_times"])}
        for row in self.pool.select("VM", columns=["_uuid", "start_times"]):
            times.setdefault(row["_uuid"][1], {}).update(row["start_times"][1])
        return [since_call(times[vm.removeprefix("OpaqueRef:")], call) for vm, call in zip(vms, calls)]

    def is_left(self):
        return left_of_vms(self.lab, BRIDGE)


def since_call(times_us, call):
    at = {stage: us / 1e3 - call.began_ns / 1e6 for stage, us in times_us.items()}
    return {**at, "replied": call.ms}


def took(stages):
    """How long after the one before: stages overlap, so that one that was over earlier took nothing."""
    result, last = {}, 0.0
    for stage, at in sorted(stages.items(), key=lambda item: item[1]):
        result[stage] = max(0.0, at - last)
        last = max(last, at)
    return result


@dataclass
class Starts:
    """One series of starts."""

    what: str
    n: int
    n_clients: int
    present: int
    stages: list = field(default_factory=list)
    wall_ms: list = field(default_factory=list)     # of each round
    cpu_ms: list = field(default_factory=list)      # of each round
    rss_kib: dict = field(default_factory=dict)

    def figures(self):
        replied = [stages["replied"] for stages in self.stages]
        cabled = [stages[CABLED] for stages in self.stages]
        return {"what": self.what, "vms": self.n, "clients": self.n_clients, "present": self.present, "starts": len(self.stages),
                "p50_ms": quantile(replied, 0.5), "p99_ms": quantile(replied, 0.99),
                "cabled_p50_ms": quantile(cabled, 0.5), "cabled_p99_ms": quantile(cabled, 0.99),
                "wall_ms": medians([{"ms": wall} for wall in self.wall_ms])["ms"],
                "at_ms": medians(self.stages), "took_ms": medians([took(stages) for stages in self.stages]),
                "cpu_ms_per_start": {name: round(ms / self.n, 3) for name, ms in medians(self.cpu_ms).items()},
                "rss_kib": self.rss_kib}


def client_cost(ground):
    """What a call costs that does nothing, from one client and from all at once: so much of each figure is the client's and HTTP's."""
    chapter("calls that do nothing:")
    figures = {}
    vm, = ground.alone.create(1)
    for clients, name in ((ground.alone.clients, "one client"), (ground.vms.clients, f"{ground.n_clients} clients")):
        spent = time.process_time()
        began = time.monotonic()
        calls = clients.storm("VM.get_power_state", [[vm]] * MODEST_CALLS)
        wall = time.monotonic() - began
        results(calls)
        figures[name] = {"p50_ms": quantile([call.ms for call in calls], 0.5), "p99_ms": quantile([call.ms for call in calls], 0.99),
                         "calls_per_s": round(MODEST_CALLS / wall), "own_cpu_ms": round((time.process_time() - spent) * 1e3 / MODEST_CALLS, 3)}
    ground.alone.destroy([vm])
    progress("done", True)
    return figures


def storms(ground, n, rounds):
    """All of them at once, as many at a time as there are clients; then all are shut down and destroyed."""
    chapter(f"storms of {n} starts by {ground.n_clients} clients:")
    starts, ends = Starts("storm", n, ground.n_clients, 0), []
    for number in range(rounds):
        vms = ground.vms.create(n)
        calls, cpu, wall = timed(ground, lambda: ground.vms.start(vms))
        results(calls)
        starts.stages += ground.stages_ms(vms, calls)
        starts.cpu_ms.append(cpu)
        starts.wall_ms.append(wall)
        starts.rss_kib = ground.processes.rss_kib()
        began = time.monotonic()
        clear(ground, vms)
        ends.append({"ms": (time.monotonic() - began) * 1e3})
        progress(f"round {number + 1} of {rounds}", number + 1 == rounds)
    return {**starts.figures(), "end_ms": medians(ends)["ms"]}


def singles(ground, present, rounds):
    """One at a time beside others that run."""
    chapter(f"single starts beside {present}:")
    others = ground.vms.create(present)
    results(ground.vms.start(others))
    starts = Starts("single", 1, 1, present)
    vms = ground.alone.create(1)
    for number in range(rounds):
        calls, cpu, wall = timed(ground, lambda: ground.alone.start(vms))
        results(calls)
        starts.stages += ground.stages_ms(vms, calls)
        starts.cpu_ms.append(cpu)
        starts.wall_ms.append(wall)
        results(ground.alone.shut_down(vms))
        ground.lab.udevd.settle()
        progress(f"round {number + 1} of {rounds}", number + 1 == rounds)
    starts.rss_kib = ground.processes.rss_kib()
    ground.alone.destroy(vms)
    clear(ground, others)
    return starts.figures()


def timed(ground, action):
    before, began = ground.processes.cpu_ns(), time.monotonic()
    result = action()
    wall = (time.monotonic() - began) * 1e3
    return result, spent_ms(before, ground.processes.cpu_ns()), wall


def clear(ground, vms):
    """Away with them; nothing may be left."""
    results(ground.vms.shut_down(vms))
    ground.vms.destroy(vms)
    wait_for(lambda: not ground.is_left(), "everything to be gone", 120, seen=lambda: ground.is_left()[:10])
