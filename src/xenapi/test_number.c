/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <float.h>

#include <util.h>

#include "xenapi/number.h"

static void
ints_of_64_bits_are_read(void **state)
{
    static const struct {
        const char *text;
        int64_t integer;
    } ints[] = {
        { "0", 0 }, { "-0", 0 }, { "+7", 7 }, { "-1", -1 }, { "007", 7 }, { "4294967296", 4294967296 },
        { "9223372036854775807", INT64_MAX }, { "-9223372036854775808", INT64_MIN },
    };

    for (size_t i = 0; i < ARRAY_SIZE(ints); i++) {
        int64_t integer = 77;

        assert_true(xenapi_int_parse(ints[i].text, &integer));
        assert_int_equal(integer, ints[i].integer);
    }
}

static void
what_is_no_int_is_not_read(void **state)
{
    static const char *const wrong[] = {
        "", "-", "+", "--1", "+-1", " 1", "1 ", "1.0", "1e3", "0x10", "one", "9223372036854775808", "-9223372036854775809",
        "99999999999999999999999",
    };

    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        int64_t integer = 77;

        assert_false(xenapi_int_parse(wrong[i], &integer));
        assert_int_equal(integer, 77);
    }
}

static void
doubles_are_written_so_that_they_read_back_and_show_a_decimal_point(void **state)
{
    static const struct {
        double real;
        const char *text;
    } doubles[] = {
        { 0, "0.0" }, { 1, "1.0" }, { -1, "-1.0" }, { 1.5, "1.5" }, { 60.1, "60.1" }, { 0.1, "0.1" },
        { 0.1 + 0.2, "0.30000000000000004" }, { 1787330040, "1787330040.0" }, { 1e15, "1.0e+15" }, { 1e21, "1.0e+21" },
        { 1.5e-7, "1.5e-07" }, { DBL_MAX, "1.7976931348623157e+308" }, { -DBL_MAX, "-1.7976931348623157e+308" },
        { DBL_MIN, "2.2250738585072014e-308" }, { 4.9406564584124654e-324, "4.94065645841247e-324" },
        { 9007199254740992, "9007199254740992.0" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(doubles); i++) {
        char text[XENAPI_DOUBLE_SIZE];
        double real = 77;

        xenapi_double_format(doubles[i].real, text);
        assert_string_equal(text, doubles[i].text);
        assert_true(xenapi_double_parse(text, &real));
        assert_true(real == doubles[i].real);
    }
}

static void
doubles_are_read_in_each_form(void **state)
{
    static const struct {
        const char *text;
        double real;
    } doubles[] = {
        { "5", 5 }, { "+5", 5 }, { "-5.25", -5.25 }, { "1e3", 1000 }, { "1E+3", 1000 }, { "25e-2", 0.25 }, { "1e-999", 0 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(doubles); i++) {
        double real = 77;

        assert_true(xenapi_double_parse(doubles[i].text, &real));
        assert_true(real == doubles[i].real);
    }
}

static void
what_is_no_finite_double_is_not_read(void **state)
{
    static const char *const wrong[] = {
        "", "-", ".", ".5", "5.", "1e", "1e+", "1.5.5", "e5", " 1.5", "1.5 ", "1,5", "nan", "inf", "-inf", "infinity", "0x1p3", "1e999", "-1e999",
    };

    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        double real = 77;

        assert_false(xenapi_double_parse(wrong[i], &real));
        assert_true(real == 77);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ints_of_64_bits_are_read),
        cmocka_unit_test(what_is_no_int_is_not_read),
        cmocka_unit_test(doubles_are_written_so_that_they_read_back_and_show_a_decimal_point),
        cmocka_unit_test(doubles_are_read_in_each_form),
        cmocka_unit_test(what_is_no_finite_double_is_not_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
