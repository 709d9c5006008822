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
#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/test_error.h"
#include "vif/policy.h"

#define LIST(...) ((const char *const []) { __VA_ARGS__, NULL })
#define VLANS(...) .vlans = (const int64_t []) { __VA_ARGS__ }, .n_vlans = ARRAY_SIZE(((const int64_t []) { __VA_ARGS__ }))
#define OWN_MAC "02:00:00:00:01:02"
#define WORDS(MODE, MAC, ...) ((struct vif_policy_words) { .mode = MODE, .mac = MAC, __VA_ARGS__ })
#define LOCKED(...) WORDS("locked", OWN_MAC, __VA_ARGS__)

static struct vif_policy
parse(struct vif_policy_words words)
{
    struct vif_policy policy;
    OWN_ERROR struct error *error = vif_policy_parse(&words, &policy);

    if (error) {
        fail_msg("%s", error->text);
    }
    return policy;
}

static void
assert_refused(struct vif_policy_words words, enum error_code code, const char *part)
{
    struct vif_policy policy = { .n_ipv4 = 77 };
    OWN_ERROR struct error *error = vif_policy_parse(&words, &policy);

    assert_error(error, code, part, "the policy");
    assert_int_equal(policy.n_ipv4, 77);
}

static void
assert_described(struct vif_policy_words words, const char *expected)
{
    struct vif_policy policy = parse(words);
    char *text = vif_policy_describe(&policy);

    assert_string_equal(text, expected);
    free(text);
    vif_policy_destroy(&policy);
}

static void
network_default_is_what_the_network_says(void **state)
{
    static const struct { const char *locking_mode, *network_default; enum vif_mode mode; } examples[] = {
        { "network_default", "unlocked", VIF_MODE_UNLOCKED },
        { "network_default", "disabled", VIF_MODE_DISABLED },
        { "network_default", NULL, VIF_MODE_UNLOCKED },
        { "locked", "disabled", VIF_MODE_LOCKED },
        { "unlocked", "disabled", VIF_MODE_UNLOCKED },
        { "disabled", "unlocked", VIF_MODE_DISABLED },
    };

    for (size_t i = 0; i < ARRAY_SIZE(examples); i++) {
        enum vif_mode mode;

        assert_null(vif_mode_resolve(examples[i].locking_mode, examples[i].network_default, &mode));
        assert_int_equal(mode, examples[i].mode);
    }
}

static void
unknown_modes_are_refused(void **state)
{
    assert_refused(WORDS("Locked", OWN_MAC), ERROR_INVALID, "mode 'Locked' is unknown: write locked, unlocked, disabled or "
                   "network_default");
    assert_refused(WORDS(NULL, OWN_MAC), ERROR_INVALID, "mode '' is unknown");
    assert_refused(WORDS("network_default", OWN_MAC, .network_default = "locked"), ERROR_INVALID,
                   "network's default mode 'locked' is unknown: write unlocked or disabled");
    assert_refused(LOCKED(.network_default = "x"), ERROR_INVALID, "network's default mode 'x'");
}

static void
addresses_keep_their_order(void **state)
{
    struct vif_policy policy = parse(LOCKED(.ipv4 = LIST("10.0.0.9", "10.0.0.0/24", "10.0.0.5"),
                                            .ipv6 = LIST("fd00::7", "2001:db8::/64")));

    assert_int_equal(policy.n_ipv4, 3);
    assert_int_equal(policy.ipv4[0].octet[3], 9);
    assert_int_equal(policy.ipv4[1].length, 24);
    assert_int_equal(policy.ipv4[2].octet[3], 5);
    assert_int_equal(policy.n_ipv6, 2);
    assert_int_equal(policy.ipv6[0].octet[0], 0xfd);
    assert_int_equal(policy.ipv6[1].length, 64);
    vif_policy_destroy(&policy);
}

static void
doubled_addresses_are_refused_in_any_spelling(void **state)
{
    assert_refused(LOCKED(.ipv4 = LIST("10.0.0.5", "10.0.0.6", "10.0.0.5/32")), ERROR_INVALID,
                   "IPv4 address '10.0.0.5/32' is in the list twice (10.0.0.5): remove one of them");
    assert_refused(LOCKED(.ipv6 = LIST("2001:db8::5", "2001:DB8:0::0005")), ERROR_INVALID,
                   "IPv6 address '2001:DB8:0::0005' is in the list twice (2001:db8::5)");
}

