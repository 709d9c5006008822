/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/prefixes.h"

#include <stddef.h>

#include <smap.h>
#include <util.h>

#include "rules/compile.h"
#include "switch/idl.h"

/* Three are the most that Open vSwitch 3.1 takes. */
static const char *fields[] = { "ip_dst", "ip_src", "ipv6_src" };

static const char mark[] = "cabled";

static bool
is_set(const struct switchrec_bridge *row, int64_t table)
{
    for (size_t i = 0; i < row->n_flow_tables; i++) {
        if (row->key_flow_tables[i] == table) {
            return true;
        }
    }
    return false;
}

/* True if the nth table from 'first' on needs tries that Open vSwitch does not have by itself, and nobody has said anything of it. */
static bool
is_wanting(const struct switchrec_bridge *row, uint8_t first, unsigned int nth)
{
    return rules_table_matches_ipv6_src(nth) && !is_set(row, first + nth);
}

bool
prefixes_are_set(const struct switchrec_bridge *row, uint8_t first)
{
    for (unsigned int nth = 0; nth < RULES_N_TABLES; nth++) {
        if (is_wanting(row, first, nth)) {
            return false;
        }
    }
    return true;
}

void
prefixes_set(struct ovsdb_idl_txn *txn, const struct switchrec_bridge *row, uint8_t first)
{
    const struct switchrec_flow_table *table = switchrec_flow_table_insert(txn);

    switchrec_flow_table_set_prefixes(table, fields, ARRAY_SIZE(fields));
    switchrec_flow_table_update_external_ids_setkey(table, mark, "true");
    for (unsigned int nth = 0; nth < RULES_N_TABLES; nth++) {
        if (is_wanting(row, first, nth)) {
            switchrec_bridge_update_flow_tables_setkey(row, first + nth, table);
        }
    }
}

void
prefixes_forget(const struct switchrec_bridge *row)
{
    for (size_t i = 0; i < row->n_flow_tables; i++) {
        if (smap_get_bool(&row->value_flow_tables[i]->external_ids, mark, false)) {
            switchrec_bridge_update_flow_tables_delkey(row, row->key_flow_tables[i]);
        }
    }
}
