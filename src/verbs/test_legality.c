/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <string.h>

#include <util.h>

#include "verbs/legality.h"
#include "verbs/test_failure_text.h"
#include "xenapi/enums.h"
#include "xenapi/map.h"

enum kind { PLAIN, TEMPLATE, DEFAULT_TEMPLATE, SNAPSHOT, CONTROL_DOMAIN };

/* "task=operation task=operation", as current_operations and, with reasons for tasks, as blocked_operations. */
static struct xenapi_value
map_of(const char *text, bool is_blocked)
{
    struct xenapi_value map = xenapi_map_create();
    char *copy = xstrdup(text), *rest = copy;

    for (char *word; (word = strtok_r(rest, " ", &rest)); ) {
        char *value = strchr(word, '=');

        *value++ = '\0';
        xenapi_map_put(&map, is_blocked ? value : word, xenapi_string(is_blocked ? word : value));
    }
    free(copy);
    return map;
}

static const struct {
    const char *operation, *power_state;
    enum kind kind;
    const char *blocked, *current, *failure;
} vm_cases[] = {
    { "start", "Halted", PLAIN, "", "", "" },
    { "start", "Running", PLAIN, "", "", "VM_BAD_POWER_STATE V|halted|running" },
    { "start", "Paused", PLAIN, "", "", "VM_BAD_POWER_STATE V|halted|paused" },
    { "start", "Suspended", PLAIN, "", "", "VM_BAD_POWER_STATE V|halted|suspended" },
    { "start_on", "Halted", PLAIN, "", "", "" },
    { "start_on", "Running", PLAIN, "", "", "VM_BAD_POWER_STATE V|halted|running" },
    { "unpause", "Paused", PLAIN, "", "", "" },
    { "unpause", "Running", PLAIN, "", "", "VM_BAD_POWER_STATE V|paused|running" },
    { "unpause", "Halted", PLAIN, "", "", "VM_BAD_POWER_STATE V|paused|halted" },
    { "pause", "Running", PLAIN, "", "", "" },
    { "pause", "Paused", PLAIN, "", "", "VM_BAD_POWER_STATE V|running|paused" },
    { "pause", "Halted", PLAIN, "", "", "VM_BAD_POWER_STATE V|running|halted" },
    { "suspend", "Halted", PLAIN, "", "", "VM_BAD_POWER_STATE V|running|halted" },
    { "resume", "Running", PLAIN, "", "", "VM_BAD_POWER_STATE V|suspended|running" },
    { "resume_on", "Halted", PLAIN, "", "", "VM_BAD_POWER_STATE V|suspended|halted" },
    { "clean_shutdown", "Running", PLAIN, "", "", "" },
    { "clean_shutdown", "Halted", PLAIN, "", "", "VM_BAD_POWER_STATE V|running|halted" },
    { "clean_shutdown", "Paused", PLAIN, "", "", "VM_BAD_POWER_STATE V|running|paused" },
    { "clean_reboot", "Running", PLAIN, "", "", "" },
    { "clean_reboot", "Halted", PLAIN, "", "", "VM_BAD_POWER_STATE V|running|halted" },
    { "hard_shutdown", "Running", PLAIN, "", "", "" },
    { "hard_shutdown", "Paused", PLAIN, "", "", "" },
    { "hard_shutdown", "Suspended", PLAIN, "", "", "" },
    { "hard_shutdown", "Halted", PLAIN, "", "", "VM_BAD_POWER_STATE V|paused, suspended, running|halted" },
    { "shutdown", "Halted", PLAIN, "", "", "VM_BAD_POWER_STATE V|paused, suspended, running|halted" },
    { "hard_reboot", "Running", PLAIN, "", "", "" },
    { "hard_reboot", "Paused", PLAIN, "", "", "" },
    { "hard_reboot", "Halted", PLAIN, "", "", "VM_BAD_POWER_STATE V|paused, running|halted" },
    { "destroy", "Halted", PLAIN, "", "", "" },
    { "destroy", "Suspended", PLAIN, "", "", "" },
    { "destroy", "Running", PLAIN, "", "", "VM_BAD_POWER_STATE V|halted, suspended|running" },
    { "destroy", "Paused", PLAIN, "", "", "VM_BAD_POWER_STATE V|halted, suspended|paused" },
    { "clone", "Halted", PLAIN, "", "", "" },
    { "clone", "Running", PLAIN, "", "", "VM_BAD_POWER_STATE V|halted|running" },
    { "changing_memory_limits", "Running", PLAIN, "", "", "VM_BAD_POWER_STATE V|halted|running" },
    { "changing_VCPUs", "Paused", PLAIN, "", "", "VM_BAD_POWER_STATE V|halted|paused" },
    { "update_allowed_operations", "Running", PLAIN, "", "", "" },

    { "start", "Halted", TEMPLATE, "", "", "VM_IS_TEMPLATE V|start" },
    { "start_on", "Halted", TEMPLATE, "", "", "VM_IS_TEMPLATE V|start_on" },
    { "clone", "Halted", TEMPLATE, "", "", "" },
    { "provision", "Halted", TEMPLATE, "", "", "" },
    { "destroy", "Halted", TEMPLATE, "", "", "" },
    { "changing_VCPUs", "Halted", TEMPLATE, "", "", "" },
    { "clone", "Halted", DEFAULT_TEMPLATE, "", "", "" },
    { "destroy", "Halted", DEFAULT_TEMPLATE, "", "", "VM_IS_TEMPLATE V|destroy" },
    { "provision", "Halted", PLAIN, "", "", "ONLY_PROVISION_TEMPLATE" },
    { "revert", "Halted", PLAIN, "", "", "ONLY_REVERT_SNAPSHOT" },
    { "start", "Halted", SNAPSHOT, "", "", "VM_IS_SNAPSHOT V|start" },
    { "clone", "Halted", SNAPSHOT, "", "", "" },
    { "destroy", "Halted", SNAPSHOT, "", "", "" },
    { "clean_shutdown", "Running", CONTROL_DOMAIN, "", "", "OPERATION_NOT_ALLOWED This operation is not allowed on a control domain" },
    { "hard_reboot", "Running", CONTROL_DOMAIN, "", "", "OPERATION_NOT_ALLOWED This operation is not allowed on a control domain" },
    { "start", "Running", CONTROL_DOMAIN, "", "", "VM_BAD_POWER_STATE V|halted|running" },

    /* What a person has blocked goes before everything; then the power state, then what is under way, then what kind of VM it is. */
    { "start", "Halted", PLAIN, "holiday=start", "", "OPERATION_BLOCKED V|holiday" },
    { "start", "Running", TEMPLATE, "holiday=start", "T=clone", "OPERATION_BLOCKED V|holiday" },
    { "start", "Halted", PLAIN, "holiday=clone", "", "" },
    { "start", "Running", TEMPLATE, "", "T=clone", "VM_BAD_POWER_STATE V|halted|running" },
    { "start", "Halted", TEMPLATE, "", "T=clone", "OTHER_OPERATION_IN_PROGRESS VM|V|clone|T" },

    { "start", "Halted", PLAIN, "", "T=start", "OTHER_OPERATION_IN_PROGRESS VM|V|start|T" },
    { "start", "Halted", PLAIN, "", "T=start U=hard_shutdown", "OTHER_OPERATION_IN_PROGRESS VM|V|{start,hard_shutdown}|{T,U}" },
    { "pause", "Running", PLAIN, "", "T=clean_shutdown", "OTHER_OPERATION_IN_PROGRESS VM|V|clean_shutdown|T" },
    { "destroy", "Halted", PLAIN, "", "T=start", "OTHER_OPERATION_IN_PROGRESS VM|V|start|T" },
    { "hard_reboot", "Running", PLAIN, "", "T=clean_reboot", "OTHER_OPERATION_IN_PROGRESS VM|V|clean_reboot|T" },
    { "hard_shutdown", "Running", PLAIN, "", "T=clean_shutdown", "" },
    { "hard_shutdown", "Running", PLAIN, "", "T=clean_reboot U=pause", "" },
    { "hard_shutdown", "Running", PLAIN, "", "T=hard_shutdown", "OTHER_OPERATION_IN_PROGRESS VM|V|hard_shutdown|T" },
    { "hard_shutdown", "Running", PLAIN, "", "T=clean_shutdown U=hard_shutdown",
      "OTHER_OPERATION_IN_PROGRESS VM|V|{clean_shutdown,hard_shutdown}|{T,U}" },
};

