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
#include "xenapi/test_show.h"
#include "xenapi/xmlrpc.h"

#define RESPONSE(CONTENT) "<?xml version=\"1.0\"?><methodResponse><params><param>" CONTENT "</param></params></methodResponse>"
#define MEMBER(NAME, VALUE) "<member><name>" NAME "</name><value>" VALUE "</value></member>"
#define ENVELOPE(MEMBERS) RESPONSE("<value><struct>" MEMBERS "</struct></value>")

static void
assert_reply(const char *text, const char *expected)
{
    struct xenapi_reply reply;
    OWN_ERROR struct error *error = xenapi_xmlrpc_decode_reply(text, strlen(text), &reply);

    if (error) {
        fail_msg("\"%s\" was refused: %s", text, error->text);
    }
    char *shown = show_reply(&reply);
    assert_string_equal(shown, expected);
    free(shown);
    xenapi_reply_destroy(&reply);
}

static void
assert_refused(const char *text, size_t n, enum error_code code, const char *part)
{
    struct xenapi_reply reply = xenapi_success(xenapi_int(77));
    OWN_ERROR struct error *error = xenapi_xmlrpc_decode_reply(text, n, &reply);

    assert_error(error, code, part, text);
    assert_int_equal(reply.value.integer, 77);
}

/* Writes 'reply', which is destroyed, compares and reads it back. */
static void
assert_written(struct xenapi_reply reply, const char *expected, const char *shown)
{
    struct ds text = DS_EMPTY_INITIALIZER;

    xenapi_xmlrpc_encode_reply(&reply, &text);
    assert_string_equal(ds_cstr(&text), expected);
    assert_reply(ds_cstr(&text), shown);
    ds_destroy(&text);
    xenapi_reply_destroy(&reply);
}

static void
success_is_a_struct_of_status_and_value(void **state)
{
    assert_written(xenapi_success(xenapi_string("OpaqueRef:x")),
                   ENVELOPE(MEMBER("Status", "Success") MEMBER("Value", "OpaqueRef:x")), "success \"OpaqueRef:x\"");
    assert_written(xenapi_success(xenapi_void()), ENVELOPE(MEMBER("Status", "Success") MEMBER("Value", "")), "success \"\"");
    assert_written(xenapi_success(xenapi_int(1500)), ENVELOPE(MEMBER("Status", "Success") MEMBER("Value", "1500")), "success \"1500\"");
    assert_written(xenapi_success(xenapi_count(3)), ENVELOPE(MEMBER("Status", "Success") MEMBER("Value", "<i4>3</i4>")), "success 3");
}

static void
failure_is_a_struct_of_status_and_error_description(void **state)
{
    assert_written(xenapi_failure("SESSION_INVALID", "<x>", NULL),
                   ENVELOPE(MEMBER("Status", "Failure")
                            MEMBER("ErrorDescription", "<array><data><value>SESSION_INVALID</value><value>&lt;x&gt;</value></data></array>")),
                   "failure [\"SESSION_INVALID\", \"<x>\"]");
    assert_written(xenapi_failure("MESSAGE_REMOVED", NULL),
                   ENVELOPE(MEMBER("Status", "Failure")
                            MEMBER("ErrorDescription", "<array><data><value>MESSAGE_REMOVED</value></data></array>")),
                   "failure [\"MESSAGE_REMOVED\"]");
}

static void
list_of_methods_is_bare(void **state)
{
    struct xenapi_value methods = xenapi_set_create();
    struct ds text = DS_EMPTY_INITIALIZER;

    xenapi_set_add(&methods, xenapi_string("VM.start"));
    xenapi_xmlrpc_encode_bare_reply(&methods, &text);
    assert_string_equal(ds_cstr(&text), RESPONSE("<value><array><data><value>VM.start</value></data></array></value>"));
    assert_reply(ds_cstr(&text), "success [\"VM.start\"]");
    ds_destroy(&text);
    xenapi_value_destroy(&methods);
}

static void
replies_of_other_servers_are_read(void **state)
{
    assert_reply("<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value><struct>\n<member>\n<name>Value</name>\n"
                 "<value><array><data>\n<value><string>a</string></value>\n</data></array></value>\n</member>\n<member>\n<name>Status</name>\n"
                 "<value><string>Success</string></value>\n</member>\n</struct></value>\n</param>\n</params>\n</methodResponse>\n",
                 "success [\"a\"]");
    assert_reply(ENVELOPE(MEMBER("Status", "Success") MEMBER("Value", "<nil/>") MEMBER("More", "x")), "success nil");
    assert_reply(RESPONSE("<value/>"), "success \"\"");
}

