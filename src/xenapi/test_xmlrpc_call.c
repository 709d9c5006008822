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
#include "xenapi/map.h"
#include "xenapi/test_show.h"
#include "xenapi/xmlrpc.h"

#define PARAM(CONTENT) "<methodCall><methodName>m</methodName><params><param>" CONTENT "</param></params></methodCall>"

static void
assert_call(const char *text, const char *expected)
{
    struct xenapi_call call;
    OWN_ERROR struct error *error = xenapi_xmlrpc_decode_call(text, strlen(text), &call);

    if (error) {
        fail_msg("\"%s\" was refused: %s", text, error->text);
    }
    char *shown = show_call(&call);
    assert_string_equal(shown, expected);
    free(shown);
    xenapi_call_destroy(&call);
}

/* Asserts that the call is refused with a message that holds 'part', and that nothing was written. */
static void
assert_refused(const char *text, size_t n, enum error_code code, const char *part)
{
    char untouched[] = "untouched";
    struct xenapi_call call = { .method = untouched };
    OWN_ERROR struct error *error = xenapi_xmlrpc_decode_call(text, n, &call);

    assert_error(error, code, part, text);
    assert_true(call.method == untouched);
}

static void
scalars_are_read_in_each_form(void **state)
{
    static const struct {
        const char *value, *shown;
    } scalars[] = {
        { "<value>text</value>", "m[\"text\"]" },
        { "<value><string>text</string></value>", "m[\"text\"]" },
        { "<value></value>", "m[\"\"]" },
        { "<value/>", "m[\"\"]" },
        { "<value><string/></value>", "m[\"\"]" },
        { "<value>  </value>", "m[\"  \"]" },
        { "<value> a b </value>", "m[\" a b \"]" },
        { "<value>\n<string> a\n</string> </value>", "m[\" a\\0a\"]" },
        { "<value>a &amp; b &lt;&gt;&quot;&apos; &#252;&#x20ac;</value>", "m[\"a & b <>\"' \xc3\xbc\xe2\x82\xac\"]" },
        { "<value>a<![CDATA[<b>&amp;]]>c</value>", "m[\"a<b>&amp;c\"]" },
        { "<value>a<!-- not said -->b</value>", "m[\"ab\"]" },
        { "<value>carriage&#13;\r\nreturn</value>", "m[\"carriage\\0d\\0areturn\"]" },
        { "<value><i4>5</i4></value>", "m[5]" },
        { "<value><int>-5</int></value>", "m[-5]" },
        { "<value><i8>9223372036854775807</i8></value>", "m[9223372036854775807]" },
        { "<value><i4>4294967296</i4></value>", "m[4294967296]" },
        { "<value><int>\n 5\t</int></value>", "m[5]" },
        { "<value>5</value>", "m[\"5\"]" },
        { "<value><double>60.1</double></value>", "m[60.1]" },
        { "<value><double>5</double></value>", "m[5.0]" },
        { "<value><double>1e+21</double></value>", "m[1.0e+21]" },
        { "<value><boolean>1</boolean></value>", "m[true]" },
        { "<value><boolean> 0 </boolean></value>", "m[false]" },
        { "<value><dateTime.iso8601>20260821T16:34:00Z</dateTime.iso8601></value>", "m[datetime(20260821T16:34:00Z)]" },
        { "<value><dateTime.iso8601>2026-08-21T16:34:00.000Z</dateTime.iso8601></value>", "m[datetime(20260821T16:34:00Z)]" },
        { "<value><base64>\nAP8=\n</base64></value>", "m[bytes(00ff)]" },
        { "<value><base64/></value>", "m[bytes()]" },
        { "<value><nil/></value>", "m[nil]" },
        { "<value><nil></nil></value>", "m[nil]" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(scalars); i++) {
        char *text = xasprintf(PARAM("%s"), scalars[i].value);

        assert_call(text, scalars[i].shown);
        free(text);
    }
}

static void
arrays_and_structs_are_read_with_and_without_white_space(void **state)
{
    assert_call(PARAM("<value><array><data></data></array></value>"), "m[[]]");
    assert_call(PARAM("<value><array><data/></array></value>"), "m[[]]");
    assert_call(PARAM("<value><array/></value>"), "m[[]]");
    assert_call(PARAM("<value><struct/></value>"), "m[{}]");
    assert_call(PARAM("<value><array><data><value>a</value><value><int>1</int></value></data></array></value>"), "m[[\"a\", 1]]");
    assert_call(PARAM("\n<value> <array>\n <data> <value>a</value>\n<value/> </data>\t</array>\r\n</value> "), "m[[\"a\", \"\"]]");
    assert_call(PARAM("<value><struct><member><name>b</name><value>2</value></member>"
                      "<member><value><nil/></value><name>a</name></member></struct></value>"), "m[{\"a\": nil, \"b\": \"2\"}]");
    assert_call(PARAM("<value><struct>\n<member>\n<name>b</name>\n<value><array><data>\n<value><struct>\n</struct></value>\n"
                      "</data></array></value>\n</member>\n</struct></value>"), "m[{\"b\": [{}]}]");
    assert_call(PARAM("<value><struct><member><name/><value/></member><member><name> </name><value/></member></struct></value>"),
                "m[{\"\": \"\", \" \": \"\"}]");
}

static void
calls_are_read_with_any_prologue(void **state)
{
    assert_call("<methodCall><methodName>system.listMethods</methodName></methodCall>", "system.listMethods[]");
    assert_call("<methodCall><methodName>system.listMethods</methodName><params/></methodCall>", "system.listMethods[]");
    assert_call("<?xml version='1.0'?>\n<methodCall>\n<methodName>a</methodName>\n<params>\n</params>\n</methodCall>\n", "a[]");
    assert_call("<?xml version=\"1.0\" encoding=\"UTF-8\"?><methodCall><methodName>a</methodName></methodCall>", "a[]");
    assert_call("<?xml version='1.0' encoding='iso-8859-1'?><methodCall><methodName>a</methodName><params><param><value>\xfc</value>"
                "</param></params></methodCall>", "a[\"\xc3\xbc\"]");
    assert_call("\xef\xbb\xbf<methodCall xmlns:ex='http://example.org/'><params><param><value>1</value></param>"
                "<param><value>2</value></param></params><methodName>a</methodName></methodCall>", "a[\"1\", \"2\"]");
    assert_call("<!-- hello --><?hello?><methodCall><methodName>a</methodName></methodCall><!-- end -->", "a[]");
}

static void
what_is_no_call_is_refused_with_the_line_and_the_reason(void **state)
{
    static const struct {
        const char *text, *part;
    } wrong[] = {
        { "", "XML-RPC call: line 1: the XML is malformed: no element found" },
        { "hello", "line 1: the XML is malformed" },
        { "<methodCall>", "the XML is malformed" },
        { "\n\n<methodCall></methodCal>", "line 3: the XML is malformed: mismatched tag" },
        { "<methodCall><methodName>a</methodName></methodCall><methodCall/>", "the XML is malformed: junk after document element" },
        { "\n<html><body>404</body></html>", "line 2: XML-RPC has no element 'html'" },
        { "<methodCall/>", "<methodCall> holds no <methodName>" },
        { "<methodCall><methodName/></methodCall>", "the method name is empty" },
        { "<methodCall><methodName>a</methodName><methodName>b</methodName></methodCall>", "<methodCall> holds more than one name" },
        { "<methodCall><methodName>a</methodName><params/><params/></methodCall>", "<methodCall> holds more than one thing" },
        { "<methodCall>hello<methodName>a</methodName></methodCall>", "text 'hello' stands beside the elements of <methodCall>" },
        { "<methodCall><methodName>a</methodName>hello</methodCall>", "text 'hello' stands beside the elements of <methodCall>" },
        { "<methodCall><params><param/></params></methodCall>", "<param> holds no value" },
        { "<methodCall><params><param><value/><value/></param></params></methodCall>", "<param> holds more than one thing" },
        { "<methodCall><params><value/></params></methodCall>", "<value> has no place in <params>" },
        { "<methodCall><fault/></methodCall>", "<fault> has no place in <methodCall>" },
        { "<value/>", "<value> has no place in <message>" },
        { "<methodResponse><params/></methodResponse>", "a <methodResponse> is no call" },
        { PARAM("<value>a<string>b</string></value>"), "text 'a' stands beside the elements of <value>" },
        { PARAM("<value><string>b</string>a</value>"), "text 'a' stands beside the elements of <value>" },
        { PARAM("<value><int>1</int><int>2</int></value>"), "<value> holds more than one thing" },
        { PARAM("<value><string><int>1</int></string></value>"), "<int> has no place in <string>" },
        { PARAM("<value><String>a</String></value>"), "XML-RPC has no element 'String'" },
        { PARAM("<value><a:nil xmlns:a='b'/></value>"), "XML-RPC has no element 'a:nil'" },
        { PARAM("<value><i4>1.5</i4></value>"), "<i4> holds '1.5', but must hold a whole number" },
        { PARAM("<value><int/></value>"), "<int> holds ''" },
        { PARAM("<value><int>9223372036854775808</int></value>"), "<int> holds '9223372036854775808'" },
        { PARAM("<value><double>nan</double></value>"), "<double> holds 'nan', but must hold a decimal number" },
        { PARAM("<value><double>1e999</double></value>"), "<double> holds '1e999'" },
        { PARAM("<value><boolean>true</boolean></value>"), "<boolean> holds 'true', but must hold 0 or 1" },
        { PARAM("<value><boolean>2</boolean></value>"), "<boolean> holds '2'" },
        { PARAM("<value><dateTime.iso8601>today</dateTime.iso8601></value>"), "<dateTime.iso8601> holds 'today'" },
        { PARAM("<value><base64>AP8</base64></value>"), "<base64> holds 'AP8'" },
        { PARAM("<value><nil>0</nil></value>"), "<nil> holds '0', but must hold nothing" },
        { PARAM("<value><array><data/><data/></array></value>"), "<array> holds more than one thing" },
        { PARAM("<value><array><value/></array></value>"), "<value> has no place in <array>" },
        { PARAM("<value><array><data>a</data></array></value>"), "text 'a' stands beside the elements of <data>" },
        { PARAM("<value><struct><member><name>a</name></member></struct></value>"), "<member> must hold a <name> and a <value>" },
        { PARAM("<value><struct><member><value>a</value></member></struct></value>"), "<member> must hold a <name> and a <value>" },
        { PARAM("<value><struct><member><name>a</name><name>b</name></member></struct></value>"), "<member> holds more than one name" },
        { PARAM("<value><struct><member><name>a</name><value/><value/></member></struct></value>"), "<member> holds more than one thing" },
        { PARAM("<value><struct><name>a</name></struct></value>"), "<name> has no place in <struct>" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        assert_refused(wrong[i].text, strlen(wrong[i].text), ERROR_INVALID, wrong[i].part);
    }
}

static void
member_that_stands_twice_is_refused(void **state)
{
    static const char text[] = PARAM("<value><struct><member><name>MAC</name><value>1</value></member>"
                                     "<member><name>mtu</name><value/></member><member><name>MAC</name><value>2</value></member>"
                                     "</struct></value>");

    assert_refused(text, strlen(text), ERROR_INVALID, "line 1: <struct> has the member 'MAC' twice");
}

static void
characters_that_are_none_are_refused(void **state)
{
    static const char *const wrong[] = {
        PARAM("<value>\xff</value>"), PARAM("<value>\xc3</value>"), PARAM("<value>\xed\xa0\x80</value>"), PARAM("<value>\xc0\x80</value>"),
        PARAM("<value>\xf5\x80\x80\x80</value>"), PARAM("<value>\x07</value>"), PARAM("<value>&#7;</value>"), PARAM("<value>&#0;</value>"),
        PARAM("<value>&#xd800;</value>"), PARAM("<value>&#x110000;</value>"), PARAM("<value>\xef\xbf\xbf</value>"),
        "<?xml version='1.0' encoding='klingon'?>" PARAM("<value/>"),
    };
    static const char null[] = "<methodCall><methodName>a\0b</methodName></methodCall>";

    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        assert_refused(wrong[i], strlen(wrong[i]), ERROR_INVALID, "the XML is malformed");
    }
    assert_refused(null, sizeof null - 1, ERROR_INVALID, "the XML is malformed");
}

static void
document_types_and_entities_are_refused(void **state)
{
    static const char *const types[] = {
        "<!DOCTYPE methodCall>" PARAM("<value/>"),
        "<!DOCTYPE methodCall SYSTEM 'file:///etc/passwd'>" PARAM("<value/>"),
        "<!DOCTYPE a [<!ENTITY b 'c'>]>" PARAM("<value>&b;</value>"),
        "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>" PARAM("<value>&b;</value>"),
        "<!DOCTYPE a [<!ENTITY x 'ha'><!ENTITY y '&x;&x;&x;&x;&x;&x;&x;&x;'><!ENTITY z '&y;&y;&y;&y;&y;&y;&y;&y;'>]>" PARAM("<value>&z;</value>"),
        "<!DOCTYPE a [<!ENTITY % b SYSTEM 'http://127.0.0.1/'> %b;]>" PARAM("<value/>"),
    };
    static const char undefined[] = PARAM("<value>&uuml;</value>");

    for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
        assert_refused(types[i], strlen(types[i]), ERROR_INVALID, "line 1: a document type is declared");
    }
    assert_refused(undefined, strlen(undefined), ERROR_INVALID, "undefined entity");
}

