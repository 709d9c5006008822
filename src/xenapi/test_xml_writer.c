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

#include "xenapi/map.h"
#include "xenapi/xml_writer.h"

static void
assert_written(struct xenapi_value value, const char *expected)
{
    struct ds text = DS_EMPTY_INITIALIZER;

    xenapi_xml_put_value(&value, &text);
    assert_string_equal(ds_cstr(&text), expected);
    ds_destroy(&text);
    xenapi_value_destroy(&value);
}

static void
scalars_are_written_as_XAPI_writes_them(void **state)
{
    assert_written(xenapi_void(), "<value></value>");
    assert_written(xenapi_nil(), "<value><nil/></value>");
    assert_written(xenapi_string(""), "<value></value>");
    assert_written(xenapi_string("OpaqueRef:NULL"), "<value>OpaqueRef:NULL</value>");
    assert_written(xenapi_bytes("f\0o", 3), "<value><base64>ZgBv</base64></value>");
    assert_written(xenapi_int(-1), "<value>-1</value>");
    assert_written(xenapi_int(INT64_MIN), "<value>-9223372036854775808</value>");
    assert_written(xenapi_count(7), "<value><i4>7</i4></value>");
    assert_written(xenapi_double(1.5), "<value><double>1.5</double></value>");
    assert_written(xenapi_double(1), "<value><double>1.0</double></value>");
    assert_written(xenapi_bool(true), "<value><boolean>1</boolean></value>");
    assert_written(xenapi_bool(false), "<value><boolean>0</boolean></value>");
    assert_written(xenapi_datetime(1787330040), "<value><dateTime.iso8601>20260821T16:34:00Z</dateTime.iso8601></value>");
}

static void
sets_and_maps_are_written_without_white_space(void **state)
{
    struct xenapi_value set = xenapi_set_create(), map = xenapi_map_create();

    assert_written(xenapi_set_create(), "<value><array><data></data></array></value>");
    assert_written(xenapi_map_create(), "<value><struct></struct></value>");
    xenapi_set_add(&set, xenapi_string("a"));
    xenapi_set_add(&set, xenapi_count(2));
    xenapi_map_put(&map, "x&y", xenapi_bool(true));
    xenapi_map_put(&map, "list", set);
    assert_written(map, "<value><struct><member><name>list</name><value><array><data><value>a</value><value><i4>2</i4></value></data></array>"
                   "</value></member><member><name>x&amp;y</name><value><boolean>1</boolean></value></member></struct></value>");
}

static void
text_is_escaped_and_loses_what_XML_cannot_carry(void **state)
{
    static const struct {
        const char *text, *written;
    } texts[] = {
        { "a & b < c > d \"e\" 'f'", "a &amp; b &lt; c &gt; d &quot;e&quot; 'f'" },
        { " two\nlines\tand a tab ", " two\nlines\tand a tab " },
        { "carriage\r\nreturn", "carriage&#13;\nreturn" },
        { "\x01" "bell\x07 escape\x1b\x1f.", "bell escape." },
        { "\x7f \xc2\x80 \xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80", "\x7f \xc2\x80 \xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80" },
        { "a\xef\xbf\xbd" "b\xef\xbf\xbe" "c\xef\xbf\xbf" "d", "a\xef\xbf\xbd" "bcd" },
        { "cut \xe2\x82", "cut \xef\xbf\xbd\xef\xbf\xbd" },
        { "latin \xfc.", "latin \xef\xbf\xbd." },
    };

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        struct ds text = DS_EMPTY_INITIALIZER;

        xenapi_xml_put_text(texts[i].text, &text);
        assert_string_equal(ds_cstr(&text), texts[i].written);
        ds_destroy(&text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars_are_written_as_XAPI_writes_them),
        cmocka_unit_test(sets_and_maps_are_written_without_white_space),
        cmocka_unit_test(text_is_escaped_and_loses_what_XML_cannot_carry),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
