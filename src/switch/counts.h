/* SPDX-License-Identifier: Apache-2.0
 *
 * How many packets and bytes each rule has decided for each port, added up from flow statistics (OpenFlow 1.4, 7.3.5.2) by port and rule
 * number in the cookie.
 */
#ifndef SWITCH_COUNTS_H
#define SWITCH_COUNTS_H

#include <stdbool.h>
#include <stdint.h>

#include <openvswitch/hmap.h>

#include "rules/tally.h"

/* Arrays are indexed as rules_table[] is. */
struct port_counts {
    struct hmap_node node;
    uint32_t ofport;
    bool present[RULES_N];      /* the rule has a flow */
    struct rules_count of[RULES_N];
};

struct counts {
    struct hmap ports;          /* of struct port_counts */
};

void counts_init(struct counts *);
void counts_clear(struct counts *);
void counts_destroy(struct counts *);

/* Adds what the flow with 'cookie' has counted, if it is ours and carries out a rule. UINT64_MAX, Open vSwitch's "unknown", is 0. */
void counts_add(struct counts *, uint64_t cookie, uint64_t packets, uint64_t bytes);

/* NULL if no flow of the port was added. */
const struct port_counts *counts_of_port(const struct counts *, uint32_t ofport);

/* Called once: with the counts, or with NULL if the connection broke or is not there. */
typedef void counts_done(const struct counts *counts, void *aux);

#endif