static void
put_repeated(struct ds *out, const char *text, int n)
{
    for (int i = 0; i < n; i++) {
        ds_put_cstr(out, text);
    }
}

/* A call with arrays and structs 'depth' deep within each other. */
static void
put_deep_call(struct ds *out, int depth)
{
    ds_put_cstr(out, "<methodCall><methodName>m</methodName><params><param><value>");
    for (int i = 0; i < depth; i++) {
        ds_put_cstr(out, i % 2 ? "<struct><member><name>a</name><value>" : "<array><data><value>");
    }
    for (int i = depth - 1; i >= 0; i--) {
        ds_put_cstr(out, i % 2 ? "</value></member></struct>" : "</value></data></array>");
    }
    ds_put_cstr(out, "</value></param></params></methodCall>");
}

static void
depth_is_limited(void **state)
{
    struct ds text = DS_EMPTY_INITIALIZER;
    struct xenapi_call call;

    put_deep_call(&text, LIMIT_XENAPI_DEPTH);
    assert_null(xenapi_xmlrpc_decode_call(text.string, text.length, &call));
    xenapi_call_destroy(&call);
    ds_clear(&text);
    put_deep_call(&text, LIMIT_XENAPI_DEPTH + 1);
    assert_refused(text.string, text.length, ERROR_LIMIT, "arrays and structs stand more than 64 deep within each other");
    ds_destroy(&text);
}

