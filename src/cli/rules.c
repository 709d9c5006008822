/* SPDX-License-Identifier: Apache-2.0
 *
 * cable rules: the table of rules, and what the compiler makes of policies. Needs neither pool nor agent.
 */
#include <config.h>

#include <stdlib.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/nouns.h"
#include "cli/policies.h"
#include "cli/rows.h"
#include "rules/compile.h"
#include "rules/flow.h"
#include "rules/table.h"

struct error *
rules_list(struct cli *cli)
{
    static const char *const columns[] = { "number", "name", "verdict", "what", NULL };
    static const struct output_list list = { columns, NULL, .wraps = true };
    struct rows rows = ROWS_INITIALIZER;

    for (size_t i = 0; i < rules_table_n; i++) {
        const struct rules_rule *rule = &rules_table[i];
        struct row *row = rows_add(&rows);

        row_put_integer(row, "number", rule->id);
        row_put_text(row, "name", rule->name);
        row_put_state(row, "verdict", rules_verdict_name(rule->verdict));
        row_put_text(row, "what", rule->what);
        row_put_text(row, "reference", rule->reference);
    }
    cli->output.class->list(&cli->output, &rows, &list);
    rows_destroy(&rows);
    return NULL;
}

static void
print_flows(struct cli *cli, const struct rules_flows *flows, const struct rules_layout *layout)
{
    static const char *const columns[] = { "flow", NULL };
    static const struct output_list list = { columns, NULL };
    struct rows rows = ROWS_INITIALIZER;
    struct ds line = DS_EMPTY_INITIALIZER;

    for (size_t i = 0; i < flows->n; i++) {
        ds_clear(&line);
        rules_flow_format(&flows->flows[i], layout, &line);
        if (cli_is_json(cli)) {
            row_put_text(rows_add(&rows), "flow", ds_cstr(&line));
        } else {
            fprintf(cli->output.stream, "%s\n", ds_cstr(&line));
        }
    }
    if (cli_is_json(cli)) {
        cli->output.class->list(&cli->output, &rows, &list);
    }
    rows_destroy(&rows);
    ds_destroy(&line);
}

static void
compile(struct cli *cli, const struct policies *policies, enum rules_variant variant)
{
    static const struct rules_layout layout = RULES_LAYOUT_DEFAULT;
    struct rules_target target = { .layout = &layout, .variant = variant };
    struct rules_flows flows = RULES_FLOWS_INITIALIZER;

    if (given_flag(&cli->given, "base")) {
        rules_compile_base(&target, &flows);
    }
    for (size_t i = 0; i < policies->n; i++) {
        target.ofport = i + 1;
        rules_compile_vif(&policies->entries[i].policy, &target, &flows);
    }
    print_flows(cli, &flows, &layout);
    rules_flows_destroy(&flows);
}

struct error *
rules_compile(struct cli *cli)
{
    const char *word = given_value(&cli->given, "variant");
    enum rules_variant variant = RULES_STRICT;
    struct policies policies;
    struct error *error = word ? rules_variant_parse(word, &variant) : NULL;

    error = error ? error : policies_load(given_value(&cli->given, "policies"), &policies);
    if (!error) {
        compile(cli, &policies, variant);
        policies_destroy(&policies);
    }
    return error;
}
