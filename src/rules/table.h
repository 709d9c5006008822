/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of rules: the only place where a rule's name or number stands. The compiler, the counters, the command line and the
 * documents read it. A rule is one named decision; it compiles to one or more flows.
 */
#ifndef RULES_TABLE_H
#define RULES_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers are for ever: they stand in the cookies of running switches and in totals that are kept. 1 to 127 allow, 128 to 253 drop,
 * 254 is a flow that only leads on to another table or is part of a bridge's base. */
enum rules_id {
#define RULE(ID, NUMBER, ...) RULES_##ID = NUMBER,
#include "rules/table.def"
#undef RULE
    RULES_DISPATCH = 254,
};

enum rules_verdict { RULES_ALLOW, RULES_DROP };

struct rules_rule {
    enum rules_id id;           /* the number */
    const char *name;           /* what a person says: "arp-spoof" */
    enum rules_verdict verdict;
    const char *what;           /* what it allows or drops, a phrase without a full stop */
    const char *reference;      /* RFC and section, or "" where no document says it */
};

/* How many rules there are. */
enum {
    RULES_N = 0
#define RULE(...) + 1
#include "rules/table.def"
#undef RULE
};

/* All rules, allowing ones first, by number. */
extern const struct rules_rule rules_table[RULES_N];
extern const size_t rules_table_n;

/* The place in rules_table[] of the rule with that number; RULES_N if there is none. */
size_t rules_index(uint8_t number);

/* NULL if no rule has that number or name. */
const struct rules_rule *rules_by_number(uint8_t number);
const struct rules_rule *rules_by_name(const char *name);

const char *rules_verdict_name(enum rules_verdict verdict);

#endif
