# SPDX-License-Identifier: Apache-2.0
"""Others take what a VIF was to have: its device's name, its number, its place on the bridge. Nothing forged passes, and the VIF is wired
when it can be."""

import json
import re

import pytest

from lab import wait_for
from storm import POLICY, Storm, hang_out_ear, heard_nothing_forged

ADDRESSES = ("--ipv4", ",".join(POLICY["ipv4"]), "--ipv6", ",".join(POLICY["ipv6"]))
SOON_S = 15                     # before the list of devices is read again on its timer (src/hotplug/devices.c)
NUMBER_TAKEN = "changed or took the number of a VIF's port"


def state(host, device):
    """What the agent itself says of a VIF."""
    return next((vif["state"] for vif in json.loads(host.lab.agent.appctl("status"))["vifs"] if vif["device"] == device), None)


def await_state(host, device, wanted):
    wait_for(lambda: state(host, device) == wanted, f"{device} to be {wanted}", SOON_S,
             seen=lambda: host.lab.agent.appctl("status"))


def stormy_vif(host):
    """vif1.0 described on a network with an ear, its device there and raised by somebody; the agent can be stopped at steps."""
    agent = host.lab.agent
    hang_out_ear(host)
    agent.stop()
    agent.program = agent.program.with_name("cabled-stops")
    agent.start()
    host.network("net0", "--uplink", "ear0")
    host.wired("vif9.0")        # makes the bridge
    host.veth("vif1.0")
    host.lab.run("ip", "link", "set", "vif1.0", "up")


def plug_until(host, step):
    host.lab.agent.appctl("stop/at", step)
    host.vif("vif1.0", *ADDRESSES, mac=POLICY["mac"])
    wait_for(lambda: host.lab.agent.stopped, f"the agent to come to the step {step}")


def take_next_number(host):
    """A port of somebody else has the number that the agent has just reserved for vif1.0; returns it."""
    number = host.interface("vif9.0")["ofport"] + 1
    host.lab.run("ip", "link", "add", "thief", "type", "veth", "peer", "name", "thief-peer")
    host.lab.vsctl("add-port", "xapi0", "thief", "--", "set", "interface", "thief", f"ofport_request={number}")
    assert host.interface("thief")["ofport"] == number
    return number


def numbers_asked_for(host, device):
    """The ofport_request of each Interface row of that name that was ever inserted."""
    log = host.lab.run("ovsdb-tool", "-mm", "show-log", host.lab.switch_db.database).stdout
    row = rf'insert row "{re.escape(device)}" \(\w+\):(?:\n    .*)*?\n    ofport_request=(\d+)'
    return [int(number) for number in re.findall(row, log)]


def rename(host, old, new):
    host.lab.run("ip", "-batch", "-", input=f"link set {old} down\nlink set {old} name {new}\nlink set {new} up\n")


@pytest.mark.parametrize("step", ["number-reserved", "port-written", "transaction-sent", "bundle-sent", "bundle-acked", "link-configured"])
def test_device_that_is_renamed_in_mid_plug_is_let_go_of_and_wired_when_it_is_back(host, step):
    host.lab.expect("ovs-vswitchd", r"(vif1\.0|aside).*No such device|could not open network device vif1\.0|Network is down")
    host.lab.expect("cabled", r"the switch cannot open device vif1\.0|vif1\.0: cannot")
    stormy_vif(host)
    with Storm(host, "vif1.0", "ear1") as storm:
        storm.blow()
        plug_until(host, step)
        rename(host, "vif1.0", "aside")
        storm.blow()
        host.lab.agent.signal("CONT")
        await_state(host, "vif1.0", "no-device")
        wait_for(lambda: host.ports("xapi0") == {"ear0", "vif9.0"}, "the port to go")
        rename(host, "aside", "vif1.0")
        await_state(host, "vif1.0", "wired")
        storm.await_passing()
    heard_nothing_forged(storm)


def test_device_that_is_renamed_and_back_before_the_agent_looks_is_wired(host):
    host.lab.expect("ovs-vswitchd", r"(vif1\.0|aside).*No such device|could not open network device vif1\.0|Network is down")
    host.lab.expect("cabled", r"the switch cannot open device vif1\.0|vif1\.0: cannot")
    stormy_vif(host)
    with Storm(host, "vif1.0", "ear1") as storm:
        storm.blow()
        plug_until(host, "transaction-sent")
        rename(host, "vif1.0", "aside")
        rename(host, "aside", "vif1.0")
        host.lab.agent.signal("CONT")
        await_state(host, "vif1.0", "wired")
        storm.await_passing()
    heard_nothing_forged(storm)


def test_number_that_another_port_takes_in_mid_plug_is_given_up(host):
    """The agent has reserved a number; before its transaction somebody else's port has it."""
    host.lab.expect("cabled", NUMBER_TAKEN)
    host.lab.expect("ovs-vswitchd", "thief.*Network is down")
    stormy_vif(host)
    with Storm(host, "vif1.0", "ear1") as storm:
        storm.blow()
        plug_until(host, "port-written")
        number = take_next_number(host)
        storm.blow()
        host.lab.agent.signal("CONT")
        await_state(host, "vif1.0", "wired")
        first, second = numbers_asked_for(host, "vif1.0")
        assert first == number != second
        assert not [flow for flow in host.flows_of("xapi0", number) if "goto_table:200" in flow]
        storm.await_passing()
    heard_nothing_forged(storm)


