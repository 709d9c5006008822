/* SPDX-License-Identifier: Apache-2.0
 *
 * A bundle on its way to the switch, one at a time: its meters are set, its messages and a barrier sent; when all are known to be in, it is
 * committed; when it is in force, its useless meters are deleted. Inside of the room.
 *
 * Open vSwitch drops a message that it cannot read from the bundle and would commit the rest (3.1.0, handle_bundle_add()), so the commit
 * waits for the barrier. A bundle whose messages all have forms that the switch has read on this connection (switch/shapes.h), and which goes
 * out in one write, is committed at once.
 *
 * Open vSwitch forgets a bundle of which it has read nothing for 10 s (ovs-vswitchd.conf.db(5), other_config:bundle-idle-timeout), and
 * begins another one with what comes after it (3.1.0, ofp_bundle_add_message()). It says so by an error before it answers the barrier, and the
 * session begins anew. One that is committed at once has been written as a whole, and Open vSwitch reads before it looks what has stood
 * still. While hundreds of FLOW_REMOVED wait to be sent it reads nothing, so that it might take such a one for two all the same, and commit
 * the second: but the first flow of each VIF admits it (rules/compile.h), so that a VIF of which only the end is there is dark.
 */
#ifndef SWITCH_DELIVERY_H
#define SWITCH_DELIVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openvswitch/types.h>

#include "switch/bundle.h"
#include "switch/session.h"
#include "switch/shapes.h"

struct connection;
struct meters;
struct ofp_header;

enum delivery_phase {
    DELIVERY_IDLE,
    DELIVERY_FILLING,           /* messages are being sent */
    DELIVERY_SEALED,            /* all, and a barrier */
    DELIVERY_HELD,              /* the switch has all of it, and it waits for delivery_release() */
    DELIVERY_COMMITTING,
};

struct delivery {
    struct connection *connection;
    struct meters *meters;
    enum delivery_phase phase;
    uint32_t bundle_id;
    struct bundle bundle;       /* that is under way */
    size_t next_vif;            /* of it, whose flows are to be sent */
    struct shapes shapes;       /* that were in a bundle which was not refused, and in this one */
    bool hold;                  /* not to be committed before delivery_release() */
    bool metered;               /* it sets meters */
    bool tried;                 /* all of this one's were known before, and nothing stands before it */
    uint64_t written;           /* by the connection, before the first of its messages */
    ovs_be32 awaited;           /* xid of the barrier or the commit */
    uint32_t *useless_meters;   /* when the bundle is in force */
    size_t n_useless_meters;
    enum session_result result;
};

/* 'connection' and 'meters' stay the caller's, and must outlive the delivery. */
void delivery_init(struct delivery *, struct connection *, struct meters *);
void delivery_destroy(struct delivery *);

bool delivery_is_under_way(const struct delivery *);

/* True if the commit has been sent and is not answered yet. */
bool delivery_is_committed(const struct delivery *);

/* Takes the contents of '*bundle', which is as bundle_init() leaves it afterwards, and begins. Nothing may be under way. One that is to be
 * held is brought to the switch, and committed when delivery_release() says so. */
void delivery_begin(struct delivery *, struct bundle *bundle, bool hold);

/* True if what is under way is not to be committed yet; and if all of it is known to be in. */
bool delivery_is_ahead(const struct delivery *);
bool delivery_is_held(const struct delivery *);

/* False if the bundle has meters, which may not be there any more: it is discarded then. */
bool delivery_release(struct delivery *);

/* Sends as many messages as the connection has room for; to be called in every turn. True, once, when the last has been sent: to be sealed
 * then. */
bool delivery_fill(struct delivery *);

/* Sends the barrier, and must follow: the commit goes out when all that was sent before it has been read, or at once if it is known to be
 * readable. */
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
