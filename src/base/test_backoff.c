/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <util.h>

#include "base/backoff.h"

static void
what_never_failed_need_not_wait(void **state)
{
    const struct backoff backoff = { .n = 0 };

    assert_false(backoff_holds(&backoff, 0));
}

static void
each_failure_doubles_the_wait_up_to_the_ceiling(void **state)
{
    static const long long int waits[] = { 100, 200, 400, 800, 1600, 3200, 6400, 10000, 10000 };
    struct backoff backoff = { .n = 0 };
    long long int now = 5000;

    for (size_t i = 0; i < ARRAY_SIZE(waits); i++) {
        backoff_fail(&backoff, now);
        assert_int_equal(backoff.n, i + 1);
        assert_int_equal(backoff.until, now + waits[i]);
        assert_true(backoff_holds(&backoff, now + waits[i] - 1));
        assert_false(backoff_holds(&backoff, now + waits[i]));
        now += waits[i];
    }
}

static void
first_failure_may_be_free(void **state)
{
    struct backoff backoff = { .n = 0 };

    backoff_fail_once_free(&backoff, 5000);
    assert_false(backoff_holds(&backoff, 5000));
    backoff_fail_once_free(&backoff, 5000);
    assert_int_equal(backoff.until, 5100);
    backoff_fail_once_free(&backoff, 5100);
    assert_int_equal(backoff.until, 5300);
}

static void
success_begins_anew(void **state)
{
    struct backoff backoff = { .n = 0 };

    backoff_fail(&backoff, 5000);
    backoff_fail(&backoff, 5100);
    backoff_reset(&backoff);
    assert_false(backoff_holds(&backoff, 5100));
    backoff_fail(&backoff, 5100);
    assert_int_equal(backoff.until, 5200);
}

static void
quiet_begins_anew(void **state)
{
    struct backoff backoff = { .n = 0 };

    backoff_fail(&backoff, 5000);
    backoff_fail(&backoff, 5100 + BACKOFF_CEILING_MS);
    assert_int_equal(backoff.n, 2);
    backoff_fail(&backoff, backoff.until + BACKOFF_CEILING_MS + 1);
    assert_int_equal(backoff.n, 1);
    assert_int_equal(backoff.wait, BACKOFF_FIRST_MS);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_never_failed_need_not_wait),
        cmocka_unit_test(each_failure_doubles_the_wait_up_to_the_ceiling),
        cmocka_unit_test(first_failure_may_be_free),
        cmocka_unit_test(success_begins_anew),
        cmocka_unit_test(quiet_begins_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
