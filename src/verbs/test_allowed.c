/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "verbs/allowed.h"
#include "xenapi/enums.h"
#include "xenapi/map.h"

/* 'set' is 'wanted', words with blanks between them, and each is one of 'type'. */
static void
assert_allowed(struct xenapi_value set, enum xenapi_enum_id type, const char *wanted)
{
    struct ds text = DS_EMPTY_INITIALIZER;

    for (size_t i = 0; i < set.set.n; i++) {
        const char *operation = set.set.elements[i].string;

        ds_put_format(&text, "%s%s", i ? " " : "", operation);
        assert_string_equal(xenapi_enum_value(&xenapi_enums[type], operation), operation);
    }
    assert_string_equal(ds_cstr(&text), wanted);
    ds_destroy(&text);
    xenapi_value_destroy(&set);
}

static void
buttons_of_a_vm_follow_its_state(void **state)
{
    const struct {
        const char *power_state;
        bool is_a_template;
        const char *current, *blocked, *allowed;
    } cases[] = {
        { "Halted", false, NULL, NULL, "clone start start_on changing_static_range changing_memory_limits changing_VCPUs destroy" },
        { "Halted", true, NULL, NULL, "clone provision changing_static_range changing_memory_limits changing_VCPUs destroy" },
        { "Halted", false, NULL, "start", "clone start_on changing_static_range changing_memory_limits changing_VCPUs destroy" },
        { "Halted", false, "start", NULL, "" },
        { "Running", false, NULL, NULL, "pause clean_shutdown clean_reboot hard_shutdown hard_reboot shutdown" },
        { "Running", false, "clean_shutdown", NULL, "hard_shutdown" },
        { "Running", false, "hard_shutdown", NULL, "" },
        { "Paused", false, NULL, NULL, "unpause hard_shutdown hard_reboot shutdown" },
        { "Suspended", false, NULL, NULL, "hard_shutdown shutdown destroy" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct xenapi_value current = xenapi_map_create(), blocked = xenapi_map_create();
        const struct legality_vm vm = {
            .ref = "V", .power_state = cases[i].power_state, .is_a_template = cases[i].is_a_template,
            .current_operations = &current, .blocked_operations = &blocked,
        };

        if (cases[i].current) {
            xenapi_map_put(&current, "T", xenapi_string(cases[i].current));
        }
        if (cases[i].blocked) {
            xenapi_map_put(&blocked, cases[i].blocked, xenapi_string("why"));
        }
        assert_allowed(allowed_of_vm(&vm), XENAPI_ENUM_vm_operations, cases[i].allowed);
        xenapi_value_destroy(&current);
        xenapi_value_destroy(&blocked);
    }
}

static void
buttons_of_a_vif_follow_its_vm(void **state)
{
    const struct {
        const char *power_state;
        bool attached;
        const char *allowed;
    } cases[] = {
        { "Halted", false, "attach" },
        { "Running", true, "attach unplug" },
        { "Running", false, "attach plug" },
        { "Paused", true, "attach" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const struct legality_vm vm = { .ref = "V", .power_state = cases[i].power_state };
        const struct legality_vif vif = { .ref = "F", .currently_attached = cases[i].attached, .vm = &vm };

        assert_allowed(allowed_of_vif(&vif), XENAPI_ENUM_vif_operations, cases[i].allowed);
    }
    assert_allowed(allowed_of_vif(&(struct legality_vif) { .ref = "F" }), XENAPI_ENUM_vif_operations, "attach");
}

static void
buttons_of_a_vbd_follow_its_medium(void **state)
{
    const struct legality_vm halted = { .ref = "V", .power_state = "Halted" }, running = { .ref = "V", .power_state = "Running" };
    const struct legality_vbd disk = { .ref = "B", .vm = &halted }, cd = { .ref = "B", .is_cd = true, .vm = &halted };
    const struct legality_vbd empty = { .ref = "B", .is_cd = true, .empty = true, .vm = &halted };
    const struct legality_vbd attached = { .ref = "B", .currently_attached = true, .vm = &running };

    assert_allowed(allowed_of_vbd(&disk), XENAPI_ENUM_vbd_operations, "attach");
    assert_allowed(allowed_of_vbd(&cd), XENAPI_ENUM_vbd_operations, "attach eject");
    assert_allowed(allowed_of_vbd(&empty), XENAPI_ENUM_vbd_operations, "attach insert");
    assert_allowed(allowed_of_vbd(&attached), XENAPI_ENUM_vbd_operations, "attach");
}

static void
buttons_of_the_rest_are_words_of_their_enumeration(void **state)
{
    assert_allowed(allowed_of_network(), XENAPI_ENUM_network_operations, "attaching");
    assert_allowed(allowed_of_sr(), XENAPI_ENUM_storage_operations, "scan vdi_create vdi_destroy");
    assert_allowed(allowed_of_host(true), XENAPI_ENUM_host_allowed_operations, "provision vm_start");
    assert_allowed(allowed_of_host(false), XENAPI_ENUM_host_allowed_operations, "enable");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buttons_of_a_vm_follow_its_state),
        cmocka_unit_test(buttons_of_a_vif_follow_its_vm),
        cmocka_unit_test(buttons_of_a_vbd_follow_its_medium),
        cmocka_unit_test(buttons_of_the_rest_are_words_of_their_enumeration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
