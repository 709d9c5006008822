/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "base/error.h"
#include "base/test_error.h"
#include "xenapi/json_reader.h"
#include "xenapi/test_show.h"
#include "xenapi/value.h"

enum { DEPTH = 5 };

struct reading {
    const char *text, *result;  /* what is read, or what the refusal says */
};

static void
assert_reads(const struct reading *readings, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *text = readings[i].text;
        char *exact = xmemdup(text, MAX(strlen(text), 1));      /* no byte behind it, so that a sanitizer sees who reads on */
        struct xenapi_value value;
        OWN_ERROR struct error *error = xenapi_json_read(exact, strlen(text), DEPTH, &value);

        if (error) {
            fail_msg("\"%s\" was refused: %s", text, error->text);
        }
        char *shown = show_value(&value);
        assert_string_equal(shown, readings[i].result);
        free(shown);
        free(exact);
        xenapi_value_destroy(&value);
    }
}

static void
assert_refuses_n(const char *text, size_t n, enum error_code code, const char *part)
{
    char *exact = xmemdup(text, MAX(n, 1));
    struct xenapi_value value = xenapi_int(77);
    OWN_ERROR struct error *error = xenapi_json_read(exact, n, DEPTH, &value);

    assert_error(error, code, part, text);
    assert_int_equal(value.integer, 77);
    free(exact);
}

static void
assert_refuses(const struct reading *readings, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        assert_refuses_n(readings[i].text, strlen(readings[i].text), ERROR_INVALID, readings[i].result);
    }
}

static void
values_of_each_type_are_read(void **state)
{
    static const struct reading readings[] = {
        { "null", "nil" }, { "true", "true" }, { "false", "false" }, { "\"a\"", "\"a\"" }, { "0", "0" },
        { "[]", "[]" }, { "{}", "{}" }, { "[1,\"a\",[true,{}]]", "[1, \"a\", [true, {}]]" },
        { "{\"b\":1,\"a\":{\"c\":[null]}}", "{\"a\": {\"c\": [nil]}, \"b\": 1}" }, { "{\"\":\"\"}", "{\"\": \"\"}" },
        { " \t\r\n{ \"a\" : [ 1 , 2 ] , \"b\" : { } }\n", "{\"a\": [1, 2], \"b\": {}}" }, { "[ ]", "[]" },
    };

    assert_reads(readings, ARRAY_SIZE(readings));
}

static void
numbers_are_ints_unless_they_have_a_fraction_or_an_exponent(void **state)
{
    static const struct reading readings[] = {
        { "-0", "0" }, { "10", "10" }, { "-7", "-7" }, { "9223372036854775807", "9223372036854775807" },
        { "-9223372036854775808", "-9223372036854775808" }, { "1.0", "1.0" }, { "60.1", "60.1" }, { "-0.5", "-0.5" }, { "0.0", "0.0" },
        { "1e3", "1000.0" }, { "1E+3", "1000.0" }, { "25e-2", "0.25" }, { "0e0", "0.0" }, { "1e-999", "0.0" },
        { "9223372036854775808.0", "9.223372036854776e+18" }, { "[1,2]", "[1, 2]" },
    };

    assert_reads(readings, ARRAY_SIZE(readings));
}

static void
numbers_that_are_malformed_or_fit_no_type_are_refused(void **state)
{
    static const struct reading readings[] = {
        { "9223372036854775808", "byte 1: the number '9223372036854775808' does not fit into 64 bits" },
        { "[-9223372036854775809]", "byte 2: the number '-9223372036854775809' does not fit into 64 bits" },
        { "1e999", "does not fit into a double" }, { "-1e999", "does not fit into a double" },
        { "-", "byte 2: the text ends where a digit is wanted" },
        { "-a", "a digit is wanted, not 'a'" },
        { "01", "byte 2: the end of the text is wanted, not '1'" },
        { "-01", "the end of the text is wanted" },
        { "1.", "a digit is wanted" },
        { "1.e3", "a digit is wanted, not 'e'" },
        { "1e", "a digit is wanted" },
        { "1e+", "a digit is wanted" },
        { "1e+-3", "a digit is wanted, not '-'" },
        { ".5", "a value is wanted" },
        { "+1", "a value is wanted" },
        { "0x10", "the end of the text is wanted, not 'x'" },
        { "1_000", "the end of the text is wanted" },
        { "NaN", "a value is wanted, not 'N'" },
        { "Infinity", "a value is wanted" }, { "-Infinity", "a digit is wanted" },
    };

    assert_refuses(readings, ARRAY_SIZE(readings));
}

