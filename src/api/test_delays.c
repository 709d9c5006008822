/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "api/delays.h"
#include "base/limits.h"

static void
each_failure_of_a_user_doubles_the_wait_up_to_half_a_minute(void **state)
{
    static const long long int expected[] = { 1000, 2000, 4000, 8000, 16000, 30000, 30000 };
    struct delays *delays = delays_create();

    for (size_t i = 0; i < 7; i++) {
        char address[16];

        snprintf(address, sizeof address, "10.0.0.%zu", i);
        assert_int_equal(delays_fail(delays, "root", address, 5000), expected[i]);
    }
    delays_destroy(delays);
}

static void
each_failure_from_an_address_counts_whatever_user_it_tries(void **state)
{
    struct delays *delays = delays_create();

    assert_int_equal(delays_fail(delays, "a", "10.0.0.1", 0), 1000);
    assert_int_equal(delays_fail(delays, "b", "10.0.0.1", 0), 2000);
    assert_int_equal(delays_fail(delays, "c", "10.0.0.2", 0), 1000);
    delays_destroy(delays);
}

static void
a_user_and_an_address_of_one_name_are_two(void **state)
{
    struct delays *delays = delays_create();

    assert_int_equal(delays_fail(delays, "10.0.0.1", "10.0.0.2", 0), 1000);
    assert_int_equal(delays_fail(delays, "root", "10.0.0.1", 0), 1000);
    delays_destroy(delays);
}

static void
a_success_forgives_the_user_and_not_the_address(void **state)
{
    struct delays *delays = delays_create();

    delays_fail(delays, "root", "10.0.0.1", 0);
    delays_fail(delays, "root", "10.0.0.1", 0);
    delays_succeed(delays, "root");
    assert_int_equal(delays_fail(delays, "root", "10.0.0.2", 0), 1000);
    assert_int_equal(delays_fail(delays, "other", "10.0.0.1", 0), 4000);
    delays_succeed(delays, "nobody");
    delays_destroy(delays);
}

static void
ten_quiet_minutes_forgive(void **state)
{
    struct delays *delays = delays_create();

    delays_fail(delays, "root", "10.0.0.1", 0);
    assert_int_equal(delays_fail(delays, "root", "10.0.0.1", DELAYS_MEMORY_MS), 2000);
    assert_int_equal(delays_fail(delays, "root", "10.0.0.1", 2 * DELAYS_MEMORY_MS + 1), 1000);
    delays_destroy(delays);
}

static void
of_too_many_the_quietest_is_forgotten(void **state)
{
    struct delays *delays = delays_create();

    delays_fail(delays, "first", "first", 0);
    delays_fail(delays, "second", "second", 1);
    for (int i = 0; i < LIMIT_LOGIN_FAILURES / 2 - 1; i++) {
        char name[16];

        snprintf(name, sizeof name, "%d", i);
        delays_fail(delays, name, name, 2);
    }
    assert_int_equal(delays_fail(delays, "second", "second", 3), 2000);
    assert_int_equal(delays_fail(delays, "first", "first", 3), 1000);
    delays_destroy(delays);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_failure_of_a_user_doubles_the_wait_up_to_half_a_minute),
        cmocka_unit_test(each_failure_from_an_address_counts_whatever_user_it_tries),
        cmocka_unit_test(a_user_and_an_address_of_one_name_are_two),
        cmocka_unit_test(a_success_forgives_the_user_and_not_the_address),
        cmocka_unit_test(ten_quiet_minutes_forgive),
        cmocka_unit_test(of_too_many_the_quietest_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
