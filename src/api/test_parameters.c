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

#include "api/parameters.h"
#include "verbs/verb.h"
#include "xenapi/jsonrpc.h"
#include "xenapi/test_show.h"

#define REF "OpaqueRef:00000000-0000-0000-0000-000000000001"

/* What 'json', an array, is as a value: the parameters of a call. */
static struct xenapi_value
value_of(const char *json)
{
    char *text = xasprintf("{\"id\":1,\"method\":\"m\",\"params\":%s}", json);
    struct xenapi_jsonrpc_id id;
    struct xenapi_call call;

    assert_null(xenapi_jsonrpc_decode_call(text, strlen(text), &call, &id));
    struct xenapi_value params = xenapi_value_clone(&call.params);
    xenapi_call_destroy(&call);
    xenapi_jsonrpc_id_destroy(&id);
    free(text);
    return params;
}

static void
assert_read(const char *method, const char *json, const char *expected)
{
    struct xenapi_value given = value_of(json), params;
    struct xenapi_reply failure;

    if (!parameters_read(verb_find(method), &given, 1, &params, &failure)) {
        fail_msg("%s%s: %s", method, json, show_reply(&failure));
    }
    char *shown = show_value(&params);
    assert_string_equal(shown, expected);
    free(shown);
    xenapi_value_destroy(&params);
    xenapi_value_destroy(&given);
}

static void
assert_refused(const char *method, const char *json, const char *expected)
{
    struct xenapi_value given = value_of(json), params;
    struct xenapi_reply failure;

    assert_false(parameters_read(verb_find(method), &given, 1, &params, &failure));
    char *shown = show_reply(&failure);
    assert_string_equal(shown, expected);
    free(shown);
    xenapi_reply_destroy(&failure);
    xenapi_value_destroy(&given);
}

static void
parameters_follow_the_session(void **state)
{
    assert_read("VM.start", "[\"session\", \"" REF "\", false, true]", "[\"" REF "\", false, true]");
}

static void
ints_come_as_text_too(void **state)
{
    assert_read("VM.set_VCPUs_max", "[0, \"" REF "\", \"4\"]", "[\"" REF "\", 4]");
    assert_read("VM.set_VCPUs_max", "[0, \"" REF "\", 4]", "[\"" REF "\", 4]");
    assert_refused("VM.set_VCPUs_max", "[0, \"" REF "\", \"four\"]", "failure [\"INVALID_VALUE\", \"value\", \"four\"]");
}

static void
booleans_are_not_text(void **state)
{
    assert_read("VM.start", "[0, \"" REF "\", 1, 0]", "[\"" REF "\", true, false]");
    assert_refused("VM.start", "[0, \"" REF "\", \"true\", 0]", "failure [\"INVALID_VALUE\", \"start_paused\", \"true\"]");
    assert_refused("VM.start", "[0, \"" REF "\", 2, 0]", "failure [\"INVALID_VALUE\", \"start_paused\", \"2\"]");
}

static void
enums_are_taken_in_any_case_and_spelled_as_the_table_does(void **state)
{
    assert_read("VIF.set_locking_mode", "[0, \"" REF "\", \"LOCKED\"]", "[\"" REF "\", \"locked\"]");
    assert_refused("VIF.set_locking_mode", "[0, \"" REF "\", \"open\"]", "failure [\"INVALID_VALUE\", \"value\", \"open\"]");
}

static void
what_is_left_out_or_null_is_what_the_table_says(void **state)
{
    assert_read("SDN_controller.introduce", "[0]", "[\"ssl\", \"\", 0]");
    assert_read("SDN_controller.introduce", "[0, \"pssl\"]", "[\"pssl\", \"\", 0]");
    assert_read("SDN_controller.introduce", "[0, null, \"10.0.0.1\", \"6632\"]", "[\"ssl\", \"10.0.0.1\", 6632]");
    assert_refused("VM.start", "[0, null, false, false]", "failure [\"INVALID_VALUE\", \"vm\", \"null\"]");
}

static void
sets_and_maps_of_strings_hold_strings(void **state)
{
    assert_read("VIF.set_ipv4_allowed", "[0, \"" REF "\", [\"10.0.0.1\", 7]]", "[\"" REF "\", [\"10.0.0.1\", \"7\"]]");
    assert_read("host.call_plugin", "[0, \"" REF "\", \"p\", \"f\", {\"a\": true, \"b\": 1.5}]",
                "[\"" REF "\", \"p\", \"f\", {\"a\": \"true\", \"b\": \"1.5\"}]");
    assert_refused("VIF.set_ipv4_allowed", "[0, \"" REF "\", \"10.0.0.1\"]", "failure [\"INVALID_VALUE\", \"value\", \"10.0.0.1\"]");
    assert_refused("host.call_plugin", "[0, \"" REF "\", \"p\", \"f\", {\"a\": []}]", "failure [\"INVALID_VALUE\", \"args\", \"a map\"]");
}

static void
a_constructor_takes_a_record(void **state)
{
    assert_read("network.create", "[0, {\"name_label\": \"n\", \"MTU\": null}]", "[{\"MTU\": nil, \"name_label\": \"n\"}]");
    assert_refused("network.create", "[0, \"n\"]", "failure [\"INVALID_VALUE\", \"args\", \"n\"]");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_follow_the_session),
        cmocka_unit_test(ints_come_as_text_too),
        cmocka_unit_test(booleans_are_not_text),
        cmocka_unit_test(enums_are_taken_in_any_case_and_spelled_as_the_table_does),
        cmocka_unit_test(what_is_left_out_or_null_is_what_the_table_says),
        cmocka_unit_test(sets_and_maps_of_strings_hold_strings),
        cmocka_unit_test(a_constructor_takes_a_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