static struct legality_vm
vm_of(const char *power_state, enum kind kind)
{
    return (struct legality_vm) {
        .ref = "V",
        .power_state = power_state,
        .is_a_template = kind == TEMPLATE || kind == DEFAULT_TEMPLATE || kind == SNAPSHOT,
        .is_default_template = kind == DEFAULT_TEMPLATE,
        .is_a_snapshot = kind == SNAPSHOT,
        .is_control_domain = kind == CONTROL_DOMAIN,
    };
}

static void
a_vm_takes_what_its_state_allows(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(vm_cases); i++) {
        struct legality_vm vm = vm_of(vm_cases[i].power_state, vm_cases[i].kind);
        struct xenapi_value blocked = map_of(vm_cases[i].blocked, true), current = map_of(vm_cases[i].current, false);
        struct xenapi_reply failure;

        vm.blocked_operations = &blocked;
        vm.current_operations = &current;
        bool ok = legality_of_vm(&vm, vm_cases[i].operation, &failure);
        assert_failure(ok, &failure, vm_cases[i].failure, vm_cases[i].operation);
        xenapi_value_destroy(&blocked);
        xenapi_value_destroy(&current);
    }
}

/* An operation without a rule would end the program when a client names it in assert_operation_valid. */
static void
every_operation_has_its_rule(void **state)
{
    const struct xenapi_enum *operations = &xenapi_enums[XENAPI_ENUM_vm_operations];
    const struct legality_vm vm = vm_of("Halted", PLAIN);

    for (size_t i = 0; i < operations->n; i++) {
        struct xenapi_reply failure;

        if (!legality_of_vm(&vm, operations->values[i], &failure)) {
            xenapi_reply_destroy(&failure);
        }
    }
}

