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
#include "base/limits.h"
#include "base/test_error.h"
#include "xenapi/call.h"
#include "xenapi/jsonrpc.h"
#include "xenapi/test_show.h"

/* Asserts what reply it is, and its version and id: "1:" or "2:" and the id. */
static void
assert_reply(const char *text, const char *expected, const char *expected_id)
{
    struct xenapi_jsonrpc_id id;
    struct xenapi_reply reply;
    OWN_ERROR struct error *error = xenapi_jsonrpc_decode_reply(text, strlen(text), &reply, &id);

    if (error) {
        fail_msg("\"%s\" was refused: %s", text, error->text);
    }
    char *shown = show_reply(&reply), *value = show_value(&id.id);
    char *shown_id = xasprintf("%c:%s", id.version == XENAPI_JSONRPC_2 ? '2' : '1', value);
    assert_string_equal(shown, expected);
    assert_string_equal(shown_id, expected_id);
    free(shown);
    free(shown_id);
    free(value);
    xenapi_reply_destroy(&reply);
    xenapi_jsonrpc_id_destroy(&id);
}

static void
assert_refused(const char *text, size_t n, enum error_code code, const char *part)
{
    struct xenapi_reply reply = xenapi_success(xenapi_int(77));
    struct xenapi_jsonrpc_id id = { .id = xenapi_int(78) };
    OWN_ERROR struct error *error = xenapi_jsonrpc_decode_reply(text, n, &reply, &id);

    assert_error(error, code, part, text);
    assert_int_equal(reply.value.integer, 77);
    assert_int_equal(id.id.integer, 78);
}

/* Writes 'reply', compares, and destroys it. */
static void
assert_written(struct xenapi_reply reply, enum xenapi_jsonrpc_version version, struct xenapi_value id_value, const char *expected)
{
    struct xenapi_jsonrpc_id id = { version, id_value };
    struct ds text = DS_EMPTY_INITIALIZER;

    xenapi_jsonrpc_encode_reply(&reply, &id, &text);
    assert_string_equal(ds_cstr(&text), expected);
    ds_destroy(&text);
    xenapi_reply_destroy(&reply);
    xenapi_jsonrpc_id_destroy(&id);
}

static void
success_has_an_error_of_null_in_version_1_and_none_in_version_2(void **state)
{
    assert_written(xenapi_success(xenapi_int(0)), XENAPI_JSONRPC_1, xenapi_int(0), "{\"result\":0,\"error\":null,\"id\":0}");
    assert_written(xenapi_success(xenapi_int(0)), XENAPI_JSONRPC_2, xenapi_int(0), "{\"jsonrpc\":\"2.0\",\"result\":0,\"id\":0}");
    assert_written(xenapi_success(xenapi_void()), XENAPI_JSONRPC_2, xenapi_int(0), "{\"jsonrpc\":\"2.0\",\"result\":\"\",\"id\":0}");
}

static void
failure_is_a_list_in_version_1_and_an_object_in_version_2(void **state)
{
    assert_written(xenapi_failure("VM_BAD_POWER_STATE", "x", "running", "halted", NULL), XENAPI_JSONRPC_1, xenapi_int(1),
                   "{\"result\":null,\"error\":[\"VM_BAD_POWER_STATE\",\"x\",\"running\",\"halted\"],\"id\":1}");
    assert_written(xenapi_failure("VM_BAD_POWER_STATE", "x", "running", "halted", NULL), XENAPI_JSONRPC_2, xenapi_int(1),
                   "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":1,\"message\":\"VM_BAD_POWER_STATE\",\"data\":[\"x\",\"running\",\"halted\"]},\"id\":1}");
    assert_written(xenapi_failure("MESSAGE_REMOVED", NULL), XENAPI_JSONRPC_1, xenapi_int(1),
                   "{\"result\":null,\"error\":[\"MESSAGE_REMOVED\"],\"id\":1}");
    assert_written(xenapi_failure("MESSAGE_REMOVED", NULL), XENAPI_JSONRPC_2, xenapi_int(1),
                   "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":1,\"message\":\"MESSAGE_REMOVED\",\"data\":[]},\"id\":1}");
}

static void
reply_has_the_id_of_its_call_with_its_type(void **state)
{
    assert_written(xenapi_success(xenapi_void()), XENAPI_JSONRPC_2, xenapi_string("0\""), "{\"jsonrpc\":\"2.0\",\"result\":\"\",\"id\":\"0\\\"\"}");
    assert_written(xenapi_success(xenapi_void()), XENAPI_JSONRPC_2, xenapi_int(-5), "{\"jsonrpc\":\"2.0\",\"result\":\"\",\"id\":-5}");
    assert_written(xenapi_success(xenapi_void()), XENAPI_JSONRPC_2, xenapi_double(1.5), "{\"jsonrpc\":\"2.0\",\"result\":\"\",\"id\":1.5}");
}

