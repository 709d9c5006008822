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

#include "xenapi/json_writer.h"
#include "xenapi/map.h"

static void
assert_written(struct xenapi_value value, const char *expected)
{
    struct ds text = DS_EMPTY_INITIALIZER;

    xenapi_json_put_value(&value, &text);
    assert_string_equal(ds_cstr(&text), expected);
    ds_destroy(&text);
    xenapi_value_destroy(&value);
}

static void
scalars_are_written_as_XAPI_writes_them(void **state)
{
    assert_written(xenapi_void(), "\"\"");
    assert_written(xenapi_nil(), "null");
    assert_written(xenapi_string("OpaqueRef:NULL"), "\"OpaqueRef:NULL\"");
    assert_written(xenapi_bytes("f\0o", 3), "\"ZgBv\"");
    assert_written(xenapi_int(0), "0");
    assert_written(xenapi_int(INT64_MIN), "-9223372036854775808");
    assert_written(xenapi_count(7), "7");
    assert_written(xenapi_double(1.5), "1.5");
    assert_written(xenapi_double(1), "1.0");
    assert_written(xenapi_double(1e21), "1.0e+21");
    assert_written(xenapi_bool(true), "true");
    assert_written(xenapi_bool(false), "false");
    assert_written(xenapi_datetime(1787330040), "\"20260821T16:34:00Z\"");
}

static void
sets_are_arrays_and_maps_are_objects(void **state)
{
    struct xenapi_value set = xenapi_set_create(), map = xenapi_map_create();

    assert_written(xenapi_set_create(), "[]");
    assert_written(xenapi_map_create(), "{}");
    xenapi_set_add(&set, xenapi_string("a"));
    xenapi_set_add(&set, xenapi_int(2));
    xenapi_map_put(&map, "x\"y", xenapi_bool(true));
    xenapi_map_put(&map, "list", set);
    assert_written(map, "{\"list\":[\"a\",2],\"x\\\"y\":true}");
}

static void
strings_are_escaped_and_always_UTF8(void **state)
{
    static const struct {
        const char *text, *written;
    } texts[] = {
        { "", "\"\"" },
        { "\"\\/'<>&", "\"\\\"\\\\/'<>&\"" },
        { "\n\r\t", "\"\\n\\r\\t\"" },
        { "\x01\b\f\x1f\x7f", "\"\\u0001\\u0008\\u000c\\u001f\x7f\"" },
        { "\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80\xef\xbf\xbf", "\"\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80\xef\xbf\xbf\"" },
        { "latin \xfc.", "\"latin \xef\xbf\xbd.\"" }, { "cut \xe2\x82", "\"cut \xef\xbf\xbd\xef\xbf\xbd\"" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        assert_written(xenapi_string(texts[i].text), texts[i].written);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars_are_written_as_XAPI_writes_them),
        cmocka_unit_test(sets_are_arrays_and_maps_are_objects),
        cmocka_unit_test(strings_are_escaped_and_always_UTF8),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
