# SPDX-License-Identifier: Apache-2.0
"""What is there as it should be is not sent again: flows keep their cookies, and with them their generation, through restarts and repairs."""

from lab import wait_for


def cookies(host, bridge="xapi0"):
    """Which flow carries which cookie; the generation is part of it."""
    return {flow.partition(", ")[2]: flow.partition(",")[0] for flow in host.flows(bridge)}


def await_guarded(host):
    wait_for(lambda: any(bridge["guarded"] for bridge in host.json("status", "--timeout", "1")["bridges"]), "the bridge to be guarded")


def restart_agent(host):
    host.lab.agent.stop()
    host.lab.agent.start()
    wait_for(lambda: host.json("status")["agent"] == "connected", "the agent to answer")
    await_guarded(host)


def test_agent_that_starts_sends_nothing_where_all_is_right(host):
    host.network()
    host.wired("vif1.0", "--ipv4", "10.0.0.5", "--ipv6", "2001:db8::5")
    host.wired("vif2.0", "--trunks", "100,200")
    host.wired("vif3.0", mode="unlocked")
    before = cookies(host)
    restart_agent(host)
    host.wired("vif4.0")        # a bundle later
    after = cookies(host)
    assert {flow: after.get(flow) for flow in before} == before


def test_agent_that_starts_sends_only_what_has_changed(host):
    host.network()
    kept = host.wired("vif1.0", "--ipv4", "10.0.0.5")["ofport"]
    changed = host.wired("vif2.0", "--ipv4", "10.0.0.6")["ofport"]
    gone = host.wired("vif3.0")["ofport"]
    before = {ofport: host.flows_of("xapi0", ofport) for ofport in (kept, changed, gone)}
    host.lab.agent.stop()
    host.cable("vif", "set", "vif2.0", "--add-ipv4", "10.0.0.66")
    host.cable("vif", "destroy", "vif3.0")
    host.lab.agent.start()
    host.cable("vif", "wait", "vif2.0")
    wait_for(lambda: not host.flows_of("xapi0", gone), "the flows of the VIF that has gone to be deleted")
    assert host.flows_of("xapi0", kept) == before[kept]
    assert any("10.0.0.66" in flow for flow in host.flows_of("xapi0", changed))
    assert not host.flows_of("xapi0", changed) & before[changed]


def test_repair_touches_only_what_somebody_broke(host):
    host.network()
    kept = host.wired("vif1.0", "--ipv4", "10.0.0.5")["ofport"]
    broken = host.wired("vif2.0", "--ipv4", "10.0.0.6")["ofport"]
    before = {ofport: host.flows_of("xapi0", ofport) for ofport in (0, kept, broken)}
    host.lab.expect("cabled", "somebody else changed or deleted flows of ours")
    host.lab.ofctl("-O", "OpenFlow14", "--strict", "del-flows", "xapi0", f"table=202,priority=500,udp,in_port={broken},tp_dst=68")
    wait_for(lambda: len(host.flows_of("xapi0", broken)) == len(before[broken]), "the flow to be back")
    assert host.flows_of("xapi0", kept) == before[kept]
    assert host.flows_of("xapi0", 0) == before[0]


def test_flow_that_somebody_changed_is_set_right(host):
    host.network()
    ofport = host.wired("vif1.0", "--ipv4", "10.0.0.5")["ofport"]
    host.lab.expect("cabled", "somebody else changed or deleted flows of ours")
    right = cookies(host).keys()
    drop = f"table=200,priority=100,in_port={ofport},vlan_tci=0x0000/0x1fff"
    host.lab.ofctl("-O", "OpenFlow14", "--strict", "mod-flows", "xapi0", f"{drop},actions=normal")
    wait_for(lambda: host.json("status") and cookies(host).keys() == right, "the flow to be right again", seen=lambda: host.flows("xapi0", drop))


def test_flow_of_ours_that_is_there_too_much_is_deleted_at_the_start(host):
    host.network()
    ofport = host.wired("vif1.0", "--ipv4", "10.0.0.5")["ofport"]
    right = cookies(host).keys()
    cookie = next(iter(host.flows_of("xapi0", ofport))).partition(",")[0]
    host.lab.agent.stop()
    host.lab.ofctl("-O", "OpenFlow14", "add-flow", "xapi0",
                   f"{cookie},table=202,priority=999,in_port={ofport},ip,actions=load:1->NXM_NX_REG15[0],resubmit(,0)")
    assert cookies(host).keys() != right
    host.lab.agent.start()
    wait_for(lambda: cookies(host).keys() == right, "the surplus flow to go")
