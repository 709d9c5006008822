/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <util.h>

#include "sync/interfaces.h"

static int
set_up(void **state)
{
    struct interfaces *interfaces = xmalloc(sizeof *interfaces);

    interfaces_init(interfaces);
    interfaces_add(interfaces, "vif1.0");
    interfaces_add(interfaces, "tap1.0");
    interfaces_add(interfaces, "vif2.0");
    *state = interfaces;
    return 0;
}

static int
tear_down(void **state)
{
    interfaces_destroy(*state);
    free(*state);
    return 0;
}

static void
assert_next(struct interfaces *interfaces, const char *name)
{
    const struct interface *interface = interfaces_pop(interfaces);

    assert_string_equal(interface ? interface->name : "(none)", name ? name : "(none)");
}

static void
see(struct interfaces *interfaces, const char *name, const char *vif, const char *vm)
{
    interfaces_set_uuids(interfaces, interfaces_find(interfaces, name), vif, vm);
}

static void
one_that_is_marked_twice_comes_once(void **state)
{
    interfaces_mark(*state, "vif2.0");
    interfaces_mark(*state, "vif1.0");
    interfaces_mark(*state, "vif2.0");
    interfaces_mark(*state, "vif9.0");
    assert_next(*state, "vif2.0");
    assert_next(*state, "vif1.0");
    assert_next(*state, NULL);
}

static void
change_of_a_vif_marks_its_interfaces_alone(void **state)
{
    see(*state, "vif1.0", "V1", "m");
    see(*state, "tap1.0", "v1", "m");
    see(*state, "vif2.0", "v2", "m");
    interfaces_mark_vif(*state, "v1");
    for (int i = 0; i < 2; i++) {
        assert_string_equal(interfaces_pop(*state)->vif, "v1");
    }
    assert_next(*state, NULL);
    interfaces_mark_vm(*state, "m");
    for (int i = 0; i < 3; i++) {
        assert_non_null(interfaces_pop(*state));
    }
    assert_next(*state, NULL);
}

static void
uuid_is_new_only_where_another_was_seen(void **state)
{
    const struct interface *interface = interfaces_find(*state, "vif1.0");

    see(*state, "vif1.0", "v1", NULL);
    assert_false(interface->vif_is_new);
    see(*state, "vif1.0", "v1", "m");
    assert_false(interface->vif_is_new);
    assert_true(interface->vm_is_new);
    see(*state, "vif1.0", "v2", "m");
    assert_true(interface->vif_is_new);
    interfaces_mark_vif(*state, "v1");
    assert_next(*state, NULL);
}

static bool
is_first(const char *name, void *aux OVS_UNUSED)
{
    return strstr(name, "1.0");
}

static void
those_that_are_gone_are_nobodys(void **state)
{
    see(*state, "vif1.0", "v1", "m");
    interfaces_mark_all(*state);
    interfaces_remove_if(*state, is_first, NULL);
    interfaces_mark_vif(*state, "v1");
    assert_next(*state, "vif2.0");
    assert_next(*state, NULL);
    interfaces_remove(*state, "vif2.0");
    interfaces_remove(*state, "vif2.0");
    assert_null(interfaces_find(*state, "vif2.0"));
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_that_is_marked_twice_comes_once),
        TEST(change_of_a_vif_marks_its_interfaces_alone),
        TEST(uuid_is_new_only_where_another_was_seen),
        TEST(those_that_are_gone_are_nobodys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
