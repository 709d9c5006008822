# SPDX-License-Identifier: Apache-2.0
"""Many VIFs on one switch, and all kinds of change: nothing forged passes, nothing allowed is lost, and all end where they were to end.

CABLED_VIFS says how many: 150 in a usual run, 2,000 with `make thousands`."""

import json
import os

import pytest

from conftest import mac_of, peer_of
from lab import wait_for
from storm import POLICY, Loss, Storm, announce_ear, hang_out_ear, heard_nothing_forged

N_VIFS = int(os.environ.get("CABLED_VIFS", "150"))
# A new policy for each of 2,000 VIFs is 76,000 messages, of which ovs-vswitchd reads 50 in each turn of its loop, and it looks at each port of the
# userspace datapath in between: 70 s and more on two cores.
DEADLINE_S = 300
POLL_S = 0.2                    # the agent's word on thousands of VIFs is work for it
PER_S = min(5500, 800_000 // N_VIFS)    # ovs-vswitchd takes 32 frames of a port in a turn of its loop: 640 a second with 2,000 ports
ROWS_PER_TRANSACTION = 250      # what fits on a command line
VLAN = 20                       # of the network, after a while


class Crowd:
    """So many VIFs, the first of which storms."""

    def __init__(self, host):
        self.host = host
        self.devices = [f"vif{n}.0" for n in range(2, N_VIFS + 1)]
        hang_out_ear(host)
        host.network("net0")
        host.wired("vif1.0", "--ipv4", ",".join(POLICY["ipv4"]), "--ipv6", ",".join(POLICY["ipv6"]), mac=POLICY["mac"])
        host.lab.vsctl("add-port", "xapi0", "ear0")
        for vlan in (0, VLAN):
            announce_ear(host, vlan)
        self.network = host.json("network", "show", "net0")["uuid"]
        self.owner = host.lab.vsctl("get", "open_vswitch", ".", "external_ids:cabled-host").strip('"')

    def add_devices(self):
        batch = "".join(f"link add {device} type veth peer name {peer_of(device)}\n" for device in self.devices)
        self.host.lab.run("ip", "-batch", "-", input=batch, timeout_s=DEADLINE_S)

    def transact(self, operations):
        for first in range(0, len(operations), ROWS_PER_TRANSACTION):
            self.host.transact(*operations[first:first + ROWS_PER_TRANSACTION])

    def describe(self):
        self.transact([{"op": "insert", "table": "VIF", "row": {
            "interface": device, "network": ["uuid", self.network], "host": ["uuid", self.owner], "MAC": mac_of(device), "device": "0",
            "locking_mode": "locked", "ipv4_allowed": ["set", [f"10.1.{n >> 8}.{n & 255}"]], "currently_attached": True,
        }} for n, device in enumerate(self.devices)])

    def update(self, **columns):
        """The same change of every row but the first, each in a way of its own if a column is a function of the VIF's number."""
        self.transact([{"op": "update", "table": "VIF", "where": [["interface", "==", device]],
                        "row": {name: value(n) if callable(value) else value for name, value in columns.items()}}
                       for n, device in enumerate(self.devices)])

    def change_one(self, *options):
        """One among many: waits until the change of the first VIF is in force."""
        self.host.cable("vif", "set", "vif1.0", *options)
        self.host.cable("vif", "wait", "vif1.0", "--timeout", str(DEADLINE_S), timeout_s=DEADLINE_S + 10)

    def states(self):
        """How many VIFs are in which state, by the agent's own word."""
        done = self.host.lab.run("ovs-appctl", "-t", self.host.lab.agent.control, "status", check=False)
        counts = {}
        for vif in json.loads(done.stdout)["vifs"] if done.returncode == 0 else ():
            counts[vif["state"]] = counts.get(vif["state"], 0) + 1
        return counts

    def await_states(self, **counts):
        wait_for(lambda: self.states() == {state: n for state, n in counts.items() if n}, f"{counts}", DEADLINE_S, seen=self.states,
                 poll_s=POLL_S)

    def n_flows(self, match=""):
        text = self.host.lab.ofctl("-O", "OpenFlow14", "dump-aggregate", "xapi0", *([match] if match else []))
        return int(text.partition("flow_count=")[2].split()[0])

    def await_flows(self, n, match=""):
        wait_for(lambda: self.n_flows(match) == n, f"{n} flows", DEADLINE_S, seen=lambda: self.n_flows(match), poll_s=POLL_S)


@pytest.fixture
def crowd(host):
    for daemon in ("cabled", "ovs-vswitchd"):       # a loop that turns for more than a second says so, and a busy one that it is
        host.lab.expect(daemon, r"timeval\|WARN|poll_loop|ofproto\|WARN|Dropped \d+ log messages")
    host.lab.expect("cabled", "ovs-vswitchd does not answer for it")    # in a turn of its loop that takes seconds
    host.lab.expect("ovs-vswitchd", "Network is down|No such device|rconn|ovs_rcu|blocked")
    # So many devices are made at once that it cannot keep up with what the kernel tells of them; it looks at all of them then.
    host.lab.expect("ovs-vswitchd", r"netlink_notifier\|WARN\|netlink receive buffer overflowed")
    crowd = Crowd(host)
    crowd.add_devices()
    crowd.describe()
    crowd.await_states(wired=N_VIFS)
    return crowd


def test_changes_of_many_let_nothing_forged_pass_and_lose_nothing(crowd):
    n_flows = crowd.n_flows()
    with Storm(crowd.host, "vif1.0", "ear1", PER_S) as storm:
        loss = Loss(storm)
        for columns in ({"ipv4_allowed": lambda n: ["set", [f"10.2.{n >> 8}.{n & 255}"]]}, {"MTU": 1400},
                        {"qos_algorithm_type": "ratelimit", "qos_algorithm_params": ["map", [["kbps", "5000"]]]},
                        {"qos_algorithm_type": "", "qos_algorithm_params": ["map", []]}):
            crowd.update(**columns)
            crowd.change_one("--add-ipv4", "10.0.0.77")
            crowd.change_one("--remove-ipv4", "10.0.0.77")
            crowd.await_states(wired=N_VIFS)
        crowd.update(locking_mode="disabled")
        crowd.await_states(wired=1, disabled=N_VIFS - 1)
        crowd.update(locking_mode="locked")
        crowd.await_states(wired=N_VIFS)
        crowd.host.cable("network", "set", "net0", "--vlan", str(VLAN))
        wait_for(lambda: crowd.host.row("Port", crowd.devices[-1], "tag")["tag"] == VLAN, "the VLAN to be there", DEADLINE_S)
        crowd.await_states(wired=N_VIFS)
        loss.judge()
    heard_nothing_forged(storm)
    crowd.await_flows(n_flows)


def test_many_that_come_and_go_let_nothing_forged_pass(crowd):
    n_flows = crowd.n_flows()
    with Storm(crowd.host, "vif1.0", "ear1", PER_S) as storm:
        loss = Loss(storm)
        crowd.update(currently_attached=False)
        crowd.await_states(wired=1, detached=N_VIFS - 1)
        crowd.update(currently_attached=True)
        crowd.await_states(wired=N_VIFS)
        loss.judge()
    heard_nothing_forged(storm)
    crowd.await_flows(n_flows)


def test_agent_that_dies_among_many_loses_nothing(crowd):
    with Storm(crowd.host, "vif1.0", "ear1", PER_S) as storm:
        loss = Loss(storm)
        for _ in range(3):
            crowd.host.lab.agent.kill()
            crowd.update(ipv4_allowed=["set", ["10.3.0.1"]])
            crowd.host.lab.agent.start()
            crowd.await_states(wired=N_VIFS)
        loss.judge()
    heard_nothing_forged(storm)


def test_switch_that_dies_under_many_lets_nothing_forged_pass(crowd):
    crowd.host.lab.expect("cabled", "connection to ovs-vswitchd broke|connection dropped|connection attempt failed")
    n_flows = crowd.n_flows()
    with Storm(crowd.host, "vif1.0", "ear1", PER_S) as storm:
        storm.await_passing()
        crowd.host.lab.vswitchd.kill()
        crowd.host.lab.vswitchd.start()
        crowd.await_flows(n_flows)
        crowd.await_states(wired=N_VIFS)
        storm.await_passing()
    heard_nothing_forged(storm)


def test_flows_that_somebody_deletes_under_many_come_back(crowd):
    n_flows = crowd.n_flows()
    crowd.host.lab.expect("cabled", r"hands\|WARN\|bridge xapi0: somebody")
    with Storm(crowd.host, "vif1.0", "ear1", PER_S) as storm:
        storm.await_passing()
        for match in ([], ["table=203"]):
            crowd.host.lab.ofctl("-O", "OpenFlow14", "del-flows", "xapi0", *match)
            crowd.await_flows(n_flows)
            crowd.await_states(wired=N_VIFS)
        storm.await_passing()
    heard_nothing_forged(storm)
