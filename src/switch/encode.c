/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/encode.h"

#include <byte-order.h>
#include <nx-match.h>
#include <openflow/openflow-1.1.h>
#include <openvswitch/match.h>
#include <openvswitch/meta-flow.h>
#include <openvswitch/ofp-actions.h>
#include <openvswitch/ofp-connection.h>
#include <openvswitch/ofp-flow.h>
#include <openvswitch/ofp-msgs.h>
#include <openvswitch/ofp-port.h>
#include <openvswitch/ofpbuf.h>
#include <util.h>

#include "rules/compile.h"
#include "rules/flow.h"

/* Most fit in; a message grows if it must. */
enum { FLOW_MOD_USUAL_SIZE = 192 };

static enum mf_field_id
field_id(enum rules_field field, const struct rules_layout *layout)
{
    switch (field) {
    case RULES_FIELD_IN_PORT: return MFF_IN_PORT;
    case RULES_FIELD_REG: return MFF_REG0 + layout->reg;
    case RULES_FIELD_VLAN_TCI: return MFF_VLAN_TCI;
    case RULES_FIELD_DL_SRC: return MFF_ETH_SRC;
    case RULES_FIELD_DL_DST: return MFF_ETH_DST;
    case RULES_FIELD_DL_TYPE: return MFF_ETH_TYPE;
    case RULES_FIELD_ARP_OP: return MFF_ARP_OP;
    case RULES_FIELD_ARP_SPA: return MFF_ARP_SPA;
    case RULES_FIELD_ARP_TPA: return MFF_ARP_TPA;
    case RULES_FIELD_ARP_SHA: return MFF_ARP_SHA;
    case RULES_FIELD_ARP_THA: return MFF_ARP_THA;
    case RULES_FIELD_NW_PROTO: return MFF_IP_PROTO;
    case RULES_FIELD_NW_TTL: return MFF_IP_TTL;
    case RULES_FIELD_NW_SRC: return MFF_IPV4_SRC;
    case RULES_FIELD_NW_DST: return MFF_IPV4_DST;
    case RULES_FIELD_IP_FRAG: return MFF_IP_FRAG;
    case RULES_FIELD_TP_SRC: return MFF_UDP_SRC;
    case RULES_FIELD_TP_DST: return MFF_UDP_DST;
    case RULES_FIELD_IPV6_SRC: return MFF_IPV6_SRC;
    case RULES_FIELD_IPV6_DST: return MFF_IPV6_DST;
    case RULES_FIELD_ICMPV6_TYPE: return MFF_ICMPV6_TYPE;
    case RULES_FIELD_ICMPV6_CODE: return MFF_ICMPV6_CODE;
    case RULES_FIELD_ND_TARGET: return MFF_ND_TARGET;
    case RULES_FIELD_ND_SLL: return MFF_ND_SLL;
    case RULES_FIELD_ND_TLL: return MFF_ND_TLL;
    }
    OVS_NOT_REACHED();
}

/* Open vSwitch's own bits for what ovs-ofctl calls ip_frag=no and ip_frag=first. */
static uint8_t
frag_bits(enum rules_frag frag)
{
    switch (frag) {
    case RULES_FRAG_NO: return 0;
    case RULES_FRAG_FIRST: return FLOW_NW_FRAG_ANY;
    }
    OVS_NOT_REACHED();
}

static void
put_term(struct match *match, const struct rules_term *term, const struct rules_layout *layout)
{
    const struct mf_field *field = mf_from_id(field_id(term->field, layout));
    union mf_value value, mask;
    char *error = NULL;

    if (term->field == RULES_FIELD_IP_FRAG) {
        match_set_nw_frag_masked(match, frag_bits(term->value[0]), FLOW_NW_FRAG_MASK);
        return;
    }
    memset(&value, 0, sizeof value);
    memset(&mask, 0, sizeof mask);
    ovs_assert(field->n_bytes == rules_field_size(term->field));
    memcpy(&value, term->value, field->n_bytes);
    memcpy(&mask, term->mask, field->n_bytes);
    mf_set(field, &value, is_all_ones(&mask, field->n_bytes) ? NULL : &mask, match, &error);
    ovs_assert(!error);
}

