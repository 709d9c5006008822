/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <smap.h>
#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "vif/description.h"
#include "vif/wish.h"

static const struct vif_port_vlans no_vlans = { .mode = NULL };

/* A row that describes a VIF, with one key more, or another value for it; NULL takes it away. */
static void
keys_init(struct smap *keys, const char *key, const char *value)
{
    smap_init(keys);
    smap_add(keys, "cabled-locking-mode", "locked");
    smap_add(keys, "attached-mac", "02:00:00:00:01:00");
    if (key && value) {
        smap_replace(keys, key, value);
    } else if (key) {
        smap_remove(keys, key);
    }
}

static void
parse(struct vif_wish *wish, const char *key, const char *value, const struct vif_port_vlans *vlans)
{
    struct smap keys;

    memset(wish, 0, sizeof *wish);
    keys_init(&keys, key, value);
    assert_null(vif_description_parse(&keys, vlans, wish));
    smap_destroy(&keys);
}

static void
assert_refused(const char *key, const char *value, const char *names)
{
    struct vif_wish wish = { .mtu = 7 };
    struct smap keys;
    struct error *error;

    keys_init(&keys, key, value);
    error = vif_description_parse(&keys, &no_vlans, &wish);
    assert_non_null(error);
    assert_non_null(strstr(error->text, names));
    assert_int_equal(wish.mtu, 7);
    assert_null(wish.policy.ipv4);
    error_free(error);
    smap_destroy(&keys);
}

static void
mode_is_what_makes_a_description(void **state)
{
    struct smap keys;

    keys_init(&keys, "cabled-locking-mode", NULL);
    assert_false(vif_description_is_there(&keys));
    smap_add(&keys, "cabled-locking-mode", "whatever");
    assert_true(vif_description_is_there(&keys));
    smap_destroy(&keys);
}

static void
least_description_is_locked_to_its_mac(void **state)
{
    struct vif_wish wish;
    char mac[MAC_TEXT_SIZE];

    parse(&wish, NULL, NULL, &no_vlans);
    mac_format(&wish.policy.mac, mac);
    assert_string_equal(mac, "02:00:00:00:01:00");
    assert_int_equal(wish.policy.mode, VIF_MODE_LOCKED);
    assert_true(wish.policy.auto_lla);
    assert_int_equal(wish.policy.n_ipv4 + wish.policy.n_ipv6 + wish.policy.n_vlans, 0);
    assert_int_equal(wish.rate.kbytes_per_s, 0);
    assert_int_equal(wish.mtu, 0);
    assert_false(wish.replaces);
    vif_wish_destroy(&wish);
}

static void
lists_have_commas_and_perhaps_blanks(void **state)
{
    struct vif_wish wish;

    parse(&wish, "cabled-ipv4", "10.0.0.1, 10.1.0.0/16,10.2.0.1", &no_vlans);
    assert_int_equal(wish.policy.n_ipv4, 3);
    assert_int_equal(wish.policy.ipv4[1].length, 16);
    vif_wish_destroy(&wish);
    parse(&wish, "cabled-ipv6", "2001:db8::5", &no_vlans);
    assert_int_equal(wish.policy.n_ipv6, 1);
    vif_wish_destroy(&wish);
    parse(&wish, "cabled-ipv4", "", &no_vlans);
    assert_int_equal(wish.policy.n_ipv4, 0);
    vif_wish_destroy(&wish);
}

