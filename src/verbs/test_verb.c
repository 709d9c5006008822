/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <util.h>

#include "verbs/verb.h"
#include "xenapi/accessors.h"

/* What clients call beside getters and setters: how many parameters after the session, and how many of them may be left out. */
static const struct {
    const char *method;
    size_t n, n_optional;
    bool only_reads, has_async;
} calls[] = {
    { "pool.set_vswitch_controller", 1 },
    { "host.call_plugin", 4, 0, false, true },
    { "host.compute_free_memory", 1, 0, true },
    { "host.get_servertime", 1, 0, true },
    { "host.enable", 1, 0, false, true },
    { "host.disable", 1, 0, false, true },
    { "network.create", 1, 0, false, true },
    { "network.destroy", 1, 0, false, true },
    { "network.set_default_locking_mode", 2, 0, false, true },
    { "VM.create", 1, 0, false, true },
    { "VM.destroy", 1, 0, false, true },
    { "VM.clone", 2, 0, false, true },
    { "VM.provision", 1, 0, false, true },
    { "VM.start", 3, 0, false, true },
    { "VM.start_on", 4, 0, false, true },
    { "VM.pause", 1, 0, false, true },
    { "VM.unpause", 1, 0, false, true },
    { "VM.clean_shutdown", 1, 0, false, true },
    { "VM.hard_shutdown", 1, 0, false, true },
    { "VM.shutdown", 1, 0, false, true },
    { "VM.clean_reboot", 1, 0, false, true },
    { "VM.hard_reboot", 1, 0, false, true },
    { "VM.suspend", 1, 0, false, true },
    { "VM.resume", 3, 0, false, true },
    { "VM.resume_on", 4, 0, false, true },
    { "VM.get_allowed_VIF_devices", 1, 0, true },
    { "VM.get_allowed_VBD_devices", 1, 0, true },
    { "VM.get_possible_hosts", 1, 0, true },
    { "VM.assert_can_boot_here", 2, 0, true },
    { "VM.assert_operation_valid", 2, 0, true },
    { "VM.update_allowed_operations", 1, 0, false, true },
    { "VM.set_memory_limits", 5, 0, false, true },
    { "VM.set_VCPUs_max", 2, 0, false, true },
    { "VM.set_VCPUs_at_startup", 2, 0, false, true },
    { "VIF.create", 1, 0, false, true },
    { "VIF.destroy", 1, 0, false, true },
    { "VIF.plug", 1, 0, false, true },
    { "VIF.unplug", 1, 0, false, true },
    { "VIF.unplug_force", 1, 0, false, true },
    { "VIF.move", 2, 0, false, true },
    { "VIF.set_locking_mode", 2, 0, false, true },
    { "VIF.set_ipv4_allowed", 2, 0, false, true },
    { "VIF.add_ipv4_allowed", 2, 0, false, true },
    { "VIF.remove_ipv4_allowed", 2, 0, false, true },
    { "VIF.set_ipv6_allowed", 2, 0, false, true },
    { "VIF.add_ipv6_allowed", 2, 0, false, true },
    { "VIF.remove_ipv6_allowed", 2, 0, false, true },
    { "SR.scan", 1, 0, false, true },
    { "VDI.create", 1, 0, false, true },
    { "VDI.destroy", 1, 0, false, true },
    { "VBD.create", 1, 0, false, true },
    { "VBD.destroy", 1, 0, false, true },
    { "VBD.plug", 1, 0, false, true },
    { "VBD.unplug", 1, 0, false, true },
    { "VBD.unplug_force", 1, 0, false, true },
    { "VBD.insert", 2, 0, false, true },
    { "VBD.eject", 1, 0, false, true },
    { "SDN_controller.introduce", 3, 3, false, true },
    { "SDN_controller.forget", 1, 0, false, true },
    { "task.create", 2 },
    { "task.cancel", 1, 0, false, true },
    { "task.destroy", 1 },
    { "task.set_status", 2 },
    { "task.set_progress", 2 },
    { "task.set_result", 2 },
    { "task.set_error_info", 2 },
};

static size_t
n_optional(const struct verb *verb)
{
    size_t n = 0;

    for (size_t i = 0; i < verb->n_parameters; i++) {
        n += verb->parameters[i].initial != NULL;
        assert_true(!n || verb->parameters[i].initial);         /* only at the end */
    }
    return n;
}

static void
every_verb_takes_what_clients_give(void **state)
{
    assert_int_equal(ARRAY_SIZE(calls), VERB_N);
    for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
        const struct verb *verb = verb_find(calls[i].method);

        if (!verb || verb->n_parameters != calls[i].n || n_optional(verb) != calls[i].n_optional
            || verb->only_reads != calls[i].only_reads || verb->has_async != calls[i].has_async) {
            fail_msg("%s is another", calls[i].method);
        }
    }
}

