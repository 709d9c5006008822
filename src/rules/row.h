/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside src/rules: a variant is a table of rows, one a line of cabled-rules(7), and this is the vocabulary that they are written in.
 * A row says where its flow stands, how often it is made, which rule it carries out and what it matches besides the port; compile.c
 * fills in what belongs to a VIF.
 */
#ifndef RULES_ROW_H
#define RULES_ROW_H

#include <stddef.h>
#include <stdint.h>

#include "rules/compile.h"
#include "rules/flow.h"
#include "rules/table.h"

/* Tables, from the layout's first on. */
enum rules_stage {
    STAGE_ADMISSION,            /* who is on this port */
    STAGE_ETHERNET,             /* tag, source MAC, EtherType; all of xenserver-compat */
    STAGE_ARP,
    STAGE_IPV4,
    STAGE_IPV6,                 /* infrastructure, source */
    STAGE_ND,                   /* neighbour discovery: validity, source, link-layer option */
    STAGE_ND_TARGET,            /* who owns the target: DAD and advertisements */
};

/* How often a row makes a flow. */
enum rules_times {
    ONCE,
    PER_TAG,                    /* once, matching untagged frames, or for each VLAN of a trunk VIF */
    PER_TAG_AND_MAC_BIT,        /* 48 times for each, at priorities that count down: "this bit of dl_src differs" */
    PER_IPV4,                   /* for each of the VIF's IPv4 addresses and prefixes */
    PER_IPV6,                   /* for each of its IPv6 addresses and prefixes, the automatic link-local one included */
    PER_LISTED_IPV6,            /* the same without the automatic one */
    IF_IPV6,                    /* once if there is any of these */
};

/* What a field is compared with. */
enum rules_operand {
    OPERAND_NONE,               /* end of the list */
    OPERAND_NUMBER,
    OPERAND_MAC,                /* the VIF's MAC */
    OPERAND_ADDRESS,            /* the address or prefix of PER_IPV4 and PER_IPV6 */
    OPERAND_IPV6,               /* a constant prefix */
};

struct rules_condition {
    enum rules_field field;
    enum rules_operand operand;
    uint64_t number;
    struct {
        uint8_t octet[16];
        uint8_t length;
    } ipv6;
};

struct rules_row {
    enum rules_stage stage;
    uint16_t priority;
    enum rules_times times;
    uint8_t rule;               /* enum rules_id; allowing rules accept, dropping ones drop, RULES_DISPATCH leads on to 'next' */
    enum rules_stage next;
    struct rules_condition conditions[RULES_MAX_TERMS];
};

struct rules_rows {
    const struct rules_row *rows;
    size_t n;
};

/* The stage ETHERNET of strict and of split; the stages after it, which they share; all of xenserver-compat. */
extern const struct rules_rows rules_rows_ethernet, rules_rows_ethernet_split, rules_rows_upper, rules_rows_xenserver_compat;

#define IS(FIELD, NUMBER) { .field = RULES_FIELD_##FIELD, .operand = OPERAND_NUMBER, .number = NUMBER }
#define IS_MAC(FIELD) { .field = RULES_FIELD_##FIELD, .operand = OPERAND_MAC }
#define IS_ADDRESS(FIELD) { .field = RULES_FIELD_##FIELD, .operand = OPERAND_ADDRESS }
#define IS_IPV6(FIELD, LENGTH, ...) \
    { .field = RULES_FIELD_##FIELD, .operand = OPERAND_IPV6, .ipv6 = { .octet = { __VA_ARGS__ }, .length = LENGTH } }

#define ARP IS(DL_TYPE, 0x0806)
#define RARP IS(DL_TYPE, 0x8035)
#define IPV4 IS(DL_TYPE, 0x0800)
#define IPV6 IS(DL_TYPE, 0x86dd)
#define IGMP IPV4, IS(NW_PROTO, 2)
#define UDP IPV4, IS(NW_PROTO, 17)
#define TCP6 IPV6, IS(NW_PROTO, 6)
#define UDP6 IPV6, IS(NW_PROTO, 17)
#define ICMP6 IPV6, IS(NW_PROTO, 58)
#define UNFRAGMENTED IS(IP_FRAG, RULES_FRAG_NO)
#define FIRST_FRAGMENT IS(IP_FRAG, RULES_FRAG_FIRST)

/* A row that accepts or drops, and one that only leads on. What follows the rule or the next stage is the match. */
#define ROW(STAGE, PRIORITY, TIMES, RULE, ...) \
    { .stage = STAGE_##STAGE, .priority = PRIORITY, .times = TIMES, .rule = RULES_##RULE, .conditions = { __VA_ARGS__ } }
#define GOTO(STAGE, PRIORITY, TIMES, NEXT, ...) \
    { .stage = STAGE_##STAGE, .priority = PRIORITY, .times = TIMES, .rule = RULES_DISPATCH, .next = STAGE_##NEXT, \
      .conditions = { __VA_ARGS__ } }

#endif
