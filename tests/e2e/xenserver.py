# SPDX-License-Identifier: Apache-2.0
"""The flows that XenServer's setup-vif-rules installs for a locked VIF, written down from its behaviour, not from ours.

Each is (our name for it, priority, match besides in_port, action).  An
unlocked VIF has none, a disabled one is on no bridge.
"""

DROPPED_ICMPV6 = {
    134: "router-advertisement", 137: "redirect-gateway", 146: "mobile-prefix-solicitation", 147: "mobile-prefix-advertisement",
    151: "multicast-router-advertisement", 152: "multicast-router-solicitation", 153: "multicast-router-termination",
}


def locked(policy):
    """The flows of one VIF."""
    mac = policy["mac"]
    yield "allow-dhcp", 8000, f"dl_type=0x0800,nw_proto=17,tp_dst=67,dl_src={mac}", "normal"
    yield "arp-probe", 7000, f"dl_type=0x0806,dl_src={mac},arp_sha={mac},nw_src=0.0.0.0", "normal"
    for address in policy["ipv4"]:
        yield "arp-reply", 7000, f"dl_type=0x0806,dl_src={mac},arp_sha={mac},nw_src={address}", "normal"
        yield "allow-ipv4", 6000, f"dl_type=0x0800,dl_src={mac},nw_src={address}", "normal"
    for address in policy["ipv6"]:
        yield "neighbour-solicitation", 8000, f"icmp6,ipv6_src={address},icmp_type=135,nd_sll={mac},dl_src={mac}", "normal"
        yield "neighbour-advertisement", 8000, f"icmp6,ipv6_src={address},icmp_type=136,nd_target={address},dl_src={mac}", "normal"
        for protocol in "icmp6", "tcp6", "udp6":
            yield "allow-ipv6", 5000, f"{protocol},dl_src={mac},ipv6_src={address}", "normal"
    for icmp_type in 135, 136:
        yield "nd-other", 7000, f"icmp6,icmp_type={icmp_type}", "drop"
    for icmp_type, name in DROPPED_ICMPV6.items():
        yield name, 6000, f"icmp6,icmp_type={icmp_type}", "drop"
    yield "everything-else", 4000, "", "drop"


def flows(policies, cookie):
    """Lines for ovs-ofctl, in_port 1 for the first policy. `cookie(ofport, name)` marks a flow so that a trace can tell it."""
    for ofport, policy in enumerate(policies, 1):
        rows = {
            "locked": locked(policy),
            "unlocked": [("unlocked", 1, "", "normal")],
            "disabled": [("disabled", 1, "", "drop")],
        }[policy["mode"]]
        for name, priority, match, action in rows:
            match = f",{match}" if match else ""
            yield f"cookie={cookie(ofport, name):#x},table=0,priority={priority},in_port={ofport}{match} actions={action}"
    yield "table=0,priority=0 actions=normal"
