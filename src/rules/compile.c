/* SPDX-License-Identifier: Apache-2.0
 *
 * Turns rows (rules/row.h) into flows.
 */
#include <config.h>

#include "rules/compile.h"

#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "rules/cookie.h"
#include "rules/row.h"
#include "vif/policy.h"

enum {
    MAC_BITS = 48,
    VLAN_PRESENT = 0x1000,      /* of vlan_tci; a frame with priority tag has it, and VID 0 */
    VLAN_MASK = 0x1fff,         /* all but the priority */
};

/* A policy on its way to flows. */
struct compilation {
    const struct vif_policy *policy;
    const struct rules_target *target;
    struct rules_flows *flows;
    struct prefix6 link_local;  /* valid if 'has_link_local' */
    bool has_link_local;
};

/* What one flow of a row has that another of the same row has not. */
struct instance {
    const uint16_t *vlan_tci;   /* NULL: the row does not look at it */
    int mac_bit;                /* from the top; -1: none */
    const uint8_t *address;     /* of IPv4 or IPv6, as the row says */
    size_t address_length;      /* in bits */
    size_t address_index;       /* from 1 */
};

#define INSTANCE_ONCE { .mac_bit = -1 }

bool
rules_table_matches_ipv6_src(unsigned int nth)
{
    switch ((enum rules_stage) nth) {
    case STAGE_ETHERNET:        /* of xenserver-compat */
    case STAGE_IPV6:
    case STAGE_ND:
        return true;
    case STAGE_ADMISSION:
    case STAGE_ARP:
    case STAGE_IPV4:
    case STAGE_ND_TARGET:
        return false;
    }
    OVS_NOT_REACHED();
}

static struct rules_term *
term_add(struct rules_flow *flow, enum rules_field field)
{
    ovs_assert(flow->n_terms < RULES_MAX_TERMS);
    struct rules_term *term = &flow->terms[flow->n_terms++];

    term->field = field;
    return term;
}

static void
number_put(uint64_t number, uint8_t *bytes, size_t n)
{
    for (size_t i = n; i-- > 0; number >>= 8) {
        bytes[i] = number;
    }
}

static void
match_number_masked(struct rules_flow *flow, enum rules_field field, uint64_t value, uint64_t mask)
{
    struct rules_term *term = term_add(flow, field);

    number_put(value & mask, term->value, rules_field_size(field));
    number_put(mask, term->mask, rules_field_size(field));
}

static void
match_number(struct rules_flow *flow, enum rules_field field, uint64_t value)
{
    ovs_assert(rules_field_size(field) <= sizeof value);
    match_number_masked(flow, field, value, UINT64_MAX);
}

static void
match_prefix(struct rules_flow *flow, enum rules_field field, const uint8_t *octets, size_t length)
{
    struct rules_term *term = term_add(flow, field);

    ovs_assert(length <= 8 * rules_field_size(field));
    memcpy(term->value, octets, rules_field_size(field));
    for (size_t i = 0; i < length; i++) {
        term->mask[i / 8] |= 0x80 >> i % 8;
    }
}

/* "Bit 'bit', from the top, of dl_src is not that of 'mac'." */
static void
match_mac_bit_differs(struct rules_flow *flow, const struct mac *mac, int bit)
{
    struct rules_term *term = term_add(flow, RULES_FIELD_DL_SRC);

    term->mask[bit / 8] = 0x80 >> bit % 8;
    term->value[bit / 8] = ~mac->octet[bit / 8] & term->mask[bit / 8];
}

static void
match_condition(struct rules_flow *flow, const struct rules_condition *c, const struct vif_policy *policy,
                const struct instance *instance)
{
    switch (c->operand) {
    case OPERAND_NONE:
        break;
    case OPERAND_NUMBER:
        match_number(flow, c->field, c->number);
        break;
    case OPERAND_MAC:
        match_prefix(flow, c->field, policy->mac.octet, MAC_BITS);
        break;
    case OPERAND_ADDRESS:
        match_prefix(flow, c->field, instance->address, instance->address_length);
        break;
    case OPERAND_IPV6:
        match_prefix(flow, c->field, c->ipv6.octet, c->ipv6.length);
        break;
    }
}

