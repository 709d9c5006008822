/* SPDX-License-Identifier: Apache-2.0 */
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
#include <sset.h>
#include <util.h>

#include "base/error.h"
#include "rules/compile.h"
#include "rules/cookie.h"
#include "rules/flow.h"
#include "rules/table.h"
#include "vif/policy.h"

#define LIST(...) ((const char *const []) { __VA_ARGS__, NULL })

enum { OFPORT = 32768, GENERATION = 9 };

static const struct rules_layout default_layout = RULES_LAYOUT_DEFAULT;

static const enum rules_variant variants[] = { RULES_STRICT, RULES_SPLIT, RULES_XENSERVER_COMPAT };

/* Policies of every kind; what holds for all flows is tested with each of them. */
static const struct vif_policy_words samples[] = {
    { .mode = "locked", .auto_lla = true },
    { .mode = "locked", .ipv4 = LIST("10.0.0.5"), .auto_lla = true },
    { .mode = "locked", .ipv6 = LIST("2001:db8::5"), .auto_lla = true },
    { .mode = "locked", .ipv4 = LIST("10.0.0.7", "10.0.0.8", "192.0.2.9"), .ipv6 = LIST("2001:db8::7", "2001:db8::8", "fd00::7"),
      .auto_lla = true },
    { .mode = "locked", .ipv4 = LIST("10.9.0.0/24"), .ipv6 = LIST("2001:db8:9::/64"), .auto_lla = true },
    { .mode = "locked", .ipv6 = LIST("fe80::ff:fe00:102"), .auto_lla = true },
    { .mode = "locked", .ipv4 = LIST("10.0.0.30"), .ipv6 = LIST("2001:db8::30"), .auto_lla = true,
      .vlans = (const int64_t []) { 100, 200 }, .n_vlans = 2 },
    { .mode = "unlocked", .ipv4 = LIST("10.0.0.40") },
    { .mode = "disabled", .ipv4 = LIST("10.0.0.50") },
};

static struct rules_flows
compile(struct vif_policy_words words, enum rules_variant variant)
{
    const struct rules_target target = {
        .layout = &default_layout, .variant = variant, .ofport = OFPORT, .generation = GENERATION,
    };
    struct rules_flows flows = RULES_FLOWS_INITIALIZER;
    struct vif_policy policy;

    words.mac = "02:00:00:00:01:02";
    assert_null(vif_policy_parse(&words, &policy));
    rules_compile_vif(&policy, &target, &flows);
    vif_policy_destroy(&policy);
    return flows;
}

static size_t
count(struct vif_policy_words words, enum rules_variant variant)
{
    struct rules_flows flows = compile(words, variant);
    size_t n = flows.n;

    rules_flows_destroy(&flows);
    return n;
}

/* Calls 'check' for each flow of each sample in each variant. */
static void
for_every_flow(void (*check)(const struct rules_flow *, const struct cookie *))
{
    for (size_t i = 0; i < ARRAY_SIZE(samples) * ARRAY_SIZE(variants); i++) {
        struct rules_flows flows = compile(samples[i / ARRAY_SIZE(variants)], variants[i % ARRAY_SIZE(variants)]);

        for (size_t j = 0; j < flows.n; j++) {
            struct cookie cookie;

            assert_true(cookie_unpack(flows.flows[j].cookie, &cookie));
            check(&flows.flows[j], &cookie);
        }
        rules_flows_destroy(&flows);
    }
}

static void
flow_counts_are_the_documented_ones(void **state)
{
    assert_int_equal(count(samples[0], RULES_STRICT), 34);
    assert_int_equal(count(samples[1], RULES_STRICT), 38);
    assert_int_equal(count(samples[3], RULES_STRICT), 86);
    assert_int_equal(count(samples[1], RULES_SPLIT), 38 + 47);
    assert_int_equal(count(samples[3], RULES_SPLIT), 86 + 47);
}

static void
each_vlan_repeats_the_flows_of_the_ethernet_table(void **state)
{
    struct vif_policy_words words = samples[6];
    size_t with_two = count(words, RULES_STRICT);
    size_t split_with_two = count(words, RULES_SPLIT);

    words.n_vlans = 0;
    assert_int_equal(with_two, count(words, RULES_STRICT) + 6);
    assert_int_equal(split_with_two, count(words, RULES_STRICT) + 6 + 2 * 47);
}

