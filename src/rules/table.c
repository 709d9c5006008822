/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "rules/table.h"

#include <string.h>

#include <util.h>

const struct rules_rule rules_table[] = {
#define RULE(ID, NUMBER, NAME, VERDICT, WHAT, REFERENCE) { RULES_##ID, NAME, RULES_##VERDICT, WHAT, REFERENCE },
#include "rules/table.def"
#undef RULE
};
const size_t rules_table_n = ARRAY_SIZE(rules_table);

const struct rules_rule *
rules_by_number(uint8_t number)
{
    for (size_t i = 0; i < rules_table_n; i++) {
        if (rules_table[i].id == number) {
            return &rules_table[i];
        }
    }
    return NULL;
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
