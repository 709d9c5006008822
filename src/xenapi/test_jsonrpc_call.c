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

/* Asserts what call it is, and what id and version it has: "1:" or "2:" and the id. */
static void
assert_call(const char *text, const char *expected, const char *expected_id)
{
    struct xenapi_jsonrpc_id id;
    struct xenapi_call call;
    OWN_ERROR struct error *error = xenapi_jsonrpc_decode_call(text, strlen(text), &call, &id);

    if (error) {
        fail_msg("\"%s\" was refused: %s", text, error->text);
    }
    char *shown = show_call(&call), *value = show_value(&id.id);
    char *shown_id = xasprintf("%c:%s", id.version == XENAPI_JSONRPC_2 ? '2' : '1', value);
    assert_string_equal(shown, expected);
    assert_string_equal(shown_id, expected_id);
    free(shown);
    free(shown_id);
    free(value);
    xenapi_call_destroy(&call);
    xenapi_jsonrpc_id_destroy(&id);
}

static void
assert_refused(const char *text, size_t n, enum error_code code, const char *part)
{
    char untouched[] = "untouched";
    struct xenapi_call call = { .method = untouched };
    struct xenapi_jsonrpc_id id = { .id = xenapi_int(77) };
    OWN_ERROR struct error *error = xenapi_jsonrpc_decode_call(text, n, &call, &id);

    assert_error(error, code, part, text);
    assert_true(call.method == untouched);
    assert_int_equal(id.id.integer, 77);
}

static void
calls_of_both_versions_are_read(void **state)
{
    assert_call("{\"id\":0,\"jsonrpc\":\"2.0\",\"method\":\"VM.start\",\"params\":[\"OpaqueRef:s\",\"OpaqueRef:v\",false,true]}",
                "VM.start[\"OpaqueRef:s\", \"OpaqueRef:v\", false, true]", "2:0");
    assert_call("{\"method\":\"VM.start\",\"params\":[],\"id\":\"x\"}", "VM.start[]", "1:\"x\"");
    assert_call("{\"method\":\"a\",\"params\":[1,1.5,null,{\"k\":[]}],\"id\":1,\"more\":\"is ignored\"}", "a[1, 1.5, nil, {\"k\": []}]", "1:1");
}

static void
call_without_parameters_needs_none(void **state)
{
    assert_call("{\"method\":\"system.listMethods\",\"id\":0}", "system.listMethods[]", "1:0");
    assert_call("{\"jsonrpc\":\"2.0\",\"method\":\"system.listMethods\",\"id\":0}", "system.listMethods[]", "2:0");
}

static void
ids_are_strings_or_numbers(void **state)
{
    assert_call("{\"method\":\"a\",\"id\":\"\"}", "a[]", "1:\"\"");
    assert_call("{\"method\":\"a\",\"id\":\"0\"}", "a[]", "1:\"0\"");
    assert_call("{\"method\":\"a\",\"id\":-9007199254740993}", "a[]", "1:-9007199254740993");
    assert_call("{\"method\":\"a\",\"id\":1.0}", "a[]", "1:1.0");
}