static void
modes_without_rules_make_one_flow(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(variants); i++) {
        struct rules_flows unlocked = compile(samples[7], variants[i]);
        struct rules_flows disabled = compile(samples[8], variants[i]);

        assert_int_equal(unlocked.n, 1);
        assert_int_equal(unlocked.flows[0].action, RULES_ACTION_ACCEPT);
        assert_int_equal(disabled.n, 1);
        assert_int_equal(disabled.flows[0].action, RULES_ACTION_DROP);
        rules_flows_destroy(&unlocked);
        rules_flows_destroy(&disabled);
    }
}

static void
check_in_port(const struct rules_flow *flow, const struct cookie *cookie)
{
    assert_true(flow->n_terms >= 1);
    assert_int_equal(flow->terms[0].field, RULES_FIELD_IN_PORT);
    assert_memory_equal(flow->terms[0].value, "\x80\x00", 2);
    assert_memory_equal(flow->terms[0].mask, "\xff\xff", 2);
}

static void
admission_of_a_vif_comes_first(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(samples) * ARRAY_SIZE(variants); i++) {
        struct rules_flows flows = compile(samples[i / ARRAY_SIZE(variants)], variants[i % ARRAY_SIZE(variants)]);

        assert_int_equal(flows.flows[0].table, default_layout.first_table);
        for (size_t j = 1; j < flows.n; j++) {
            assert_true(flows.flows[j].table > default_layout.first_table);
        }
        rules_flows_destroy(&flows);
    }
}

static void
every_flow_of_a_vif_matches_its_port(void **state)
{
    for_every_flow(check_in_port);
}

static void
check_cookie(const struct rules_flow *flow, const struct cookie *cookie)
{
    const struct rules_rule *rule = rules_by_number(cookie->rule);

    assert_int_equal(cookie->ofport, OFPORT);
    assert_int_equal(cookie->generation, GENERATION);
    if (cookie->rule == RULES_DISPATCH) {
        assert_int_equal(flow->action, RULES_ACTION_GOTO);
        assert_in_range(flow->goto_table, flow->table + 1, 205);
    } else {
        assert_non_null(rule);
        assert_int_equal(flow->action, rule->verdict == RULES_ALLOW ? RULES_ACTION_ACCEPT : RULES_ACTION_DROP);
    }
}

static void
cookie_names_port_generation_and_rule(void **state)
{
    for_every_flow(check_cookie);
}

static void
check_terms(const struct rules_flow *flow, const struct cookie *cookie)
{
    for (size_t i = 0; i < flow->n_terms; i++) {
        for (size_t j = 0; j < sizeof flow->terms[i].value; j++) {
            assert_false(flow->terms[i].value[j] & ~flow->terms[i].mask[j]);
            assert_true(j < rules_field_size(flow->terms[i].field) || !flow->terms[i].mask[j]);
        }
        for (size_t j = 0; j < i; j++) {
            assert_int_not_equal(flow->terms[i].field, flow->terms[j].field);
        }
    }
}

static void
terms_are_canonical_and_never_doubled(void **state)
{
    for_every_flow(check_terms);
}

/* The match, table and priority as text: what identifies a flow in OpenFlow. */
static char *
identity(const struct rules_flow *flow)
{
    struct rules_flow copy = *flow;
    struct ds text = DS_EMPTY_INITIALIZER;

    copy.cookie = 0;
    copy.action = RULES_ACTION_DROP;
    rules_flow_format(&copy, &default_layout, &text);
    return ds_steal_cstr(&text);
}

static void
no_two_flows_have_the_same_match_and_priority(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(samples) * ARRAY_SIZE(variants); i++) {
        struct rules_flows flows = compile(samples[i / ARRAY_SIZE(variants)], variants[i % ARRAY_SIZE(variants)]);
        struct sset seen = SSET_INITIALIZER(&seen);

        for (size_t j = 0; j < flows.n; j++) {
            char *text = identity(&flows.flows[j]);

            if (!sset_add(&seen, text)) {
                fail_msg("doubled: %s", text);
            }
            free(text);
        }
        sset_destroy(&seen);
        rules_flows_destroy(&flows);
    }
}

