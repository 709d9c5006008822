/* SPDX-License-Identifier: Apache-2.0
 *
 * Usage: golden VARIANT POLICIES [GOLDEN]
 * Prints the flows that VARIANT makes of the file POLICIES, the base included; or compares them with the file GOLDEN and shows the first
 * line that differs.
 */
#include <config.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "base/error.h"
#include "cli/policies.h"
#include "rules/compile.h"
#include "rules/flow.h"

static void
print(enum rules_variant variant, const struct policies *policies, struct ds *out)
{
    const struct rules_layout layout = RULES_LAYOUT_DEFAULT;
    struct rules_target target = { .layout = &layout, .variant = variant };
    struct rules_flows flows = RULES_FLOWS_INITIALIZER;

    rules_compile_base(&target, &flows);
    for (size_t i = 0; i < policies->n; i++) {
        target.ofport = i + 1;
        rules_compile_vif(&policies->entries[i].policy, &target, &flows);
    }
    for (size_t i = 0; i < flows.n; i++) {
        rules_flow_format(&flows.flows[i], &layout, out);
        ds_put_char(out, '\n');
    }
    rules_flows_destroy(&flows);
}

/* 0 if 'text' is what 'name' holds. */
static int
compare(const char *text, const char *name)
{
    FILE *file = fopen(name, "re");
    struct ds line = DS_EMPTY_INITIALIZER;
    int n = 1;

    if (!file) {
        ovs_fatal(errno, "%s", name);
    }
    for (; !ds_get_line(&line, file); n++) {
        size_t length = strcspn(text, "\n");

        if (length != line.length || memcmp(text, ds_cstr(&line), length)) {
            break;
        }
        text += length + (text[length] == '\n');
        ds_clear(&line);
    }
    bool same = feof(file) && !*text;
    if (!same) {
        printf("%s:%d: -%s\n%s:%d: +%.*s\ntests/golden/renew accepts the new output\n",
               name, n, ds_cstr(&line), name, n, (int) strcspn(text, "\n"), text);
    }
    ds_destroy(&line);
    fclose(file);
    return !same;
}

int
main(int argc, char *argv[])
{
    OWN_ERROR struct error *error = NULL;
    struct policies policies = { NULL, 0 };
    struct ds out = DS_EMPTY_INITIALIZER;
    enum rules_variant variant;

    if (argc < 3 || argc > 4) {
        ovs_fatal(0, "usage: golden VARIANT POLICIES [GOLDEN]");
    }
    error = rules_variant_parse(argv[1], &variant);
    error = error ? error : policies_load(argv[2], &policies);
    if (error) {
        ovs_fatal(0, "%s", error->text);
    }
    print(variant, &policies, &out);
    int status = argc == 4 ? compare(ds_cstr(&out), argv[3]) : fputs(ds_cstr(&out), stdout) < 0;
    ds_destroy(&out);
    policies_destroy(&policies);
    return status;
}
