# SPDX-License-Identifier: Apache-2.0
"""Disks that are full, transactions that are refused, databases that come back as they were or empty, a switch that hangs: what was in
force stays so, nothing is half done, and all goes on by itself when it can."""

import json
import re
import time
from contextlib import contextmanager

import pytest

from lab import wait_for
from storm import POLICY, Storm, hang_out_ear, heard_nothing_forged

ADDRESSES = ("--ipv4", ",".join(POLICY["ipv4"]), "--ipv6", ",".join(POLICY["ipv6"]))
LOST = "connection to ovs-vswitchd broke|connection (failed|dropped|attempt|timed out|closed)|does not answer|no response to inactivity probe"


def status(host):
    """What the agent itself says."""
    return json.loads(host.lab.agent.appctl("status"))


def state(host, device):
    return next((vif["state"] for vif in status(host)["vifs"] if vif["device"] == device), None)


def await_state(host, device, wanted):
    wait_for(lambda: state(host, device) == wanted, f"{device} to be {wanted}", seen=lambda: status(host))


def rules(host, device, bridge="xapi0"):
    """The VIF's flows apart from cookies and port number, which may be others."""
    return {re.sub(r"in_port=\d+", "", flow.partition(", ")[2]) for flow in host.flows_of(bridge, host.interface(device)["ofport"])}


class SmallDisk:
    """A disk of 2 MB under a database, to be filled to its last byte: by `write_little`, which returns whether the database took it."""

    def __init__(self, host, server, write_little):
        self.lab = host.lab
        self.write_little = write_little
        self.folder = self.lab.state / f"db/disk-{server.name}"
        self.folder.mkdir()
        database = self.folder / server.database.name
        database.touch()        # what the lab's own program sees; the disk is mounted inside
        server.stop()
        self.lab.run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", self.folder)
        self.lab.run("cp", server.database, database)
        server.database = database
        server.start()

    @contextmanager
    def full(self):
        self.lab.run("dd", "if=/dev/zero", f"of={self.folder}/filling", "bs=4k", check=False)
        wait_for(lambda: not self.write_little(), "the database to take nothing more")
        try:
            yield
        finally:
            self.lab.run("rm", f"{self.folder}/filling")


def write_little_to_switch(host):
    return host.lab.run("ovs-vsctl", "--no-wait", "set", "open_vswitch", ".", f"external_ids:n={time.monotonic_ns()}", check=False).returncode == 0


def write_little_to_pool(host):
    return host.cable("network", "set", "net0", "--description", str(time.monotonic_ns()), check=False).returncode == 0


def test_full_disk_under_the_switch_s_database_is_told_and_survived(host):
    host.network()
    ofport = host.wired("vif1.0", "--ipv4", "10.0.0.5")["ofport"]
    host.wired("vif3.0")
    host.lab.expect_lost_connections()
    host.lab.expect("cabled", "the switch database refused a change: .*No space left|transaction error: .*No space left")
    host.lab.expect("ovsdb-server", "No space left")
    host.lab.expect("ovs-vswitchd", "transaction error|No space left|I/O error")
    disk = SmallDisk(host, host.lab.switch_db, lambda: write_little_to_switch(host))
    await_state(host, "vif1.0", "wired")
    before = rules(host, "vif1.0")
    with disk.full():
        host.vif(host.veth("vif2.0"), "--ipv4", "10.0.0.6")
        host.cable("vif", "unplug", "vif3.0")
        error = wait_for(lambda: status(host)["switch"]["error"], "the error in the agent's status")
        assert "No space left" in error
        assert "No space left" in host.cable("status", "--json").stdout
        assert host.ports("xapi0") == {"vif1.0", "vif3.0"}
        assert state(host, "vif2.0") == "plugging"
        # What needs no database goes on: a change of policy is one bundle.
        host.cable("vif", "set", "vif1.0", "--ipv4", "10.0.0.7")
        host.cable("vif", "wait", "vif1.0")
        assert {flow.replace("10.0.0.7", "10.0.0.5") for flow in rules(host, "vif1.0")} == before
    host.wait("vif2.0")
    host.wait("vif3.0", "detached")
    assert host.ports("xapi0") == {"vif1.0", "vif2.0"}
    assert host.interface("vif1.0")["ofport"] == ofport
    wait_for(lambda: not status(host)["switch"]["error"], "the complaint to end")


