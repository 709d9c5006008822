/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/digest.h"

#include <string.h>

#include <flow.h>
#include <hash.h>
#include <openvswitch/match.h>
#include <openvswitch/ofp-actions.h>
#include <openvswitch/ofpbuf.h>
#include <util.h>

static void
add_bytes(struct digest *digest, const struct ofpbuf *bytes)
{
    ovs_u128 hash;

    hash_bytes128(bytes->data, bytes->size, 0, &hash);
    digest->n_flows++;
    digest->sum[0] += hash.u64.lo;
    digest->sum[1] += hash.u64.hi;
}

/* Matches are compared in their compressed form, actions as OpenFlow 1.5 writes them: in memory, and on the wire of 1.4, one action has several
 * forms, depending on the message that it came with (struct ofpact's 'raw'); 1.5 has one. */
void
digest_add(struct digest *digest, const struct digest_flow *flow)
{
    uint64_t stub[2048 / 8];
    struct ofpbuf bytes = OFPBUF_STUB_INITIALIZER(stub);
    struct match whole = *flow->match;
    struct minimatch match;

    match_set_default_packet_type(&whole); /* as everything has it that was decoded */
    minimatch_init(&match, &whole);
    ofpbuf_put(&bytes, match.flow, sizeof *match.flow + miniflow_n_values(match.flow) * sizeof(uint64_t));
    ofpbuf_put(&bytes, &match.mask->masks, sizeof match.mask->masks + miniflow_n_values(&match.mask->masks) * sizeof(uint64_t));
    minimatch_destroy(&match);

    const uint64_t head[] = {
        flow->cookie, flow->table, flow->priority, flow->flags, flow->idle_timeout, flow->hard_timeout,
    };
    ofpbuf_put(&bytes, head, sizeof head);
    ofpacts_put_openflow_instructions(flow->ofpacts, flow->ofpacts_len, &bytes, OFP15_VERSION);
    add_bytes(digest, &bytes);
    ofpbuf_uninit(&bytes);
}

void
digest_join(struct digest *digest, const struct digest *other)
{
    digest->n_flows += other->n_flows;
    digest->sum[0] += other->sum[0];
    digest->sum[1] += other->sum[1];
}

bool
digest_equals(const struct digest *a, const struct digest *b)
{
    return a->n_flows == b->n_flows && a->sum[0] == b->sum[0] && a->sum[1] == b->sum[1];
}
