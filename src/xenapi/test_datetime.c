/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <util.h>

#include "xenapi/datetime.h"

static const struct {
    const char *text;
    int64_t seconds;
} moments[] = {
    { "19700101T00:00:00Z", 0 },
    { "20260821T16:34:00Z", 1787330040 },
    { "19691231T23:59:59Z", -1 },
    { "20000229T12:00:01Z", 951825601 },
    { "20000301T00:00:00Z", 951868800 },
    { "19000228T23:59:59Z", -2203891201 },
    { "19000301T00:00:00Z", -2203891200 },
    { "20241231T23:59:59Z", 1735689599 },
    { "00000101T00:00:00Z", XENAPI_DATETIME_MIN },
    { "00000229T00:00:00Z", XENAPI_DATETIME_MIN + 59 * 86400 },
    { "99991231T23:59:59Z", XENAPI_DATETIME_MAX },
};

static void
moments_are_read_and_written(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(moments); i++) {
        char text[XENAPI_DATETIME_SIZE];
        int64_t seconds = 77;

        assert_true(xenapi_datetime_parse(moments[i].text, &seconds));
        assert_int_equal(seconds, moments[i].seconds);
        xenapi_datetime_format(seconds, text);
        assert_string_equal(text, moments[i].text);
    }
}

/* A day in each month of 800 years: what is written is read back, and days follow each other. */
static void
every_month_has_its_length(void **state)
{
    int64_t before = 0;

    for (int64_t day = -200000; day < 100000; day++) {
        char text[XENAPI_DATETIME_SIZE];
        int64_t seconds = 77;

        xenapi_datetime_format(day * 86400, text);
        assert_true(xenapi_datetime_parse(text, &seconds));
        assert_int_equal(seconds, day * 86400);
        assert_true(day == -200000 || seconds == before + 86400);
        before = seconds;
    }
}

static void
what_clients_write_is_read(void **state)
{
    static const char *const forms[] = {
        "20260821T16:34:00", "2026-08-21T16:34:00Z", "2026-08-21T16:34:00", "2026-08-21T16:34:00.000Z", "20260821T16:34:00.987654",
    };

    for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
        int64_t seconds = 77;

        assert_true(xenapi_datetime_parse(forms[i], &seconds));
        assert_int_equal(seconds, 1787330040);
    }
}

static void
what_is_no_moment_is_not_read(void **state)
{
    static const char *const wrong[] = {
        "", "2026", "20260821", "20260821T", "20260821T16:34", "20260821T163400Z", "20260821 16:34:00Z", "20260821t16:34:00Z",
        " 20260821T16:34:00Z", "20260821T16:34:00Z ", "20260821T16:34:00z", "20260821T16:34:00+02:00", "20260821T16:34:00.Z",
        "20260821T16:34:00.5x", "2026-0821T16:34:00Z", "202608-21T16:34:00Z", "-0260821T16:34:00Z", "2026082aT16:34:00Z",
        "20260021T16:34:00Z", "20261321T16:34:00Z", "20260800T16:34:00Z", "20260832T16:34:00Z", "20260931T16:34:00Z",
        "20260229T16:34:00Z", "19000229T16:34:00Z", "20260821T24:00:00Z", "20260821T16:60:00Z", "20260821T16:34:60Z",
    };

    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        int64_t seconds = 77;

        if (xenapi_datetime_parse(wrong[i], &seconds) || seconds != 77) {
            fail_msg("'%s' was read", wrong[i]);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_are_read_and_written),
        cmocka_unit_test(every_month_has_its_length),
        cmocka_unit_test(what_clients_write_is_read),
        cmocka_unit_test(what_is_no_moment_is_not_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