static const struct {
    const char *operation, *vm_state;
    bool attached;
    const char *current, *vm_current, *failure;
} vif_cases[] = {
    { "plug", "Running", false, "", "", "" },
    { "plug", "Running", true, "", "", "DEVICE_ALREADY_ATTACHED F" },
    { "plug", "Paused", false, "", "", "VM_BAD_POWER_STATE V|running|paused" },
    { "plug", "Halted", false, "", "", "VM_BAD_POWER_STATE V|running|halted" },
    { "plug", "Halted", true, "", "", "VM_BAD_POWER_STATE V|running|halted" },
    { "plug", "Suspended", false, "", "", "VM_BAD_POWER_STATE V|running|suspended" },
    { "unplug", "Running", true, "", "", "" },
    { "unplug", "Running", false, "", "", "DEVICE_ALREADY_DETACHED F" },
    { "unplug", "Halted", false, "", "", "VM_BAD_POWER_STATE V|running|halted" },
    { "unplug", "Paused", true, "", "", "VM_BAD_POWER_STATE V|running|paused" },
    { "attach", "Halted", false, "", "", "" },
    { "attach", "Running", true, "", "", "" },
    { "plug", "Running", false, "T=plug", "", "OTHER_OPERATION_IN_PROGRESS VIF|F|plug|T" },
    { "unplug", "Halted", false, "T=plug", "", "OTHER_OPERATION_IN_PROGRESS VIF|F|plug|T" },
    { "attach", "Running", false, "T=unplug", "", "OTHER_OPERATION_IN_PROGRESS VIF|F|unplug|T" },
    { "plug", "Running", false, "", "T=clean_shutdown", "OPERATION_NOT_ALLOWED Current operation on VM:V is clean_shutdown" },
    { "unplug", "Running", true, "", "T=hard_shutdown", "OPERATION_NOT_ALLOWED Current operation on VM:V is hard_shutdown" },
    { "unplug", "Running", true, "", "T=pause", "OPERATION_NOT_ALLOWED Current operation on VM:V is pause" },
    { "unplug", "Running", true, "", "T=suspend", "OPERATION_NOT_ALLOWED Current operation on VM:V is suspend" },
    { "plug", "Running", true, "", "T=pause", "DEVICE_ALREADY_ATTACHED F" },
    { "plug", "Running", false, "", "T=clean_reboot", "" },
    { "destroy", "Running", true, "", "", "OPERATION_NOT_ALLOWED VIF currently attached to a running VM" },
    { "destroy", "Paused", true, "", "", "OPERATION_NOT_ALLOWED VIF currently attached to a running VM" },
    { "destroy", "Running", false, "", "", "" },
    { "destroy", "Halted", true, "", "", "" },
    { "destroy", "Halted", false, "", "", "" },
    { "destroy", "Running", false, "T=plug", "", "OTHER_OPERATION_IN_PROGRESS VIF|F|plug|T" },
};

