/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/counts_query.h"

#include <stdlib.h>

#include <byte-order.h>
#include <openvswitch/ofp-flow.h>
#include <openvswitch/ofp-msgs.h>
#include <openvswitch/ofpbuf.h>
#include <util.h>

struct counts_query {
    struct ovs_list node;
    ovs_be32 xid;
    struct counts counts;
    counts_done *done;
    void *aux;
};

void
counts_query_begin(struct ovs_list *queries, ovs_be32 xid, counts_done *done, void *aux)
{
    struct counts_query *query = xmalloc(sizeof *query);

    query->xid = xid;
    query->done = done;
    query->aux = aux;
    counts_init(&query->counts);
    ovs_list_push_back(queries, &query->node);
}

static struct counts_query *
find(struct ovs_list *queries, ovs_be32 xid)
{
    struct counts_query *query;

    LIST_FOR_EACH (query, node, queries) {
        if (query->xid == xid) {
            return query;
        }
    }
    return NULL;
}

static void
end(struct counts_query *query, const struct counts *counts)
{
    ovs_list_remove(&query->node);
    query->done(counts, query->aux);
    counts_destroy(&query->counts);
    free(query);
}

static void
add_flows(struct counts *counts, struct ofpbuf *reply)
{
    uint64_t stub[1024 / 8];
    struct ofpbuf actions = OFPBUF_STUB_INITIALIZER(stub);
    struct ofputil_flow_stats flow;

    while (!ofputil_decode_flow_stats_reply(&flow, reply, false, &actions)) {
        counts_add(counts, ntohll(flow.cookie), flow.packet_count, flow.byte_count);
    }
    ofpbuf_uninit(&actions);
}

void
counts_queries_hear(struct ovs_list *queries, struct ofpbuf *reply)
{
    const struct ofp_header *header = reply->data;
    struct counts_query *query = find(queries, header->xid);
    bool more = ofpmp_more(header);

    if (query) {
        add_flows(&query->counts, reply);
        if (!more) {
            end(query, &query->counts);
        }
    }
}

void
counts_queries_abandon(struct ovs_list *queries)
{
    struct counts_query *query;

    LIST_FOR_EACH_SAFE (query, node, queries) {
        end(query, NULL);
    }
}
