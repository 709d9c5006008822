/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "vif/hand.h"

#define LEAST "\"device\": \"vif1.0\", \"bridge\": \"br0\", \"mac\": \"02:00:00:00:01:00\", \"locking_mode\": \"locked\""

static struct vif_hand *
parse(const char *text)
{
    struct vif_hand *hand;

    assert_null(vif_hand_parse(text, &hand));
    return hand;
}

static void
assert_refused(const char *text, const char *says)
{
    struct vif_hand *hand;
    struct error *error = vif_hand_parse(text, &hand);

    assert_non_null(error);
    assert_null(hand);
    if (!strstr(error->text, says)) {
        fail_msg("'%s' is not in: %s", says, error->text);
    }
    error_free(error);
}

static void
least_has_the_defaults(void **state)
{
    struct vif_hand *hand = parse("{"LEAST"}");

    assert_string_equal(hand->wish.device, "vif1.0");
    assert_string_equal(hand->wish.network.bridge, "br0");
    assert_int_equal(hand->wish.origin, VIF_HANDED);
    assert_true(hand->wish.attach);
    assert_true(hand->wish.policy.auto_lla);
    assert_int_equal(hand->wish.mtu, 1500);
    assert_int_equal(hand->wish.network.vlan, 0);
    assert_int_equal(hand->timeout_ms, 30000);
    assert_int_equal(smap_count(&hand->keys), 0);
    vif_hand_destroy(hand);
}

static void
everything_is_read(void **state)
{
    struct vif_hand *hand = parse("{"LEAST", \"ipv4\": [\"10.0.0.5\", \"10.1.0.0/16\"], \"ipv6\": [\"2001:db8::5\"], \"auto_lla\": false, "
                                  "\"tag\": 7, \"rate\": {\"kbps\": 1000, \"burst_kb\": 200}, \"mtu\": 1400, \"timeout_ms\": 5, "
                                  "\"keys\": {\"xs-vm-uuid\": \"6e1f8a2e-0000-4000-8000-000000000001\", \"iface-id\": \"x\"}}");

    assert_int_equal(hand->wish.policy.n_ipv4, 2);
    assert_int_equal(hand->wish.policy.n_ipv6, 1);
    assert_false(hand->wish.policy.auto_lla);
    assert_int_equal(hand->wish.network.vlan, 7);
    assert_int_equal(hand->wish.rate.kbytes_per_s, 1000);
    assert_int_equal(hand->wish.rate.burst_kbytes, 200);
    assert_int_equal(hand->wish.mtu, 1400);
    assert_int_equal(hand->timeout_ms, 5);
    assert_string_equal(hand->wish.vm_uuid, "6e1f8a2e-0000-4000-8000-000000000001");
    assert_string_equal(smap_get(&hand->keys, "iface-id"), "x");
    vif_hand_destroy(hand);
    hand = parse("{"LEAST", \"trunks\": [20, 10], \"tag\": 0}");
    assert_int_equal(hand->wish.policy.n_vlans, 2);
    assert_int_equal(hand->wish.policy.vlans[0], 10);
    vif_hand_destroy(hand);
}

/* The same text has the same uuid in every life of the agent; another device, or VIF, has another. */
static void
uuid_follows_from_vif_and_device(void **state)
{
    struct vif_hand *hand = parse("{"LEAST", \"keys\": {\"xs-vif-uuid\": \"a\"}}");
    struct vif_hand *again = parse("{"LEAST", \"mtu\": 1400, \"keys\": {\"xs-vif-uuid\": \"a\"}}");
    struct vif_hand *other = parse("{"LEAST", \"keys\": {\"xs-vif-uuid\": \"b\"}}");
    struct vif_hand *tap = parse("{\"device\": \"tap1.0\", \"bridge\": \"br0\", \"mac\": \"02:00:00:00:01:00\", "
                                 "\"locking_mode\": \"locked\", \"keys\": {\"xs-vif-uuid\": \"a\"}}");

    assert_string_equal(hand->wish.uuid, again->wish.uuid);
    assert_string_not_equal(hand->wish.uuid, other->wish.uuid);
    assert_string_not_equal(hand->wish.uuid, tap->wish.uuid);
    assert_int_equal(strlen(hand->wish.uuid), 36);
    assert_int_equal(hand->wish.uuid[14], '5');     /* RFC 4122, 4.1.3 */
    vif_hand_destroy(hand);
    vif_hand_destroy(again);
    vif_hand_destroy(other);
    vif_hand_destroy(tap);
}