static void
a_vif_is_plugged_into_a_vm_that_runs(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(vif_cases); i++) {
        struct legality_vm vm = vm_of(vif_cases[i].vm_state, PLAIN);
        struct xenapi_value current = map_of(vif_cases[i].current, false), vm_current = map_of(vif_cases[i].vm_current, false);
        const struct legality_vif vif = {
            .ref = "F", .currently_attached = vif_cases[i].attached, .current_operations = &current, .vm = &vm,
        };
        struct xenapi_reply failure;

        vm.current_operations = &vm_current;
        bool ok = strcmp(vif_cases[i].operation, "destroy") ? legality_of_vif(&vif, vif_cases[i].operation, &failure)
                                                            : legality_of_vif_destroy(&vif, &failure);
        assert_failure(ok, &failure, vif_cases[i].failure, vif_cases[i].operation);
        xenapi_value_destroy(&current);
        xenapi_value_destroy(&vm_current);
    }
}

static void
a_vif_without_a_vm_is_plugged_into_nothing(void **state)
{
    const struct legality_vif vif = { .ref = "F" };
    struct xenapi_reply failure;
    bool ok = legality_of_vif(&vif, "plug", &failure);

    assert_failure(ok, &failure, "VM_BAD_POWER_STATE OpaqueRef:NULL|running|halted", "plug");
    ok = legality_of_vif_destroy(&vif, &failure);
    assert_failure(ok, &failure, "", "destroy");
}

static void
a_guest_can_refuse_hotplug(void **state)
{
    const struct legality_vm vm = vm_of("Running", PLAIN);
    const struct legality_vif vif = { .ref = "F", .vm = &vm, .guest_refuses_hotplug = true };
    struct xenapi_reply failure;
    bool ok = legality_of_vif(&vif, "plug", &failure);

    assert_failure(ok, &failure, "OPERATION_NOT_ALLOWED VM states it does not support VIF hotplug.", "plug");
    ok = legality_of_vif(&vif, "attach", &failure);
    assert_failure(ok, &failure, "", "attach");
}

static void
media_change_and_disks_do_not(void **state)
{
    const char *const while_halted = "OPERATION_NOT_ALLOWED disks are plugged and unplugged while the VM is halted only";
    const struct {
        const char *operation, *vm_state;
        bool attached, is_cd, empty;
        const char *current, *failure;
    } cases[] = {
        { "insert", "Halted", false, true, true, "", "" },
        { "insert", "Halted", false, true, false, "", "VBD_NOT_EMPTY B" },
        { "insert", "Halted", false, false, true, "", "VBD_NOT_REMOVABLE_MEDIA B" },
        { "insert", "Running", true, true, true, "", "VM_BAD_POWER_STATE V|halted|running" },
        { "eject", "Halted", false, true, false, "", "" },
        { "eject", "Halted", false, true, true, "", "VBD_IS_EMPTY B" },
        { "eject", "Halted", false, false, false, "", "VBD_NOT_REMOVABLE_MEDIA B" },
        { "attach", "Halted", false, false, false, "", "" },
        { "plug", "Halted", false, false, false, "", "VM_BAD_POWER_STATE V|running|halted" },
        { "plug", "Running", true, false, false, "", "DEVICE_ALREADY_ATTACHED B" },
        { "plug", "Running", false, false, false, "", while_halted },
        { "unplug", "Running", false, false, false, "", "DEVICE_ALREADY_DETACHED B" },
        { "unplug", "Running", true, false, false, "", while_halted },
        { "unplug_force", "Halted", true, false, false, "", "VM_BAD_POWER_STATE V|running|halted" },
        { "attach", "Halted", false, false, false, "T=plug", "OTHER_OPERATION_IN_PROGRESS VBD|B|plug|T" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const struct legality_vm vm = vm_of(cases[i].vm_state, PLAIN);
        struct xenapi_value current = map_of(cases[i].current, false);
        const struct legality_vbd vbd = {
            .ref = "B", .currently_attached = cases[i].attached, .is_cd = cases[i].is_cd, .empty = cases[i].empty,
            .current_operations = &current, .vm = &vm,
        };
        struct xenapi_reply failure;
        bool ok = legality_of_vbd(&vbd, cases[i].operation, &failure);

        assert_failure(ok, &failure, cases[i].failure, cases[i].operation);
        xenapi_value_destroy(&current);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_vm_takes_what_its_state_allows),
        cmocka_unit_test(every_operation_has_its_rule),
        cmocka_unit_test(a_vif_is_plugged_into_a_vm_that_runs),
        cmocka_unit_test(a_vif_without_a_vm_is_plugged_into_nothing),
        cmocka_unit_test(a_guest_can_refuse_hotplug),
        cmocka_unit_test(media_change_and_disks_do_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