def test_number_that_another_port_has_is_not_asked_for_again_while_the_switch_is_busy(host):
    """The rows of the port that got another number are gone before the switch has read that the rules for the old one go."""
    host.lab.expect("cabled", NUMBER_TAKEN)
    host.lab.expect("ovs-vswitchd", "thief.*Network is down|Unreasonably long|context switches|faults|disk")
    stormy_vif(host)
    agent, switch = host.lab.agent, host.lab.vswitchd
    with Storm(host, "vif1.0", "ear1") as storm:
        agent.appctl("stop/at", "port-deleted")
        plug_until(host, "port-written")
        number = take_next_number(host)
        agent.signal("CONT")
        wait_for(lambda: agent.stopped, "the agent to take the port away")
        switch.signal("STOP")
        agent.signal("CONT")
        wait_for(lambda: "vif1.0" not in host.ports("xapi0"), "the rows to go")
        agent.appctl("status")  # a turn later
        switch.signal("CONT")
        await_state(host, "vif1.0", "wired")
        first, second = numbers_asked_for(host, "vif1.0")
        assert first == number != second
        storm.await_passing()
    heard_nothing_forged(storm)


def test_number_that_another_port_takes_between_unplug_and_plug_is_not_used(host):
    host.lab.expect("ovs-vswitchd", "thief.*Network is down")
    stormy_vif(host)
    host.vif("vif1.0", *ADDRESSES, mac=POLICY["mac"])
    await_state(host, "vif1.0", "wired")
    with Storm(host, "vif1.0", "ear1") as storm:
        storm.await_passing()
        before = host.interface("vif1.0")["ofport"]
        host.cable("vif", "unplug", "vif1.0")
        await_state(host, "vif1.0", "detached")
        host.lab.run("ip", "link", "add", "thief", "type", "veth", "peer", "name", "thief-peer")
        host.lab.vsctl("add-port", "xapi0", "thief", "--", "set", "interface", "thief", f"ofport_request={before + 1}")
        host.cable("vif", "plug", "vif1.0")
        await_state(host, "vif1.0", "wired")
        assert host.interface("vif1.0")["ofport"] not in (before, before + 1)
        storm.await_passing()
    heard_nothing_forged(storm)


def test_foreign_row_that_asks_for_a_vif_s_number_does_not_get_it(host):
    host.lab.expect("cabled", NUMBER_TAKEN)
    stormy_vif(host)
    host.vif("vif1.0", *ADDRESSES, mac=POLICY["mac"])
    await_state(host, "vif1.0", "wired")
    number = host.interface("vif1.0")["ofport"]
    with Storm(host, "vif1.0", "ear1") as storm:
        storm.await_passing()
        host.lab.vsctl("set", "interface", "ear0", f"ofport_request={number}")
        storm.await_passing()
        await_state(host, "vif1.0", "wired")
        assert host.interface("ear0")["ofport"] != host.interface("vif1.0")["ofport"]
        storm.blow()
    heard_nothing_forged(storm)


def test_port_of_a_vif_s_name_that_moves_to_another_bridge_is_told_and_wired_when_it_has_gone(host):
    host.lab.expect("cabled", "is on bridge br7 already|took a VIF's port off the bridge|the switch database refused|transaction error")
    stormy_vif(host)
    host.vif("vif1.0", *ADDRESSES, mac=POLICY["mac"])
    await_state(host, "vif1.0", "wired")
    number = host.interface("vif1.0")["ofport"]
    host.lab.vsctl("add-br", "br7", "--", "set", "bridge", "br7", f"datapath_type={host.lab.datapath_type}")
    with Storm(host, "vif1.0", "ear1") as storm:
        storm.await_passing()
        host.lab.vsctl("del-port", "xapi0", "vif1.0", "--", "add-port", "br7", "vif1.0")
        assert "is on bridge br7 already" in host.wait("vif1.0", "failed")["error"]
        wait_for(lambda: not host.flows_of("xapi0", number), "the rules to go")
        assert host.ports("br7") == {"vif1.0"}
        host.lab.vsctl("del-port", "br7", "vif1.0")
        await_state(host, "vif1.0", "wired")
        storm.await_passing()
    heard_nothing_forged(storm)


def addresses(n):
    return [f"10.{i // 250}.{i % 250 + 1}.1" for i in range(n)]


def test_two_hundred_addresses_are_wired_and_the_next_one_is_refused(host):
    """By `cable`; by the database itself, if it is in the same column; and by the agent if it is in the other. The rules of before stay."""
    host.network()
    ofport = host.wired("vif1.0", "--ipv4", ",".join(addresses(200)))["ofport"]
    before = host.flows_of("xapi0", ofport)
    assert all(any(f"nw_src={address} " in flow for flow in before) for address in addresses(200))
    refused = host.cable("vif", "set", "vif1.0", "--add-ipv4", "192.0.2.1", check=False)
    assert refused.returncode == 1 and "200" in refused.stderr
    assert len(host.json("vif", "show", "vif1.0")["ipv4"]) == 200
    host.lab.expect("cabled", "vif1.0.*200")
    with pytest.raises(AssertionError, match="0 to 200 members"):
        host.update_vif("vif1.0", ipv4_allowed=["set", [*addresses(200), "192.0.2.1"]])
    host.update_vif("vif1.0", ipv6_allowed="2001:db8::1")
    assert "200" in host.wait("vif1.0", "failed")["error"]
    assert host.flows_of("xapi0", ofport) == before
    host.update_vif("vif1.0", ipv4_allowed=["set", addresses(199)])
    host.wait("vif1.0")