static void
what_is_wrong_is_named(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        { "", "no JSON" },
        { "{", "no JSON" },
        { "1", "no JSON" },
        { "[]", "JSON object" },
        { "\xff", "UTF-8" },
        { "{}", "device is missing" },
        { "{\"device\": 1}", "device is no string" },
        { "{\"device\": \"vif1.0\"}", "bridge is missing" },
        { "{"LEAST", \"locking-mode\": \"locked\"}", "member 'locking-mode' is not known" },
        { "{"LEAST", \"ipv4\": \"10.0.0.1\"}", "ipv4 is no list" },
        { "{"LEAST", \"ipv4\": [1]}", "ipv4 has an element" },
        { "{"LEAST", \"ipv6\": [\"10.0.0.1\"]}", "10.0.0.1" },
        { "{"LEAST", \"auto_lla\": \"yes\"}", "auto_lla must be true or false" },
        { "{"LEAST", \"trunks\": [\"5\"]}", "trunks has an element" },
        { "{"LEAST", \"trunks\": [4095]}", "VLAN 4095" },
        { "{"LEAST", \"tag\": 4095}", "tag must be a number from 0 to 4094" },
        { "{"LEAST", \"tag\": 1.5}", "tag must be a number" },
        { "{"LEAST", \"tag\": 5, \"trunks\": [6]}", "both a tag and trunks" },
        { "{"LEAST", \"mtu\": 10}", "mtu must be a number from" },
        { "{"LEAST", \"rate\": 5}", "rate is no object" },
        { "{"LEAST", \"rate\": {}}", "no rate is given" },
        { "{"LEAST", \"rate\": {\"kpbs\": 5}}", "'kpbs'" },
        { "{"LEAST", \"rate\": {\"kbps\": 0}}", "kbps must be a number" },
        { "{"LEAST", \"keys\": []}", "keys is no object" },
        { "{"LEAST", \"keys\": {\"a\": 1}}", "key 'a' is no string" },
        { "{"LEAST", \"keys\": {\"cabled-ipv4\": \"\"}}", "the agent's to write" },
        { "{"LEAST", \"timeout_ms\": 0}", "timeout_ms must be a number" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_refused(cases[i].text, cases[i].says);
    }
}

static char *
with_keys(size_t n, size_t bytes)
{
    struct ds text = DS_EMPTY_INITIALIZER;

    ds_put_cstr(&text, "{"LEAST", \"keys\": {");
    for (size_t i = 0; i < n; i++) {
        ds_put_format(&text, "%s\"key%"PRIuSIZE"\": \"", i ? ", " : "", i);
        ds_put_char_multiple(&text, 'x', bytes);
        ds_put_char(&text, '"');
    }
    ds_put_cstr(&text, "}}");
    return ds_steal_cstr(&text);
}

static void
sizes_have_their_limits(void **state)
{
    char *text = with_keys(LIMIT_HANDED_KEYS, 8);

    vif_hand_destroy(parse(text));
    free(text);
    text = with_keys(LIMIT_HANDED_KEYS + 1, 8);
    assert_refused(text, "more than the 64");
    free(text);
    text = with_keys(1, LIMIT_HANDED_VALUE_BYTES + 1);
    assert_refused(text, "longer than the");
    free(text);
    text = with_keys(1, LIMIT_HANDED_BYTES);
    assert_refused(text, "at most");
    free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(least_has_the_defaults),
        cmocka_unit_test(everything_is_read),
        cmocka_unit_test(uuid_follows_from_vif_and_device),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(sizes_have_their_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
