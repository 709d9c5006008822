/* SPDX-License-Identifier: Apache-2.0
 *
 * An OpenFlow connection over a stream (libopenvswitch, vconn-provider.h) that collects what is sent and writes it at once. ovs-vswitchd
 * begins a turn of its loop with the first message that it gets, and the more ports it has the longer that takes: messages that
 * come one by one wait for one turn more than those that come together. Inside of the room.
 */
#ifndef SWITCH_OUTBOX_H
#define SWITCH_OUTBOX_H

#include <stdint.h>

#include <openvswitch/ofpbuf.h>

struct vconn;

struct outbox {
    struct ofpbuf bytes;        /* sent, but not yet taken by the socket */
    uint64_t n_written;         /* bytes that it has taken */
};

void outbox_init(struct outbox *);
void outbox_destroy(struct outbox *);

/* Opens a connection to 'target' ("unix:...") that writes by way of 'outbox', which must outlive it and be empty. What was sent is written by
 * vconn_run(), and when it gets too much. Returns 0 or an errno value. */
int outbox_open(struct outbox *, const char *target, uint32_t allowed_versions, struct vconn **);

#endif