static void
strings_are_read_with_their_escapes(void **state)
{
    static const struct reading readings[] = {
        { "\"\"", "\"\"" }, { "\"gr\xc3\xbc\xc3\x9f\x65 \xf0\x9f\x98\x80 \x7f\"", "\"gr\xc3\xbc\xc3\x9f\x65 \xf0\x9f\x98\x80 \x7f\"" },
        { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\"\\/\\08\\0c\\0a\\0d\\09\"" },
        { "\"\\u0041\\u00fc\\u20AC\\u0001\"", "\"A\xc3\xbc\xe2\x82\xac\\01\"" },
        { "\"\\ud83d\\ude00\"", "\"\xf0\x9f\x98\x80\"" }, { "\"\\uD800\\uDC00\\uDBFF\\uDFFF\"", "\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"" },
        { "\"\\ud7ff\\ue000\\uffff\"", "\"\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\"" }, { "{\"\\u0061\":1}", "{\"a\": 1}" },
    };

    assert_reads(readings, ARRAY_SIZE(readings));
}

static void
strings_that_are_malformed_are_refused(void **state)
{
    static const struct reading readings[] = {
        { "\"", "byte 2: the text ends where a character or the end of the string is wanted" }, { "\"a", "byte 3: the text ends" },
        { "\"\\", "the text ends where the name of an escape is wanted" },
        { "\"\\x41\"", "byte 3: the name of an escape is wanted, not 'x'" },
        { "\"a\nb\"", "byte 3: a character or the end of the string is wanted, not '\\x0a'" }, { "\"\t\"", "not '\\x09'" },
        { "\"\\u\"", "a hexadecimal digit is wanted" },
        { "\"\\u12\"", "a hexadecimal digit is wanted, not '\"'" },
        { "\"\\u12", "the text ends" },
        { "\"\\u12g4\"", "a hexadecimal digit is wanted, not 'g'" }, { "\"\\u0000\"", "byte 4: a null character cannot be in a text" },
        { "\"\\ud83d\"", "byte 4: half of a surrogate pair" },
        { "\"\\ude00\"", "half of a surrogate pair" },
        { "\"\\ud83dx\"", "half of a surrogate pair" },
        { "\"\\ud83d\\n\"", "half of a surrogate pair" },
        { "\"\\ud83d\\ud83d\"", "half of a surrogate pair" },
        { "\"\\ud83d\\u0041\"", "half of a surrogate pair" },
        { "\"\\ud83d\\u00\"", "a hexadecimal digit is wanted" }, { "'a'", "a value is wanted" },
    };

    assert_refuses(readings, ARRAY_SIZE(readings));
}

static void
what_is_not_json_is_refused_with_its_place(void **state)
{
    static const struct reading readings[] = {
        { "", "byte 1: the text ends where a value is wanted" }, { " ", "byte 2: the text ends where a value is wanted" },
        { "nul", "byte 1: a value is wanted, not 'n'" },
        { "True", "a value is wanted, not 'T'" },
        { "truex", "byte 5: the end of the text is wanted, not 'x'" },
        { "[", "the text ends where a value is wanted" },
        { "[1", "the text ends where ',' or ']' is wanted" },
        { "[1 2]", "',' or ']' is wanted, not '2'" },
        { "[1,]", "a value is wanted, not ']'" }, { "[,1]", "a value is wanted, not ','" }, { "[1}", "',' or ']' is wanted, not '}'" },
        { "{", "the text ends where a string is wanted" },
        { "{1:2}", "a string is wanted, not '1'" },
        { "{a:2}", "a string is wanted, not 'a'" },
        { "{\"a\"}", "':' is wanted, not '}'" },
        { "{\"a\":}", "a value is wanted, not '}'" },
        { "{\"a\":1", "the text ends where ',' or '}' is wanted" },
        { "{\"a\":1,}", "a string is wanted, not '}'" },
        { "{\"a\":1]", "',' or '}' is wanted, not ']'" },
        { "{} {}", "byte 4: the end of the text is wanted, not '{'" },
        { "[]]", "the end of the text is wanted, not ']'" },
        { "/* no */ 1", "a value is wanted, not '/'" },
        { "\xef\xbb\xbf{}", "a value is wanted, not '\\xef'" },
        { "1\f", "the end of the text is wanted, not '\\x0c'" },
    };

    assert_refuses(readings, ARRAY_SIZE(readings));
    assert_refuses_n("1\0", 2, ERROR_INVALID, "the end of the text is wanted");
    assert_refuses_n("\"a\0\"", 4, ERROR_INVALID, "a character or the end of the string is wanted");
}

static void
text_that_is_not_UTF8_is_refused(void **state)
{
    static const struct reading readings[] = {
        { "\"gr\xfc\xdf\x65\"", "byte 4: the text is not UTF-8" },
        { "\"\xc3\"", "byte 2: the text is not UTF-8" },
        { "\"\xed\xa0\x80\"", "not UTF-8" },
        { "\"\xc0\x80\"", "not UTF-8" }, { "[1]\xff", "byte 4: the text is not UTF-8" },
    };

    assert_refuses(readings, ARRAY_SIZE(readings));
}

static void
member_that_stands_twice_is_refused(void **state)
{
    static const struct reading readings[] = {
        { "{\"MAC\":\"1\",\"mtu\":2,\"MAC\":\"3\"}", "byte 1: this object has the member 'MAC' twice" },
        { "[{\"a\":{\"b\":1,\"\\u0062\":1}}]", "byte 7: this object has the member 'b' twice" },
    };
    static const struct reading well[] = { { "{\"a\":{\"b\":1},\"b\":2}", "{\"a\": {\"b\": 1}, \"b\": 2}" } };

    assert_refuses(readings, ARRAY_SIZE(readings));
    assert_reads(well, ARRAY_SIZE(well));
}

static void
depth_is_limited(void **state)
{
    static const struct reading well[] = {
        { "[[[[[]]]]]", "[[[[[]]]]]" },
        { "[[[[{\"a\":1}]]]]", "[[[[{\"a\": 1}]]]]" },
        { "[[[[[],[]]]],[[],{}]]", "[[[[[], []]]], [[], {}]]" },
    };

    assert_reads(well, ARRAY_SIZE(well));
    assert_refuses_n("[[[[[[]]]]]]", 12, ERROR_LIMIT, "byte 6: arrays and objects stand more than 5 deep within each other");
    assert_refuses_n("[[[[[{}]]]]]", 12, ERROR_LIMIT, "more than 5 deep");
    assert_refuses_n("[[[[[[[[[[[[", 12, ERROR_LIMIT, "byte 6: ");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_each_type_are_read),
        cmocka_unit_test(numbers_are_ints_unless_they_have_a_fraction_or_an_exponent),
        cmocka_unit_test(numbers_that_are_malformed_or_fit_no_type_are_refused),
        cmocka_unit_test(strings_are_read_with_their_escapes),
        cmocka_unit_test(strings_that_are_malformed_are_refused),
        cmocka_unit_test(what_is_not_json_is_refused_with_its_place),
        cmocka_unit_test(text_that_is_not_UTF8_is_refused),
        cmocka_unit_test(member_that_stands_twice_is_refused),
        cmocka_unit_test(depth_is_limited),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
