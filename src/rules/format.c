/* SPDX-License-Identifier: Apache-2.0
 *
 * Flows in the syntax of ovs-ofctl(8) and ovs-fields(7).
 */
#include <config.h>

#include "rules/flow.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "rules/compile.h"

enum { LOCAL_PORT = 0xfffe };

/* How a field's value looks. */
enum style {
    STYLE_PORT,
    STYLE_DECIMAL,
    STYLE_HEX,
    STYLE_MAC,
    STYLE_IPV4,
    STYLE_IPV6,
    STYLE_FRAG,
};

static const struct {
    const char *name;
    enum style style;
} fields[RULES_N_FIELDS] = {
    [RULES_FIELD_IN_PORT] = { "in_port", STYLE_PORT },
    [RULES_FIELD_REG] = { "reg", STYLE_HEX },           /* the layout's number follows */
    [RULES_FIELD_VLAN_TCI] = { "vlan_tci", STYLE_HEX },
    [RULES_FIELD_DL_SRC] = { "dl_src", STYLE_MAC },
    [RULES_FIELD_DL_DST] = { "dl_dst", STYLE_MAC },
    [RULES_FIELD_DL_TYPE] = { "dl_type", STYLE_HEX },
    [RULES_FIELD_ARP_OP] = { "arp_op", STYLE_DECIMAL },
    [RULES_FIELD_ARP_SPA] = { "arp_spa", STYLE_IPV4 },
    [RULES_FIELD_ARP_TPA] = { "arp_tpa", STYLE_IPV4 },
    [RULES_FIELD_ARP_SHA] = { "arp_sha", STYLE_MAC },
    [RULES_FIELD_ARP_THA] = { "arp_tha", STYLE_MAC },
    [RULES_FIELD_NW_PROTO] = { "nw_proto", STYLE_DECIMAL },
    [RULES_FIELD_NW_TTL] = { "nw_ttl", STYLE_DECIMAL },
    [RULES_FIELD_NW_SRC] = { "nw_src", STYLE_IPV4 },
    [RULES_FIELD_NW_DST] = { "nw_dst", STYLE_IPV4 },
    [RULES_FIELD_IP_FRAG] = { "ip_frag", STYLE_FRAG },
    [RULES_FIELD_TP_SRC] = { "tp_src", STYLE_DECIMAL },
    [RULES_FIELD_TP_DST] = { "tp_dst", STYLE_DECIMAL },
    [RULES_FIELD_IPV6_SRC] = { "ipv6_src", STYLE_IPV6 },
    [RULES_FIELD_IPV6_DST] = { "ipv6_dst", STYLE_IPV6 },
    [RULES_FIELD_ICMPV6_TYPE] = { "icmp_type", STYLE_DECIMAL },
    [RULES_FIELD_ICMPV6_CODE] = { "icmp_code", STYLE_DECIMAL },
    [RULES_FIELD_ND_TARGET] = { "nd_target", STYLE_IPV6 },
    [RULES_FIELD_ND_SLL] = { "nd_sll", STYLE_MAC },
    [RULES_FIELD_ND_TLL] = { "nd_tll", STYLE_MAC },
};

/* ovs-ofctl's words for an EtherType alone, or with an IP protocol. */
static const struct {
    uint16_t dl_type;
    int nw_proto;               /* -1: none */
    const char *name;
} shorthands[] = {
    { 0x0806, -1, "arp" },
    { 0x8035, -1, "rarp" },
    { 0x0800, 17, "udp" },
    { 0x0800, -1, "ip" },
    { 0x86dd, 6, "tcp6" },
    { 0x86dd, 17, "udp6" },
    { 0x86dd, 58, "icmp6" },
    { 0x86dd, -1, "ipv6" },
};

static uint32_t
number(const uint8_t *bytes, size_t n)
{
    uint32_t value = 0;

    for (size_t i = 0; i < n; i++) {
        value = value << 8 | bytes[i];
    }
    return value;
}

/* The number of bits that 'mask' sets, all of which must be at its beginning. */
static size_t
mask_length(const uint8_t *mask, size_t n_bytes)
{
    size_t length = 0;

    while (length < 8 * n_bytes && mask[length / 8] & 0x80 >> length % 8) {
        length++;
    }
    for (size_t i = length; i < 8 * n_bytes; i++) {
        ovs_assert(!(mask[i / 8] & 0x80 >> i % 8));
    }
    return length;
}

static bool
is_exact(const struct rules_term *term)
{
    for (size_t i = 0; i < rules_field_size(term->field); i++) {
        if (term->mask[i] != 0xff) {
            return false;
        }
    }
    return true;
}

static void
put_octets(const uint8_t *o, struct ds *out)
{
    ds_put_format(out, "%02x:%02x:%02x:%02x:%02x:%02x", o[0], o[1], o[2], o[3], o[4], o[5]);
}

