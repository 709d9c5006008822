/* SPDX-License-Identifier: Apache-2.0
 *
 * The listing of those flows of ours that are in the table (OpenFlow 1.4, 7.3.5.2): what they are, and what they have counted. Inside of
 * the room.
 */
#ifndef SWITCH_LISTING_H
#define SWITCH_LISTING_H

#include <openvswitch/types.h>

#include "switch/counts.h"
#include "switch/found.h"

struct ofpbuf;

struct listing {
    struct found found;
    struct counts counts;
    ovs_be32 awaited;           /* xid of the question that is under way, or 0 */
};

void listing_init(struct listing *);
void listing_destroy(struct listing *);

/* The question. What an earlier one has found is forgotten. */
struct ofpbuf *listing_encode_ask(struct listing *);

/* The connection broke: no answer will come, and nothing is known of what is there. What was counted stays. */
void listing_abandon(struct listing *);

enum listing_answer {
    LISTING_STRAY,              /* no answer to our question; it was not touched */
    LISTING_PART,
    LISTING_WHOLE,              /* 'found' and 'counts' are from now on what is there */
};

/* Takes in a part of the answer, and consumes it. */
enum listing_answer listing_hear(struct listing *, struct ofpbuf *reply);

#endif
