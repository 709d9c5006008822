/* SPDX-License-Identifier: Apache-2.0
 *
 * The cookie that every flow of ours carries:
 *
 *     63      48 47            24 23      16 15      8 7         0
 *     | 0xF17E | ofport (24 bits) | generation | rule id | address   |
 *
 * 'ofport' is the port whose VIF or admission the flow serves, 0 for a bridge's base. A change of policy adds the flows of another
 * generation and deletes those of the old one in the same bundle. 'address' is the position in the VIF's list from 1, IPv4 before
 * IPv6, 0 for a flow that belongs to no address.
 */
#ifndef RULES_COOKIE_H
#define RULES_COOKIE_H

#include <stdbool.h>
#include <stdint.h>

#define COOKIE_MAGIC UINT64_C(0xf17e000000000000)
#define COOKIE_MAGIC_MASK UINT64_C(0xffff000000000000)
#define COOKIE_OFPORT_MASK UINT64_C(0x0000ffffff000000)
#define COOKIE_GENERATION_MASK UINT64_C(0x0000000000ff0000)
#define COOKIE_RULE_MASK UINT64_C(0x000000000000ff00)

struct cookie {
    uint32_t ofport;            /* 24 bits */
    uint8_t generation;
    uint8_t rule;               /* enum rules_id */
    uint8_t address;
};

uint64_t cookie_pack(const struct cookie *cookie);

/* False, and '*cookie' untouched, if 'raw' is not one of ours. */
bool cookie_unpack(uint64_t raw, struct cookie *cookie);

#endif
