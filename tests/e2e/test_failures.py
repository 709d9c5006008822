# SPDX-License-Identifier: Apache-2.0
"""Databases that come back as they were before, or empty: what was in force stays so, nothing is half done, and all goes on by itself."""

import json
import re

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
