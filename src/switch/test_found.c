/* SPDX-License-Identifier: Apache-2.0
 *
 * What is sent, listed again and compared must be recognized, and nothing else: the messages are read back with Open vSwitch's own decoder,
 * as a switch reads them, before they are noted.
 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <byte-order.h>
#include <openvswitch/match.h>
#include <openvswitch/ofp-flow.h>
#include <openvswitch/ofp-msgs.h>
#include <openvswitch/ofpbuf.h>
#include <util.h>

#include "base/error.h"
#include "rules/compile.h"
#include "rules/flow.h"
#include "switch/encode.h"
#include "switch/found.h"
#include "vif/policy.h"

#define LIST(...) ((const char *const []) { __VA_ARGS__, NULL })

enum { OFPORT = 32768, GENERATION = 7 };

static const struct rules_layout layout = RULES_LAYOUT_DEFAULT;
static const int64_t vlans[] = { 100, 200 };
static const struct vif_policy_words policies[] = {
    { .mode = "locked", .mac = "02:00:00:00:01:04", .ipv4 = LIST("10.0.0.7", "192.0.2.0/24"),
      .ipv6 = LIST("2001:db8::7", "2001:db8:9::/64"), .auto_lla = true },
    { .mode = "locked", .mac = "02:00:00:00:01:08", .ipv4 = LIST("10.0.0.30"), .vlans = vlans, .n_vlans = ARRAY_SIZE(vlans) },
    { .mode = "unlocked", .mac = "02:00:00:00:01:09" },
    { .mode = "disabled", .mac = "02:00:00:00:01:0a" },
};

static void
compile(size_t policy, enum rules_variant variant, uint32_t meter, struct rules_flows *flows)
{
    const struct rules_target target = {
        .layout = &layout, .variant = variant, .ofport = OFPORT, .generation = GENERATION, .meter = meter,
    };
    struct vif_policy parsed;

    assert_null(vif_policy_parse(&policies[policy], &parsed));
    rules_compile_base(&target, flows);
    rules_compile_vif(&parsed, &target, flows);
    vif_policy_destroy(&parsed);
}

/* The flow as a switch that has taken it would list it. */
static void
list_flow(const struct rules_flow *flow, struct found *found)
{
    uint64_t stub[1024 / 8];
    struct ofpbuf actions = OFPBUF_STUB_INITIALIZER(stub);
    struct ofpbuf *message = encode_flow_add(flow, &layout);
    struct ofputil_flow_mod mod;

    assert_int_equal(ofputil_decode_flow_mod(&mod, message->data, OFPUTIL_P_OF14_OXM, NULL, NULL, &actions, OFPP_MAX, 255),
                     0);

    struct ofputil_flow_stats stats = {
        .cookie = mod.new_cookie, .table_id = mod.table_id, .priority = mod.priority, .flags = mod.flags,
        .ofpacts = mod.ofpacts, .ofpacts_len = mod.ofpacts_len,
    };
    minimatch_expand(&mod.match, &stats.match);
    found_note(found, &stats);
    minimatch_destroy(&mod.match);
    ofpbuf_uninit(&actions);
    ofpbuf_delete(message);
}

static struct digest
digest_of_port(const struct rules_flows *flows, uint32_t ofport)
{
    struct rules_flows some = RULES_FLOWS_INITIALIZER;

    for (size_t i = 0; i < flows->n; i++) {
        if ((flows->flows[i].cookie >> 24 & 0xffffff) == ofport) {
            *rules_flows_add(&some) = flows->flows[i];
        }
    }
    struct digest digest = encode_digest(some.flows, some.n, &layout);
    rules_flows_destroy(&some);
    return digest;
}

static bool
is_recognized(const struct rules_flows *flows, const struct found *found, uint32_t ofport)
{
    const struct found_rules *rules = found_generation(found, ofport, GENERATION);
    struct digest digest = digest_of_port(flows, ofport);

    return rules && digest_equals(&rules->digest, &digest);
}

static void
check_listing(size_t policy, enum rules_variant variant, uint32_t meter)
{
    struct rules_flows flows = RULES_FLOWS_INITIALIZER;
    struct found found = { .n = 0 };

    compile(policy, variant, meter, &flows);
    for (size_t i = flows.n; i-- > 0;) {
        list_flow(&flows.flows[i], &found);
    }
    found_sort(&found);
    assert_int_equal(found.n, 2);
    assert_true(is_recognized(&flows, &found, OFPORT));
    assert_true(is_recognized(&flows, &found, 0));
    assert_null(found_generation(&found, OFPORT, GENERATION + 1));
    rules_flows_destroy(&flows);
    found_destroy(&found);
}

static void
listed_rules_are_recognized_in_any_order(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(policies); i++) {
        check_listing(i, RULES_STRICT, 0);
        check_listing(i, RULES_STRICT, 131072 + OFPORT);
        check_listing(i, RULES_SPLIT, 0);
        check_listing(i, RULES_XENSERVER_COMPAT, 0);
    }
}