static void
every_value_is_checked_in_every_mode(void **state)
{
    static const char *const modes[] = { "locked", "unlocked", "disabled" };

    for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
        assert_refused(WORDS(modes[i], "nonsense"), ERROR_INVALID, "MAC address 'nonsense'");
        assert_refused(WORDS(modes[i], NULL), ERROR_INVALID, "MAC address ''");
        assert_refused(WORDS(modes[i], OWN_MAC, .ipv4 = LIST("10.0.0.5/24")), ERROR_INVALID, "IPv4 prefix '10.0.0.5/24'");
        assert_refused(WORDS(modes[i], OWN_MAC, .ipv6 = LIST("10.0.0.5")), ERROR_INVALID, "'10.0.0.5' is IPv4");
        assert_refused(WORDS(modes[i], OWN_MAC, VLANS(0)), ERROR_INVALID, "VLAN 0");
    }
}

static void
vlans_are_sorted_and_bounded(void **state)
{
    struct vif_policy policy = parse(LOCKED(VLANS(200, 4094, 1, 100)));

    assert_int_equal(policy.n_vlans, 4);
    assert_memory_equal(policy.vlans, ((uint16_t[]) { 1, 100, 200, 4094 }), 8);
    vif_policy_destroy(&policy);

    assert_refused(LOCKED(VLANS(4095)), ERROR_INVALID, "VLAN 4095 is out of range: write 1 to 4094");
    assert_refused(LOCKED(VLANS(-1)), ERROR_INVALID, "VLAN -1 is out of range");
    assert_refused(LOCKED(VLANS(65537)), ERROR_INVALID, "VLAN 65537 is out of range");
    assert_refused(LOCKED(VLANS(INT64_MIN)), ERROR_INVALID, "out of range");
    assert_refused(LOCKED(VLANS(7, 8, 7)), ERROR_INVALID, "VLAN 7 is in the list twice");
}

static void
more_vlans_than_the_limit_are_refused(void **state)
{
    int64_t vlans[LIMIT_VIF_VLANS + 1];

    for (size_t i = 0; i < ARRAY_SIZE(vlans); i++) {
        vlans[i] = i + 1;
    }
    struct vif_policy policy = parse(LOCKED(.vlans = vlans, .n_vlans = LIMIT_VIF_VLANS));
    assert_int_equal(policy.n_vlans, LIMIT_VIF_VLANS);
    vif_policy_destroy(&policy);
    assert_refused(LOCKED(.vlans = vlans, .n_vlans = LIMIT_VIF_VLANS + 1), ERROR_LIMIT,
                   "65 VLANs are more than the 64 that a VIF may have");
}

static void
more_addresses_than_the_limit_are_refused(void **state)
{
    enum { N4 = 120, N6 = LIMIT_VIF_ADDRESSES - N4 };
    char texts4[N4 + 1][PREFIX4_TEXT_SIZE], texts6[N6][PREFIX6_TEXT_SIZE];
    const char *ipv4[N4 + 2] = { NULL }, *ipv6[N6 + 1] = { NULL };

    for (size_t i = 0; i < N4 + 1; i++) {
        snprintf(texts4[i], sizeof texts4[i], "10.0.0.%zu", i);
        ipv4[i] = i < N4 ? texts4[i] : NULL;
    }
    for (size_t i = 0; i < N6; i++) {
        snprintf(texts6[i], sizeof texts6[i], "2001:db8::%zu", i);
        ipv6[i] = texts6[i];
    }
    struct vif_policy policy = parse(LOCKED(.ipv4 = ipv4, .ipv6 = ipv6));
    assert_int_equal(policy.n_ipv4 + policy.n_ipv6, LIMIT_VIF_ADDRESSES);
    vif_policy_destroy(&policy);
    ipv4[N4] = texts4[N4];
    assert_refused(LOCKED(.ipv4 = ipv4, .ipv6 = ipv6), ERROR_LIMIT,
                   "201 addresses and prefixes are more than the 200 that a VIF may have");
}

static void
clone_is_equal_and_has_lists_of_its_own(void **state)
{
    struct vif_policy policy = parse(LOCKED(.ipv4 = LIST("10.0.0.5"), .ipv6 = LIST("2001:db8::5"), VLANS(1, 2)));
    struct vif_policy copy;

    vif_policy_clone(&copy, &policy);
    assert_true(vif_policy_equals(&policy, &copy));
    assert_ptr_not_equal(policy.ipv4, copy.ipv4);
    vif_policy_destroy(&policy);
    assert_int_equal(copy.vlans[1], 2);
    vif_policy_destroy(&copy);

    policy = parse(LOCKED());
    vif_policy_clone(&copy, &policy);
    assert_true(vif_policy_equals(&policy, &copy));
    vif_policy_destroy(&policy);
    vif_policy_destroy(&copy);
}

