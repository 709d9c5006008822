/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/listing.h"

#include <byte-order.h>
#include <openvswitch/ofp-flow.h>
#include <openvswitch/ofp-msgs.h>
#include <openvswitch/ofpbuf.h>
#include <util.h>

#include "rules/cookie.h"
#include "switch/encode.h"

void
listing_init(struct listing *listing)
{
    *listing = (struct listing) { .awaited = 0 };
    counts_init(&listing->counts);
}

void
listing_destroy(struct listing *listing)
{
    found_destroy(&listing->found);
    counts_destroy(&listing->counts);
}

struct ofpbuf *
listing_encode_ask(struct listing *listing)
{
    struct ofpbuf *request = encode_flow_stats_request(COOKIE_MAGIC, COOKIE_MAGIC_MASK);

    listing->awaited = ((struct ofp_header *) request->data)->xid;
    found_clear(&listing->found);
    counts_clear(&listing->counts);
    return request;
}

void
listing_abandon(struct listing *listing)
{
    listing->awaited = 0;
    found_clear(&listing->found);
}

enum listing_answer
listing_hear(struct listing *listing, struct ofpbuf *reply)
{
    const struct ofp_header *header = reply->data;

    if (header->xid != listing->awaited) {
        return LISTING_STRAY;
    }

    bool more = ofpmp_more(header);
    uint64_t stub[1024 / 8];
    struct ofpbuf actions = OFPBUF_STUB_INITIALIZER(stub);
    struct ofputil_flow_stats flow;

    while (!ofputil_decode_flow_stats_reply(&flow, reply, false, &actions)) {
        found_note(&listing->found, &flow);
        counts_add(&listing->counts, ntohll(flow.cookie), flow.packet_count, flow.byte_count);
    }
    ofpbuf_uninit(&actions);
    if (more) {
        return LISTING_PART;
    }
    listing->awaited = 0;
    found_sort(&listing->found);
    return LISTING_WHOLE;
}
