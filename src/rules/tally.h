/* SPDX-License-Identifier: Apache-2.0
 *
 * What each rule has decided for a VIF since the VIF exists. A flow's counters die with the flow, and all of them with ovs-vswitchd; a total
 * is what the flows that are there have counted, and a base: what those had counted that are gone. It never goes down.
 *
 * A flow that is deleted tells its last count (OpenFlow 1.4, 7.4.2, OFPT_FLOW_REMOVED), but some time later: Open vSwitch sends it when the
 * last user of the flow has given its numbers back, and then they are exact (3.1.0, rule_destroy_cb()). Until then the count is missing
 * and the total stands still. One that does not come, because the connection broke or everything was flushed, is made good from the
 * total that was told last.
 */
#ifndef RULES_TALLY_H
#define RULES_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/table.h"

struct rules_count {
    uint64_t packets, bytes;
};

/* Arrays are indexed as rules_table[] is. */
struct tally {
    struct rules_count base[RULES_N];  /* of flows that are gone */
    struct rules_count flows[RULES_N]; /* of those that were there at the last look */
    struct rules_count total[RULES_N];
    bool alone;                 /* no count of a flow that has gone can be on its way */
    long long int missing_since; /* ms; 0: nothing is missing */
};

/* A count that has not come after this is not waited for. */
enum { TALLY_PATIENCE_MS = 5000 };

/* Begins with what was kept of an earlier life; all zero if nothing was. */
void tally_init(struct tally *, const struct rules_count base[RULES_N], const struct rules_count total[RULES_N]);

/* The switch is connected anew: counts of flows that went before will not come. */
void tally_begin(struct tally *);

/* The VIF's flows were looked at and had counted 'flows', those of one rule together. True if base or total is another one now. */
bool tally_look(struct tally *, const struct rules_count flows[RULES_N], long long int now);

/* A flow of 'rule' has gone and told what it had counted. True if that was anything. */
bool tally_add_gone(struct tally *, size_t rule, const struct rules_count *count);

#endif
