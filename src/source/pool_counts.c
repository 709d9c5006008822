/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "source/pool_counts.h"

#include <string.h>

#include <util.h>

#include "pool/counts.h"
#include "source/source.h"

void
pool_counts_load(const struct poolrec_vif *row, struct source_counts *counts)
{
    for (size_t i = 0; i < RULES_N; i++) {
        const char *name = rules_table[i].name;

        counts->total[i].packets = pool_counts_get(row, POOL_COUNTS_PACKETS, name);
        counts->total[i].bytes = pool_counts_get(row, POOL_COUNTS_BYTES, name);
        counts->base[i].packets = pool_counts_get(row, POOL_COUNTS_PACKETS_BASE, name);
        counts->base[i].bytes = pool_counts_get(row, POOL_COUNTS_BYTES_BASE, name);
    }
}

bool
pool_counts_are_stored(const struct poolrec_vif *row, const struct source_counts *counts)
{
    struct source_counts stored;

    pool_counts_load(row, &stored);
    return !memcmp(&stored, counts, sizeof stored);
}

void
pool_counts_store(const struct poolrec_vif *row, const struct source_counts *counts)
{
    for (size_t i = 0; i < RULES_N; i++) {
        const char *name = rules_table[i].name;

        pool_counts_set(row, POOL_COUNTS_PACKETS, name, counts->total[i].packets);
        pool_counts_set(row, POOL_COUNTS_BYTES, name, counts->total[i].bytes);
        pool_counts_set(row, POOL_COUNTS_PACKETS_BASE, name, counts->base[i].packets);
        pool_counts_set(row, POOL_COUNTS_BYTES_BASE, name, counts->base[i].bytes);
    }
}