static void
what_is_no_call_is_refused_with_the_reason(void **state)
{
    static const struct {
        const char *text, *part;
    } wrong[] = {
        { "", "JSON-RPC call: byte 1: the text ends where a value is wanted" },
        { "<?xml version=\"1.0\"?>", "JSON-RPC call: byte 1: a value is wanted, not '<'" },
        { "5", "it is no object" },
        { "[{\"method\":\"a\",\"id\":0}]", "it is an array: batches are not taken" },
        { "{\"method\":\"a\"}", "it has no id: notifications are not taken" },
        { "{\"method\":\"a\",\"id\":null}", "it has no id" },
        { "{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"id\":null}", "it has no id" },
        { "{\"method\":\"a\",\"id\":true}", "its id is neither a string nor a number" },
        { "{\"method\":\"a\",\"id\":[0]}", "its id is neither a string nor a number" },
        { "{\"method\":\"a\",\"id\":{}}", "its id is neither a string nor a number" },
        { "{\"method\":\"a\",\"id\":99999999999999999999}", "does not fit into 64 bits" },
        { "{\"jsonrpc\":\"1.0\",\"method\":\"a\",\"id\":0}", "its version is not known" },
        { "{\"jsonrpc\":2.0,\"method\":\"a\",\"id\":0}", "its version is not known" },
        { "{\"jsonrpc\":null,\"method\":\"a\",\"id\":0}", "its version is not known" },
        { "{\"id\":0}", "it has no `method` that is a string" },
        { "{\"method\":5,\"id\":0}", "it has no `method` that is a string" },
        { "{\"method\":\"\",\"id\":0}", "the method name is empty" },
        { "{\"method\":\"a\",\"params\":{\"vm\":\"x\"},\"id\":0}", "its `params` are no array" },
        { "{\"method\":\"a\",\"params\":null,\"id\":0}", "its `params` are no array" },
        { "{\"method\":\"a\",\"params\":\"x\",\"id\":0}", "its `params` are no array" },
        { "{\"method\":\"a\",\"method\":\"b\",\"id\":0}", "has the member 'method' twice" },
        { "{\"method\":\"\xff\",\"id\":0}", "the text is not UTF-8" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        assert_refused(wrong[i].text, strlen(wrong[i].text), ERROR_INVALID, wrong[i].part);
    }
}

static void
put_repeated(struct ds *out, const char *text, int n)
{
    for (int i = 0; i < n; i++) {
        ds_put_cstr(out, text);
    }
}

/* Asserts that a call with 'n' times 'text' between 'begin' and 'end' is taken, and one with 'n' + 1 times is not. */
static void
assert_limit(const char *begin, const char *text, int n, const char *end, const char *part)
{
    struct ds json = DS_EMPTY_INITIALIZER;
    struct xenapi_jsonrpc_id id;
    struct xenapi_call call;

    ds_put_cstr(&json, begin);
    put_repeated(&json, text, n);
    ds_put_cstr(&json, end);
    assert_null(xenapi_jsonrpc_decode_call(json.string, json.length, &call, &id));
    xenapi_call_destroy(&call);
    xenapi_jsonrpc_id_destroy(&id);
    ds_clear(&json);
    ds_put_cstr(&json, begin);
    put_repeated(&json, text, n + 1);
    ds_put_cstr(&json, end);
    assert_refused(json.string, json.length, ERROR_LIMIT, part);
    ds_destroy(&json);
}

static void
sizes_are_limited(void **state)
{
    static const char begin[] = "{\"method\":\"a\",\"id\":0,\"params\":[\"", end[] = "\"]}";
    struct ds brackets = DS_EMPTY_INITIALIZER;

    assert_limit(begin, "x", LIMIT_XENAPI_CALL_BYTES - strlen(begin) - strlen(end), end, "it has 307201 bytes, more than 307200");
    assert_limit("{\"method\":\"a\",\"id\":0,\"params\":[0", ",0", LIMIT_XENAPI_PARAMS - 1, "]}", "there are more than 64 parameters");
    assert_limit("{\"id\":0,\"method\":\"", "x", LIMIT_XENAPI_METHOD_BYTES, "\"}", "is longer than 255 bytes");
    assert_limit("{\"method\":\"a\",\"id\":\"", "x", LIMIT_XENAPI_ID_BYTES, "\"}", "its id is longer than 255 bytes");
    put_repeated(&brackets, "]", LIMIT_XENAPI_DEPTH);
    ds_put_cstr(&brackets, "]}");
    assert_limit("{\"method\":\"a\",\"id\":0,\"params\":[", "[", LIMIT_XENAPI_DEPTH, ds_cstr(&brackets), "arrays and objects stand more than 66 deep");
    ds_destroy(&brackets);
}

static void
our_calls_are_read_back(void **state)
{
    struct xenapi_jsonrpc_id id = { XENAPI_JSONRPC_2, xenapi_int(7) };
    struct xenapi_call call = xenapi_call_create("event.from");
    struct ds text = DS_EMPTY_INITIALIZER;

    xenapi_set_add(&call.params, xenapi_string("OpaqueRef:s"));
    xenapi_set_add(&call.params, xenapi_set_create());
    xenapi_set_add(&call.params, xenapi_double(60));
    xenapi_jsonrpc_encode_call(&call, &id, &text);
    assert_string_equal(ds_cstr(&text),
                        "{\"jsonrpc\":\"2.0\",\"method\":\"event.from\",\"params\":[\"OpaqueRef:s\",[],60.0],\"id\":7}");
    assert_call(ds_cstr(&text), "event.from[\"OpaqueRef:s\", [], 60.0]", "2:7");
    ds_clear(&text);
    id.version = XENAPI_JSONRPC_1;
    xenapi_jsonrpc_encode_call(&call, &id, &text);
    assert_string_equal(ds_cstr(&text), "{\"method\":\"event.from\",\"params\":[\"OpaqueRef:s\",[],60.0],\"id\":7}");
    ds_destroy(&text);
    xenapi_call_destroy(&call);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_of_both_versions_are_read),
        cmocka_unit_test(call_without_parameters_needs_none),
        cmocka_unit_test(ids_are_strings_or_numbers),
        cmocka_unit_test(what_is_no_call_is_refused_with_the_reason),
        cmocka_unit_test(sizes_are_limited),
        cmocka_unit_test(our_calls_are_read_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
