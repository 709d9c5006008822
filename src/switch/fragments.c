/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/fragments.h"

#include <openvswitch/ofp-msgs.h>
#include <openvswitch/ofp-switch.h>
#include <openvswitch/ofpbuf.h>
#include <util.h>

enum { ASK_EVERY_MS = 5000 };

static enum ofputil_frag_handling
handling(enum fragments_mode mode)
{
    switch (mode) {
    case FRAGMENTS_NX_MATCH: return OFPUTIL_FRAG_NX_MATCH;
    case FRAGMENTS_NORMAL: return OFPUTIL_FRAG_NORMAL;
    }
    OVS_NOT_REACHED();
}

const char *
fragments_mode_name(enum fragments_mode mode)
{
    return ofputil_frag_handling_to_string(handling(mode));
}

struct ofpbuf *
fragments_encode_config(enum fragments_mode mode, uint16_t miss_send_len, int version)
{
    const struct ofputil_switch_config config = {
        .frag = handling(mode), .invalid_ttl_to_controller = -1, .miss_send_len = miss_send_len,
    };

    return ofputil_encode_set_config(&config, version);
}

struct ofpbuf *
fragments_encode_set(const struct fragments *fragments)
{
    /* It asks for no packets (encode_async_config()), only for news. */
    return fragments_encode_config(fragments->wanted, 1, OFP14_VERSION);
}

struct ofpbuf *
fragments_encode_ask(struct fragments *fragments, long long int now)
{
    struct ofpbuf *request = ofpraw_alloc(OFPRAW_OFPT_GET_CONFIG_REQUEST, OFP14_VERSION, 0);

    fragments->awaited = ((struct ofp_header *) request->data)->xid;
    fragments->ask_at = now + ASK_EVERY_MS;
    return request;
}

bool
fragments_are_due(const struct fragments *fragments, long long int now)
{
    return now >= fragments->ask_at;
}

enum fragments_answer
fragments_hear(struct fragments *fragments, const struct ofp_header *reply)
{
    struct ofputil_switch_config config;

    if (reply->xid != fragments->awaited) {
        return FRAGMENTS_STRAY;
    }
    fragments->awaited = 0;
    ofputil_decode_get_config_reply(reply, &config);
    return config.frag == handling(fragments->wanted) ? FRAGMENTS_RIGHT : FRAGMENTS_WRONG;
}