static void
wide_calls_are_not_deep(void **state)
{
    struct ds text = DS_EMPTY_INITIALIZER;
    struct xenapi_call call;

    ds_put_cstr(&text, "<methodCall><methodName>m</methodName><params><param><value><array><data>");
    put_repeated(&text, "<value><array/></value><value><struct/></value>", 1000);
    ds_put_cstr(&text, "</data></array></value></param></params></methodCall>");
    assert_null(xenapi_xmlrpc_decode_call(text.string, text.length, &call));
    assert_int_equal(call.params.set.elements[0].set.n, 2000);
    xenapi_call_destroy(&call);
    ds_destroy(&text);
}

static void
number_of_parameters_is_limited(void **state)
{
    struct ds text = DS_EMPTY_INITIALIZER;
    struct xenapi_call call;

    for (int more = 0; more < 2; more++) {
        ds_clear(&text);
        ds_put_cstr(&text, "<methodCall><methodName>m</methodName><params>");
        put_repeated(&text, "<param><value>text</value></param>", LIMIT_XENAPI_PARAMS + more);
        ds_put_cstr(&text, "</params></methodCall>");
        if (more) {
            assert_refused(text.string, text.length, ERROR_LIMIT, "there are more than 64 parameters");
        } else {
            assert_null(xenapi_xmlrpc_decode_call(text.string, text.length, &call));
            xenapi_call_destroy(&call);
        }
    }
    ds_destroy(&text);
}

