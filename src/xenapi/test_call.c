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

#include "base/error.h"
#include "xenapi/call.h"
#include "xenapi/test_show.h"

static void
assert_shown(const struct xenapi_reply *reply, const char *expected)
{
    char *text = show_reply(reply);

    assert_string_equal(text, expected);
    free(text);
}

static void
failure_is_its_code_and_then_its_parameters(void **state)
{
    struct xenapi_reply reply = xenapi_failure("VM_BAD_POWER_STATE", "OpaqueRef:x", "running", "halted", NULL);

    assert_shown(&reply, "failure [\"VM_BAD_POWER_STATE\", \"OpaqueRef:x\", \"running\", \"halted\"]");
    assert_string_equal(xenapi_failure_code(&reply), "VM_BAD_POWER_STATE");
    xenapi_reply_destroy(&reply);
    reply = xenapi_failure("MESSAGE_REMOVED", NULL);
    assert_shown(&reply, "failure [\"MESSAGE_REMOVED\"]");
    xenapi_reply_destroy(&reply);
}

static void
success_is_its_result(void **state)
{
    struct xenapi_reply reply = xenapi_success(xenapi_int(7));

    assert_shown(&reply, "success 7");
    xenapi_reply_destroy(&reply);
}

static void
description_of_a_failure_is_taken_over(void **state)
{
    struct xenapi_value description = xenapi_set_create();
    struct xenapi_reply reply;

    xenapi_set_add(&description, xenapi_string("SESSION_INVALID"));
    xenapi_set_add(&description, xenapi_string("OpaqueRef:x"));
    assert_null(xenapi_failure_take(&description, &reply));
    assert_int_equal(description.type, XENAPI_VOID);
    assert_shown(&reply, "failure [\"SESSION_INVALID\", \"OpaqueRef:x\"]");
    xenapi_reply_destroy(&reply);
}

static void
description_that_is_no_list_of_strings_is_refused_and_left(void **state)
{
    struct xenapi_value wrong[] = { xenapi_string("SESSION_INVALID"), xenapi_set_create(), xenapi_set_create(), xenapi_void() };

    xenapi_set_add(&wrong[2], xenapi_string("SESSION_INVALID"));
    xenapi_set_add(&wrong[2], xenapi_int(5));
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        struct xenapi_value before = xenapi_value_clone(&wrong[i]);
        struct xenapi_reply reply = xenapi_success(xenapi_int(77));
        OWN_ERROR struct error *error = xenapi_failure_take(&wrong[i], &reply);

        assert_non_null(error);
        assert_int_equal(error->code, ERROR_INVALID);
        assert_true(xenapi_value_equals(&wrong[i], &before));
        assert_int_equal(reply.value.integer, 77);
        xenapi_value_destroy(&before);
        xenapi_value_destroy(&wrong[i]);
    }
}

static void
method_names_are_neither_empty_nor_long(void **state)
{
    char name[257];

    memset(name, 'x', 256);
    name[256] = '\0';
    OWN_ERROR struct error *empty = xenapi_method_check("");
    OWN_ERROR struct error *too_long = xenapi_method_check(name);

    assert_int_equal(empty->code, ERROR_INVALID);
    assert_int_equal(too_long->code, ERROR_LIMIT);
    assert_null(xenapi_method_check(name + 1));
    assert_null(xenapi_method_check("VM.start"));
}

static void
call_begins_without_parameters(void **state)
{
    struct xenapi_call call = xenapi_call_create("VM.start");
    char *text = show_call(&call);

    assert_string_equal(text, "VM.start[]");
    free(text);
    xenapi_call_destroy(&call);
    assert_null(call.method);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failure_is_its_code_and_then_its_parameters),
        cmocka_unit_test(success_is_its_result),
        cmocka_unit_test(description_of_a_failure_is_taken_over),
        cmocka_unit_test(description_that_is_no_list_of_strings_is_refused_and_left),
        cmocka_unit_test(method_names_are_neither_empty_nor_long),
        cmocka_unit_test(call_begins_without_parameters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
