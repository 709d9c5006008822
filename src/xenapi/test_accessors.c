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

#include "xenapi/accessors.h"
#include "xenapi/classes.h"

static void
methods_are_told_apart(void **state)
{
    const struct {
        const char *name;
        enum xenapi_class_id class;
        enum xenapi_accessor accessor;
        int field;              /* -1: of the class */
    } cases[] = {
        { "VM.get_power_state", XENAPI_CLASS_VM, XENAPI_ACCESSOR_GET, XENAPI_VM_power_state },
        { "VM.get_uuid", XENAPI_CLASS_VM, XENAPI_ACCESSOR_GET, XENAPI_VM_uuid },
        { "VM.get_name_label", XENAPI_CLASS_VM, XENAPI_ACCESSOR_GET, XENAPI_VM_name_label },
        { "VM.set_name_label", XENAPI_CLASS_VM, XENAPI_ACCESSOR_SET, XENAPI_VM_name_label },
        { "VM.set_tags", XENAPI_CLASS_VM, XENAPI_ACCESSOR_SET, XENAPI_VM_tags },
        { "VM.add_tags", XENAPI_CLASS_VM, XENAPI_ACCESSOR_ADD, XENAPI_VM_tags },
        { "VM.remove_tags", XENAPI_CLASS_VM, XENAPI_ACCESSOR_REMOVE, XENAPI_VM_tags },
        { "VM.set_other_config", XENAPI_CLASS_VM, XENAPI_ACCESSOR_SET, XENAPI_VM_other_config },
        { "pool.add_to_other_config", XENAPI_CLASS_pool, XENAPI_ACCESSOR_ADD_TO, XENAPI_pool_other_config },
        { "VM.remove_from_xenstore_data", XENAPI_CLASS_VM, XENAPI_ACCESSOR_REMOVE_FROM, XENAPI_VM_xenstore_data },
        { "VM.get_record", XENAPI_CLASS_VM, XENAPI_ACCESSOR_GET_RECORD, -1 },
        { "VM.get_by_uuid", XENAPI_CLASS_VM, XENAPI_ACCESSOR_GET_BY_UUID, -1 },
        { "task.get_by_name_label", XENAPI_CLASS_task, XENAPI_ACCESSOR_GET_BY_NAME_LABEL, -1 },
        { "PIF.get_all", XENAPI_CLASS_PIF, XENAPI_ACCESSOR_GET_ALL, -1 },
        { "PIF.get_all_records", XENAPI_CLASS_PIF, XENAPI_ACCESSOR_GET_ALL_RECORDS, -1 },
        { "PIF.get_all_records_where", XENAPI_CLASS_PIF, XENAPI_ACCESSOR_GET_ALL_RECORDS_WHERE, -1 },
        { "VM_guest_metrics.get_networks", XENAPI_CLASS_VM_guest_metrics, XENAPI_ACCESSOR_GET, XENAPI_VM_guest_metrics_networks },
        { "session.get_this_host", XENAPI_CLASS_session, XENAPI_ACCESSOR_GET, XENAPI_session_this_host },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct xenapi_accessor_method method;

        assert_true(xenapi_accessor_find(cases[i].name, &method));
        assert_ptr_equal(method.class, &xenapi_classes[cases[i].class]);
        assert_int_equal(method.accessor, cases[i].accessor);
        assert_ptr_equal(method.field, cases[i].field < 0 ? NULL : &xenapi_fields[cases[i].field]);
    }
}

static void
what_a_class_does_not_have_is_no_accessor(void **state)
{
    const char *const names[] = {
        "",
        "VM",
        "VM.",
        ".get_all",
        "get_all",
        "VM.get_",
        "VM.get",
        "VM.set_",
        "VM.get_nothing",
        "vm.get_power_state",               /* case counts */
        "VM.get_Power_state",
        "VMs.get_all",
        "V.get_all",
        "VM.get_name__label",
        "VM.get_all_record",
        "VM.get_records",
        "VM.get_power_state.x",
        "console.get_all",
        "VM.start",
        "VM.set_uuid",                      /* who may set it */
        "VM.set_power_state",
        "VM.set_VIFs",
        "VM.add_VIFs",
        "VM.set_memory_static_max",
        "VIF.set_locking_mode",
        "VIF.add_ipv4_allowed",
        "network.set_default_locking_mode",
        "VM.add_name_label",                /* what it is */
        "VM.add_to_name_label",
        "VM.add_other_config",
        "VM.remove_other_config",
        "VM.add_to_tags",
        "VM.remove_from_tags",
        "VM.add_to_current_operations",
        "VIF.get_by_name_label",            /* has no name */
        "session.get_all",                  /* has no list */
        "session.get_all_records",
        "session.get_all_records_where",
    };

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        struct xenapi_accessor_method method = { .class = NULL };

        if (xenapi_accessor_find(names[i], &method)) {
            fail_msg("%s", names[i]);
        }
        assert_null(method.class);
    }
}

/* No field hides an accessor of its class, and no class another. */
static void
every_accessor_is_found_by_its_name(void **state)
{
    for (size_t i = 0; i < XENAPI_N_CLASSES; i++) {
        const struct xenapi_class *class = &xenapi_classes[i];

        for (size_t j = 0; j <= class->n_fields; j++) {
            const struct xenapi_field *field = j < class->n_fields ? &class->fields[j] : NULL;

            for (int k = 0; k < XENAPI_N_ACCESSORS; k++) {
                struct xenapi_accessor_method method = { class, k, field }, found;

                if (xenapi_accessor_exists(class, k, field)) {
                    char *name = xenapi_accessor_name(&method);

                    assert_true(xenapi_accessor_find(name, &found));
                    assert_ptr_equal(found.class, class);
                    assert_int_equal(found.accessor, k);
                    assert_ptr_equal(found.field, field);
                    free(name);
                }
            }
        }
    }
}

static void
names_say_class_accessor_and_field(void **state)
{
    const struct xenapi_accessor_method of_field = {
        &xenapi_classes[XENAPI_CLASS_VM], XENAPI_ACCESSOR_REMOVE_FROM, &xenapi_fields[XENAPI_VM_other_config]
    };
    const struct xenapi_accessor_method of_class = { &xenapi_classes[XENAPI_CLASS_network], XENAPI_ACCESSOR_GET_ALL_RECORDS, NULL };
    char *name = xenapi_accessor_name(&of_field);

    assert_string_equal(name, "VM.remove_from_other_config");
    free(name);
    name = xenapi_accessor_name(&of_class);
    assert_string_equal(name, "network.get_all_records");
    free(name);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(methods_are_told_apart),
        cmocka_unit_test(what_a_class_does_not_have_is_no_accessor),
        cmocka_unit_test(every_accessor_is_found_by_its_name),
        cmocka_unit_test(names_say_class_accessor_and_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