static void
size_of_a_call_is_limited(void **state)
{
    static const char begin[] = "<methodCall><methodName>m</methodName><params><param><value>";
    static const char end[] = "</value></param></params></methodCall>";
    struct ds text = DS_EMPTY_INITIALIZER;
    struct xenapi_call call;

    ds_put_cstr(&text, begin);
    put_repeated(&text, "x", LIMIT_XENAPI_CALL_BYTES - strlen(begin) - strlen(end));
    ds_put_cstr(&text, end);
    assert_null(xenapi_xmlrpc_decode_call(text.string, text.length, &call));
    xenapi_call_destroy(&call);
    ds_put_char(&text, '\n');
    assert_refused(text.string, text.length, ERROR_LIMIT, "it has 307201 bytes, more than 307200");
    ds_destroy(&text);
}

static void
method_name_is_limited(void **state)
{
    struct ds text = DS_EMPTY_INITIALIZER;

    ds_put_cstr(&text, "<methodCall><methodName>");
    put_repeated(&text, "x", LIMIT_XENAPI_METHOD_BYTES + 1);
    ds_put_cstr(&text, "</methodName></methodCall>");
    assert_refused(text.string, text.length, ERROR_LIMIT, "is longer than 255 bytes");
    ds_destroy(&text);
}

