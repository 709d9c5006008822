/* SPDX-License-Identifier: Apache-2.0
 *
 * A set of flows in 24 bytes, so that what a table holds can be compared with what it should hold without keeping either. The order of the
 * flows does not matter; a flow that is there twice counts twice.
 */
#ifndef SWITCH_DIGEST_H
#define SWITCH_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct match;
struct ofpact;

struct digest {
    uint64_t n_flows;
    uint64_t sum[2];            /* of the flows' 128-bit hashes, each half by itself */
};

/* What makes a flow what it is: two flows that agree in all of this do the same. Counters and age are left out. */
struct digest_flow {
    uint64_t cookie;            /* host byte order */
    uint8_t table;
    uint16_t priority;
    uint16_t flags;             /* enum ofputil_flow_mod_flags, of those that a table keeps */
    uint16_t idle_timeout, hard_timeout; /* s */
    const struct match *match;
    const struct ofpact *ofpacts;
    size_t ofpacts_len;         /* bytes */
};

void digest_add(struct digest *, const struct digest_flow *flow);

/* Adds the flows of 'other' to those of 'digest'. */
void digest_join(struct digest *digest, const struct digest *other);
bool digest_equals(const struct digest *a, const struct digest *b);

#endif
