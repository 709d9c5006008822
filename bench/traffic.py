# SPDX-License-Identifier: Apache-2.0
"""Frames that one guest sends, as lines of hex for the program `frames` (lab/guest/frames.c)."""

import ipaddress
import random

N_DIFFERENT = 5000
PAYLOAD = bytes(18)


def good(source, target):
    """One flow between two VIFs."""
    return [udp4(source.mac, target.mac, source.ipv4, target.ipv4, 1000, 2000)]


def random_ports(source, target):
    """Allowed, each frame with other ports."""
    return [udp4(source.mac, target.mac, source.ipv4, target.ipv4, chance.randrange(1024, 65536), chance.randrange(1024, 65536))
            for _ in range(N_DIFFERENT)]


def random_macs(source, target):
    return [udp4(random_mac(), target.mac, source.ipv4, target.ipv4, 1000, 2000) for _ in range(N_DIFFERENT)]


def random_ipv4(source, target):
    return [udp4(source.mac, target.mac, str(ipaddress.IPv4Address(chance.randrange(1 << 24, 224 << 24))), target.ipv4, 1000, 2000)
            for _ in range(N_DIFFERENT)]


def random_ipv6(source, target):
    return [udp6(source.mac, target.mac, ipaddress.IPv6Address(0x2001 << 112 | chance.getrandbits(112)).packed) for _ in range(N_DIFFERENT)]


KINDS = {"one flow": good, "random ports": random_ports, "random MACs": random_macs, "random IPv4": random_ipv4,
         "random IPv6": random_ipv6}
chance = random.Random(1)       # the same for everyone


def hello(source):
    """A frame by which the switch learns where the VIF is: an ARP request from its own address for it."""
    mac, ipv4 = mac_bytes(source.mac), ipaddress.IPv4Address(source.ipv4).packed
    return (b"\xff" * 6 + mac + bytes.fromhex("08060001080006040001") + mac + ipv4 + bytes(6) + ipv4).hex()


def udp4(mac, to_mac, ipv4, to_ipv4, port, to_port):
    udp = udp_bytes(port, to_port)
    head = bytes.fromhex("4500") + (20 + len(udp)).to_bytes(2, "big") + bytes.fromhex("0001000040110000")
    head += ipaddress.IPv4Address(ipv4).packed + ipaddress.IPv4Address(to_ipv4).packed
    head = head[:10] + checksum(head).to_bytes(2, "big") + head[12:]
    return (mac_bytes(to_mac) + mac_bytes(mac) + b"\x08\x00" + head + udp).hex()


def udp6(mac, to_mac, ipv6):
    udp = udp_bytes(1000, 2000)
    head = bytes.fromhex("60000000") + len(udp).to_bytes(2, "big") + b"\x11\x40" + ipv6 + ipaddress.IPv6Address("2001:db8::1").packed
    return (mac_bytes(to_mac) + mac_bytes(mac) + b"\x86\xdd" + head + udp).hex()


def udp_bytes(port, to_port):
    """Without a checksum."""
    return port.to_bytes(2, "big") + to_port.to_bytes(2, "big") + (8 + len(PAYLOAD)).to_bytes(2, "big") + b"\0\0" + PAYLOAD


def checksum(head):
    words = sum(int.from_bytes(head[i:i + 2], "big") for i in range(0, len(head), 2))
    words = (words & 0xffff) + (words >> 16)
    return ~((words & 0xffff) + (words >> 16)) & 0xffff


def random_mac():
    return "02:" + ":".join(f"{chance.randrange(256):02x}" for _ in range(5))


def mac_bytes(mac):
    return bytes.fromhex(mac.replace(":", ""))
