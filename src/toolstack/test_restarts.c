/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/restarts.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <openvswitch/util.h>

enum { BEGIN = 1000000 };

static void
a_guest_may_be_restarted_five_times_in_a_row(void **state OVS_UNUSED)
{
    struct restarts restarts = { .next = 0 };

    for (int i = 0; i < RESTARTS_MAX; i++) {
        assert_true(restarts_allow(&restarts, BEGIN + i));
        restarts_count(&restarts, BEGIN + i);
    }
    assert_false(restarts_allow(&restarts, BEGIN + RESTARTS_MAX));
}

static void
a_restart_of_long_ago_does_not_count(void **state OVS_UNUSED)
{
    struct restarts restarts = { .next = 0 };

    for (int i = 0; i < RESTARTS_MAX; i++) {
        restarts_count(&restarts, BEGIN + i * 1000);
    }
    assert_false(restarts_allow(&restarts, BEGIN + RESTARTS_WINDOW_MS - 1));
    assert_true(restarts_allow(&restarts, BEGIN + RESTARTS_WINDOW_MS));
    restarts_count(&restarts, BEGIN + RESTARTS_WINDOW_MS);
    assert_false(restarts_allow(&restarts, BEGIN + RESTARTS_WINDOW_MS));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_guest_may_be_restarted_five_times_in_a_row),
        cmocka_unit_test(a_restart_of_long_ago_does_not_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
