# SPDX-License-Identifier: Apache-2.0
"""VIF.wire_times: when the last plug came how far, as the agent tells it with the report of its end."""

import time

import pytest

from lab import wait_for

STAGES = {"device", "uevent", "transaction", "port", "rules", "link"}


def times(host, device):
    """The column as the database has it."""
    row = host.transact({"op": "select", "table": "VIF", "where": [["interface", "==", device]], "columns": ["wire_times"]})[0]["rows"][0]
    return dict(row["wire_times"][1])


def now_us():
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000


def assert_plug(stages, begin, end):
    """All stages are there, between the two times, and in the order that they have by nature."""
    assert set(stages) == STAGES
    assert begin <= stages["device"] <= stages["uevent"] <= stages["transaction"] <= stages["port"] <= stages["link"] <= end
    assert stages["uevent"] <= stages["rules"] <= stages["link"]


def test_plug_tells_its_stages(host):
    host.network()
    begin = now_us()
    host.wired("vif1.0")
    assert_plug(times(host, "vif1.0"), begin, now_us())


def test_another_policy_is_no_plug(host):
    host.network()
    host.wired("vif1.0", "--ipv4", "10.0.0.1")
    before = times(host, "vif1.0")
    host.cable("vif", "set", "vif1.0", "--ipv4", "10.0.0.2")
    host.wait("vif1.0")
    assert times(host, "vif1.0") == before


def test_port_that_is_made_good_is_no_plug(host):
    host.network()
    record = host.wired("vif1.0")
    before = times(host, "vif1.0")
    host.lab.expect("cabled", "somebody took a VIF's port off the bridge")
    host.lab.vsctl("del-port", "vif1.0")
    wait_for(lambda: host.ports(record["bridge"]) == {"vif1.0"}, "the port to be back", 30)
    host.cable("vif", "set", "vif1.0", "--ipv4", "10.0.0.2")
    host.cable("vif", "wait", "vif1.0")
    assert times(host, "vif1.0") == before


def test_next_plug_has_its_own_times(host):
    host.network()
    host.wired("vif1.0")
    host.cable("vif", "unplug", "vif1.0")
    host.wait("vif1.0", "detached")
    before, begin = times(host, "vif1.0"), now_us()
    assert set(before) == STAGES
    host.cable("vif", "plug", "vif1.0")
    host.wait("vif1.0")
    after = times(host, "vif1.0")
    assert {stage: after[stage] for stage in ("device", "uevent")} == {stage: before[stage] for stage in ("device", "uevent")}
    assert begin <= after["transaction"] <= after["port"] <= after["link"] <= now_us()
    assert begin <= after["rules"] <= after["link"]


def test_device_made_anew_is_another_plug(host):
    host.network()
    host.wired("vif1.0")
    host.lab.run("ip", "link", "del", "vif1.0")
    host.wait("vif1.0", "no-device")
    begin = now_us()
    host.veth("vif1.0")
    host.wait("vif1.0")
    assert_plug(times(host, "vif1.0"), begin, now_us())


@pytest.mark.parametrize("end", ["restart", "kill"])
def test_agent_that_comes_later_keeps_what_was_told(host, end):
    host.network()
    host.wired("vif1.0")
    before = times(host, "vif1.0")
    if end == "kill":
        host.lab.agent.kill()
        host.lab.agent.start()
    else:
        host.lab.agent.restart()
    host.cable("vif", "set", "vif1.0", "--ipv4", "10.0.0.2")
    host.cable("vif", "wait", "vif1.0")
    assert times(host, "vif1.0") == before


def test_port_that_is_taken_over_is_not_plugged(host):
    host.network()
    host.wired("vif1.0")
    host.veth("vif2.0")
    host.lab.run("ip", "link", "set", "vif2.0", "up")
    host.lab.vsctl("add-port", "xapi0", "vif2.0")
    host.vif("vif2.0")
    host.wait("vif2.0")
    assert times(host, "vif2.0") == {}


def test_storm_has_times_for_each(host):
    host.network()
    devices = [f"vif{n}.0" for n in range(1, 21)]
    begin = now_us()
    for device in devices:
        host.vif(device)
    for device in devices:
        host.veth(device)
    for device in devices:
        host.wait(device)
        assert_plug(times(host, device), begin, now_us())
