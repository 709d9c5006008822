/* SPDX-License-Identifier: Apache-2.0
 *
 * What the agent sends and what `cable rules compile` prints must be the same flows: the printed ones are read by Open vSwitch's own
 * parser and encoded, and the messages compared.
 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openvswitch/dynamic-string.h>
#include <openvswitch/match.h>
#include <openvswitch/ofp-flow.h>
#include <openvswitch/ofp-msgs.h>
#include <openvswitch/ofpbuf.h>
#include <util.h>

#include "base/error.h"
#include "rules/compile.h"
#include "rules/flow.h"
#include "switch/encode.h"
#include "vif/policy.h"

#define LIST(...) ((const char *const []) { __VA_ARGS__, NULL })

static const struct rules_layout layouts[] = {
    RULES_LAYOUT_DEFAULT,
    { .first_table = 7, .hook_priority = 40000, .reg = 3 },
};

static struct ofpbuf *
encode_text(const char *text)
{
    enum ofputil_protocol usable;
    struct ofputil_flow_mod mod;
    char *error = parse_ofp_flow_mod_str(&mod, text, NULL, NULL, OFPFC_ADD, &usable);

    if (error) {
        fail_msg("%s: %s", text, error);
    }

    struct ofpbuf *message = ofputil_encode_flow_mod(&mod, OFPUTIL_P_OF14_OXM);
    free(CONST_CAST(struct ofpact *, mod.ofpacts));
    minimatch_destroy(&mod.match);
    return message;
}

static void
check_flow(const struct rules_flow *flow, const struct rules_layout *layout)
{
    struct ds text = DS_EMPTY_INITIALIZER;

    rules_flow_format(flow, layout, &text);

    struct ofpbuf *expected = encode_text(ds_cstr(&text));
    struct ofpbuf *message = encode_flow_add(flow, layout);

    ((struct ofp_header *) expected->data)->xid = ((struct ofp_header *) message->data)->xid;
    if (message->size != expected->size || memcmp(message->data, expected->data, message->size)) {
        fail_msg("encoded otherwise than printed: %s", ds_cstr(&text));
    }
    ofpbuf_delete(expected);
    ofpbuf_delete(message);
    ds_destroy(&text);
}

static void
check_policy(const struct vif_policy_words *words, enum rules_variant variant, const struct rules_layout *layout,
             uint32_t meter)
{
    const struct rules_target target = {
        .layout = layout, .variant = variant, .ofport = 32768, .generation = 9, .meter = meter,
    };
    struct rules_flows flows = RULES_FLOWS_INITIALIZER;
    struct vif_policy policy;

    assert_null(vif_policy_parse(words, &policy));
    rules_compile_base(&target, &flows);
    rules_compile_admitted(&target, &flows);
    rules_compile_vif(&policy, &target, &flows);
    for (size_t i = 0; i < flows.n; i++) {
        check_flow(&flows.flows[i], layout);
    }
    rules_flows_destroy(&flows);
    vif_policy_destroy(&policy);
}

static const int64_t vlans[] = { 100, 200 };
static const struct vif_policy_words policies[] = {
    { .mode = "locked", .mac = "02:00:00:00:01:01" },
    { .mode = "locked", .mac = "02:00:00:00:01:04", .ipv4 = LIST("10.0.0.7", "192.0.2.0/24"),
      .ipv6 = LIST("2001:db8::7", "2001:db8:9::/64"), .auto_lla = true },
    { .mode = "locked", .mac = "02:00:00:00:01:08", .ipv4 = LIST("10.0.0.30"), .vlans = vlans, .n_vlans = ARRAY_SIZE(vlans) },
    { .mode = "unlocked", .mac = "02:00:00:00:01:09" },
    { .mode = "disabled", .mac = "02:00:00:00:01:0a" },
};

static void
messages_are_the_flows_that_are_printed(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(policies); i++) {
        for (size_t j = 0; j < ARRAY_SIZE(layouts); j++) {
            check_policy(&policies[i], RULES_STRICT, &layouts[j], 0);
            check_policy(&policies[i], RULES_STRICT, &layouts[j], 163840);
            check_policy(&policies[i], RULES_SPLIT, &layouts[j], 0);
            check_policy(&policies[i], RULES_XENSERVER_COMPAT, &layouts[j], 0);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_are_the_flows_that_are_printed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
