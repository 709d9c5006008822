# SPDX-License-Identifier: Apache-2.0
"""Sends frames and records what arrives elsewhere. Runs inside a lab's namespace, as a program of its own.

Standard input: a line of JSON {"listen": INTERFACE, "frames_per_s": N, "frames": [[INTERFACE, HEX], ...], "awaited": N},
later a line to say that the switch has handled all. Standard output: a line when all are sent; then a JSON list of what
INTERFACE received, for which `awaited` frames get a moment to arrive.
"""

import json
import math
import select
import socket
import struct
import sys
import time

ETH_P_ALL = 3
SOL_PACKET = 263
PACKET_AUXDATA = 8
SO_RCVBUFFORCE = 33
RECEIVE_BUFFER_BYTES = 64 << 20
ARRIVAL_DEADLINE_S = 2
VLAN_VALID = 0x10
AUXDATA = struct.Struct("=IIIHHHH")     # struct tpacket_auxdata of linux/if_packet.h


def packet_socket(interface, protocol=0):
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(protocol))
    raw.bind((interface, protocol))
    return raw


def listener(interface):
    raw = packet_socket(interface, ETH_P_ALL)
    raw.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    try:
        raw.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES)
    except PermissionError:     # not real root: the default has to do, and does, since it is read at once
        pass
    raw.setblocking(False)
    return raw


def receive(raw):
    """The next frame as it was on the wire: the kernel takes a VLAN tag out of it and tells it apart."""
    data, ancillary, _, address = raw.recvmsg(1 << 16, socket.CMSG_SPACE(AUXDATA.size))
    for _, _, value in ancillary:
        status, _, _, _, _, tci, tpid = AUXDATA.unpack(value[:AUXDATA.size])
        if status & VLAN_VALID:
            data = data[:12] + struct.pack("!HH", tpid or 0x8100, tci) + data[12:]
    return data, address[2] == socket.PACKET_OUTGOING


def drain(raw, received, until, awaited=math.inf):
    """Take what has arrived, waiting no longer than `until`, nor for more than `awaited` frames in all."""
    while len(received) < awaited and select.select([raw], [], [], max(0, until - time.monotonic()))[0]:
        data, outgoing = receive(raw)
        if not outgoing:
            received.append(data.hex())


def main():
    plan = json.loads(sys.stdin.readline())
    senders = {interface: packet_socket(interface) for interface in {interface for interface, _ in plan["frames"]}}
    raw = listener(plan["listen"])
    received = []
    slot = time.monotonic()
    for interface, frame in plan["frames"]:
        senders[interface].send(bytes.fromhex(frame))
        slot += 1 / plan["frames_per_s"]
        drain(raw, received, slot)
    print("sent", flush=True)
    sys.stdin.readline()
    drain(raw, received, time.monotonic() + ARRIVAL_DEADLINE_S, plan["awaited"])
    drain(raw, received, 0)
    print(json.dumps(received))


if __name__ == "__main__":
    main()