static void change_priority(struct rules_flow *flow) { flow->priority++; }
static void change_table(struct rules_flow *flow) { flow->table--; }
static void change_cookie(struct rules_flow *flow) { flow->cookie ^= 0x100; }
static void change_port(struct rules_flow *flow) { flow->terms[0].value[1] ^= 1; }
static void change_match(struct rules_flow *flow) { flow->n_terms = 1; }
static void change_action(struct rules_flow *flow)
{
    flow->action = flow->action == RULES_ACTION_DROP ? RULES_ACTION_ACCEPT : RULES_ACTION_DROP;
}
static void change_counting(struct rules_flow *flow) { flow->counted = !flow->counted; }

static void
any_difference_in_one_flow_is_seen(void **state)
{
    static void (*const changes[])(struct rules_flow *) = {
        change_priority, change_table, change_cookie, change_port, change_match, change_action, change_counting,
    };
    struct rules_flows flows = RULES_FLOWS_INITIALIZER;

    compile(0, RULES_STRICT, 0, &flows);
    for (size_t changed = 3; changed < flows.n; changed++) { /* behind the base */
        for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
            struct rules_flow before = flows.flows[changed];

            if (changes[i] == change_match && before.n_terms == 1) {
                continue;       /* nothing to take away */
            }
            struct found found = { .n = 0 };

            changes[i](&flows.flows[changed]);
            for (size_t j = 0; j < flows.n; j++) {
                list_flow(&flows.flows[j], &found);
            }
            found_sort(&found);
            flows.flows[changed] = before;
            assert_false(is_recognized(&flows, &found, OFPORT));
            found_destroy(&found);
        }
    }
    rules_flows_destroy(&flows);
}

static void
missing_and_surplus_flows_are_seen(void **state)
{
    struct rules_flows flows = RULES_FLOWS_INITIALIZER;
    struct found missing = { .n = 0 }, surplus = { .n = 0 };

    compile(0, RULES_STRICT, 0, &flows);
    for (size_t i = 0; i < flows.n; i++) {
        if (i != 5) {
            list_flow(&flows.flows[i], &missing);
        }
        list_flow(&flows.flows[i], &surplus);
    }
    list_flow(&flows.flows[5], &surplus);
    found_sort(&missing);
    found_sort(&surplus);
    assert_false(is_recognized(&flows, &missing, OFPORT));
    assert_false(is_recognized(&flows, &surplus, OFPORT));
    found_destroy(&missing);
    found_destroy(&surplus);
    rules_flows_destroy(&flows);
}

static void
compile_policy(const struct rules_target *target, struct rules_flows *flows, const void *policy)
{
    rules_compile_vif(policy, target, flows);
}

static void
list_generation(uint8_t generation, size_t n, const struct vif_policy *policy, struct found *found)
{
    const struct rules_target target = { .layout = &layout, .ofport = OFPORT, .generation = generation };
    struct rules_flows flows = RULES_FLOWS_INITIALIZER;

    rules_compile_vif(policy, &target, &flows);
    for (size_t i = 0; i < MIN(n, flows.n); i++) {
        list_flow(&flows.flows[i], found);
    }
    rules_flows_destroy(&flows);
}

static void
generation_that_is_as_wanted_is_taken_once(void **state)
{
    const struct rules_target target = { .layout = &layout, .ofport = OFPORT }, other = { .layout = &layout, .ofport = OFPORT + 1 };
    struct found found = { .n = 0 };
    struct vif_policy policy;

    assert_null(vif_policy_parse(&policies[0], &policy));
    list_generation(GENERATION, 5, &policy, &found);
    list_generation(GENERATION + 1, SIZE_MAX, &policy, &found);
    list_generation(GENERATION + 2, SIZE_MAX, &policy, &found);
    found_sort(&found);
    assert_null(found_take(&found, &other, compile_policy, &policy));
    for (uint8_t whole = GENERATION + 1; whole <= GENERATION + 2; whole++) {
        const struct found_rules *taken = found_take(&found, &target, compile_policy, &policy);

        assert_non_null(taken);
        assert_int_equal(taken->generation, whole);
        assert_true(taken->settled);
    }
    assert_null(found_take(&found, &target, compile_policy, &policy));
    assert_false(found_generation(&found, OFPORT, GENERATION)->settled);
    vif_policy_destroy(&policy);
    found_destroy(&found);
}

static void
other_peoples_flows_are_not_noted(void **state)
{
    const struct rules_flow foreign = { .table = 3, .priority = 5, .cookie = 0x1234 };
    struct found found = { .n = 0 };
    size_t n;

    list_flow(&foreign, &found);
    found_sort(&found);
    assert_int_equal(found.n, 0);
    assert_null(found_of_port(&found, OFPORT, &n));
    assert_int_equal(n, 0);
    found_destroy(&found);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listed_rules_are_recognized_in_any_order),
        cmocka_unit_test(any_difference_in_one_flow_is_seen),
        cmocka_unit_test(missing_and_surplus_flows_are_seen),
        cmocka_unit_test(generation_that_is_as_wanted_is_taken_once),
        cmocka_unit_test(other_peoples_flows_are_not_noted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