static uint64_t
cookie(const struct rules_target *target, uint32_t ofport, uint8_t rule, size_t address)
{
    ovs_assert(address <= UINT8_MAX);
    return cookie_pack(&(struct cookie) {
        .ofport = ofport, .generation = target->generation, .rule = rule, .address = address,
    });
}

/* What a flow of 'rule' does. Only what is decided for a VIF is counted beyond the flow's own life. */
static void
act(struct rules_flow *flow, const struct rules_target *target, uint8_t rule, enum rules_stage next)
{
    if (rule == RULES_DISPATCH) {
        flow->action = RULES_ACTION_GOTO;
        flow->goto_table = target->layout->first_table + next;
    } else if (rules_by_number(rule)->verdict == RULES_ALLOW) {
        flow->action = RULES_ACTION_ACCEPT;
        flow->meter = target->meter;
    } else {
        flow->action = RULES_ACTION_DROP;
    }
    flow->counted = rule != RULES_DISPATCH && rule != RULES_ADMITTED;
}

static void
flow_make(const struct compilation *c, const struct rules_row *row, const struct instance *instance)
{
    const struct rules_target *target = c->target;
    struct rules_flow *flow = rules_flows_add(c->flows);

    flow->table = target->layout->first_table + row->stage;
    flow->priority = row->priority - MAX(instance->mac_bit, 0);
    flow->cookie = cookie(target, target->ofport, row->rule, instance->address_index);
    act(flow, target, row->rule, row->next);

    match_number(flow, RULES_FIELD_IN_PORT, target->ofport);
    if (instance->vlan_tci) {
        match_number_masked(flow, RULES_FIELD_VLAN_TCI, *instance->vlan_tci, VLAN_MASK);
    }
    if (instance->mac_bit >= 0) {
        match_mac_bit_differs(flow, &c->policy->mac, instance->mac_bit);
    }
    for (size_t i = 0; i < ARRAY_SIZE(row->conditions) && row->conditions[i].operand != OPERAND_NONE; i++) {
        match_condition(flow, &row->conditions[i], c->policy, instance);
    }
}

static void
make_for_tag(const struct compilation *c, const struct rules_row *row, uint16_t vlan_tci)
{
    if (row->times == PER_TAG) {
        flow_make(c, row, &(struct instance) { .vlan_tci = &vlan_tci, .mac_bit = -1 });
    } else {
        for (int bit = 0; bit < MAC_BITS; bit++) {
            flow_make(c, row, &(struct instance) { .vlan_tci = &vlan_tci, .mac_bit = bit });
        }
    }
}

static void
make_per_tag(const struct compilation *c, const struct rules_row *row)
{
    if (!c->policy->n_vlans) {
        make_for_tag(c, row, 0);
    }
    for (size_t i = 0; i < c->policy->n_vlans; i++) {
        make_for_tag(c, row, VLAN_PRESENT | c->policy->vlans[i]);
    }
}

static void
make_per_ipv4(const struct compilation *c, const struct rules_row *row)
{
    for (size_t i = 0; i < c->policy->n_ipv4; i++) {
        const struct prefix4 *prefix = &c->policy->ipv4[i];

        flow_make(c, row, &(struct instance) {
            .mac_bit = -1, .address = prefix->octet, .address_length = prefix->length, .address_index = i + 1,
        });
    }
}

static void
make_for_ipv6(const struct compilation *c, const struct rules_row *row, const struct prefix6 *prefix, size_t i)
{
    flow_make(c, row, &(struct instance) {
        .mac_bit = -1, .address = prefix->octet, .address_length = prefix->length,
        .address_index = c->policy->n_ipv4 + i + 1,
    });
}

