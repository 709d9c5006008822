/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/counts.h"

#include <stdlib.h>

#include <byte-order.h>
#include <openvswitch/ofp-flow.h>
#include <util.h>

#include "rules/cookie.h"

struct counts_query {
    struct ovs_list node;
    ovs_be32 xid;
    struct counts counts;
    counts_done *done;
    void *aux;
};

void
counts_ask(struct ovs_list *queries, ovs_be32 xid, counts_done *done, void *aux)
{
    struct counts_query *query = xzalloc(sizeof *query);

    query->xid = xid;
    query->done = done;
    query->aux = aux;
    ovs_list_push_back(queries, &query->node);
}

struct counts_query *
counts_find(struct ovs_list *queries, ovs_be32 xid)
{
    struct counts_query *query;

    LIST_FOR_EACH (query, node, queries) {
        if (query->xid == xid) {
            return query;
        }
    }
    return NULL;
}

/* The switch says UINT64_MAX where it does not know. */
static uint64_t
known(uint64_t count)
{
    return count == UINT64_MAX ? 0 : count;
}

void
counts_add(struct counts_query *query, const struct ofputil_flow_stats *stats)
{
    struct cookie cookie;

    if (cookie_unpack(ntohll(stats->cookie), &cookie)) {
        query->counts.present[cookie.rule] = true;
        query->counts.packets[cookie.rule] += known(stats->packet_count);
        query->counts.bytes[cookie.rule] += known(stats->byte_count);
    }
}

static void
end(struct counts_query *query, const struct counts *counts)
{
    ovs_list_remove(&query->node);
    query->done(counts, query->aux);
    free(query);
}

void
counts_finish(struct counts_query *query)
{
    end(query, &query->counts);
}

void
counts_abandon(struct ovs_list *queries)
{
    struct counts_query *query;

    LIST_FOR_EACH_SAFE (query, node, queries) {
        end(query, NULL);
    }
}
