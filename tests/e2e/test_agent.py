# SPDX-License-Identifier: Apache-2.0
"""The agent comes, goes and is told nonsense; guests do not notice."""

import json

import pytest

from conftest import BACKEND_MAC, mac_of
from lab import wait_for


def rules(host, bridge="xapi0"):
    """The bridge's flows apart from their cookies, whose generation may differ."""
    return {flow.partition(", ")[2] for flow in host.flows(bridge)}


def addresses(host, ofport):
    """From which addresses of 10/8 the rules for a port number let IPv4 pass."""
    return {flow.partition("nw_src=")[2].partition(" ")[0].partition(",")[0]
            for flow in host.flows_of("xapi0", ofport) if "nw_src=10." in flow}


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


def test_ports_of_before_the_agent_s_restart_keep_their_numbers_to_themselves(host):
    host.network()
    before = {f"vif{n}.0": host.wired(f"vif{n}.0", "--ipv4", f"10.0.0.{n}") for n in range(1, 5)}
    host.lab.agent.stop()
    new = [host.vif(host.veth(f"vif{n}.0"), "--ipv4", f"10.0.0.{n}") for n in range(11, 19)]
    host.lab.agent.start()
    after = {device: host.wait(device) for device in [*before, *new]}
    assert {device: record["ofport"] for device, record in after.items() if device in before} \
        == {device: record["ofport"] for device, record in before.items()}
    assert len({record["ofport"] for record in after.values()}) == len(after)
    for device, record in after.items():
        address = device.removeprefix("vif").removesuffix(".0")
        assert addresses(host, record["ofport"]) == {f"10.0.0.{address}"}


def test_of_two_ports_that_ask_for_one_number_each_gets_its_own(host):
    host.network()
    first = host.wired("vif1.0", "--ipv4", "10.0.0.1")["ofport"]
    host.wired("vif2.0", "--ipv4", "10.0.0.2")
    host.lab.agent.stop()
    host.lab.vsctl("set", "interface", "vif2.0", f"ofport_request={first}")
    host.lab.agent.start()
    requests = ["--bare", "--columns=ofport_request", "find", "interface", "ofport_request!=[]"]
    wait_for(lambda: len(set(host.lab.vsctl(*requests).split())) == 2, "the numbers to differ")
    for n in (1, 2):
        number = host.wait(f"vif{n}.0")["ofport"]
        assert number == host.interface(f"vif{n}.0")["ofport"]
        wait_for(lambda ofport=number, own={f"10.0.0.{n}"}: addresses(host, ofport) == own, f"vif{n}.0's own rules on its number")


def counter(host, name):
    """One of libopenvswitch's coverage counters of the agent."""
    return int(host.lab.run("ovs-appctl", "-t", f"{host.lab.state}/run/cabled.ctl", "coverage/read-counter", name).stdout)


def rests(host):
    """True if the agent's loop sleeps while nothing happens: seen until it has asked the switch for the fragment mode twice, by its clock."""
    asked, spins = counter(host, "vconn_sent"), counter(host, "poll_zero_timeout")
    wait_for(lambda: counter(host, "vconn_sent") >= asked + 2, "the agent's timer to come round twice", 30)
    return counter(host, "poll_zero_timeout") - spins < 2000


def test_link_that_somebody_else_has_raised_is_wired(host):
    host.network()
    host.veth("lower")
    host.lab.expect("cabled", "vif1.0: cannot bring it up")
    host.lab.run("ip", "link", "add", "vif1.0", "link", "lower", "type", "macvlan")
    host.vif("vif1.0", mode="disabled")
    host.wait("vif1.0", "disabled")
    # Of one device's macvlans, the kernel lets one with a given MAC be up.
    host.lab.run("ip", "link", "add", "other", "link", "lower", "address", BACKEND_MAC, "type", "macvlan")
    host.lab.run("ip", "link", "set", "other", "up")
    host.update_vif("vif1.0", locking_mode="locked")
    host.wait("vif1.0", "failed")
    assert host.json("vif", "show", "vif1.0")["waiting_for"].startswith("the next try: the kernel refused the link's settings")
    host.lab.run("ip", "-batch", "-", input="link del other\nlink set vif1.0 up\n")
    host.wait("vif1.0")
    assert rests(host)