static void
put_address(const struct rules_term *term, struct ds *out)
{
    size_t size = rules_field_size(term->field);
    char text[INET6_ADDRSTRLEN];

    ovs_assert(inet_ntop(size == 4 ? AF_INET : AF_INET6, term->value, text, sizeof text));
    ds_put_cstr(out, text);
    if (!is_exact(term)) {
        ds_put_format(out, "/%"PRIuSIZE, mask_length(term->mask, size));
    }
}

static void
put_port(uint32_t port, struct ds *out)
{
    if (port == LOCAL_PORT) {
        ds_put_cstr(out, "LOCAL");
    } else {
        ds_put_format(out, "%"PRIu32, port);
    }
}

static void
put_hex(const struct rules_term *term, struct ds *out)
{
    size_t size = rules_field_size(term->field);

    ds_put_format(out, "0x%"PRIx32, number(term->value, size));
    if (!is_exact(term)) {
        ds_put_format(out, "/0x%"PRIx32, number(term->mask, size));
    }
}

static void
put_mac(const struct rules_term *term, struct ds *out)
{
    put_octets(term->value, out);
    if (!is_exact(term)) {
        ds_put_char(out, '/');
        put_octets(term->mask, out);
    }
}

static void
put_value(const struct rules_term *term, struct ds *out)
{
    switch (fields[term->field].style) {
    case STYLE_PORT:
        put_port(number(term->value, rules_field_size(term->field)), out);
        break;
    case STYLE_DECIMAL:
        ds_put_format(out, "%"PRIu32, number(term->value, rules_field_size(term->field)));
        break;
    case STYLE_HEX:
        put_hex(term, out);
        break;
    case STYLE_MAC:
        put_mac(term, out);
        break;
    case STYLE_IPV4:
    case STYLE_IPV6:
        put_address(term, out);
        break;
    case STYLE_FRAG:
        ds_put_cstr(out, term->value[0] == RULES_FRAG_NO ? "no" : "first");
        break;
    }
}

/* Appends ovs-ofctl's word for the 'n' terms from 'term' on and returns how many terms it stands for, 0 if there is none. */
static size_t
put_shorthand(const struct rules_term *term, size_t n, struct ds *out)
{
    int nw_proto = n > 1 && term[1].field == RULES_FIELD_NW_PROTO ? term[1].value[0] : -1;

    if (term->field != RULES_FIELD_DL_TYPE) {
        return 0;
    }
    for (size_t i = 0; i < ARRAY_SIZE(shorthands); i++) {
        if (shorthands[i].dl_type == number(term->value, 2)
            && (shorthands[i].nw_proto == nw_proto || shorthands[i].nw_proto < 0)) {
            ds_put_cstr(out, shorthands[i].name);
            return shorthands[i].nw_proto < 0 ? 1 : 2;
        }
    }
    return 0;
}

static void
put_match(const struct rules_flow *flow, const struct rules_layout *layout, struct ds *out)
{
    for (size_t i = 0; i < flow->n_terms; ) {
        const struct rules_term *term = &flow->terms[i];

        ds_put_char(out, ',');
        size_t n_shorthand = put_shorthand(term, flow->n_terms - i, out);
        if (n_shorthand) {
            i += n_shorthand;
            continue;
        }
        ds_put_cstr(out, fields[term->field].name);
        if (term->field == RULES_FIELD_REG) {
            ds_put_format(out, "%d", layout->reg);
        }
        ds_put_char(out, '=');
        put_value(term, out);
        i++;
    }
}

static void
put_actions(const struct rules_flow *flow, const struct rules_layout *layout, struct ds *out)
{
    ds_put_cstr(out, " actions=");
    switch (flow->action) {
    case RULES_ACTION_DROP:
        ds_put_cstr(out, "drop");
        break;
    case RULES_ACTION_GOTO:
        ds_put_format(out, "goto_table:%d", flow->goto_table);
        break;
    case RULES_ACTION_ACCEPT:
        if (flow->meter) {
            ds_put_format(out, "meter:%"PRIu32",", flow->meter);
        }
        ds_put_format(out, "load:1->NXM_NX_REG%d[0],resubmit(,0)", layout->reg);
        break;
    case RULES_ACTION_NORMAL:
        ds_put_cstr(out, "NORMAL");
        break;
    }
}

void
rules_flow_format(const struct rules_flow *flow, const struct rules_layout *layout, struct ds *out)
{
    ds_put_format(out, "cookie=0x%"PRIx64",table=%d,priority=%d", flow->cookie, flow->table, flow->priority);
    if (flow->counted) {
        ds_put_cstr(out, ",send_flow_rem");
    }
    put_match(flow, layout, out);
    put_actions(flow, layout, out);
}