static void
wrong_values_are_refused_by_name(void **state)
{
    static const struct {
        const char *key, *value, *names;
    } cases[] = {
        { "cabled-locking-mode", "", "cabled-locking-mode is ''" },
        { "cabled-locking-mode", "LOCKED", "cabled-locking-mode is 'LOCKED'" },
        { "cabled-locking-mode", "network_default", "write locked, unlocked or disabled" },
        { "attached-mac", NULL, "attached-mac is missing" },
        { "attached-mac", "02:00:00:00:01", "02:00:00:00:01" },
        { "cabled-ipv4", "10.0.0.1,10.0.0.1", "twice" },
        { "cabled-ipv4", "10.0.0.1 10.0.0.2", "commas" },
        { "cabled-ipv4", "2001:db8::5", "2001:db8::5" },
        { "cabled-ipv6", "10.0.0.1", "10.0.0.1" },
        { "cabled-auto-lla", "TRUE", "cabled-auto-lla is 'TRUE'" },
        { "cabled-rate-kbps", "0", "cabled-rate-kbps" },
        { "cabled-rate-kbps", "-1", "cabled-rate-kbps" },
        { "cabled-rate-burst-kb", "128", "without cabled-rate-kbps" },
        { "cabled-mtu", "67", "cabled-mtu is '67'" },
        { "cabled-mtu", "1500x", "cabled-mtu" },
        { "cabled-replace-cookie", "", "cabled-replace-cookie" },
        { "cabled-replace-cookie", "0xf17e800000000000", "cookie of another program" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_refused(cases[i].key, cases[i].value, cases[i].names);
    }
}

static void
more_addresses_than_a_vif_may_have_are_refused(void **state)
{
    char *text = xmalloc(2 * LIMIT_VIF_ADDRESSES + 2);

    memset(text, ',', 2 * LIMIT_VIF_ADDRESSES + 1);
    text[2 * LIMIT_VIF_ADDRESSES + 1] = '\0';
    assert_refused("cabled-ipv4", text, "more than the");
    free(text);
}

static void
uuids_are_taken_where_they_are_some(void **state)
{
    struct vif_wish wish = { .mtu = 0 };
    struct smap keys = SMAP_INITIALIZER(&keys);

    smap_add(&keys, "xs-vm-uuid", "no uuid");
    smap_add(&keys, "vm-id", "6E1F8A2E-0000-4000-8000-000000000001");
    smap_add(&keys, "xs-network-uuid", "6e1f8a2e-0000-4000-8000-000000000002");
    vif_description_uuids(&keys, &wish);
    assert_string_equal(wish.vm_uuid, "6e1f8a2e-0000-4000-8000-000000000001");
    assert_string_equal(wish.network.uuid, "6e1f8a2e-0000-4000-8000-000000000002");
    smap_add(&keys, "cabled-network", "6e1f8a2e-0000-4000-8000-000000000003");
    vif_description_uuids(&keys, &wish);
    assert_string_equal(wish.network.uuid, "6e1f8a2e-0000-4000-8000-000000000003");
    smap_clear(&keys);
    vif_description_uuids(&keys, &wish);
    assert_string_equal(wish.network.uuid, "");
    smap_destroy(&keys);
}

/* ovs-vswitchd.conf.db(5): a port without a mode is a trunk if it has no tag, and an access port otherwise. */
static void
vlans_are_the_port_s(void **state)
{
    static const int64_t tag = 7, trunks[] = { 0, 10, 20 };
    static const struct {
        struct vif_port_vlans vlans;
        uint16_t vlan;
        size_t n_vlans;
    } cases[] = {
        { { NULL, &tag, NULL, 0 }, 7, 0 },
        { { NULL, NULL, trunks, 3 }, 0, 2 },
        { { NULL, &tag, trunks, 3 }, 7, 0 },
        { { "access", &tag, trunks, 3 }, 7, 0 },
        { { "trunk", &tag, trunks, 3 }, 0, 2 },
        { { "native-tagged", &tag, trunks, 3 }, 0, 2 },
        { { "trunk", NULL, NULL, 0 }, 0, 0 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct vif_wish wish;

        parse(&wish, NULL, NULL, &cases[i].vlans);
        assert_int_equal(wish.network.vlan, cases[i].vlan);
        assert_int_equal(wish.policy.n_vlans, cases[i].n_vlans);
        vif_wish_destroy(&wish);
    }
}

static void
trunks_beyond_the_limit_are_refused(void **state)
{
    int64_t trunks[LIMIT_VIF_VLANS + 1];
    const struct vif_port_vlans vlans = { .trunks = trunks, .n_trunks = ARRAY_SIZE(trunks) };
    struct vif_wish wish = { .mtu = 0 };
    struct smap keys;
    struct error *error;

    for (size_t i = 0; i < ARRAY_SIZE(trunks); i++) {
        trunks[i] = i + 1;
    }
    keys_init(&keys, NULL, NULL);
    error = vif_description_parse(&keys, &vlans, &wish);
    assert_non_null(error);
    error_free(error);
    smap_destroy(&keys);
}

static void
what_is_put_reads_back_the_same(void **state)
{
    static const char *const others[][2] = {
        { "cabled-ipv4", "10.0.0.1,10.1.0.0/16" }, { "cabled-ipv6", "2001:db8::5,2001:db8:1::/64" }, { "cabled-auto-lla", "false" },
        { "cabled-rate-kbps", "1000" }, { "cabled-mtu", "1400" }, { "cabled-replace-cookie", "0x1" }, { "cabled-locking-mode", "disabled" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
        struct smap keys = SMAP_INITIALIZER(&keys);
        struct vif_wish wish, again = { .mtu = 0 };

        parse(&wish, others[i][0], others[i][1], &no_vlans);
        vif_description_put(&wish, &keys);
        assert_null(vif_description_parse(&keys, &no_vlans, &again));
        assert_true(vif_wish_equals(&wish, &again));
        vif_wish_destroy(&wish);
        vif_wish_destroy(&again);
        smap_destroy(&keys);
    }
}

static void
what_is_put_takes_what_would_say_something_else(void **state)
{
    struct vif_wish wish;
    struct smap keys = SMAP_INITIALIZER(&keys);

    parse(&wish, NULL, NULL, &no_vlans);
    for (const char *const *key = vif_description_keys; *key; key++) {
        smap_add(&keys, *key, "left over");
    }
    smap_add(&keys, "iface-id", "mine");
    vif_description_put(&wish, &keys);
    assert_int_equal(smap_count(&keys), 3);
    assert_string_equal(smap_get(&keys, "cabled-locking-mode"), "locked");
    assert_string_equal(smap_get(&keys, "attached-mac"), "02:00:00:00:01:00");
    assert_string_equal(smap_get(&keys, "iface-id"), "mine");
    vif_wish_destroy(&wish);
    smap_destroy(&keys);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mode_is_what_makes_a_description),
        cmocka_unit_test(least_description_is_locked_to_its_mac),
        cmocka_unit_test(lists_have_commas_and_perhaps_blanks),
        cmocka_unit_test(wrong_values_are_refused_by_name),
        cmocka_unit_test(more_addresses_than_a_vif_may_have_are_refused),
        cmocka_unit_test(uuids_are_taken_where_they_are_some),
        cmocka_unit_test(vlans_are_the_port_s),
        cmocka_unit_test(trunks_beyond_the_limit_are_refused),
        cmocka_unit_test(what_is_put_reads_back_the_same),
        cmocka_unit_test(what_is_put_takes_what_would_say_something_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
