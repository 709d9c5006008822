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

#include "xenapi/map.h"
#include "xenapi/value.h"

/* One value of each type, and those that differ from it in one thing. The caller destroys them. */
static size_t
different_values(struct xenapi_value values[static 20])
{
    size_t n = 0;

    values[n++] = xenapi_void();
    values[n++] = xenapi_nil();
    values[n++] = xenapi_string("");
    values[n++] = xenapi_string("a");
    values[n++] = xenapi_bytes("a", 1);
    values[n++] = xenapi_bytes("a\0b", 3);
    values[n++] = xenapi_bytes("a\0c", 3);
    values[n++] = xenapi_int(1);
    values[n++] = xenapi_int(-1);
    values[n++] = xenapi_count(1);
    values[n++] = xenapi_double(1);
    values[n++] = xenapi_double(0.5);
    values[n++] = xenapi_bool(true);
    values[n++] = xenapi_bool(false);
    values[n++] = xenapi_datetime(1);
    values[n++] = xenapi_datetime(0);
    values[n++] = xenapi_set_create();
    values[n++] = xenapi_map_create();
    values[n] = xenapi_set_create();
    xenapi_set_add(&values[n++], xenapi_int(1));
    values[n] = xenapi_map_create();
    xenapi_map_put(&values[n++], "a", xenapi_int(1));
    return n;
}

static void
values_are_equal_if_type_and_content_are(void **state)
{
    struct xenapi_value values[20];
    size_t n = different_values(values);

    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            assert_int_equal(xenapi_value_equals(&values[i], &values[j]), i == j);
        }
    }
    for (size_t i = 0; i < n; i++) {
        xenapi_value_destroy(&values[i]);
    }
}

static void
clones_are_equal_and_live_on_alone(void **state)
{
    struct xenapi_value values[20], clones[20], again[20];
    size_t n = different_values(values);

    for (size_t i = 0; i < n; i++) {
        clones[i] = xenapi_value_clone(&values[i]);
        assert_true(xenapi_value_equals(&clones[i], &values[i]));
        xenapi_value_destroy(&values[i]);
        assert_int_equal(values[i].type, XENAPI_VOID);
    }
    different_values(again);
    for (size_t i = 0; i < n; i++) {
        assert_true(xenapi_value_equals(&clones[i], &again[i]));
        xenapi_value_destroy(&clones[i]);
        xenapi_value_destroy(&again[i]);
    }
}

static void
sets_are_equal_in_the_same_order_only(void **state)
{
    struct xenapi_value a = xenapi_set_create(), b = xenapi_set_create();

    xenapi_set_add(&a, xenapi_string("x"));
    xenapi_set_add(&a, xenapi_string("y"));
    xenapi_set_add(&b, xenapi_string("y"));
    xenapi_set_add(&b, xenapi_string("x"));
    assert_false(xenapi_value_equals(&a, &b));
    assert_string_equal(a.set.elements[0].string, "x");
    assert_string_equal(a.set.elements[1].string, "y");
    xenapi_value_destroy(&a);
    xenapi_value_destroy(&b);
}

static void
maps_are_equal_with_the_same_keys_and_values_only(void **state)
{
    struct xenapi_value a = xenapi_map_create(), b = xenapi_map_create();

    xenapi_map_put(&a, "x", xenapi_int(1));
    xenapi_map_put(&b, "y", xenapi_int(1));
    assert_false(xenapi_value_equals(&a, &b));
    xenapi_map_put(&a, "y", xenapi_int(2));
    xenapi_map_put(&b, "x", xenapi_int(1));
    assert_false(xenapi_value_equals(&a, &b));
    xenapi_map_put(&b, "y", xenapi_int(2));
    assert_true(xenapi_value_equals(&a, &b));
    xenapi_value_destroy(&a);
    xenapi_value_destroy(&b);
}

static void
depth_is_that_of_the_deepest_element(void **state)
{
    struct xenapi_value inner = xenapi_map_create(), outer = xenapi_set_create(), map = xenapi_map_create();

    assert_int_equal(xenapi_value_depth(&(struct xenapi_value) { .type = XENAPI_INT }), 0);
    assert_int_equal(xenapi_value_depth(&inner), 1);
    assert_int_equal(xenapi_value_depth(&outer), 1);
    xenapi_map_put(&inner, "a", xenapi_int(1));
    assert_int_equal(xenapi_value_depth(&inner), 1);
    xenapi_set_add(&outer, xenapi_int(1));
    xenapi_set_add(&outer, inner);
    xenapi_set_add(&outer, xenapi_int(1));
    assert_int_equal(xenapi_value_depth(&outer), 2);
    xenapi_map_put(&map, "a", xenapi_set_create());
    xenapi_map_put(&map, "b", outer);
    xenapi_map_put(&map, "c", xenapi_int(1));
    assert_int_equal(xenapi_value_depth(&map), 3);
    xenapi_value_destroy(&map);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_equal_if_type_and_content_are),
        cmocka_unit_test(clones_are_equal_and_live_on_alone),
        cmocka_unit_test(sets_are_equal_in_the_same_order_only),
        cmocka_unit_test(maps_are_equal_with_the_same_keys_and_values_only),
        cmocka_unit_test(depth_is_that_of_the_deepest_element),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
