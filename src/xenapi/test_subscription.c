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

#include "xenapi/subscription.h"

static bool
matches(const char *text, const char *class, const char *ref)
{
    struct xenapi_subscription subscription;

    assert_true(xenapi_subscription_parse(text, &subscription));
    bool result = xenapi_subscription_matches(&subscription, class, ref);
    xenapi_subscription_destroy(&subscription);
    return result;
}

static void
star_is_everything(void **state)
{
    assert_true(matches("*", "vm", "OpaqueRef:1"));
    assert_true(matches("*", "network", "OpaqueRef:2"));
}

static void
class_is_all_its_objects_in_any_case(void **state)
{
    assert_true(matches("VM", "vm", "OpaqueRef:1"));
    assert_true(matches("vm", "VM", "OpaqueRef:2"));
    assert_true(matches("vM_metrics", "VM_metrics", "OpaqueRef:3"));
    assert_false(matches("VM", "vm_metrics", "OpaqueRef:3"));
    assert_false(matches("VM_metrics", "vm", "OpaqueRef:3"));
    assert_false(matches("nothing", "vm", "OpaqueRef:1"));
}

static void
object_is_of_its_class_only(void **state)
{
    assert_true(matches("VM/OpaqueRef:1", "vm", "OpaqueRef:1"));
    assert_true(matches("vm/opaqueref:a", "VM", "OpaqueRef:A"));
    assert_false(matches("VM/OpaqueRef:1", "vm", "OpaqueRef:12"));
    assert_false(matches("VM/OpaqueRef:12", "vm", "OpaqueRef:1"));
    assert_false(matches("VM/OpaqueRef:1", "vif", "OpaqueRef:1"));
}

static void
what_is_no_subscription_is_not_read(void **state)
{
    static const char *const wrong[] = { "", "/", "VM/", "/OpaqueRef:1", "VM/OpaqueRef:1/", "VM//OpaqueRef:1", "VM/a/b" };

    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        char untouched[] = "untouched";
        struct xenapi_subscription subscription = { untouched, untouched };

        assert_false(xenapi_subscription_parse(wrong[i], &subscription));
        assert_true(subscription.class == untouched && subscription.ref == untouched);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(star_is_everything),
        cmocka_unit_test(class_is_all_its_objects_in_any_case),
        cmocka_unit_test(object_is_of_its_class_only),
        cmocka_unit_test(what_is_no_subscription_is_not_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