static void
our_calls_are_written_without_white_space(void **state)
{
    struct xenapi_call call = xenapi_call_create("event.from");
    struct ds text = DS_EMPTY_INITIALIZER;
    struct xenapi_value classes = xenapi_set_create();

    xenapi_set_add(&classes, xenapi_string("VM"));
    xenapi_set_add(&call.params, xenapi_string("OpaqueRef:s"));
    xenapi_set_add(&call.params, classes);
    xenapi_set_add(&call.params, xenapi_double(60));
    xenapi_xmlrpc_encode_call(&call, &text);
    assert_string_equal(ds_cstr(&text),
                        "<?xml version=\"1.0\"?><methodCall><methodName>event.from</methodName><params>"
                        "<param><value>OpaqueRef:s</value></param>"
                        "<param><value><array><data><value>VM</value></data></array></value></param>"
                        "<param><value><double>60.0</double></value></param></params></methodCall>");
    assert_call(ds_cstr(&text), "event.from[\"OpaqueRef:s\", [\"VM\"], 60.0]");
    ds_destroy(&text);
    xenapi_call_destroy(&call);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars_are_read_in_each_form),
        cmocka_unit_test(arrays_and_structs_are_read_with_and_without_white_space),
        cmocka_unit_test(calls_are_read_with_any_prologue),
        cmocka_unit_test(what_is_no_call_is_refused_with_the_line_and_the_reason),
        cmocka_unit_test(member_that_stands_twice_is_refused),
        cmocka_unit_test(characters_that_are_none_are_refused),
        cmocka_unit_test(document_types_and_entities_are_refused),
        cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(wide_calls_are_not_deep),
        cmocka_unit_test(number_of_parameters_is_limited),
        cmocka_unit_test(size_of_a_call_is_limited),
        cmocka_unit_test(method_name_is_limited),
        cmocka_unit_test(our_calls_are_written_without_white_space),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
