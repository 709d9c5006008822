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

static void
assert_sorted(const struct xenapi_value *map, size_t n)
{
    assert_int_equal(map->map.n, n);
    for (size_t i = 1; i < n; i++) {
        assert_true(strcmp(map->map.members[i - 1].key, map->map.members[i].key) < 0);
    }
}

static void
keys_are_found_whatever_order_they_were_put_in(void **state)
{
    static const char *const orders[][5] = {
        { "a", "b", "c", "d", "e" }, { "e", "d", "c", "b", "a" }, { "c", "a", "e", "b", "d" }, { "", "ab", "a", "\xc3\xa4", "Z" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
        struct xenapi_value map = xenapi_map_create();

        for (int64_t j = 0; j < 5; j++) {
            assert_null(xenapi_map_get(&map, orders[i][j]));
            xenapi_map_put(&map, orders[i][j], xenapi_int(j));
            assert_sorted(&map, j + 1);
        }
        for (int64_t j = 0; j < 5; j++) {
            assert_int_equal(xenapi_map_get(&map, orders[i][j])->integer, j);
        }
        assert_null(xenapi_map_get(&map, "bb"));
        assert_null(xenapi_map_get(&map, "\xff"));
        xenapi_value_destroy(&map);
    }
}

static void
second_value_of_a_key_replaces_the_first(void **state)
{
    struct xenapi_value map = xenapi_map_create();

    xenapi_map_put(&map, "b", xenapi_string("first"));
    xenapi_map_put(&map, "a", xenapi_string("other"));
    xenapi_map_put(&map, "b", xenapi_string("second"));
    assert_sorted(&map, 2);
    assert_string_equal(xenapi_map_get(&map, "b")->string, "second");
    assert_string_equal(xenapi_map_get(&map, "a")->string, "other");
    xenapi_value_destroy(&map);
}

static void
value_that_is_taken_leaves_void_behind(void **state)
{
    struct xenapi_value map = xenapi_map_create(), value = xenapi_int(77);

    xenapi_map_put(&map, "a", xenapi_string("one"));
    xenapi_map_put(&map, "b", xenapi_string("two"));
    assert_false(xenapi_map_take(&map, "c", &value));
    assert_int_equal(value.integer, 77);
    assert_true(xenapi_map_take(&map, "a", &value));
    assert_string_equal(value.string, "one");
    assert_int_equal(xenapi_map_get(&map, "a")->type, XENAPI_VOID);
    assert_string_equal(xenapi_map_get(&map, "b")->string, "two");
    xenapi_value_destroy(&map);
    xenapi_value_destroy(&value);
}

static void
appended_members_make_a_map_when_they_are_sorted(void **state)
{
    struct xenapi_value map = xenapi_map_create();

    assert_null(xenapi_map_sort(&map));
    xenapi_map_append(&map, xstrdup("c"), xenapi_int(3));
    xenapi_map_append(&map, xstrdup("a"), xenapi_int(1));
    xenapi_map_append(&map, xstrdup("b"), xenapi_int(2));
    assert_null(xenapi_map_sort(&map));
    assert_sorted(&map, 3);
    assert_int_equal(xenapi_map_get(&map, "b")->integer, 2);
    xenapi_value_destroy(&map);
}

static void
key_that_was_appended_twice_is_told(void **state)
{
    struct xenapi_value map = xenapi_map_create();

    xenapi_map_append(&map, xstrdup("b"), xenapi_string("first"));
    xenapi_map_append(&map, xstrdup("a"), xenapi_int(1));
    xenapi_map_append(&map, xstrdup("b"), xenapi_string("second"));
    assert_string_equal(xenapi_map_sort(&map), "b");
    xenapi_value_destroy(&map);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_found_whatever_order_they_were_put_in),
        cmocka_unit_test(second_value_of_a_key_replaces_the_first),
        cmocka_unit_test(value_that_is_taken_leaves_void_behind),
        cmocka_unit_test(appended_members_make_a_map_when_they_are_sorted),
        cmocka_unit_test(key_that_was_appended_twice_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
