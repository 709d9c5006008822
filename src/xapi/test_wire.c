/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "base/error.h"
#include "xapi/wire.h"
#include "xenapi/call.h"
#include "xenapi/map.h"

static void
a_call_is_encoded(void **state)
{
    static const char *const texts[] = {
        [XAPI_JSON] = "{\"jsonrpc\":\"2.0\",\"method\":\"VM.start\",\"params\":[\"x\"],\"id\":0}",
        [XAPI_XML] = "<methodCall><methodName>VM.start</methodName><params><param><value>x</value></param></params></methodCall>",
    };
    struct xenapi_call call = xenapi_call_create("VM.start");

    xenapi_set_add(&call.params, xenapi_string("x"));
    for (enum xapi_wire wire = XAPI_JSON; wire <= XAPI_XML; wire++) {
        struct ds text = DS_EMPTY_INITIALIZER;

        xapi_wire_encode(wire, &call, &text);
        assert_non_null(strstr(ds_cstr(&text), texts[wire]));
        ds_destroy(&text);
    }
    xenapi_call_destroy(&call);
}

static void
replies_are_decoded(void **state)
{
    static const struct {
        enum xapi_wire wire;
        const char *text;
        bool is_failure;
    } replies[] = {
        { XAPI_JSON, "{\"jsonrpc\":\"2.0\",\"result\":\"x\",\"id\":0}", false },
        { XAPI_JSON, "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":1,\"message\":\"X\",\"data\":[\"a\",\"b\"]},\"id\":0}", true },
        { XAPI_XML, "<methodResponse><params><param><value><struct><member><name>Status</name><value>Success</value></member><member>"
            "<name>Value</name><value>x</value></member></struct></value></param></params></methodResponse>", false },
    };

    for (size_t i = 0; i < ARRAY_SIZE(replies); i++) {
        struct xenapi_reply reply;

        assert_null(xapi_wire_decode(replies[i].wire, replies[i].text, strlen(replies[i].text), &reply));
        assert_int_equal(reply.is_failure, replies[i].is_failure);
        if (!reply.is_failure) {
            assert_string_equal(reply.value.string, "x");
        }
        xenapi_reply_destroy(&reply);
        struct error *error = xapi_wire_decode(!replies[i].wire, replies[i].text, strlen(replies[i].text), &reply);
        assert_non_null(error);
        error_free(error);
    }
}

static void
values_inside_a_reply_are_decoded(void **state)
{
    static const char *const texts[] = {
        [XAPI_JSON] = "{\"a\":\"b\"}",
        [XAPI_XML] = "<value><struct><member><name>a</name><value>b</value></member></struct></value>",
    };

    for (enum xapi_wire wire = XAPI_JSON; wire <= XAPI_XML; wire++) {
        struct xenapi_value value;

        assert_null(xapi_wire_decode_value(wire, texts[wire], strlen(texts[wire]), &value));
        assert_int_equal(value.type, XENAPI_MAP);
        assert_string_equal(xenapi_map_get(&value, "a")->string, "b");
        xenapi_value_destroy(&value);
    }
}

static void
what_is_no_value_is_refused(void **state)
{
    static const struct {
        enum xapi_wire wire;
        const char *text;
    } texts[] = {
        { XAPI_JSON, "" }, { XAPI_JSON, "{" }, { XAPI_JSON, "{} {}" },
        { XAPI_XML, "" }, { XAPI_XML, "<value/><value/>" }, { XAPI_XML, "<value>" },
        { XAPI_XML, "</data></array></value><value><array><data>" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        struct xenapi_value value;
        struct error *error = xapi_wire_decode_value(texts[i].wire, texts[i].text, strlen(texts[i].text), &value);

        assert_non_null(error);
        error_free(error);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_is_encoded),
        cmocka_unit_test(replies_are_decoded),
        cmocka_unit_test(values_inside_a_reply_are_decoded),
        cmocka_unit_test(what_is_no_value_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
