/* SPDX-License-Identifier: Apache-2.0
 *
 * A bundle on its way to the switch, one at a time: its meters are set, its messages and a barrier sent; when all are known to be in, it is
 * committed; when it is in force, its useless meters are deleted. Inside of the room.
 *
 * Open vSwitch drops a message that it cannot read from the bundle and would commit the rest (3.1.0, handle_bundle_add()), so the commit
 * waits for the barrier.
 */
#ifndef SWITCH_DELIVERY_H
#define SWITCH_DELIVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openvswitch/types.h>

#include "switch/session.h"

struct bundle;
struct connection;
struct meters;
struct ofp_header;

enum delivery_phase {
    DELIVERY_IDLE,
    DELIVERY_FILLING,           /* messages and a barrier sent */
    DELIVERY_COMMITTING,
};

struct delivery {
    struct connection *connection;
    struct meters *meters;
    enum delivery_phase phase;
    uint32_t bundle_id;
    ovs_be32 awaited;           /* xid of the barrier or the commit */
    uint32_t *useless_meters;   /* when the bundle is in force */
    size_t n_useless_meters;
    enum session_result result;
};

/* 'connection' and 'meters' stay the caller's, and must outlive the delivery. */
void delivery_init(struct delivery *, struct connection *, struct meters *);
void delivery_destroy(struct delivery *);

bool delivery_is_under_way(const struct delivery *);

/* Sends the messages of 'bundle', which stays the caller's. Nothing may be under way. */
void delivery_fill(struct delivery *, const struct bundle *bundle);

/* Sends the barrier, and must follow: the commit goes out when all that was sent before it has been read. */
void delivery_seal(struct delivery *);

/* Take in what the switch answers. */
void delivery_hear_barrier(struct delivery *, const struct ofp_header *);

/* True if with this the bundle is in force. */
bool delivery_hear_bundle_control(struct delivery *, const struct ofp_header *);

/* True if a bundle is under way: it counts as refused. */
bool delivery_hear_error(struct delivery *, const struct ofp_header *);

/* The fate of the last bundle; once. */
enum session_result delivery_take_result(struct delivery *);

/* The bundle that was under way, or its fate, is of no interest any more. */
void delivery_forget(struct delivery *);

#endif
