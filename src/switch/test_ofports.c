/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "switch/ofports.h"

static void
numbers_are_ones_that_the_switch_does_not_assign(void **state)
{
    struct ofports *ofports = ofports_create();

    assert_int_equal(ofports_reserve(ofports), 32768);
    assert_int_equal(ofports_reserve(ofports), 32769);
    ofports_destroy(ofports);
}

static void
number_given_back_comes_last(void **state)
{
    struct ofports *ofports = ofports_create();
    uint32_t first = ofports_reserve(ofports);

    ofports_release(ofports, first);
    for (uint32_t expected = OFPORT_FIRST + 1; expected <= OFPORT_LAST; expected++) {
        assert_int_equal(ofports_reserve(ofports), expected);
    }
    assert_int_equal(ofports_reserve(ofports), first);
    assert_int_equal(ofports_reserve(ofports), 0);
    ofports_destroy(ofports);
}

static void
number_in_use_is_not_reserved(void **state)
{
    struct ofports *ofports = ofports_create();

    ofports_take(ofports, 32768);
    ofports_take(ofports, 32770);
    ofports_take(ofports, 5);
    ofports_take(ofports, 0xfffe);
    for (uint32_t i = OFPORT_FIRST; i <= OFPORT_LAST - 2; i++) {
        uint32_t ofport = ofports_reserve(ofports);

        assert_true(ofport != 32768 && ofport != 32770 && ofport >= OFPORT_FIRST && ofport <= OFPORT_LAST);
    }
    assert_int_equal(ofports_reserve(ofports), 0);
    ofports_destroy(ofports);
}

static void
number_that_a_port_has_or_asks_for_is_not_reserved(void **state)
{
    struct ofports *ofports = ofports_create();

    ofports_note_port(ofports, "a", 32768, 0);
    ofports_note_port(ofports, "b", -1, 32769);
    ofports_note_port(ofports, "c", 32770, 32771);
    ofports_note_port(ofports, "d", 5, 5);
    for (uint32_t i = OFPORT_FIRST + 4; i <= OFPORT_LAST; i++) {
        assert_int_equal(ofports_reserve(ofports), i);
    }
    assert_int_equal(ofports_reserve(ofports), 0);
    ofports_note_port(ofports, "b", 32769, 0);
    ofports_note_port(ofports, "c", 32770, 0);
    assert_int_equal(ofports_reserve(ofports), 32771);
    assert_int_equal(ofports_reserve(ofports), 0);
    ofports_note_port(ofports, "c", 0, 0);
    assert_int_equal(ofports_reserve(ofports), 32770);
    assert_int_equal(ofports_reserve(ofports), 0);
    ofports_destroy(ofports);
}

static void
number_given_back_stays_taken_while_a_port_has_it(void **state)
{
    struct ofports *ofports = ofports_create();
    uint32_t first = ofports_reserve(ofports);

    ofports_note_port(ofports, "thief", first, first);
    ofports_note_port(ofports, "vif1.0", 2, first);
    ofports_release(ofports, first);
    ofports_note_port(ofports, "vif1.0", 0, 0);
    for (uint32_t i = OFPORT_FIRST + 1; i <= OFPORT_LAST; i++) {
        assert_int_equal(ofports_reserve(ofports), i);
    }
    assert_int_equal(ofports_reserve(ofports), 0);
    ofports_note_port(ofports, "thief", 0, 0);
    assert_int_equal(ofports_reserve(ofports), first);
    ofports_destroy(ofports);
}

static void
number_is_anothers_if_that_has_it_not_if_it_asks_for_it(void **state)
{
    struct ofports *ofports = ofports_create();

    ofports_note_port(ofports, "vif1.0", 32768, 32768);
    assert_false(ofports_is_anothers(ofports, 32768, "vif1.0"));
    assert_true(ofports_is_anothers(ofports, 32768, "vif2.0"));
    ofports_note_port(ofports, "thief", 3, 32768);
    assert_false(ofports_is_anothers(ofports, 32768, "vif1.0"));
    ofports_note_port(ofports, "thief", 32768, 32768);
    assert_true(ofports_is_anothers(ofports, 32768, "vif1.0"));
    assert_false(ofports_is_anothers(ofports, 32769, "vif1.0"));
    ofports_forget_ports(ofports);
    assert_false(ofports_is_anothers(ofports, 32768, "vif2.0"));
    ofports_destroy(ofports);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_ones_that_the_switch_does_not_assign),
        cmocka_unit_test(number_given_back_comes_last),
        cmocka_unit_test(number_in_use_is_not_reserved),
        cmocka_unit_test(number_that_a_port_has_or_asks_for_is_not_reserved),
        cmocka_unit_test(number_given_back_stays_taken_while_a_port_has_it),
        cmocka_unit_test(number_is_anothers_if_that_has_it_not_if_it_asks_for_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
