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

#include "xenapi/event_token.h"

static void
tokens_are_read_and_written(void **state)
{
    static const struct {
        const char *text;
        struct xenapi_event_token token;
    } tokens[] = {
        { "00000000000000000000,00000000000000000000", { 0, 0 } },
        { "00000000000000000042,00000000000000000007", { 42, 7 } },
        { "09223372036854775807,09223372036854775807", { INT64_MAX, INT64_MAX } },
    };

    for (size_t i = 0; i < ARRAY_SIZE(tokens); i++) {
        struct xenapi_event_token token = { 77, 78 };
        char text[XENAPI_EVENT_TOKEN_SIZE];

        assert_true(xenapi_event_token_parse(tokens[i].text, &token));
        assert_int_equal(token.database, tokens[i].token.database);
        assert_int_equal(token.message, tokens[i].token.message);
        xenapi_event_token_format(&token, text);
        assert_string_equal(text, tokens[i].text);
    }
}

static void
empty_token_is_the_beginning(void **state)
{
    struct xenapi_event_token token = { 77, 78 };

    assert_true(xenapi_event_token_parse("", &token));
    assert_int_equal(token.database, 0);
    assert_int_equal(token.message, 0);
}

static void
numbers_need_not_have_all_their_zeros(void **state)
{
    struct xenapi_event_token token;

    assert_true(xenapi_event_token_parse("42,7", &token));
    assert_int_equal(token.database, 42);
    assert_int_equal(token.message, 7);
}

static void
later_tokens_are_greater_as_text(void **state)
{
    static const struct xenapi_event_token tokens[] = {
        { 0, 0 }, { 0, 9 }, { 0, 10 }, { 9, 0 }, { 10, 0 }, { 99, 99 }, { 100, 0 }, { INT64_MAX, 0 }, { INT64_MAX, INT64_MAX },
    };
    char before[XENAPI_EVENT_TOKEN_SIZE], text[XENAPI_EVENT_TOKEN_SIZE];

    xenapi_event_token_format(&tokens[0], before);
    for (size_t i = 1; i < ARRAY_SIZE(tokens); i++) {
        xenapi_event_token_format(&tokens[i], text);
        assert_true(strcmp(before, text) < 0);
        strcpy(before, text);
    }
}

static void
what_is_no_token_is_not_read(void **state)
{
    static const char *const wrong[] = {
        "0", ",", "0,", ",0", "0,0,0", "0;0", " 0,0", "0,0 ", "0, 0", "-1,0", "0,-1", "+1,0", "a,0", "0,a", "0x1,0", "1.0,0",
        "09223372036854775808,0", "0,09223372036854775808", "99999999999999999999,0", "000000000000000000000,0", "0,000000000000000000000",
    };

    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        struct xenapi_event_token token = { 77, 78 };

        if (xenapi_event_token_parse(wrong[i], &token) || token.database != 77 || token.message != 78) {
            fail_msg("'%s' was read", wrong[i]);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_are_read_and_written),
        cmocka_unit_test(empty_token_is_the_beginning),
        cmocka_unit_test(numbers_need_not_have_all_their_zeros),
        cmocka_unit_test(later_tokens_are_greater_as_text),
        cmocka_unit_test(what_is_no_token_is_not_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
