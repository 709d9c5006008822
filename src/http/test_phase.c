/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <util.h>

#include "base/limits.h"
#include "http/phase.h"

static struct phase
phase(enum phase_name name, long long int now)
{
    struct phase phase = { PHASE_IDLE, 0 };

    phase_begin(&phase, name, now);
    return phase;
}

static long long int
end(enum phase_name name, long long int now)
{
    struct phase begun = phase(name, now);

    return phase_end(&begun);
}

static bool
gives_way(struct phase a, struct phase b)
{
    return phase_gives_way_before(&a, &b);
}

static void
request_has_thirty_seconds_to_come_in(void **state)
{
    assert_int_equal(LIMIT_HTTP_REQUEST_MS, 30000);
    assert_int_equal(end(PHASE_FRESH, 1000), 31000);
    assert_int_equal(end(PHASE_COMING, 1000), 31000);
}

static void
line_of_the_first_request_does_not_put_its_end_off(void **state)
{
    struct phase first = phase(PHASE_FRESH, 1000);
    struct phase later = phase(PHASE_IDLE, 1000);

    phase_begin(&first, PHASE_COMING, 20000);
    assert_int_equal(first.name, PHASE_COMING);
    assert_int_equal(phase_end(&first), 31000);
    phase_begin(&later, PHASE_COMING, 20000);
    assert_int_equal(phase_end(&later), 50000);
}

static void
connection_is_kept_for_five_minutes(void **state)
{
    assert_int_equal(end(PHASE_IDLE, 1000), 301000);
}

static void
response_may_take_five_minutes_to_be_read(void **state)
{
    assert_int_equal(end(PHASE_ANSWERED, 1000), 301000);
}

static void
request_may_wait_for_its_response_for_ever(void **state)
{
    assert_true(end(PHASE_ASKED, 1000) == LLONG_MAX);
}

static void
connection_is_told_to_end_once(void **state)
{
    assert_true(end(PHASE_CLOSING, 1000) == LLONG_MAX);
}

static void
connection_that_has_been_idle_for_longest_gives_way(void **state)
{
    assert_true(gives_way(phase(PHASE_IDLE, 1), phase(PHASE_IDLE, 2)));
    assert_false(gives_way(phase(PHASE_IDLE, 2), phase(PHASE_IDLE, 1)));
}

static void
connection_that_is_not_idle_never_gives_way(void **state)
{
    static const enum phase_name busy[] = { PHASE_FRESH, PHASE_COMING, PHASE_ASKED, PHASE_ANSWERED, PHASE_CLOSING };

    for (size_t i = 0; i < ARRAY_SIZE(busy); i++) {
        assert_false(gives_way(phase(busy[i], 1), phase(PHASE_IDLE, 2)));
        assert_true(gives_way(phase(PHASE_IDLE, 2), phase(busy[i], 1)));
        assert_false(gives_way(phase(busy[i], 1), phase(PHASE_ASKED, 2)));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request_has_thirty_seconds_to_come_in),
        cmocka_unit_test(line_of_the_first_request_does_not_put_its_end_off),
        cmocka_unit_test(connection_is_kept_for_five_minutes),
        cmocka_unit_test(response_may_take_five_minutes_to_be_read),
        cmocka_unit_test(request_may_wait_for_its_response_for_ever),
        cmocka_unit_test(connection_is_told_to_end_once),
        cmocka_unit_test(connection_that_has_been_idle_for_longest_gives_way),
        cmocka_unit_test(connection_that_is_not_idle_never_gives_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
