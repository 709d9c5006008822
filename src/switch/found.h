/* SPDX-License-Identifier: Apache-2.0
 *
 * What a listing of our flows found in a table: for each port and generation (rules/cookie.h) a digest of its flows.
 */
#ifndef SWITCH_FOUND_H
#define SWITCH_FOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "switch/digest.h"

struct ofputil_flow_stats;
struct rules_flows;
struct rules_target;

struct found_rules {
    uint32_t ofport;
    uint8_t generation;
    bool settled;               /* somebody has taken them for its own, or they were deleted. False after the listing */
    struct digest digest;
};

struct found {
    struct found_rules *list;   /* ascending by port and generation once sorted */
    size_t n, allocated;
};

/* Notes one flow of a listing, if it is ours. */
void found_note(struct found *, const struct ofputil_flow_stats *flow);

/* After the last one: a port and generation once each, in order. */
void found_sort(struct found *);

/* Those of 'ofport': the first of '*n' in a row, NULL if there are none. */
struct found_rules *found_of_port(const struct found *, uint32_t ofport, size_t *n);

/* NULL if there are none of that generation. */
struct found_rules *found_generation(const struct found *, uint32_t ofport, uint8_t generation);

/* Appends what is wanted for 'target'. */
typedef void found_compile(const struct rules_target *target, struct rules_flows *flows, const void *aux);

/* Settles those of 'target->ofport' that are what 'compile' makes of 'target' in their generation, so that they need not be sent. NULL if
 * there are none that nobody had settled. */
const struct found_rules *found_take(const struct found *, const struct rules_target *target, found_compile *compile, const void *aux);

void found_clear(struct found *);
void found_destroy(struct found *);

#endif
