/* SPDX-License-Identifier: Apache-2.0
 *
 * What the agent sends and what `cable rules compile` prints must be the same flows: the printed ones are read by Open vSwitch's own
 * parser, the sent ones as a switch reads them, and what they mean is compared.
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
#include <openvswitch/ofp-actions.h>
#include <openvswitch/ofp-errors.h>
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

struct decoded {
    struct ofputil_flow_mod mod;
    struct ofpbuf actions;
};

static void
decode_message(const struct ofpbuf *message, const char *text, struct decoded *decoded)
{
    enum ofperr error;

    ofpbuf_init(&decoded->actions, 0);
    error = ofputil_decode_flow_mod(&decoded->mod, message->data, OFPUTIL_P_OF14_OXM, NULL, NULL, &decoded->actions, OFPP_MAX, 255);
    if (error) {
        fail_msg("%s: %s", text, ofperr_to_string(error));
    }
}

/* By way of a message: actions that were read from one are not the same bytes as those that were read from a text. */
static void
decode_text(const char *text, struct decoded *decoded)
{
    enum ofputil_protocol usable;
    struct ofputil_flow_mod mod;
    char *error = parse_ofp_flow_mod_str(&mod, text, NULL, NULL, OFPFC_ADD, &usable);

    if (error) {
        fail_msg("%s: %s", text, error);
    }

    struct ofpbuf *message = ofputil_encode_flow_mod(&mod, OFPUTIL_P_OF14_OXM);
    decode_message(message, text, decoded);
    ofpbuf_delete(message);
    free(CONST_CAST(struct ofpact *, mod.ofpacts));
    minimatch_destroy(&mod.match);
}

static void
destroy(struct decoded *decoded)
{
    ofpbuf_uninit(&decoded->actions);
    minimatch_destroy(&decoded->mod.match);
}

static bool
mean_the_same(const struct ofputil_flow_mod *a, const struct ofputil_flow_mod *b)
{
    return minimatch_equal(&a->match, &b->match) && a->priority == b->priority && a->table_id == b->table_id && a->command == b->command
           && a->new_cookie == b->new_cookie && a->cookie_mask == b->cookie_mask && a->flags == b->flags
           && a->idle_timeout == b->idle_timeout && a->hard_timeout == b->hard_timeout && a->importance == b->importance
           && a->buffer_id == b->buffer_id && ofpacts_equal(a->ofpacts, a->ofpacts_len, b->ofpacts, b->ofpacts_len);
}

static void
check_flow(const struct rules_flow *flow, const struct rules_layout *layout)
{
    struct ds text = DS_EMPTY_INITIALIZER;
    struct decoded printed, sent;

    rules_flow_format(flow, layout, &text);

    struct ofpbuf *message = encode_flow_add(flow, layout);
    decode_text(ds_cstr(&text), &printed);
    decode_message(message, ds_cstr(&text), &sent);
    if (!mean_the_same(&printed.mod, &sent.mod)) {
        fail_msg("encoded otherwise than printed: %s", ds_cstr(&text));
    }
    destroy(&printed);
    destroy(&sent);
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
