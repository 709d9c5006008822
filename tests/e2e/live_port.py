# SPDX-License-Identifier: Apache-2.0
"""A port that somebody added by hand to a guarded bridge, live, and an ear that hears what passes."""

from conftest import peer_of
from lab import wait_for


def add_live_port(host, port):
    """The bridge xapi0 is guarded. The ear is ear0, and what it hears comes out of ear1."""
    lab = host.lab
    host.veth(port)
    lab.run("ip", "link", "add", "ear0", "type", "veth", "peer", "name", "ear1")
    for device in ("ear0", "ear1", port, peer_of(port)):
        lab.run("ip", "link", "set", device, "up")
    for name in (port, "ear0"):
        lab.vsctl("add-port", "xapi0", name)
        wait_for(lambda name=name: admitted(host, name), f"{name} to be admitted")


def expect_live_ports(lab):
    """What the switch says of them; the veths' ends say nothing by themselves."""
    lab.run("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1")
    lab.expect("ovs-vswitchd", "Network is down|No such device|dropping VLAN|ukey installation fails")


def admitted(host, port):
    """Flows that let everything of a port pass: rule 1, `admitted`."""
    flows = host.flows("xapi0", f"table=199,in_port={host.interface(port)['ofport']}")
    return [flow for flow in flows if int(flow.partition("cookie=")[2].partition(",")[0], 16) >> 8 & 0xff == 1]
