# SPDX-License-Identifier: Apache-2.0
"""Real guests: what is theirs passes, what is their neighbour's gets nowhere and is counted under its rule."""

import logging

import pytest

from conftest import Host
from lab import Lab, wait_for

logging.getLogger("scapy").setLevel(logging.ERROR)
from scapy.layers.dhcp import BOOTP, DHCP                                               # noqa: E402
from scapy.layers.inet import IP, UDP, ICMP                                             # noqa: E402
from scapy.layers.inet6 import (ICMPv6EchoRequest, ICMPv6ND_NA, ICMPv6ND_RA, ICMPv6NDOptDstLLAddr,   # noqa: E402
                                ICMPv6NDOptPrefixInfo, ICMPv6NDOptSrcLLAddr, IPv6)
from scapy.layers.l2 import ARP, Ether                                                  # noqa: E402

GUEST, NEIGHBOUR = 1, 2
IPV4 = {1: "10.77.0.11", 2: "10.77.0.12"}
IPV6 = {1: "fd77::11", 2: "fd77::12"}
BROADCAST = "ff:ff:ff:ff:ff:ff"
N_FRAMES = 25


class Pair:
    """Two guests on one network with a DHCP server behind its uplink, both wired and with all their addresses."""

    def __init__(self, host, kind):
        self.host = host
        self.guests = {n: host.lab.guest(kind if n == GUEST else "netns", n) for n in (GUEST, NEIGHBOUR)}
        for n, guest in self.guests.items():
            host.lab.dhcp.add_host(guest.macs[0], IPV4[n])
        host.lab.dhcp.start()
        host.network("net0", "--uplink", "uplink0")
        for n, guest in self.guests.items():
            host.vif(guest.device(), "--ipv4", IPV4[n], "--ipv6", IPV6[n], mac=guest.macs[0])
        for n, guest in self.guests.items():
            guest.start()
            host.wait(guest.device())
        self.leases = {n: guest.dhcp() for n, guest in self.guests.items()}
        for n, guest in self.guests.items():
            guest.add_ipv6(f"{IPV6[n]}/64")

    @property
    def guest(self):
        return self.guests[GUEST]

    @property
    def neighbour(self):
        return self.guests[NEIGHBOUR]

    def mac(self, n):
        return self.guests[n].macs[0]

    def counted(self, rule):
        return self.host.packets("vif1.0").get(rule, 0)

    def dropped(self):
        """Packets of the guest per rule that drops."""
        return {rule["name"]: rule["packets"] for rule in self.host.json("vif", "show", "vif1.0")["rules"]
                if rule["verdict"] == "drop" and rule["packets"]}


@pytest.fixture(scope="module", params=["netns", "qemu"])
def pair(request):
    with Lab() as lab:
        yield Pair(Host(lab), request.param)


def test_guests_get_their_leases(pair):
    assert {n: lease.address for n, lease in pair.leases.items()} == IPV4


def test_guests_reach_each_other(pair):
    assert pair.guest.ping(IPV4[NEIGHBOUR]) and pair.neighbour.ping(IPV4[GUEST])
    assert pair.guest.ping(IPV6[NEIGHBOUR]) and pair.neighbour.ping(IPV6[GUEST])
    assert pair.guest.ping("10.77.0.1")


def forged_mac(pair):
    return Ether(src=pair.mac(NEIGHBOUR), dst=BROADCAST) / IP(src=IPV4[GUEST], dst="10.77.0.1") / ICMP()


def forged_ipv4(pair):
    return Ether(src=pair.mac(GUEST), dst=BROADCAST) / IP(src=IPV4[NEIGHBOUR], dst="10.77.0.1") / ICMP()


def forged_ipv6(pair):
    return Ether(src=pair.mac(GUEST), dst="33:33:00:00:00:01") / IPv6(src=IPV6[NEIGHBOUR], dst="ff02::1") / ICMPv6EchoRequest()


def forged_arp_reply(pair):
    return Ether(src=pair.mac(GUEST), dst=BROADCAST) / ARP(op=2, hwsrc=pair.mac(GUEST), psrc=IPV4[NEIGHBOUR],
                                                         hwdst=BROADCAST, pdst="10.77.0.1")


def forged_advertisement(pair):
    return (Ether(src=pair.mac(GUEST), dst="33:33:00:00:00:01") / IPv6(src=IPV6[GUEST], dst="ff02::1", hlim=255)
            / ICMPv6ND_NA(tgt=IPV6[NEIGHBOUR], R=0, S=0, O=1) / ICMPv6NDOptDstLLAddr(lladdr=pair.mac(GUEST)))


def router_advertisement(pair):
    return (Ether(src=pair.mac(GUEST), dst="33:33:00:00:00:01") / IPv6(src="fe80::ff:fe00:100", dst="ff02::1", hlim=255)
            / ICMPv6ND_RA() / ICMPv6NDOptPrefixInfo(prefix="2001:db8:bad::", prefixlen=64)
            / ICMPv6NDOptSrcLLAddr(lladdr=pair.mac(GUEST)))