static void
cookie_numbers_the_addresses_ipv4_first_link_local_last(void **state)
{
    struct rules_flows flows = compile(samples[3], RULES_STRICT);
    uint8_t next_ipv4 = 1, next_ipv6 = 4;

    for (size_t i = 0; i < flows.n; i++) {
        struct cookie cookie;

        assert_true(cookie_unpack(flows.flows[i].cookie, &cookie));
        if (cookie.rule == RULES_ALLOW_IPV4) {
            assert_int_equal(cookie.address, next_ipv4++);
        } else if (cookie.rule == RULES_ALLOW_IPV6) {
            assert_int_equal(cookie.address, next_ipv6++);
        } else if (cookie.rule == RULES_ARP_SPOOF || cookie.rule == RULES_ALLOW_DHCP) {
            assert_int_equal(cookie.address, 0);
        }
    }
    assert_int_equal(next_ipv4, 4);
    assert_int_equal(next_ipv6, 8);
    rules_flows_destroy(&flows);
}

static void
split_drops_each_bit_of_a_foreign_mac_from_the_top(void **state)
{
    static const uint8_t mac[] = { 2, 0, 0, 0, 1, 2 };
    struct rules_flows flows = compile(samples[1], RULES_SPLIT);
    size_t n = 0;

    for (size_t i = 0; i < flows.n; i++) {
        const struct rules_flow *flow = &flows.flows[i];
        struct cookie cookie;

        assert_true(cookie_unpack(flow->cookie, &cookie));
        if (cookie.rule == RULES_MAC_SPOOF) {
            const struct rules_term *term = &flow->terms[2];
            uint8_t bit = 0x80 >> n % 8;

            assert_int_equal(flow->priority, 400 - n);
            assert_int_equal(term->field, RULES_FIELD_DL_SRC);
            assert_int_equal(term->mask[n / 8], bit);
            assert_int_equal(term->value[n / 8], ~mac[n / 8] & bit);
            n++;
        } else {
            assert_true(flow->n_terms < 3 || flow->terms[2].field != RULES_FIELD_DL_SRC);
        }
    }
    assert_int_equal(n, 48);
    rules_flows_destroy(&flows);
}

static void
longest_policy_fits_the_cookie(void **state)
{
    char texts[200][PREFIX4_TEXT_SIZE];
    const char *list[201] = { NULL };

    for (size_t i = 0; i < 200; i++) {
        snprintf(texts[i], sizeof texts[i], "2001:db8::%zu", i);
        list[i] = texts[i];
    }
    struct rules_flows flows = compile((struct vif_policy_words) { .mode = "locked", .ipv6 = list, .auto_lla = true }, RULES_STRICT);
    uint8_t highest = 0;
    for (size_t i = 0; i < flows.n; i++) {
        struct cookie cookie;

        assert_true(cookie_unpack(flows.flows[i].cookie, &cookie));
        highest = MAX(highest, cookie.address);
    }
    assert_int_equal(highest, 201);
    rules_flows_destroy(&flows);
}

static void
flows_follow_the_layout(void **state)
{
    const struct rules_layout layout = { .first_table = 247, .hook_priority = 1, .reg = 0 };
    const struct rules_target target = { .layout = &layout, .variant = RULES_STRICT, .ofport = 1 };
    struct vif_policy_words words = samples[3];
    struct rules_flows flows = RULES_FLOWS_INITIALIZER;
    struct vif_policy policy;

    words.mac = "02:00:00:00:01:02";
    assert_null(vif_policy_parse(&words, &policy));
    rules_compile_vif(&policy, &target, &flows);
    rules_compile_base(&target, &flows);
    for (size_t i = 0; i < flows.n; i++) {
        if (flows.flows[i].table || flows.flows[i].action == RULES_ACTION_GOTO) {
            assert_in_range(MAX(flows.flows[i].table, flows.flows[i].goto_table), 247, 253);
        }
    }
    vif_policy_destroy(&policy);
    rules_flows_destroy(&flows);
}

static void
assert_line(const struct rules_flow *flow, const char *expected)
{
    struct ds text = DS_EMPTY_INITIALIZER;

    rules_flow_format(flow, &default_layout, &text);
    assert_string_equal(ds_cstr(&text), expected);
    ds_destroy(&text);
}

static void
base_makes_unlisted_ports_dark(void **state)
{
    const struct rules_target target = { .layout = &default_layout, .ofport = 77, .generation = 3 };
    struct rules_flows flows = RULES_FLOWS_INITIALIZER;

    rules_compile_base(&target, &flows);
    assert_int_equal(flows.n, 3);
    assert_line(&flows.flows[0], "cookie=0xf17e00000003fe00,table=0,priority=65000,reg15=0x0/0x1 actions=goto_table:199");
    assert_line(&flows.flows[1], "cookie=0xf17e000000038000,table=199,priority=0 actions=drop");
    assert_line(&flows.flows[2], "cookie=0xf17e00000003fe00,table=0,priority=0,reg15=0x1/0x1 actions=NORMAL");
    rules_flows_destroy(&flows);
}