def test_agent_rests_while_the_switch_database_is_away(host):
    host.network()
    host.wired("vif1.0")
    host.lab.expect_lost_connections()
    host.lab.switch_db.stop()
    assert rests(host)
    host.lab.switch_db.start()
    host.wired("vif2.0")
    host.wait("vif1.0")


def test_vifs_of_another_host_are_unplugged_when_the_host_changes(host):
    host.network()
    host.wired("vif1.0")
    host.lab.vsctl("set", "open_vswitch", ".", "external_ids:cabled-host=0f0f0f0f-0000-4000-8000-000000000001")
    wait_for(lambda: "xapi0" not in host.bridges() or not host.ports("xapi0"), "the port to go")


def test_vif_that_moves_off_a_vanishing_bridge_in_mid_change_is_wired_on_the_next(host):
    host.network("net0")
    host.network("net1")
    host.wired("vif1.0")
    host.lab.vswitchd.signal("STOP")
    try:
        host.update_vif("vif1.0", ipv4_allowed="10.0.0.9")      # a bundle is under way
        wait_for(lambda: "updating" in host.lab.run("ovsdb-client", "dump", host.lab.pool_db.remote, "VIF", "wire_state").stdout,
                 "the change to be under way")
        networks = {network["name"]: network["uuid"] for network in host.json("network", "list")}
        host.transact({"op": "update", "table": "VIF", "where": [["interface", "==", "vif1.0"]],
                       "row": {"network": ["uuid", networks["net1"]]}},
                      {"op": "delete", "table": "Network", "where": [["_uuid", "==", ["uuid", networks["net0"]]]]})
        wait_for(lambda: "xapi0" not in host.bridges(), "the bridge to go")
    finally:
        host.lab.vswitchd.signal("CONT")
    host.wait("vif1.0")
    assert host.ports("xapi1") == {"vif1.0"}


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


def test_rules_kept_for_a_row_that_did_not_parse_go_with_the_next_ones(host):
    host.network()
    ofport = host.wired("vif1.0", "--ipv4", "10.0.0.5")["ofport"]
    host.lab.expect("cabled", "vif1.0")
    host.update_vif("vif1.0", MAC="02:00:00:00:00:zz")
    host.wait("vif1.0", "failed")
    host.lab.agent.stop()
    host.lab.agent.start()
    host.wired("vif2.0")
    assert any("10.0.0.5" in flow for flow in host.flows_of("xapi0", ofport))
    host.update_vif("vif1.0", MAC=mac_of("vif1.0"), ipv4_allowed="10.0.0.6")
    host.wait("vif1.0")
    assert not any("10.0.0.5" in flow for flow in host.flows_of("xapi0", ofport))


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


def test_own_report_is_no_new_wish(host):
    host.lab.agent.appctl("vlog/set", "source_pool:file:dbg")
    host.network()
    host.wired("vif1.0")
    host.update_vif("vif1.0", MAC_autogenerated=True)     # nothing of a wish either
    host.cable("vif", "set", "vif1.0", "--mtu", "1400")
    wait_for(lambda: host.link("vif1.0")["mtu"] == 1400, "the new wish to be carried out")
    host.cable("vif", "set", "vif1.0", "--mtu", "1300")
    wait_for(lambda: host.link("vif1.0")["mtu"] == 1300, "the next one to be carried out")
    told = [line for line in host.lab.agent.log.read_text().splitlines() if "source_pool" in line and "device=vif1.0" in line]
    assert ["a wish" in line for line in told] == [True, True, True], told


def test_report_that_somebody_overwrites_is_written_again(host):
    host.network()
    host.wired("vif1.0")
    host.update_vif("vif1.0", wire_state="failed", wire_error="said somebody else")
    assert host.wait("vif1.0")["error"] is None