def dhcp_offer(pair):
    return (Ether(src=pair.mac(GUEST), dst=BROADCAST) / IP(src=IPV4[GUEST], dst="255.255.255.255") / UDP(sport=67, dport=68)
            / BOOTP(op=2, yiaddr="10.77.0.66", siaddr=IPV4[GUEST]) / DHCP(options=[("message-type", "offer"), "end"]))


@pytest.mark.parametrize("forge, rule", [
    (forged_mac, "mac-spoof"),
    (forged_ipv4, "ipv4-spoof"),
    (forged_ipv6, "ipv6-spoof"),
    (forged_arp_reply, "arp-spoof"),
    (forged_advertisement, "nd-other"),
    (router_advertisement, "router-advertisement"),
    (dhcp_offer, "dhcp-server"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_forged_frames_get_nowhere_and_are_counted_exactly(pair, forge, rule):
    frame = bytes(forge(pair)).hex()
    before = pair.dropped()
    with pair.neighbour.listening() as heard:
        assert pair.guest.send_frames([frame] * N_FRAMES, rate=500) == N_FRAMES
        expected = {**before, rule: before.get(rule, 0) + N_FRAMES}
        wait_for(lambda: pair.dropped() == expected, f"exactly {N_FRAMES} more packets under {rule}", 30, seen=pair.dropped)
        assert pair.guest.ping(IPV4[NEIGHBOUR])         # heard after whatever the forged frames may have caused
        assert frame not in heard.frames()


def test_guest_that_takes_its_neighbour_s_mac_is_cut_off(pair):
    pair.guest.must(f"ip link set eth0 down && ip link set eth0 address {pair.mac(NEIGHBOUR)} && ip link set eth0 up")
    try:
        before = pair.counted("mac-spoof")
        assert not pair.guest.ping(IPV4[NEIGHBOUR], deadline_s=1)
        assert not pair.guest.ping("10.77.0.1", deadline_s=1)
        wait_for(lambda: pair.counted("mac-spoof") > before, "mac-spoof to be counted")
        assert pair.neighbour.ping("10.77.0.1")
    finally:
        pair.guest.must(f"ip link set eth0 down && ip link set eth0 address {pair.mac(GUEST)} && ip link set eth0 up"
                        f" && ip addr add {IPV6[GUEST]}/64 dev eth0")
        pair.guest.await_dad()
    assert pair.guest.ping(IPV4[NEIGHBOUR])


def test_guest_that_takes_its_neighbour_s_ipv4_address_reaches_nobody_with_it(pair):
    pair.guest.must(f"ip addr add {IPV4[NEIGHBOUR]}/32 dev eth0")
    try:
        before = pair.counted("arp-spoof") + pair.counted("ipv4-spoof")
        status, _ = pair.guest.exec(f"ping -q -c 3 -W 1 -I {IPV4[NEIGHBOUR]} 10.77.0.1")
        assert status
        wait_for(lambda: pair.counted("arp-spoof") + pair.counted("ipv4-spoof") > before, "the forged packets to be counted")
        assert pair.neighbour.ping("10.77.0.1")
    finally:
        pair.guest.must(f"ip addr del {IPV4[NEIGHBOUR]}/32 dev eth0")


def test_guest_that_takes_its_neighbour_s_ipv6_address_reaches_nobody_with_it(pair):
    before = pair.counted("nd-other") + pair.counted("ipv6-spoof")
    pair.guest.must(f"ip addr add {IPV6[NEIGHBOUR]}/128 dev eth0 2>&1 || true")
    try:
        wait_for(lambda: pair.counted("nd-other") + pair.counted("ipv6-spoof") > before, "its duplicate address detection to be dropped")
        assert pair.neighbour.ping("fd77::1")
    finally:
        pair.guest.must(f"ip addr del {IPV6[NEIGHBOUR]}/128 dev eth0 2>/dev/null || true")


def test_dhcp_server_in_a_guest_serves_nobody(pair):
    before = pair.counted("dhcp-server")
    folder = pair.guest.scratch
    pair.guest.must(f"printf 'start 10.77.0.66\\nend 10.77.0.70\\ninterface eth0\\nlease_file {folder}/leases\\n' >{folder}/udhcpd.conf; "
                    f": >{folder}/leases; udhcpd -f {folder}/udhcpd.conf >/dev/null 2>&1 & echo $! >{folder}/udhcpd.pid")
    try:
        lease = pair.neighbour.dhcp()
        assert lease.address == IPV4[NEIGHBOUR] and lease.server == "10.77.0.1"
        wait_for(lambda: pair.counted("dhcp-server") > before, "the offer to be dropped")
    finally:
        pair.guest.must(f"kill $(cat {folder}/udhcpd.pid)")
