/* SPDX-License-Identifier: Apache-2.0
 *
 * What a VIF's rules have counted, as its row keeps it: maps from a rule's name to a number. A rule that has counted nothing is not in
 * the map. Negative numbers, which only somebody else can have written, read as 0.
 */
#ifndef POOL_COUNTS_H
#define POOL_COUNTS_H

#include <stdbool.h>
#include <stdint.h>

#include "pool/idl.h"

enum pool_counts_column {
    POOL_COUNTS_PACKETS,        /* in all, as last counted */
    POOL_COUNTS_BYTES,
    POOL_COUNTS_PACKETS_BASE,   /* by flows that are gone */
    POOL_COUNTS_BYTES_BASE,
    POOL_COUNTS_N,
};

uint64_t pool_counts_get(const struct poolrec_vif *, enum pool_counts_column, const char *rule);

/* In an open transaction: writes one number, whatever else is in the map, if it is another one. */
void pool_counts_set(const struct poolrec_vif *, enum pool_counts_column, const char *rule, uint64_t value);

/* True if no column says anything about any rule. */
bool pool_counts_are_empty(const struct poolrec_vif *);

#endif
