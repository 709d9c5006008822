/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "rules/table.h"

#include <string.h>

#include <util.h>

const struct rules_rule rules_table[RULES_N] = {
#define RULE(ID, NUMBER, NAME, VERDICT, WHAT, REFERENCE) { RULES_##ID, NAME, RULES_##VERDICT, WHAT, REFERENCE },
#include "rules/table.def"
#undef RULE
};
const size_t rules_table_n = RULES_N;

size_t
rules_index(uint8_t number)
{
    size_t i = 0;

    while (i < RULES_N && rules_table[i].id != number) {
        i++;
    }
    return i;
}

const struct rules_rule *
rules_by_number(uint8_t number)
{
    size_t i = rules_index(number);

    return i < RULES_N ? &rules_table[i] : NULL;
}

const struct rules_rule *
rules_by_name(const char *name)
{
    for (size_t i = 0; i < rules_table_n; i++) {
        if (!strcmp(rules_table[i].name, name)) {
            return &rules_table[i];
        }
    }
    return NULL;
}

const char *
rules_verdict_name(enum rules_verdict verdict)
{
    switch (verdict) {
    case RULES_ALLOW: return "allow";
    case RULES_DROP: return "drop";
    }
    OVS_NOT_REACHED();
}
