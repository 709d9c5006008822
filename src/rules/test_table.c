/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rules/table.h"

static void
numbers_ascend_without_doubles(void **state)
{
    for (size_t i = 1; i < rules_table_n; i++) {
        assert_in_range(rules_table[i].id, rules_table[i - 1].id + 1, UINT8_MAX);
    }
}

static void
numbers_tell_the_verdict(void **state)
{
    for (size_t i = 0; i < rules_table_n; i++) {
        switch (rules_table[i].verdict) {
        case RULES_ALLOW:
            assert_in_range(rules_table[i].id, 1, 127);
            break;
        case RULES_DROP:
            assert_in_range(rules_table[i].id, 128, 253);
            break;
        }
    }
}

static void
names_are_unique_words_with_hyphens(void **state)
{
    for (size_t i = 0; i < rules_table_n; i++) {
        const char *name = rules_table[i].name;

        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(name));
        assert_ptr_equal(rules_by_name(name), &rules_table[i]);
    }
}

static void
every_rule_says_what_it_does_in_a_phrase(void **state)
{
    for (size_t i = 0; i < rules_table_n; i++) {
        assert_true(strlen(rules_table[i].what) > 10);
        assert_int_not_equal(rules_table[i].what[strlen(rules_table[i].what) - 1], '.');
        assert_non_null(rules_table[i].reference);
    }
}

static void
rules_are_found_by_number_and_name(void **state)
{
    assert_string_equal(rules_by_number(RULES_ARP_SPOOF)->name, "arp-spoof");
    assert_int_equal(rules_by_name("arp-spoof")->id, RULES_ARP_SPOOF);
    assert_null(rules_by_number(0));
    assert_null(rules_by_number(RULES_DISPATCH));
    assert_null(rules_by_name("dispatch"));
    assert_null(rules_by_name(""));
}

/* Cookies of running switches and kept totals hold these numbers. */
static void
numbers_once_given_stay(void **state)
{
    assert_int_equal(RULES_ADMITTED, 1);
    assert_int_equal(RULES_ALLOW_IPV4, 7);
    assert_int_equal(RULES_RARP_ANNOUNCE, 14);
    assert_int_equal(RULES_NOT_ADMITTED, 128);
    assert_int_equal(RULES_ARP_SPOOF, 133);
    assert_int_equal(RULES_ND_OTHER, 150);
    assert_int_equal(RULES_EVERYTHING_ELSE, 151);
}

static void
verdicts_have_names(void **state)
{
    assert_string_equal(rules_verdict_name(RULES_ALLOW), "allow");
    assert_string_equal(rules_verdict_name(RULES_DROP), "drop");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_ascend_without_doubles),
        cmocka_unit_test(numbers_tell_the_verdict),
        cmocka_unit_test(names_are_unique_words_with_hyphens),
        cmocka_unit_test(every_rule_says_what_it_does_in_a_phrase),
        cmocka_unit_test(rules_are_found_by_number_and_name),
        cmocka_unit_test(numbers_once_given_stay),
        cmocka_unit_test(verdicts_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