static void
what_is_no_reply_is_refused(void **state)
{
    static const struct {
        const char *text, *part;
    } wrong[] = {
        { "", "XML-RPC reply: line 1: the XML is malformed" },
        { "<methodCall><methodName>a</methodName></methodCall>", "XML-RPC reply: a <methodCall> is no reply" },
        { "<methodResponse/>", "<methodResponse> holds no value" },
        { "<methodResponse><params/></methodResponse>", "it has 0 values, not one" },
        { "<methodResponse><params><param><value/></param><param><value/></param></params></methodResponse>", "it has 2 values" },
        { "<methodResponse><params/><fault><value/></fault></methodResponse>", "<methodResponse> holds more than one thing" },
        { "<methodResponse><fault/></methodResponse>", "<fault> holds no value" },
        { ENVELOPE(""), "neither Status 'Success'" },
        { ENVELOPE(MEMBER("Status", "Success")), "neither Status 'Success'" },
        { ENVELOPE(MEMBER("Status", "success") MEMBER("Value", "")), "neither Status 'Success'" },
        { ENVELOPE(MEMBER("Status", "Failure") MEMBER("Value", "")), "neither Status 'Success'" },
        { ENVELOPE(MEMBER("Status", "<int>1</int>") MEMBER("Value", "")), "neither Status 'Success'" },
        { ENVELOPE(MEMBER("Value", "")), "neither Status 'Success'" },
        { ENVELOPE(MEMBER("Status", "Failure") MEMBER("ErrorDescription", "HANDLE_INVALID")), "something else than a code" },
        { ENVELOPE(MEMBER("Status", "Failure") MEMBER("ErrorDescription", "<array/>")), "something else than a code" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        assert_refused(wrong[i].text, strlen(wrong[i].text), ERROR_INVALID, wrong[i].part);
    }
}

static void
fault_is_an_error_with_its_text(void **state)
{
    static const char fault[] = "<methodResponse><fault><value><struct>" MEMBER("faultCode", "<int>1</int>")
        MEMBER("faultString", "no such method\n") "</struct></value></fault></methodResponse>";
    static const char other[] = "<methodResponse><fault><value>text</value></fault></methodResponse>";

    assert_refused(fault, strlen(fault), ERROR_REFUSED, "the server answered with the fault 'no such method\\x0a'");
    assert_refused(other, strlen(other), ERROR_REFUSED, "the server answered with the fault ''");
}

/* A set 'depth' deep. */
static struct xenapi_value
deep_value(int depth)
{
    struct xenapi_value value = xenapi_set_create();

    for (int i = 1; i < depth; i++) {
        struct xenapi_value outer = xenapi_set_create();

        xenapi_set_add(&outer, value);
        value = outer;
    }
    return value;
}

/* Asserts that a reply of a result so deep is taken, or refused; the envelope does not count. */
static void
assert_depth(int depth, bool is_bare, bool is_taken)
{
    struct xenapi_reply reply = xenapi_success(deep_value(depth));
    struct ds text = DS_EMPTY_INITIALIZER;

    if (is_bare) {
        xenapi_xmlrpc_encode_bare_reply(&reply.value, &text);
    } else {
        xenapi_xmlrpc_encode_reply(&reply, &text);
    }
    xenapi_reply_destroy(&reply);
    if (is_taken) {
        assert_null(xenapi_xmlrpc_decode_reply(text.string, text.length, &reply));
        assert_int_equal(xenapi_value_depth(&reply.value), depth);
        xenapi_reply_destroy(&reply);
    } else {
        assert_refused(text.string, text.length, ERROR_LIMIT, "deep within each other");
    }
    ds_destroy(&text);
}

static void
depth_of_a_result_is_limited_in_an_envelope_and_without(void **state)
{
    assert_depth(LIMIT_XENAPI_DEPTH, false, true);
    assert_depth(LIMIT_XENAPI_DEPTH + 1, false, false);
    assert_depth(LIMIT_XENAPI_DEPTH, true, true);
    assert_depth(LIMIT_XENAPI_DEPTH + 1, true, false);
    assert_depth(LIMIT_XENAPI_DEPTH + 2, true, false);
}

static void
reply_may_be_larger_than_a_call_but_not_without_limit(void **state)
{
    static const char begin[] = "<methodResponse><params><param><value>";
    static const char end[] = "</value></param></params></methodResponse>";
    struct ds text = DS_EMPTY_INITIALIZER;
    struct xenapi_reply reply;

    ds_put_cstr(&text, begin);
    memset(ds_put_uninit(&text, LIMIT_XENAPI_REPLY_BYTES - strlen(begin) - strlen(end)), 'x',
           LIMIT_XENAPI_REPLY_BYTES - strlen(begin) - strlen(end));
    ds_put_cstr(&text, end);
    assert_null(xenapi_xmlrpc_decode_reply(text.string, text.length, &reply));
    xenapi_reply_destroy(&reply);
    ds_put_char(&text, '\n');
    assert_refused(text.string, text.length, ERROR_LIMIT, "it has 67108865 bytes, more than 67108864");
    ds_destroy(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(success_is_a_struct_of_status_and_value),
        cmocka_unit_test(failure_is_a_struct_of_status_and_error_description),
        cmocka_unit_test(list_of_methods_is_bare),
        cmocka_unit_test(replies_of_other_servers_are_read),
        cmocka_unit_test(what_is_no_reply_is_refused),
        cmocka_unit_test(fault_is_an_error_with_its_text),
        cmocka_unit_test(depth_of_a_result_is_limited_in_an_envelope_and_without),
        cmocka_unit_test(reply_may_be_larger_than_a_call_but_not_without_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