static void
policies_differ_by_every_field(void **state)
{
    const struct vif_policy_words variations[] = {
        LOCKED(.ipv4 = LIST("10.0.0.5"), .ipv6 = LIST("2001:db8::5"), VLANS(1)),
        WORDS("disabled", OWN_MAC, .ipv4 = LIST("10.0.0.5"), .ipv6 = LIST("2001:db8::5"), VLANS(1)),
        WORDS("locked", "02:00:00:00:01:03", .ipv4 = LIST("10.0.0.5"), .ipv6 = LIST("2001:db8::5"), VLANS(1)),
        LOCKED(.ipv4 = LIST("10.0.0.6"), .ipv6 = LIST("2001:db8::5"), VLANS(1)),
        LOCKED(.ipv4 = LIST("10.0.0.5", "10.0.0.6"), .ipv6 = LIST("2001:db8::5"), VLANS(1)),
        LOCKED(.ipv4 = LIST("10.0.0.6", "10.0.0.5"), .ipv6 = LIST("2001:db8::5"), VLANS(1)),
        LOCKED(.ipv4 = LIST("10.0.0.5"), .ipv6 = LIST("2001:db8::/64"), VLANS(1)),
        LOCKED(.ipv4 = LIST("10.0.0.5"), VLANS(1)),
        LOCKED(.ipv4 = LIST("10.0.0.5"), .ipv6 = LIST("2001:db8::5"), VLANS(2)),
        LOCKED(.ipv4 = LIST("10.0.0.5"), .ipv6 = LIST("2001:db8::5")),
        LOCKED(.ipv4 = LIST("10.0.0.5"), .ipv6 = LIST("2001:db8::5"), VLANS(1), .auto_lla = true),
    };

    for (size_t i = 0; i < ARRAY_SIZE(variations); i++) {
        for (size_t j = 0; j < ARRAY_SIZE(variations); j++) {
            struct vif_policy a = parse(variations[i]);
            struct vif_policy b = parse(variations[j]);

            assert_int_equal(vif_policy_equals(&a, &b), i == j);
            vif_policy_destroy(&a);
            vif_policy_destroy(&b);
        }
    }
}

static void
link_local_address_comes_with_the_first_ipv6_address(void **state)
{
    static const struct { const char *ipv6[3]; bool auto_lla; bool expected; } examples[] = {
        { { "2001:db8::5" }, true, true },
        { { "2001:db8::5" }, false, false },
        { { NULL }, true, false },
        { { "2001:db8::5", "fe80::ff:fe00:102" }, true, false }, /* is listed */
        { { "fe80::/10" }, true, true },
    };

    for (size_t i = 0; i < ARRAY_SIZE(examples); i++) {
        struct vif_policy policy = parse(LOCKED(.ipv6 = examples[i].ipv6, .auto_lla = examples[i].auto_lla));
        struct prefix6 address = { .length = 0 };

        assert_int_equal(vif_policy_link_local(&policy, &address), examples[i].expected);
        assert_int_equal(address.length, examples[i].expected ? 128 : 0);
        vif_policy_destroy(&policy);
    }
}

static void
policy_is_described_in_a_sentence(void **state)
{
    assert_described(LOCKED(.ipv4 = LIST("10.0.0.5"), .ipv6 = LIST("2001:db8::5"), .auto_lla = true),
                     "locked to 02:00:00:00:01:02, 10.0.0.5, 2001:db8::5 and fe80::ff:fe00:102");
    assert_described(LOCKED(.ipv4 = LIST("10.0.0.0/24"), VLANS(100)), "locked to 02:00:00:00:01:02 and 10.0.0.0/24, on VLAN 100");
    assert_described(LOCKED(VLANS(200, 7, 100)), "locked to 02:00:00:00:01:02 without an IP address, on the VLANs 7, 100 and 200");
    assert_described(WORDS("unlocked", OWN_MAC), "unlocked: every frame passes");
    assert_described(WORDS("network_default", OWN_MAC, .network_default = "disabled"),
                     "disabled: no frame passes in either direction");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(network_default_is_what_the_network_says),
        cmocka_unit_test(unknown_modes_are_refused),
        cmocka_unit_test(addresses_keep_their_order),
        cmocka_unit_test(doubled_addresses_are_refused_in_any_spelling),
        cmocka_unit_test(every_value_is_checked_in_every_mode),
        cmocka_unit_test(vlans_are_sorted_and_bounded),
        cmocka_unit_test(more_vlans_than_the_limit_are_refused),
        cmocka_unit_test(more_addresses_than_the_limit_are_refused),
        cmocka_unit_test(clone_is_equal_and_has_lists_of_its_own),
        cmocka_unit_test(policies_differ_by_every_field),
        cmocka_unit_test(link_local_address_comes_with_the_first_ipv6_address),
        cmocka_unit_test(policy_is_described_in_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