static void
make_per_ipv6(const struct compilation *c, const struct rules_row *row)
{
    for (size_t i = 0; i < c->policy->n_ipv6; i++) {
        make_for_ipv6(c, row, &c->policy->ipv6[i], i);
    }
    if (row->times == PER_IPV6 && c->has_link_local) {
        make_for_ipv6(c, row, &c->link_local, c->policy->n_ipv6);
    }
}

static void
row_compile(const struct compilation *c, const struct rules_row *row)
{
    switch (row->times) {
    case ONCE:
        flow_make(c, row, &(struct instance) INSTANCE_ONCE);
        break;
    case PER_TAG:
    case PER_TAG_AND_MAC_BIT:
        make_per_tag(c, row);
        break;
    case PER_IPV4:
        make_per_ipv4(c, row);
        break;
    case PER_IPV6:
    case PER_LISTED_IPV6:
        make_per_ipv6(c, row);
        break;
    case IF_IPV6:
        if (c->policy->n_ipv6) {
            flow_make(c, row, &(struct instance) INSTANCE_ONCE);
        }
        break;
    }
}

static void
rows_compile(const struct compilation *c, const struct rules_rows *rows)
{
    for (size_t i = 0; i < rows->n; i++) {
        row_compile(c, &rows->rows[i]);
    }
}

/* Each way to admit a port has a priority of its own, the stricter the higher. With one for all, a change of the mode would replace a flow by
 * one of another rule, which takes over the old one's counters (OpenFlow 1.4, 6.4); and should two ever stand side by side, the stricter
 * decides. */
static uint16_t
admission_priority(uint8_t rule)
{
    switch (rule) {
    case RULES_ADMITTED: return 300;
    case RULES_UNLOCKED: return 301;
    case RULES_DISPATCH: return 302;
    case RULES_DISABLED: return 303;
    }
    OVS_NOT_REACHED();
}

/* The flow that lets in what comes from the target's port, or that does not. */
static void
compile_admission(const struct rules_target *target, uint8_t rule, struct rules_flows *flows)
{
    struct rules_flow *flow = rules_flows_add(flows);

    flow->table = target->layout->first_table + STAGE_ADMISSION;
    flow->priority = admission_priority(rule);
    flow->cookie = cookie(target, target->ofport, rule, 0);
    act(flow, target, rule, STAGE_ETHERNET);
    match_number(flow, RULES_FIELD_IN_PORT, target->ofport);
}

static void
compile_locked(const struct compilation *c)
{
    switch (c->target->variant) {
    case RULES_STRICT:
        rows_compile(c, &rules_rows_ethernet);
        rows_compile(c, &rules_rows_upper);
        break;
    case RULES_SPLIT:
        rows_compile(c, &rules_rows_ethernet_split);
        rows_compile(c, &rules_rows_upper);
        break;
    case RULES_XENSERVER_COMPAT:
        rows_compile(c, &rules_rows_xenserver_compat);
        break;
    }
}

void
rules_compile_vif(const struct vif_policy *policy, const struct rules_target *target, struct rules_flows *flows)
{
    struct compilation c = { .policy = policy, .target = target, .flows = flows };

    c.has_link_local = vif_policy_link_local(policy, &c.link_local);
    switch (policy->mode) {
    case VIF_MODE_LOCKED:
        compile_admission(target, RULES_DISPATCH, flows);
        compile_locked(&c);
        break;
    case VIF_MODE_UNLOCKED:
        compile_admission(target, RULES_UNLOCKED, flows);
        break;
    case VIF_MODE_DISABLED:
        compile_admission(target, RULES_DISABLED, flows);
        break;
    }
}

void
rules_compile_admitted(const struct rules_target *target, struct rules_flows *flows)
{
    compile_admission(target, RULES_ADMITTED, flows);
}