static void
a_verb_is_found_by_its_name_and_no_other(void **state)
{
    const char *const none[] = { "", "VM", "VM.", "VM.star", "VM.starts", "vm.start", "VM.Start", "Async.VM.start", "VM.get_uuid" };

    for (size_t i = 0; i < VERB_N; i++) {
        const char *dot = strchr(verbs[i].method, '.');

        assert_ptr_equal(verb_find(verbs[i].method), &verbs[i]);
        assert_int_equal(verbs[i].id, i);
        assert_int_equal(dot - verbs[i].method, strlen(xenapi_class_name(verbs[i].class)));
        assert_memory_equal(verbs[i].method, xenapi_class_name(verbs[i].class), dot - verbs[i].method);
    }
    for (size_t i = 0; i < ARRAY_SIZE(none); i++) {
        assert_null(verb_find(none[i]));
    }
}

/* The method would be answered without the verb's checks if somebody looked for accessors first. */
static void
no_verb_has_an_accessors_name(void **state)
{
    for (size_t i = 0; i < VERB_N; i++) {
        struct xenapi_accessor_method method;

        if (xenapi_accessor_find(verbs[i].method, &method)) {
            fail_msg("%s", verbs[i].method);
        }
    }
}

static void
the_object_of_a_verb_comes_first(void **state)
{
    for (size_t i = 0; i < VERB_N; i++) {
        const struct verb_parameter *first = &verbs[i].parameters[0];

        if (first->kind == VERB_PARAMETER_RECORD || verbs[i].id == VERB_SDN_controller_introduce
            || verbs[i].id == VERB_pool_set_vswitch_controller || verbs[i].id == VERB_task_create) {
            continue;
        }
        assert_int_equal(first->type.shape, XENAPI_SHAPE_SCALAR);
        assert_int_equal(first->type.key.atom, XENAPI_ATOM_REF);
        assert_int_equal(first->type.key.class, verbs[i].class);
    }
}

/* Nova, npm's xen-api, XO and ovs-xapi-sync name these; those that are no verbs are accessors. */
static void
the_methods_that_clients_need_are_there(void **state)
{
    const char *const methods[] = {
        "pool.get_all", "pool.get_master", "pool.get_all_records", "pool.get_record", "pool.get_default_SR", "pool.add_to_other_config",
        "pool.remove_from_other_config", "host.get_API_version_major", "host.get_API_version_minor", "host.get_uuid", "host.get_record",
        "host.get_software_version", "host.get_all", "host.get_name_label", "PIF.get_all_records_where", "PIF.get_host", "VM.get_by_uuid",
        "VM.get_VBDs", "VM.get_by_name_label", "VM.get_all_records_where", "VM.get_domid", "VM.get_VIFs", "VM.get_power_state",
        "VM.get_other_config", "VM.set_other_config", "VM.add_to_xenstore_data", "VM.remove_from_xenstore_data",
        "VM.set_blocked_operations", "VM.remove_from_blocked_operations", "VM.get_is_a_template", "VM.get_guest_metrics",
        "VM_guest_metrics.get_networks", "VIF.get_record", "VIF.get_all_records", "network.get_by_name_label", "network.get_bridge",
        "network.get_uuid", "network.get_VIFs", "network.get_MTU", "network.get_all_records_where", "SR.get_record", "SR.get_VDIs",
        "VDI.get_physical_utilisation", "VDI.get_VBDs", "VDI.get_virtual_size", "VDI.get_uuid", "VDI.get_by_uuid",
        "VBD.get_currently_attached", "VBD.get_VDI", "VBD.get_other_config", "VBD.add_to_other_config", "session.get_this_host",
        "session.get_uuid", "task.get_status", "task.get_result", "task.get_error_info", "task.get_by_name_label",
        "SDN_controller.get_all_records",
    };

    for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
        struct xenapi_accessor_method method;

        if (!xenapi_accessor_find(methods[i], &method)) {
            fail_msg("%s", methods[i]);
        }
    }
}

static void
types_are_those_of_the_table(void **state)
{
    const struct verb *start_on = verb_find("VM.start_on"), *plugin = verb_find("host.call_plugin"), *create = verb_find("VIF.create");
    const struct verb *mode = verb_find("VIF.set_locking_mode"), *introduce = verb_find("SDN_controller.introduce");

    assert_string_equal(start_on->parameters[1].name, "host");
    assert_int_equal(start_on->parameters[1].type.key.class, XENAPI_CLASS_host);
    assert_int_equal(start_on->parameters[2].type.key.atom, XENAPI_ATOM_BOOL);
    assert_int_equal(plugin->parameters[3].type.shape, XENAPI_SHAPE_MAP);
    assert_int_equal(plugin->parameters[3].kind, VERB_PARAMETER_VALUE);
    assert_int_equal(create->parameters[0].kind, VERB_PARAMETER_RECORD);
    assert_int_equal(mode->parameters[1].type.key.values, XENAPI_ENUM_vif_locking_mode);
    assert_string_equal(introduce->parameters[0].initial, "ssl");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_verb_takes_what_clients_give),
        cmocka_unit_test(a_verb_is_found_by_its_name_and_no_other),
        cmocka_unit_test(no_verb_has_an_accessors_name),
        cmocka_unit_test(the_object_of_a_verb_comes_first),
        cmocka_unit_test(the_methods_that_clients_need_are_there),
        cmocka_unit_test(types_are_those_of_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