static void
replies_of_both_versions_are_read(void **state)
{
    assert_reply("{\"result\":[1,\"a\"],\"error\":null,\"id\":0}", "success [1, \"a\"]", "1:0");
    assert_reply("{\"jsonrpc\":\"2.0\",\"result\":{},\"id\":\"x\"}", "success {}", "2:\"x\"");
    assert_reply("{\"jsonrpc\":\"2.0\",\"result\":null,\"id\":1}", "success nil", "2:1");
    assert_reply("{\"result\":null,\"error\":[\"SESSION_INVALID\",\"x\"],\"id\":0}", "failure [\"SESSION_INVALID\", \"x\"]", "1:0");
    assert_reply("{\"jsonrpc\":\"2.0\",\"error\":{\"code\":1,\"message\":\"SESSION_INVALID\",\"data\":[\"x\"]},\"id\":0}",
                 "failure [\"SESSION_INVALID\", \"x\"]", "2:0");
}

static void
failures_of_a_server_that_could_not_read_the_call_are_read(void **state)
{
    assert_reply("{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32700,\"message\":\"Parse error\"},\"id\":null}", "failure [\"Parse error\"]", "2:nil");
    assert_reply("{\"error\":[\"INTERNAL_ERROR\"]}", "failure [\"INTERNAL_ERROR\"]", "1:nil");
}

static void
what_is_no_reply_is_refused(void **state)
{
    static const struct {
        const char *text, *part;
    } wrong[] = {
        { "", "JSON-RPC reply: byte 1: the text ends where a value is wanted" },
        { "[]", "it is an array" },
        { "{\"result\":1}", "it has no id" },
        { "{\"result\":1,\"id\":null}", "it has no id" },
        { "{\"result\":1,\"id\":false}", "its id is neither a string nor a number" },
        { "{\"id\":0}", "it has neither a `result` nor an `error`" },
        { "{\"jsonrpc\":\"2.1\",\"result\":1,\"id\":0}", "its version is not known" },
        { "{\"error\":\"HANDLE_INVALID\",\"id\":0}", "something else than a code" },
        { "{\"error\":[],\"id\":0}", "something else than a code" },
        { "{\"error\":{\"code\":1,\"message\":\"A\",\"data\":[]},\"id\":0}", "something else than a code" },
        { "{\"jsonrpc\":\"2.0\",\"error\":[\"A\"],\"id\":0}", "its `error` is no object" },
        { "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":1,\"data\":[]},\"id\":0}", "something else than a code" },
        { "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":1,\"message\":\"A\",\"data\":[5]},\"id\":0}", "something else than a code" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        assert_refused(wrong[i].text, strlen(wrong[i].text), ERROR_INVALID, wrong[i].part);
    }
}

static void
depth_of_a_result_is_limited(void **state)
{
    for (int depth = LIMIT_XENAPI_DEPTH; depth <= LIMIT_XENAPI_DEPTH + 1; depth++) {
        struct ds text = DS_EMPTY_INITIALIZER;
        struct xenapi_jsonrpc_id id;
        struct xenapi_reply reply;

        ds_put_cstr(&text, "{\"id\":0,\"result\":");
        ds_put_char_multiple(&text, '[', depth);
        ds_put_char_multiple(&text, ']', depth);
        ds_put_char(&text, '}');
        if (depth > LIMIT_XENAPI_DEPTH) {
            assert_refused(text.string, text.length, ERROR_LIMIT, "deep within each other");
        } else {
            assert_null(xenapi_jsonrpc_decode_reply(text.string, text.length, &reply, &id));
            xenapi_reply_destroy(&reply);
            xenapi_jsonrpc_id_destroy(&id);
        }
        ds_destroy(&text);
    }
}

static void
reply_may_be_larger_than_a_call_but_not_without_limit(void **state)
{
    static const char begin[] = "{\"result\":\"", end[] = "\",\"id\":0}";
    const size_t n = LIMIT_XENAPI_REPLY_BYTES - strlen(begin) - strlen(end);
    struct ds text = DS_EMPTY_INITIALIZER;
    struct xenapi_jsonrpc_id id;
    struct xenapi_reply reply;

    ds_put_cstr(&text, begin);
    memset(ds_put_uninit(&text, n), 'x', n);
    ds_put_cstr(&text, end);
    assert_null(xenapi_jsonrpc_decode_reply(text.string, text.length, &reply, &id));
    xenapi_reply_destroy(&reply);
    xenapi_jsonrpc_id_destroy(&id);
    ds_put_char(&text, ' ');
    assert_refused(text.string, text.length, ERROR_LIMIT, "it has 67108865 bytes, more than 67108864");
    ds_destroy(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(success_has_an_error_of_null_in_version_1_and_none_in_version_2),
        cmocka_unit_test(failure_is_a_list_in_version_1_and_an_object_in_version_2),
        cmocka_unit_test(reply_has_the_id_of_its_call_with_its_type),
        cmocka_unit_test(replies_of_both_versions_are_read),
        cmocka_unit_test(failures_of_a_server_that_could_not_read_the_call_are_read),
        cmocka_unit_test(what_is_no_reply_is_refused),
        cmocka_unit_test(depth_of_a_result_is_limited),
        cmocka_unit_test(reply_may_be_larger_than_a_call_but_not_without_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