static void
admitted_port_passes(void **state)
{
    const struct rules_target target = { .layout = &default_layout, .ofport = 65534, .generation = 3 };
    struct rules_flows flows = RULES_FLOWS_INITIALIZER;

    rules_compile_admitted(&target, &flows);
    assert_int_equal(flows.n, 1);
    assert_line(&flows.flows[0], "cookie=0xf17e00fffe030100,table=199,priority=300,in_port=LOCAL "
                "actions=load:1->NXM_NX_REG15[0],resubmit(,0)");
    rules_flows_destroy(&flows);
}

static void
note_ipv6_src(const struct rules_flow *flow, bool matched[])
{
    for (size_t i = 0; i < flow->n_terms; i++) {
        if (flow->terms[i].field == RULES_FIELD_IPV6_SRC) {
            matched[flow->table - default_layout.first_table] = true;
        }
    }
}

static void
tables_that_match_ipv6_sources_are_named_and_no_others(void **state)
{
    bool matched[RULES_N_TABLES] = { false };

    for (size_t i = 0; i < ARRAY_SIZE(samples) * ARRAY_SIZE(variants); i++) {
        struct rules_flows flows = compile(samples[i / ARRAY_SIZE(variants)], variants[i % ARRAY_SIZE(variants)]);

        for (size_t j = 0; j < flows.n; j++) {
            note_ipv6_src(&flows.flows[j], matched);
        }
        rules_flows_destroy(&flows);
    }
    for (unsigned int nth = 0; nth < RULES_N_TABLES; nth++) {
        if (rules_table_matches_ipv6_src(nth) != matched[nth]) {
            fail_msg("table %u: IPv6 sources are %smatched", nth, matched[nth] ? "" : "not ");
        }
    }
}

static void
layouts_that_the_switch_cannot_hold_are_refused(void **state)
{
    static const struct { struct rules_layout layout; const char *part; } examples[] = {
        { { .first_table = 0, .hook_priority = 1 }, "first table 0 is out of range: write 1 to 247" },
        { { .first_table = 248, .hook_priority = 1 }, "first table 248 is out of range" },
        { { .first_table = 1, .hook_priority = 0 }, "hook priority 0" },
        { { .first_table = 1, .hook_priority = 1, .reg = 16 }, "register 16 is out of range: write 0 to 15" },
    };

    assert_null(rules_layout_check(&default_layout));
    for (size_t i = 0; i < ARRAY_SIZE(examples); i++) {
        OWN_ERROR struct error *error = rules_layout_check(&examples[i].layout);

        assert_non_null(error);
        assert_non_null(strstr(error->text, examples[i].part));
    }
}

static void
variants_have_names(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(variants); i++) {
        enum rules_variant variant;

        assert_null(rules_variant_parse(rules_variant_name(variants[i]), &variant));
        assert_int_equal(variant, variants[i]);
    }
    OWN_ERROR struct error *error = rules_variant_parse("Strict", &(enum rules_variant) { 0 });
    assert_string_equal(error->text, "variant 'Strict' is unknown: write strict, split or xenserver-compat");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flow_counts_are_the_documented_ones),
        cmocka_unit_test(each_vlan_repeats_the_flows_of_the_ethernet_table),
        cmocka_unit_test(modes_without_rules_make_one_flow),
        cmocka_unit_test(admission_of_a_vif_comes_first),
        cmocka_unit_test(every_flow_of_a_vif_matches_its_port),
        cmocka_unit_test(cookie_names_port_generation_and_rule),
        cmocka_unit_test(terms_are_canonical_and_never_doubled),
        cmocka_unit_test(no_two_flows_have_the_same_match_and_priority),
        cmocka_unit_test(cookie_numbers_the_addresses_ipv4_first_link_local_last),
        cmocka_unit_test(split_drops_each_bit_of_a_foreign_mac_from_the_top),
        cmocka_unit_test(longest_policy_fits_the_cookie),
        cmocka_unit_test(flows_follow_the_layout),
        cmocka_unit_test(base_makes_unlisted_ports_dark),
        cmocka_unit_test(admitted_port_passes),
        cmocka_unit_test(tables_that_match_ipv6_sources_are_named_and_no_others),
        cmocka_unit_test(layouts_that_the_switch_cannot_hold_are_refused),
        cmocka_unit_test(variants_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