static void
put_accept(struct ofpbuf *actions, const struct rules_flow *flow, const struct rules_layout *layout)
{
    const ovs_be32 one = htonl(1);

    if (flow->meter) {
        ofpact_put_METER(actions)->meter_id = flow->meter;
    }

    ofpact_put_reg_load(actions, mf_from_id(MFF_REG0 + layout->reg), &one, &one);

    struct ofpact_resubmit *resubmit = ofpact_put_RESUBMIT(actions);
    resubmit->in_port = OFPP_IN_PORT;
    resubmit->table_id = 0;
}

static void
put_actions(struct ofpbuf *actions, const struct rules_flow *flow, const struct rules_layout *layout)
{
    switch (flow->action) {
    case RULES_ACTION_DROP:
        return;
    case RULES_ACTION_GOTO:
        ofpact_put_GOTO_TABLE(actions)->table_id = flow->goto_table;
        return;
    case RULES_ACTION_ACCEPT:
        put_accept(actions, flow, layout);
        return;
    case RULES_ACTION_NORMAL:
        ofpact_put_OUTPUT(actions)->port = OFPP_NORMAL;
        return;
    }
    OVS_NOT_REACHED();
}

static struct ofpbuf *
encode(struct ofputil_flow_mod *mod, const struct match *match)
{
    mod->buffer_id = UINT32_MAX;
    mod->out_port = OFPP_ANY;
    mod->out_group = OFPG_ANY;
    minimatch_init(&mod->match, match);

    struct ofpbuf *message = ofputil_encode_flow_mod(mod, OFPUTIL_P_OF14_OXM);
    minimatch_destroy(&mod->match);
    return message;
}

/* A flow of ours in Open vSwitch's words. 'actions' is initialized here and the caller's to free. */
static void
put_flow(const struct rules_flow *flow, const struct rules_layout *layout, struct match *match, struct ofpbuf *actions)
{
    match_init_catchall(match);
    for (size_t i = 0; i < flow->n_terms; i++) {
        put_term(match, &flow->terms[i], layout);
    }
    put_actions(actions, flow, layout);
}

/* A field of the match as OpenFlow has it on the wire: Open vSwitch takes its own (NXM) fields in an OpenFlow 1.4 match too. */
static void
write_term(struct ofpbuf *message, const struct rules_term *term, const struct rules_layout *layout)
{
    const size_t n = rules_field_size(term->field);

    if (term->field == RULES_FIELD_IP_FRAG) {
        const uint8_t frag = frag_bits(term->value[0]), mask = FLOW_NW_FRAG_MASK;

        nxm_put_entry_raw(message, MFF_IP_FRAG, OFP14_VERSION, &frag, &mask, sizeof frag);
    } else {
        nxm_put_entry_raw(message, field_id(term->field, layout), OFP14_VERSION, term->value,
                          is_all_ones(term->mask, n) ? NULL : term->mask, n);
    }
}

/* OpenFlow 1.4, 7.2.2: the fields, padded to 8 bytes. */
static void
write_match(struct ofpbuf *message, const struct rules_flow *flow, const struct rules_layout *layout)
{
    const size_t start = message->size;

    ofpbuf_put_uninit(message, sizeof(struct ofp11_match_header));
    for (size_t i = 0; i < flow->n_terms; i++) {
        write_term(message, &flow->terms[i], layout);
    }

    const size_t n = message->size - start;
    struct ofp11_match_header *header = ofpbuf_at_assert(message, start, sizeof *header);

    header->type = htons(OFPMT_OXM);
    header->length = htons(n);
    ofpbuf_put_zeros(message, PAD_SIZE(n, 8));
}

/* The flow's terms go to the wire as they are. The library's way, by a match of all fields that there are and back from it, took a fifth of
 * the instructions of a plug. */
