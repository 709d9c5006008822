/* SPDX-License-Identifier: Apache-2.0
 *
 * One OpenFlow flow as plain data, and lists of them: what the compiler makes and what the switch's edge encodes. Fields are those of
 * OpenFlow 1.4 and of Nicira's extension (ovs-fields(7)) that the rules use, no more.
 */
#ifndef RULES_FLOW_H
#define RULES_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ds;

enum rules_field {
    RULES_FIELD_IN_PORT,        /* 16 bits, OpenFlow 1.0 port number: 0xfffe is LOCAL */
    RULES_FIELD_REG,            /* the layout's register, 32 bits */
    RULES_FIELD_VLAN_TCI,       /* 16 bits */
    RULES_FIELD_DL_SRC,
    RULES_FIELD_DL_DST,
    RULES_FIELD_DL_TYPE,
    RULES_FIELD_ARP_OP,
    RULES_FIELD_ARP_SPA,
    RULES_FIELD_ARP_TPA,
    RULES_FIELD_ARP_SHA,
    RULES_FIELD_ARP_THA,
    RULES_FIELD_NW_PROTO,
    RULES_FIELD_NW_TTL,
    RULES_FIELD_NW_SRC,
    RULES_FIELD_NW_DST,
    RULES_FIELD_IP_FRAG,        /* enum rules_frag as value, mask all ones */
    RULES_FIELD_TP_SRC,         /* of TCP or UDP, as NW_PROTO says */
    RULES_FIELD_TP_DST,
    RULES_FIELD_IPV6_SRC,
    RULES_FIELD_IPV6_DST,
    RULES_FIELD_ICMPV6_TYPE,
    RULES_FIELD_ICMPV6_CODE,
    RULES_FIELD_ND_TARGET,
    RULES_FIELD_ND_SLL,
    RULES_FIELD_ND_TLL,
};
enum { RULES_N_FIELDS = RULES_FIELD_ND_TLL + 1 };

enum rules_frag { RULES_FRAG_NO, RULES_FRAG_FIRST };

/* One field of a match. 'value' and 'mask' hold rules_field_size() bytes in network byte order; bits outside the mask are 0. */
struct rules_term {
    enum rules_field field;
    uint8_t value[16];
    uint8_t mask[16];
};

enum rules_action {
    RULES_ACTION_DROP,          /* no action at all */
    RULES_ACTION_GOTO,          /* goto_table:argument */
    RULES_ACTION_ACCEPT,        /* set the layout's bit, resubmit(,0) */
    RULES_ACTION_NORMAL,
};

enum { RULES_MAX_TERMS = 10 };

struct rules_flow {
    uint8_t table;
    uint16_t priority;
    uint64_t cookie;            /* rules/cookie.h */
    enum rules_action action;
    uint8_t goto_table;         /* of RULES_ACTION_GOTO */
    uint32_t meter;             /* of RULES_ACTION_ACCEPT: the OpenFlow meter that a frame passes before; 0 for none */
    bool counted;               /* when the flow goes, the switch tells its count (OpenFlow 1.4, OFPFF_SEND_FLOW_REM) */
    size_t n_terms;
    struct rules_term terms[RULES_MAX_TERMS]; /* prerequisites come before the fields that need them */
};

struct rules_flows {
    struct rules_flow *flows;
    size_t n, allocated;
};

#define RULES_FLOWS_INITIALIZER { NULL, 0, 0 }

/* The size of a field's value in bytes. */
size_t rules_field_size(enum rules_field field);

/* Makes room for one more flow, zeroed, and returns it; valid until the next call. */
struct rules_flow *rules_flows_add(struct rules_flows *flows);
void rules_flows_destroy(struct rules_flows *flows);

struct rules_layout;

/* Appends the flow in ovs-ofctl(8)'s syntax, as `ovs-ofctl add-flows` reads it, without a newline. */
void rules_flow_format(const struct rules_flow *flow, const struct rules_layout *layout, struct ds *out);

#endif
