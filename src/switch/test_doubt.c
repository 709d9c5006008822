/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "switch/doubt.h"

static void
first_doubt_is_looked_into_at_once(void **state)
{
    struct doubt doubt = { .raised = false };

    assert_false(doubt_is_due(&doubt, 1000));
    doubt_raise(&doubt);
    assert_true(doubt_is_due(&doubt, 1000));
}

static void
next_doubt_waits_for_the_pause(void **state)
{
    struct doubt doubt = { .raised = true };

    doubt_begin_look(&doubt, 1000);
    assert_false(doubt_is_due(&doubt, 2000));
    doubt_raise(&doubt);
    assert_false(doubt_is_due(&doubt, 1001));
    assert_true(doubt_is_due(&doubt, doubt.look_at));
    assert_in_range(doubt.look_at, 1050, 1500);
}

static void
only_a_look_that_was_answered_counts(void **state)
{
    struct doubt doubt = { .raised = true };

    doubt_settle(&doubt);
    assert_int_equal(doubt.n_settled, 0);
    doubt_begin_look(&doubt, 1000);
    doubt_drop(&doubt);
    doubt_settle(&doubt);
    assert_int_equal(doubt.n_settled, 0);
    doubt_begin_look(&doubt, 2000);
    doubt_settle(&doubt);
    doubt_settle(&doubt);
    assert_int_equal(doubt.n_settled, 1);
}

static void
doubt_that_came_during_a_look_stays(void **state)
{
    struct doubt doubt = { .raised = true };

    doubt_begin_look(&doubt, 1000);
    doubt_raise(&doubt);
    doubt_settle(&doubt);
    assert_true(doubt_is_due(&doubt, doubt.look_at));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_doubt_is_looked_into_at_once),
        cmocka_unit_test(next_doubt_waits_for_the_pause),
        cmocka_unit_test(only_a_look_that_was_answered_counts),
        cmocka_unit_test(doubt_that_came_during_a_look_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