struct ofpbuf *
encode_flow_add(const struct rules_flow *flow, const struct rules_layout *layout)
{
    struct ofpbuf *message = ofpraw_alloc(OFPRAW_OFPT11_FLOW_MOD, OFP14_VERSION, FLOW_MOD_USUAL_SIZE);
    struct ofp11_flow_mod *mod = ofpbuf_put_zeros(message, sizeof *mod);
    uint64_t stub[128 / 8];
    struct ofpbuf actions = OFPBUF_STUB_INITIALIZER(stub);

    mod->cookie = htonll(flow->cookie);
    mod->table_id = flow->table;
    mod->command = OFPFC_ADD;
    mod->priority = htons(flow->priority);
    mod->buffer_id = htonl(UINT32_MAX);
    mod->out_port = ofputil_port_to_ofp11(OFPP_ANY);
    mod->out_group = htonl(OFPG_ANY);
    mod->flags = htons(flow->counted ? OFPFF_SEND_FLOW_REM : 0);
    write_match(message, flow, layout);
    put_actions(&actions, flow, layout);
    ofpacts_put_openflow_instructions(actions.data, actions.size, message, OFP14_VERSION);
    ofpbuf_uninit(&actions);
    ofpmsg_update_length(message);
    return message;
}

static void
digest_add_encoded(struct digest *digest, const struct rules_flow *flow, const struct rules_layout *layout)
{
    uint64_t stub[128 / 8];
    struct ofpbuf actions = OFPBUF_STUB_INITIALIZER(stub);
    struct match match;

    put_flow(flow, layout, &match, &actions);
    digest_add(digest, &(struct digest_flow) {
        .cookie = flow->cookie,
        .table = flow->table,
        .priority = flow->priority,
        .flags = flow->counted ? OFPUTIL_FF_SEND_FLOW_REM : 0,
        .match = &match,
        .ofpacts = actions.data,
        .ofpacts_len = actions.size,
    });
    ofpbuf_uninit(&actions);
}

struct digest
encode_digest(const struct rules_flow *flows, size_t n, const struct rules_layout *layout)
{
    struct digest digest = { .n_flows = 0 };

    for (size_t i = 0; i < n; i++) {
        digest_add_encoded(&digest, &flows[i], layout);
    }
    return digest;
}

struct ofpbuf *
encode_flow_delete(uint64_t cookie, uint64_t mask, uint32_t in_port)
{
    struct match match = MATCH_CATCHALL_INITIALIZER;
    struct ofputil_flow_mod mod = {
        .command = OFPFC_DELETE,
        .table_id = OFPTT_ALL,
        .cookie = htonll(cookie),
        .cookie_mask = htonll(mask),
        .new_cookie = OVS_BE64_MAX,
    };

    if (in_port) {
        match_set_in_port(&match, (OVS_FORCE ofp_port_t) in_port);
    }
    return encode(&mod, &match);
}

struct ofpbuf *
encode_flow_stats_request(uint64_t cookie, uint64_t mask)
{
    const struct ofputil_flow_stats_request request = {
        .match = MATCH_CATCHALL_INITIALIZER,
        .cookie = htonll(cookie),
        .cookie_mask = htonll(mask),
        .out_port = OFPP_ANY,
        .out_group = OFPG_ANY,
        .table_id = OFPTT_ALL,
    };

    return ofputil_encode_flow_stats_request(&request, OFPUTIL_P_OF14_OXM);
}

struct ofpbuf *
encode_async_config(void)
{
    const uint32_t gone = 1u << OFPRR_DELETE | 1u << OFPRR_METER_DELETE;
    const struct ofputil_async_cfg config = {
        .primary = { [OAM_FLOW_REMOVED] = gone }, .secondary = { [OAM_FLOW_REMOVED] = gone },
    };
    const uint32_t types = 1u << OAM_PACKET_IN | 1u << OAM_PORT_STATUS | 1u << OAM_FLOW_REMOVED | 1u << OAM_ROLE_STATUS
                           | 1u << OAM_TABLE_STATUS | 1u << OAM_REQUESTFORWARD;

    return ofputil_encode_set_async_config(&config, types, OFP14_VERSION);
}
