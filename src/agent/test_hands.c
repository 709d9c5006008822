/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openvswitch/json.h>
#include <openvswitch/vlog.h>
#include <util.h>

#include "agent/hands.h"
#include "switch/db.h"

static const struct switch_bridge fresh = { .speaks_openflow14 = true };
static const struct switch_bridge guarded = {
    .secure = true, .in_band_disabled = true, .speaks_openflow14 = true, .guarded = true,
};

static void
assert_told(const struct hands *hands, const char *wanted)
{
    struct json *json = hands_json(hands);
    char *text = json_to_string(json, JSSF_SORT);

    if (!strstr(text, wanted)) {
        fail_msg("%s is not in %s", wanted, text);
    }
    free(text);
    json_destroy(json);
}

static void
guarding_a_bridge_is_no_other_hand(void **state)
{
    struct switch_bridge prepared = guarded;
    struct hands hands = { .secure = false };

    prepared.secure = false;
    hands_see_bridge(&hands, "br7", &fresh);
    hands_see_bridge(&hands, "br7", &prepared);
    hands_see_bridge(&hands, "br7", &guarded);
    assert_told(&hands, "[]");
}

static void
each_column_that_becomes_worse_is_counted_once(void **state)
{
    struct switch_bridge row = guarded;
    struct hands hands = { .secure = false };

    hands_see_bridge(&hands, "br7", &guarded);
    row.secure = false;
    hands_see_bridge(&hands, "br7", &row);
    hands_see_bridge(&hands, "br7", &row);
    assert_int_equal(hands.hand[HAND_FAIL_MODE].times, 1);
    assert_told(&hands, "\"what\":\"fail-mode\"");
    row.in_band_disabled = row.speaks_openflow14 = false;
    hands_see_bridge(&hands, "br7", &row);
    assert_int_equal(hands.hand[HAND_FAIL_MODE].times, 1);
    assert_int_equal(hands.hand[HAND_IN_BAND].times, 1);
    assert_int_equal(hands.hand[HAND_PROTOCOLS].times, 1);
    hands_see_bridge(&hands, "br7", &guarded);
    row = guarded;
    row.secure = false;
    hands_see_bridge(&hands, "br7", &row);
    assert_int_equal(hands.hand[HAND_FAIL_MODE].times, 2);
}

static void
bridge_that_is_given_back_or_gone_is_nobody_s_business(void **state)
{
    const struct switch_bridge given_back = { .given_back = true };
    struct hands hands = { .secure = false };

    hands_see_bridge(&hands, "br7", &guarded);
    hands_see_bridge(&hands, "br7", &given_back);
    hands_see_bridge(&hands, "br7", &guarded);
    hands_see_bridge(&hands, "br7", NULL);
    hands_see_bridge(&hands, "br7", &fresh);
    assert_told(&hands, "[]");
}

static void
every_kind_has_a_name_and_a_sentence(void **state)
{
    struct hands hands = { .secure = false };
    struct json *json;

    for (enum hand i = 0; i < N_HANDS; i++) {
        hands_note(&hands, "br7", i);
    }
    json = hands_json(&hands);
    assert_int_equal(json_array(json)->n, N_HANDS);
    for (size_t i = 0; i < N_HANDS; i++) {
        const struct shash *members = json_object(json_array(json)->elems[i]);

        assert_true(strlen(json_string(shash_find_data(members, "what"))) > 3);
        assert_int_equal(strncmp(json_string(shash_find_data(members, "sentence")), "somebody ", 9), 0);
        assert_int_equal(json_integer(shash_find_data(members, "times")), 1);
        assert_true(json_integer(shash_find_data(members, "last")) > 0);
    }
    json_destroy(json);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guarding_a_bridge_is_no_other_hand),
        cmocka_unit_test(each_column_that_becomes_worse_is_counted_once),
        cmocka_unit_test(bridge_that_is_given_back_or_gone_is_nobody_s_business),
        cmocka_unit_test(every_kind_has_a_name_and_a_sentence),
    };

    vlog_set_levels(NULL, VLF_ANY_DESTINATION, VLL_OFF);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
