/* SPDX-License-Identifier: Apache-2.0
 *
 * What belongs to a bridge and not to a port: where the rules live in its tables, and the flows that make every port dark that admission
 * does not list.
 */
#include <config.h>

#include <string.h>

#include <util.h>

#include "base/error.h"
#include "base/quote.h"
#include "rules/compile.h"
#include "rules/cookie.h"
#include "rules/flow.h"
#include "rules/table.h"

enum {
    FIRST_TABLE_MAX = 247,      /* six more follow; table 254 is Open vSwitch's own, 255 means all */
    REG_MAX = 15,
};

static const char *const variant_names[] = {
    [RULES_STRICT] = "strict",
    [RULES_SPLIT] = "split",
    [RULES_XENSERVER_COMPAT] = "xenserver-compat",
};

const char *
rules_variant_name(enum rules_variant variant)
{
    return variant_names[variant];
}

struct error *
rules_variant_parse(const char *text, enum rules_variant *variant)
{
    for (size_t i = 0; i < ARRAY_SIZE(variant_names); i++) {
        if (!strcmp(text, variant_names[i])) {
            *variant = i;
            return NULL;
        }
    }
    return error_new(ERROR_INVALID, "variant %s is unknown: write strict, split or xenserver-compat", quote(text).text);
}

struct error *
rules_layout_check(const struct rules_layout *layout)
{
    if (layout->first_table < 1 || layout->first_table > FIRST_TABLE_MAX) {
        return error_new(ERROR_INVALID, "first table %d is out of range: write 1 to %d, it takes that table and the six behind it",
                         layout->first_table, FIRST_TABLE_MAX);
    } else if (layout->hook_priority < 1) {
        return error_new(ERROR_INVALID, "hook priority 0 is that of the bridge's NORMAL flow: write 1 to 65535");
    } else if (layout->reg > REG_MAX) {
        return error_new(ERROR_INVALID, "register %d is out of range: write 0 to %d", layout->reg, REG_MAX);
    }
    return NULL;
}

static struct rules_flow *
base_flow(const struct rules_target *target, uint8_t table, uint16_t priority, uint8_t rule, struct rules_flows *flows)
{
    struct rules_flow *flow = rules_flows_add(flows);

    flow->table = table;
    flow->priority = priority;
    flow->cookie = cookie_pack(&(struct cookie) { .generation = target->generation, .rule = rule });
    return flow;
}

/* The layout's bit says that a frame was accepted. */
static void
match_accepted(struct rules_flow *flow, bool accepted)
{
    flow->terms[flow->n_terms++] = (struct rules_term) {
        .field = RULES_FIELD_REG, .value = { [3] = accepted }, .mask = { [3] = 1 },
    };
}

void
rules_compile_base(const struct rules_target *target, struct rules_flows *flows)
{
    const struct rules_layout *layout = target->layout;
    struct rules_flow *hook = base_flow(target, 0, layout->hook_priority, RULES_DISPATCH, flows);

    hook->action = RULES_ACTION_GOTO;
    hook->goto_table = layout->first_table;
    match_accepted(hook, false);

    base_flow(target, layout->first_table, 0, RULES_NOT_ADMITTED, flows)->action = RULES_ACTION_DROP;

    /* Only what was accepted goes on: should somebody take the hook away, nothing passes. */
    struct rules_flow *normal = base_flow(target, 0, 0, RULES_DISPATCH, flows);

    normal->action = RULES_ACTION_NORMAL;
    match_accepted(normal, true);
}
