/* SPDX-License-Identifier: Apache-2.0
 *
 * From policy to flows: the compiler of VIF locking. A VIF's flows drop or pass exactly what docs and cabled-rules(7) say, in three
 * variants; a bridge's base makes every port that has no flows dark. The flows assume that the bridge is in the fragment mode
 * `nx-match` (Open vSwitch's `set-frags`), except RULES_XENSERVER_COMPAT, which assumes `normal`.
 */
#ifndef RULES_COMPILE_H
#define RULES_COMPILE_H

#include <stdbool.h>
#include <stdint.h>

struct error;
struct rules_flows;
struct vif_policy;

/* Where in the bridge's tables the flows live. */
struct rules_layout {
    uint8_t first_table;        /* admission; six more follow. 1 to 247 */
    uint16_t hook_priority;     /* of the hook in table 0 */
    uint8_t reg;                /* 0 to 15; bit 0 of it says "accepted" */
};

enum { RULES_N_TABLES = 7 };

/* True if some variant matches IPv6 source addresses in the nth of the tables; the first, admission, is 0. */
bool rules_table_matches_ipv6_src(unsigned int nth);

#define RULES_LAYOUT_DEFAULT { .first_table = 199, .hook_priority = 65000, .reg = 15 }

/* NULL if 'layout' fits Open vSwitch's tables and registers and leaves table 0 to others, otherwise an error in the words of the
 * configuration. rules_compile_*() want a layout that passes. */
struct error *rules_layout_check(const struct rules_layout *layout);

enum rules_variant {
    RULES_STRICT,               /* one flow per MAC */
    RULES_SPLIT,                /* 48 drop flows per MAC: a flood of random MACs leaves few megaflows */
    RULES_XENSERVER_COMPAT,     /* what XenServer's setup-vif-rules lets pass, behind our admission */
};

const char *rules_variant_name(enum rules_variant variant);
struct error *rules_variant_parse(const char *text, enum rules_variant *variant);

struct rules_target {
    const struct rules_layout *layout;
    enum rules_variant variant;
    uint32_t ofport;            /* 1 to 65279 */
    uint8_t generation;
    uint32_t meter;             /* of a VIF with a rate limit, before every accept; 0 for none */
};

/* Appends the flows of a VIF with 'policy', admission first: while it is not there, nothing passes, whatever is there of the others. */
void rules_compile_vif(const struct vif_policy *policy, const struct rules_target *target, struct rules_flows *flows);

/* Appends a bridge's base: the hook, the default drop of admission, and NORMAL at priority 0 for what was accepted. 'target->ofport' is not used: 0 stands in
 * the cookie. */
void rules_compile_base(const struct rules_target *target, struct rules_flows *flows);

/* Appends the flow that admits a port that is no VIF: LOCAL (65534), an uplink, a patch port, a port of somebody else. */
void rules_compile_admitted(const struct rules_target *target, struct rules_flows *flows);

#endif
