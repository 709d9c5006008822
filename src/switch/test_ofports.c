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

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_ones_that_the_switch_does_not_assign),
        cmocka_unit_test(number_given_back_comes_last),
        cmocka_unit_test(number_in_use_is_not_reserved),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
