/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "pool/counts.h"

#include <string.h>

#include <openvswitch/json.h>
#include <ovsdb-data.h>
#include <util.h>

static const struct {
    const struct ovsdb_datum *(*get)(const struct poolrec_vif *, enum ovsdb_atomic_type, enum ovsdb_atomic_type);
    void (*set_key)(const struct poolrec_vif *, const char *, int64_t);
    void (*delete_key)(const struct poolrec_vif *, const char *);
} columns[POOL_COUNTS_N] = {
#define COLUMN(NAME) { poolrec_vif_get_##NAME, poolrec_vif_update_##NAME##_setkey, poolrec_vif_update_##NAME##_delkey }
    [POOL_COUNTS_PACKETS] = COLUMN(rule_packets),
    [POOL_COUNTS_BYTES] = COLUMN(rule_bytes),
    [POOL_COUNTS_PACKETS_BASE] = COLUMN(rule_packets_base),
    [POOL_COUNTS_BYTES_BASE] = COLUMN(rule_bytes_base),
#undef COLUMN
};

static const struct ovsdb_datum *
datum(const struct poolrec_vif *vif, enum pool_counts_column column)
{
    return columns[column].get(vif, OVSDB_TYPE_STRING, OVSDB_TYPE_INTEGER);
}

uint64_t
pool_counts_get(const struct poolrec_vif *vif, enum pool_counts_column column, const char *rule)
{
    const struct ovsdb_datum *map = datum(vif, column);

    for (size_t i = 0; i < map->n; i++) {
        if (!strcmp(json_string(map->keys[i].s), rule)) {
            return MAX(map->values[i].integer, 0);
        }
    }
    return 0;
}

void
pool_counts_set(const struct poolrec_vif *vif, enum pool_counts_column column, const char *rule, uint64_t value)
{
    const uint64_t stored = MIN(value, (uint64_t) INT64_MAX);

    if (pool_counts_get(vif, column, rule) == stored) {
        return;
    }
    if (stored) {
        columns[column].set_key(vif, rule, stored);
    } else {
        columns[column].delete_key(vif, rule);
    }
}

bool
pool_counts_are_empty(const struct poolrec_vif *vif)
{
    for (size_t i = 0; i < POOL_COUNTS_N; i++) {
        if (datum(vif, i)->n) {
            return false;
        }
    }
    return true;
}