def test_full_disk_under_the_pool_database_is_told_and_survived(host):
    host.network()
    host.wired("vif1.0", "--ipv4", "10.0.0.5")
    host.lab.expect_lost_connections()
    host.lab.expect("cabled", "the pool database refused a report: .*(No space left|write failed)|transaction error|pool.sock: connection")
    host.lab.expect("pool-db", "No space left")
    disk = SmallDisk(host, host.lab.pool_db, lambda: write_little_to_pool(host))
    host.vif("vif2.0")
    before = rules(host, "vif1.0")
    with disk.full():
        refused = host.cable("vif", "set", "vif1.0", "--ipv4", "10.0.0.6", check=False)
        assert refused.returncode == 1 and "I/O error" in refused.stderr and "pool.db: write failed" in refused.stderr, refused
        host.veth("vif2.0")     # plugged, though nobody can be told
        await_state(host, "vif2.0", "wired")
        wait_for(lambda: "refused a report" in host.lab.agent.log.read_text(), "the agent to have tried to tell")
        assert rules(host, "vif1.0") == before
    host.wait("vif2.0")
    host.cable("vif", "set", "vif1.0", "--ipv4", "10.0.0.6")
    host.cable("vif", "wait", "vif1.0")
    assert any("10.0.0.6" in flow for flow in rules(host, "vif1.0"))


def test_transaction_that_the_database_refuses_is_told_and_planned_anew(host):
    """Somebody else's port of that name comes between the agent's look and its transaction: the index on Port.name."""
    agent = host.lab.agent
    host.network()
    host.wired("vif2.0")
    host.lab.vsctl("add-br", "br7", "--", "set", "bridge", "br7", f"datapath_type={host.lab.datapath_type}")
    host.lab.expect("cabled", "the switch database refused a change: .*constraint violation|transaction error: .*constraint violation|is on bridge br7 already")
    agent.stop()
    agent.program = agent.program.with_name("cabled-stops")
    agent.start()
    host.wait("vif2.0")
    host.veth("vif1.0")
    agent.appctl("stop/at", "port-written")
    host.vif("vif1.0")
    wait_for(lambda: agent.stopped, "the agent to have written the port")
    host.lab.run("ovs-vsctl", "--no-wait", "add-port", "br7", "vif1.0")
    agent.signal("CONT")
    assert "is on bridge br7 already" in host.wait("vif1.0", "failed")["error"]
    assert "refused a change" in agent.log.read_text()
    assert host.ports("br7") == {"vif1.0"} and host.ports("xapi0") == {"vif2.0"}
    host.lab.vsctl("del-port", "br7", "vif1.0")
    host.wait("vif1.0")
    host.wait("vif2.0")


@pytest.mark.parametrize("agent_runs", [True, False], ids=["agent runs", "agent is away"])
def test_pool_database_that_returns_with_an_older_state_is_followed(host, agent_runs):
    pool = host.lab.pool_db
    host.lab.expect_lost_connections()
    host.lab.expect("cabled", "pool.sock: connection (attempt failed|closed|dropped)")
    hang_out_ear(host)
    host.network("net0", "--uplink", "ear0")
    host.wired("vif1.0", *ADDRESSES, mac=POLICY["mac"])
    host.wired("vif3.0")
    pool.stop()
    host.lab.run("cp", pool.database, f"{pool.database}.older")
    pool.start()
    before = rules(host, "vif1.0")
    with Storm(host, "vif1.0", "ear1") as storm:
        storm.await_passing()
        host.cable("vif", "set", "vif1.0", "--add-ipv4", "10.0.0.77")
        host.wired("vif2.0")
        host.cable("vif", "destroy", "vif3.0")
        wait_for(lambda: host.ports("xapi0") == {"ear0", "vif1.0", "vif2.0"}, "vif3.0 to go")
        host.cable("vif", "wait", "vif1.0")
        if not agent_runs:
            host.lab.agent.kill()
        pool.stop()
        host.lab.run("cp", f"{pool.database}.older", pool.database)
        pool.start()
        if not agent_runs:
            host.lab.agent.start()
        wait_for(lambda: host.ports("xapi0") == {"ear0", "vif1.0", "vif3.0"}, "the ports of the older state",
                 seen=lambda: (host.ports("xapi0"), status(host)))
        for device in ("vif1.0", "vif3.0"):
            await_state(host, device, "wired")
        wait_for(lambda: rules(host, "vif1.0") == before, "the rules of the older state")
        storm.await_passing()
    heard_nothing_forged(storm)


def test_pool_database_that_returns_empty_leaves_no_port(host):
    pool = host.lab.pool_db
    host.lab.expect_lost_connections()
    host.lab.expect("cabled", "pool.sock: connection (attempt failed|closed|dropped)")
    host.network()
    host.wired("vif1.0")
    pool.stop()
    pool.database.unlink()
    pool.start()
    wait_for(lambda: "xapi0" not in host.bridges(), "port and bridge to go")
    host.network()
    host.vif("vif1.0")
    host.wait("vif1.0")


