/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <util.h>

#include "base/error.h"
#include "base/test_error.h"
#include "vif/device.h"

static void
assert_refused(const char *name, const char *part)
{
    OWN_ERROR struct error *error = device_name_check("uplink", name);

    assert_error(error, ERROR_INVALID, part, name);
    assert_int_equal(strncmp(error->text, "uplink name ", 12), 0);
}

static void
names_that_the_kernel_takes_are_accepted(void **state)
{
    static const char *const names[] = { "vif1.0", "a", "xenbr0", "enp0s31f6np0.10", "tap-0_X!", "...", "-", "lo0", "all1" };

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        assert_null(device_name_check("device", names[i]));
    }
}

static void
names_that_the_kernel_refuses_are_refused(void **state)
{
    assert_refused("", "is empty: write 1 to 15 characters");
    assert_refused("abcdefghijklmnop", "'abcdefghijklmnop' is longer than the 15 characters");
    assert_refused(".", "folder");
    assert_refused("..", "folder");
    assert_refused("a/b", "'a/b' holds a character");
    assert_refused("a:b", "holds a character");
    assert_refused("a b", "holds a character");
    assert_refused("vif%d", "holds a character that no device can have: write printable ASCII without space, '/', ':' and '%'");
}

static void
names_of_the_system_s_own_devices_are_refused(void **state)
{
    static const char *const names[] = { "lo", "all", "default", "ovs-system", "ovs-netdev" };

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        assert_refused(names[i], "belongs to the system of every host: choose another one");
    }
}

static void
control_characters_and_other_scripts_are_refused(void **state)
{
    assert_refused("a\nb", "'a\\x0ab'");
    assert_refused("a\177", "'a\\x7f'");
    assert_refused("brücke", "'brücke' holds a character");
}

static void
long_name_is_shown_shortened(void **state)
{
    char name[5001];

    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_refused(name, "a...' (5000 bytes)");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_that_the_kernel_takes_are_accepted),
        cmocka_unit_test(names_that_the_kernel_refuses_are_refused),
        cmocka_unit_test(names_of_the_system_s_own_devices_are_refused),
        cmocka_unit_test(control_characters_and_other_scripts_are_refused),
        cmocka_unit_test(long_name_is_shown_shortened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
