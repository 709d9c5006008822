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

#endif