@pytest.mark.parametrize("agent_runs", [True, False], ids=["agent runs", "agent is away"])
def test_switch_database_that_is_made_anew_gets_everything_again(host, agent_runs):
    """Its next_cfg begins at 0, below the one that the agent found when it came."""
    lab = host.lab
    lab.expect_lost_connections()
    lab.expect("cabled", LOST + "|ovs-vswitchd offers neither|took a VIF's port off")      # which it has not said yet
    lab.expect("ovs-vswitchd", "No such device|Network is down|bridge|rconn.*connection dropped")
    hang_out_ear(host)
    host.network("net0", "--uplink", "ear0")
    host.wired("vif1.0", *ADDRESSES, mac=POLICY["mac"])
    for n in range(2, 6):       # each raises next_cfg
        host.wired(f"vif{n}.0")
        host.cable("vif", "destroy", f"vif{n}.0")
    wait_for(lambda: host.ports("xapi0") == {"ear0", "vif1.0"}, "the others to go")
    lab.agent.restart()
    await_state(host, "vif1.0", "wired")
    before = rules(host, "vif1.0")
    with Storm(host, "vif1.0", "ear1") as storm:
        storm.await_passing()
        if not agent_runs:
            lab.agent.kill()
        lab.switch_db.kill()
        lab.switch_db.database.unlink()
        lab.switch_db.start()
        lab.switch_db.configure(cabled_pool=lab.pool_db.remote, cabled_host=lab.uuid)
        if not agent_runs:
            lab.agent.start()
        wait_for(lambda: "xapi0" in host.bridges() and host.ports("xapi0") == {"ear0", "vif1.0"}, "the ports to be made again",
                 seen=lambda: status(host))
        await_state(host, "vif1.0", "wired")
        assert rules(host, "vif1.0") == before
        storm.await_passing()
        host.cable("vif", "unplug", "vif1.0")
        await_state(host, "vif1.0", "detached")
    heard_nothing_forged(storm)


@pytest.mark.parametrize("agent_runs", [True, False], ids=["agent runs", "agent is away"])
def test_switch_database_that_returns_with_an_older_state_is_brought_up_to_date(host, agent_runs):
    lab, database = host.lab, host.lab.switch_db.database
    lab.expect_lost_connections()
    lab.expect("cabled", LOST + "|took a VIF's port off|changed or took the number of a VIF's port")
    hang_out_ear(host)
    host.network("net0", "--uplink", "ear0")
    host.wired("vif1.0", *ADDRESSES, mac=POLICY["mac"])
    host.wired("vif3.0")
    lab.switch_db.stop()
    lab.run("cp", database, f"{database}.older")
    lab.switch_db.start()
    with Storm(host, "vif1.0", "ear1") as storm:
        storm.await_passing()
        host.wired("vif2.0")
        host.cable("vif", "destroy", "vif3.0")
        host.cable("vif", "unplug", "vif1.0")
        await_state(host, "vif1.0", "detached")
        host.cable("vif", "plug", "vif1.0")         # under another number
        await_state(host, "vif1.0", "wired")
        wait_for(lambda: host.ports("xapi0") == {"ear0", "vif1.0", "vif2.0"}, "vif3.0 to go")
        if not agent_runs:
            lab.agent.kill()
        lab.switch_db.stop()
        lab.run("cp", f"{database}.older", database)
        lab.switch_db.start()
        if not agent_runs:
            lab.agent.start()
        wait_for(lambda: host.ports("xapi0") == {"ear0", "vif1.0", "vif2.0"}, "the ports of the present state",
                 seen=lambda: (host.ports("xapi0"), status(host)))
        for device in ("vif1.0", "vif2.0"):
            await_state(host, device, "wired")
        storm.await_passing()
    heard_nothing_forged(storm)


HANG_ALLOWED_FRAMES = 5000      # which take 10 s


@pytest.mark.parametrize("act, end", [
    (["unplug"], "detached"),
    (["plug"], "wired"),
    (["set", "--add-ipv4", "10.0.0.77"], "wired"),
], ids=["unplug", "plug", "change"])
def test_switch_that_hangs_for_ten_seconds_lets_nothing_forged_pass_and_all_goes_on(host, act, end):
    lab = host.lab
    lab.expect_lost_connections()
    lab.expect("cabled", LOST)
    lab.expect("ovsdb-server", "no response to inactivity probe")
    lab.expect("ovs-vswitchd", "Unreasonably long|context switches|faults|disk|no response to inactivity probe|blocked|connection dropped|timeval")
    hang_out_ear(host)
    host.network("net0", "--uplink", "ear0")
    host.wired("vif1.0", *ADDRESSES, mac=POLICY["mac"])
    if act[0] == "plug":
        host.cable("vif", "unplug", "vif1.0")
        await_state(host, "vif1.0", "detached")
    with Storm(host, "vif1.0", "ear1") as storm:
        storm.blow()
        lab.vswitchd.signal("STOP")
        try:
            host.cable("vif", act[0], "vif1.0", *act[1:])
            storm.blow(HANG_ALLOWED_FRAMES)
        finally:
            lab.vswitchd.signal("CONT")
        wait_for(lambda: state(host, "vif1.0") == end and all(bridge["guarded"] for bridge in status(host)["bridges"]),
                 f"the VIF to be {end}", seen=lambda: status(host))
        if end == "wired":
            storm.await_passing()
        storm.blow()
    heard_nothing_forged(storm)
