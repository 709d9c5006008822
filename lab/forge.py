# SPDX-License-Identifier: Apache-2.0
"""Frames that a hostile guest sends, for the demo: each as bytes, with a correct checksum, so that nothing but the rules stops it."""

import socket
import struct

BROADCAST, ALL_NODES = "ff:ff:ff:ff:ff:ff", "33:33:00:00:00:01"


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def v4(text):
    return socket.inet_aton(text)


def v6(text):
    return socket.inet_pton(socket.AF_INET6, text)


def checksum(data):
    """RFC 1071."""
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return struct.pack("!H", ~total & 0xffff)


def ethernet(source, destination, ethertype, payload):
    return mac(destination) + mac(source) + struct.pack("!H", ethertype) + payload


def ipv4(source, destination, protocol, payload):
    head = struct.pack("!BBHHHBB", 0x45, 0, 20 + len(payload), 1, 0, 64, protocol)
    ends = v4(source) + v4(destination)
    return head + checksum(head + b"\0\0" + ends) + ends + payload


def ipv6(source, destination, protocol, payload, hop_limit=255):
    return struct.pack("!IHBB", 6 << 28, len(payload), protocol, hop_limit) + v6(source) + v6(destination) + payload


def icmpv6(source, destination, kind, body):
    pseudo = v6(source) + v6(destination) + struct.pack("!II", 4 + len(body), 58)
    return struct.pack("!BB", kind, 0) + checksum(pseudo + struct.pack("!BBH", kind, 0, 0) + body) + body


def echo_request():
    body = struct.pack("!BBHHH", 8, 0, 0, 1, 1)
    return body[:2] + checksum(body) + body[4:]


def from_another_mac(source, address, gateway):
    """An echo request under somebody else's MAC."""
    return ethernet(source, BROADCAST, 0x0800, ipv4(address, gateway, 1, echo_request()))


def from_another_ipv4(source, address, gateway):
    """An echo request under somebody else's IPv4 address."""
    return from_another_mac(source, address, gateway)


def from_another_ipv6(source, address):
    """An echo request under somebody else's IPv6 address."""
    packet = icmpv6(address, "ff02::1", 128, struct.pack("!HH", 1, 1))
    return ethernet(source, ALL_NODES, 0x86dd, ipv6(address, "ff02::1", 58, packet))


def arp_reply(source, address, asker):
    """"I am `address`"."""
    body = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 2) + mac(source) + v4(address) + mac(BROADCAST) + v4(asker)
    return ethernet(source, BROADCAST, 0x0806, body)


def neighbour_advertisement(source, own, address):
    """"`address` is at my MAC" (RFC 4861 4.4), overriding."""
    body = struct.pack("!I", 0x20000000) + v6(address) + b"\x02\x01" + mac(source)
    return ethernet(source, ALL_NODES, 0x86dd, ipv6(own, "ff02::1", 58, icmpv6(own, "ff02::1", 136, body)))


def router_advertisement(source, own):
    """"I am your router" (RFC 4861 4.2)."""
    body = struct.pack("!BBHII", 64, 0, 1800, 0, 0) + b"\x01\x01" + mac(source)
    return ethernet(source, ALL_NODES, 0x86dd, ipv6(own, "ff02::1", 58, icmpv6(own, "ff02::1", 134, body)))


def dhcp_offer(source, own, offered):
    """"Take this address" (RFC 2131), broadcast."""
    bootp = struct.pack("!BBBBIHH", 2, 1, 6, 0, 1, 0, 0x8000) + v4("0.0.0.0") + v4(offered) + v4(own) + v4("0.0.0.0")
    bootp += b"\0" * (16 + 64 + 128) + bytes.fromhex("63825363" "350102" "ff")
    udp = struct.pack("!HHHH", 67, 68, 8 + len(bootp), 0) + bootp
    return ethernet(source, BROADCAST, 0x0800, ipv4(own, "255.255.255.255", 17, udp))
