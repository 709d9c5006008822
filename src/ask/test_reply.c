/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "ask/reply.h"
#include "base/error.h"
#include "base/test_error.h"

static void
an_object_is_whole_when_its_brace_is_closed_outside_of_strings(void **state)
{
    assert_true(ask_reply_is_whole("{\"id\":0,\"result\":\"}{\\\"}\",\"error\":null}"));
    assert_true(ask_reply_is_whole(" {\"a\":{}}"));
    assert_false(ask_reply_is_whole("{\"id\":0,\"result\":\"}\""));
    assert_false(ask_reply_is_whole("{\"a\":\"\\"));
    assert_false(ask_reply_is_whole("{\"a\":{}"));
    assert_false(ask_reply_is_whole(""));
}

static void
a_result_is_its_text(void **state)
{
    char *reply;

    assert_null(ask_reply_parse("{\"id\":0,\"result\":\"{\\\"state\\\":\\\"wired\\\"}\\n\",\"error\":null}", &reply));
    assert_string_equal(reply, "{\"state\":\"wired\"}\n");
    free(reply);
}

static void
an_error_is_its_first_line(void **state)
{
    char *reply;
    OWN_ERROR struct error *error = ask_reply_parse("{\"id\":0,\"result\":null,\"error\":\"vif5.0: no\\nmore\"}", &reply);

    assert_error(error, ERROR_REFUSED, "vif5.0: no", "error");
    assert_null(strchr(error->text, '\n'));
    assert_null(reply);
}

static void
assert_not_understood(const char *text)
{
    char *reply;
    OWN_ERROR struct error *error = ask_reply_parse(text, &reply);

    assert_error(error, ERROR_REFUSED, "not understood", text);
}

static void
anything_else_is_not_understood(void **state)
{
    assert_not_understood("{\"id\":0,\"result\":5,\"error\":null}");
    assert_not_understood("{\"id\":0}");
    assert_not_understood("}");
    assert_not_understood("[]");
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_is_whole_when_its_brace_is_closed_outside_of_strings),
        cmocka_unit_test(a_result_is_its_text),
        cmocka_unit_test(an_error_is_its_first_line),
        cmocka_unit_test(anything_else_is_not_understood),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
