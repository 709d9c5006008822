/* SPDX-License-Identifier: Apache-2.0
 *
 * A packet socket on one device, whose filter lets through what tells of a guest's start (timeline/frame.h). Inside of the room.
 */
#ifndef TIMELINE_PACKETS_H
#define TIMELINE_PACKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Enough for any DHCP message and the headers before it; what is longer is cut. */
enum { PACKETS_FRAME_BYTES = 2048 };

struct packet {
    uint8_t frame[PACKETS_FRAME_BYTES];
    size_t n;
    bool from_guest;            /* it came in by the device; otherwise it goes out, to the guest */
    int64_t us;                 /* CLOCK_MONOTONIC: when the kernel saw it */
};

/* Opens a socket that gets each frame from the guest, and what can be for a DHCP client. Returns it, or -1 with errno. */
int packets_open(const char *device);

/* From now on: DHCP, ARP and neighbour advertisements alone. -1 is fine. */
void packets_narrow(int fd);

/* 0: '*packet' is filled. EAGAIN: there is none now. Another errno: there will be none, the device has gone. */
int packets_receive(int fd, struct packet *packet);

/* Closes the socket, without waiting for it: the kernel (Linux 6.1, packet_release()) lets whoever closes one wait until no processor can be using
 * it any more, which was 12 ms each on a machine of 2. A thread of its own waits, and does nothing else. */
void packets_close(int fd);

#endif
