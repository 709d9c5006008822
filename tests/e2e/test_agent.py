# SPDX-License-Identifier: Apache-2.0
"""The agent comes, goes and is told nonsense; guests do not notice."""

import json

import pytest

from conftest import mac_of
from lab import wait_for


def rules(host, bridge="xapi0"):
    """The bridge's flows apart from their cookies, whose generation may differ."""
    return {flow.partition(", ")[2] for flow in host.flows(bridge)}


def test_restart_of_the_agent_changes_nothing(host):
    host.network()
    before = host.wired("vif1.0", "--ipv4", "10.0.0.5")
    interface, flows = host.interface("vif1.0"), rules(host)
    host.lab.agent.stop()
    host.lab.agent.start()
    wait_for(lambda: host.json("vif", "show", "vif1.0")["rules"], "the agent to know the VIF")
    after = host.wait("vif1.0")
    assert {key: after[key] for key in ("ofport", "wired_since")} == {key: before[key] for key in ("ofport", "wired_since")}
    assert host.interface("vif1.0") == interface
    assert rules(host) == flows


def test_killed_agent_leaves_ports_and_rules(host):
    host.network()
    host.wired("vif1.0")
    before = rules(host)
    host.lab.agent.kill()
    assert rules(host) == before
    assert "UP" in host.link("vif1.0")["flags"]
    host.lab.agent.start()
    host.wait("vif1.0")
    wait_for(lambda: rules(host) == before, "the same rules", seen=lambda: rules(host))


def test_vifs_are_wired_again_after_the_switch_was_restarted(host):
    host.network()
    host.wired("vif1.0")
    before = rules(host)
    host.lab.expect("cabled", "connection to ovs-vswitchd broke|connection failed|connection dropped|connection attempt")
    host.lab.vswitchd.stop()
    host.lab.vswitchd.start()
    wait_for(lambda: rules(host) == before, "the rules to be back", 30, seen=lambda: rules(host))
    host.wait("vif1.0")


def test_second_agent_waits_for_the_first(host):
    host.network()
    host.wired("vif1.0")
    second = host.lab.spawn(host.lab.agent.program, f"--unixctl={host.lab.state}/run/second.ctl", "--log-file=/dev/null",
                            host.lab.switch_db.remote)
    try:
        status = ["ovs-appctl", "-t", f"{host.lab.state}/run/second.ctl", "status"]
        said = wait_for(lambda: "connected" in host.lab.run(*status, check=False).stdout
                        and json.loads(host.lab.run(*status).stdout), "the second agent to answer")
        assert said["switch"]["lock"] is False
        host.wired("vif2.0")
        host.lab.agent.stop()
        wait_for(lambda: json.loads(host.lab.run(*status).stdout)["switch"]["lock"], "the second agent to take over")
        host.cable("vif", "unplug", "vif2.0")
        host.wait("vif2.0", "detached")
    finally:
        host.lab.run("ovs-appctl", "-t", f"{host.lab.state}/run/second.ctl", "exit")
        second.wait()


def test_host_registers_itself(host):
    rows = wait_for(lambda: json.loads(host.lab.run("ovsdb-client", "--format=json", "dump", host.lab.pool_db.remote, "Host").stdout)
                    ["data"], "the host's row")
    assert len(rows) == 1 and ["uuid", host.lab.uuid] in rows[0]


def test_host_without_a_uuid_gets_one(host):
    host.lab.agent.stop()
    host.lab.vsctl("remove", "open_vswitch", ".", "external_ids", "cabled-host")
    host.lab.agent.start()
    wait_for(lambda: "cabled-host" in host.lab.vsctl("get", "open_vswitch", ".", "external_ids"), "cabled-host to be written")


@pytest.mark.parametrize("column, value, words", [
    ("MAC", "02:00:00:00:00:zz", "02:00:00:00:00:zz"),
    ("MAC", "01:00:5e:00:00:01", "group address"),
    ("ipv4_allowed", "10.0.0.300", "10.0.0.300"),
    ("ipv4_allowed", "0.0.0.0/1", "0.0.0.0"),
    ("ipv6_allowed", "ff02::1", "ff02::1"),
])
def test_row_that_does_not_parse_is_refused_in_words_and_changes_nothing(host, column, value, words):
    host.network()
    ofport = host.wired("vif1.0", "--ipv4", "10.0.0.5")["ofport"]
    before, own = host.flows("xapi0"), host.flows_of("xapi0", ofport)
    host.lab.expect("cabled", "vif1.0")
    host.update_vif("vif1.0", **{column: value})
    assert words in host.wait("vif1.0", "failed")["error"]
    assert host.flows("xapi0") == before
    host.lab.agent.stop()
    host.lab.agent.start()
    host.wired("vif2.0")        # others are served
    assert host.flows_of("xapi0", ofport) == own
    host.update_vif("vif1.0", **{column: {"MAC": mac_of("vif1.0"), "ipv4_allowed": "10.0.0.5", "ipv6_allowed": ["set", []]}[column]})
    host.wait("vif1.0")


def test_interface_name_that_the_kernel_would_not_take_is_refused(host):
    host.network()
    host.wired("vif1.0")
    host.lab.expect("cabled", "device")
    host.update_vif("vif1.0", interface="vif/1.0")
    wait_for(lambda: "vif/1.0" in host.lab.run("ovsdb-client", "dump", host.lab.pool_db.remote, "VIF", "wire_error").stdout, "the complaint")


def test_agent_that_finds_no_pool_database_keeps_what_is_there(host):
    host.network()
    host.wired("vif1.0")
    before = host.flows("xapi0")
    host.lab.expect("cabled", "pool.sock: connection (attempt failed|closed|dropped)")
    host.lab.agent.stop()
    host.lab.pool_db.stop()
    host.lab.agent.start()
    wait_for(lambda: '"connected":false' in host.lab.run("ovs-appctl", "-t", f"{host.lab.state}/run/cabled.ctl", "status").stdout,
             "the agent to be up")
    assert host.flows("xapi0") == before
    host.lab.pool_db.start()
    host.wired("vif2.0")
    host.wait("vif1.0")
