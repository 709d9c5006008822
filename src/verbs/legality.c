/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "verbs/legality.h"

#include <stdlib.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "xenapi/ref.h"

enum {
    HALTED = 1 << 0,
    PAUSED = 1 << 1,
    SUSPENDED = 1 << 2,
    RUNNING = 1 << 3,
    ANY_STATE = HALTED | PAUSED | SUSPENDED | RUNNING,
};

/* In the order in which failures name them. */
static const struct {
    const char *value, *name;
    unsigned int bit;
} power_states[] = {
    { "Halted", "halted", HALTED },
    { "Paused", "paused", PAUSED },
    { "Suspended", "suspended", SUSPENDED },
    { "Running", "running", RUNNING },
};

/* In which power states, and whether a template takes it. */
struct vm_rule {
    const char *operation;
    unsigned int states;
    bool of_templates, of_snapshots, of_control_domains;
};

static const struct vm_rule vm_rules[] = {
    { "snapshot", ANY_STATE },
    { "clone", HALTED, true, true },
    { "copy", HALTED, true, true },
    { "create_template", HALTED | SUSPENDED },
    { "revert", ANY_STATE, false, true },
    { "checkpoint", PAUSED | SUSPENDED | RUNNING },
    { "snapshot_with_quiesce", RUNNING },
    { "provision", HALTED, true },
    { "start", HALTED, false, false, true },
    { "start_on", HALTED },
    { "pause", RUNNING },
    { "unpause", PAUSED },
    { "clean_shutdown", RUNNING },
    { "clean_reboot", RUNNING },
    { "hard_shutdown", PAUSED | SUSPENDED | RUNNING, false, true },
    { "power_state_reset", ANY_STATE },
    { "hard_reboot", PAUSED | RUNNING },
    { "suspend", RUNNING },
    { "csvm", SUSPENDED },
    { "resume", SUSPENDED },
    { "resume_on", SUSPENDED },
    { "pool_migrate", RUNNING },
    { "migrate_send", RUNNING },
    { "get_boot_record", PAUSED | SUSPENDED | RUNNING },
    { "send_sysrq", RUNNING },
    { "send_trigger", RUNNING },
    { "query_services", ANY_STATE },
    { "shutdown", PAUSED | SUSPENDED | RUNNING },
    { "call_plugin", RUNNING },
    { "changing_memory_live", RUNNING, false, false, true },
    { "awaiting_memory_live", RUNNING, false, false, true },
    { "changing_dynamic_range", HALTED | RUNNING, true, false, true },
    { "changing_static_range", HALTED, true },
    { "changing_memory_limits", HALTED, true },
    { "changing_shadow_memory", HALTED, true },
    { "changing_shadow_memory_live", RUNNING },
    { "changing_VCPUs", HALTED, true },
    { "changing_VCPUs_live", RUNNING },
    { "changing_NVRAM", HALTED, true },
    { "assert_operation_valid", ANY_STATE, true, true, true },
    { "data_source_op", RUNNING, false, false, true },
    { "update_allowed_operations", ANY_STATE, true, true, true },
    { "make_into_template", HALTED },
    { "import", 0 },
    { "export", HALTED | SUSPENDED, true, true },
    { "metadata_export", ANY_STATE, true, true, true },
    { "reverting", ANY_STATE },
    { "destroy", HALTED | SUSPENDED, true, true },
    { "create_vtpm", HALTED, true },
};

static bool
fails(struct xenapi_reply *failure, struct xenapi_reply reply)
{
    *failure = reply;
    return false;
}

static const char *
name_of_state(const char *value)
{
    for (size_t i = 0; i < ARRAY_SIZE(power_states); i++) {
        if (!strcmp(power_states[i].value, value)) {
            return power_states[i].name;
        }
    }
    OVS_NOT_REACHED();
}

static bool
is_in(const char *value, unsigned int states)
{
    for (size_t i = 0; i < ARRAY_SIZE(power_states); i++) {
        if (!strcmp(power_states[i].value, value)) {
            return states & power_states[i].bit;
        }
    }
    OVS_NOT_REACHED();
}

static struct xenapi_reply
bad_power_state(const char *ref, unsigned int states, const char *value)
{
    struct ds expected = DS_EMPTY_INITIALIZER;
    struct xenapi_reply failure;

    for (size_t i = 0; i < ARRAY_SIZE(power_states); i++) {
        if (states & power_states[i].bit) {
            ds_put_format(&expected, "%s%s", expected.length ? ", " : "", power_states[i].name);
        }
    }
    failure = xenapi_failure("VM_BAD_POWER_STATE", ref, ds_cstr(&expected), name_of_state(value), NULL);
    ds_destroy(&expected);
    return failure;
}

static const struct vm_rule *
rule_of(const char *operation)
{
    for (size_t i = 0; i < ARRAY_SIZE(vm_rules); i++) {
        if (!strcmp(vm_rules[i].operation, operation)) {
            return &vm_rules[i];
        }
    }
    OVS_NOT_REACHED();
}

static const struct xenapi_map *
map_of(const struct xenapi_value *value)
{
    static const struct xenapi_map none;

    return value ? &value->map : &none;
}

/* "text" of one, "{text,text}" of several: keys, or values. */
static char *
list_of(const struct xenapi_map *map, bool keys)
{
    struct ds list = DS_EMPTY_INITIALIZER;

    for (size_t i = 0; i < map->n; i++) {
        ds_put_format(&list, "%s%s", i ? "," : "", keys ? map->members[i].key : map->members[i].value.string);
    }
    if (map->n > 1) {
        char *text = xasprintf("{%s}", ds_cstr(&list));

        ds_destroy(&list);
        return text;
    }
    return ds_steal_cstr(&list);
}

static struct xenapi_reply
other_operation(const char *class, const char *ref, const struct xenapi_map *current)
{
    char *operations = list_of(current, false), *tasks = list_of(current, true);
    struct xenapi_reply failure = xenapi_failure("OTHER_OPERATION_IN_PROGRESS", class, ref, operations, tasks, NULL);

    free(operations);
    free(tasks);
    return failure;
}

static bool
has_operation(const struct xenapi_map *current, const char *operation)
{
    for (size_t i = 0; i < current->n; i++) {
        if (!strcmp(current->members[i].value.string, operation)) {
            return true;
        }
    }
    return false;
}

/* A hard shutdown breaks off whatever runs. The other pairs that XAPI knows are of operations that are not carried out here. */
static bool
is_allowed_beside(const char *operation, const struct xenapi_map *current)
{
    return !current->n || (!strcmp(operation, "hard_shutdown") && !has_operation(current, "hard_shutdown"));
}

static bool
is_of_templates(const struct legality_vm *vm, const struct vm_rule *rule)
{
    return rule->of_templates && !(vm->is_default_template && !strcmp(rule->operation, "destroy"));
}

static bool
kind_allows(const struct legality_vm *vm, const struct vm_rule *rule, struct xenapi_reply *failure)
{
    if (vm->is_a_template && !vm->is_a_snapshot && !is_of_templates(vm, rule)) {
        return fails(failure, xenapi_failure("VM_IS_TEMPLATE", vm->ref, rule->operation, NULL));
    }
    if (vm->is_a_snapshot && !rule->of_snapshots) {
        return fails(failure, xenapi_failure("VM_IS_SNAPSHOT", vm->ref, rule->operation, NULL));
    }
    if (!vm->is_a_template && !strcmp(rule->operation, "provision")) {
        return fails(failure, xenapi_failure("ONLY_PROVISION_TEMPLATE", NULL));
    }
    if (!vm->is_a_snapshot && !strcmp(rule->operation, "revert")) {
        return fails(failure, xenapi_failure("ONLY_REVERT_SNAPSHOT", NULL));
    }
    if (vm->is_control_domain && !rule->of_control_domains) {
        return fails(failure, xenapi_failure("OPERATION_NOT_ALLOWED", "This operation is not allowed on a control domain", NULL));
    }
    return true;
}

bool
legality_of_vm(const struct legality_vm *vm, const char *operation, struct xenapi_reply *failure)
{
    const struct xenapi_map *blocked = map_of(vm->blocked_operations), *current = map_of(vm->current_operations);
    const struct vm_rule *rule = rule_of(operation);

    for (size_t i = 0; i < blocked->n; i++) {
        if (!strcmp(blocked->members[i].key, operation)) {
            return fails(failure, xenapi_failure("OPERATION_BLOCKED", vm->ref, blocked->members[i].value.string, NULL));
        }
    }
    if (!is_in(vm->power_state, rule->states)) {
        return fails(failure, bad_power_state(vm->ref, rule->states, vm->power_state));
    }
    if (!is_allowed_beside(operation, current)) {
        return fails(failure, other_operation("VM", vm->ref, current));
    }
    return kind_allows(vm, rule, failure);
}

/* What a device's VM is, if it has none. */
static const struct legality_vm no_vm = { .ref = XENAPI_REF_NULL, .power_state = "Halted" };

/* "VM:<ref> is <operation>", if the VM does what no device may be plugged beside. */
static bool
vm_is_busy(const struct legality_vm *vm, struct xenapi_reply *failure)
{
    static const char *const operations[] = { "clean_shutdown", "hard_shutdown", "suspend", "pause" };

    for (size_t i = 0; i < ARRAY_SIZE(operations); i++) {
        if (has_operation(map_of(vm->current_operations), operations[i])) {
            char *text = xasprintf("Current operation on VM:%s is %s", vm->ref, operations[i]);

            *failure = xenapi_failure("OPERATION_NOT_ALLOWED", text, NULL);
            free(text);
            return true;
        }
    }
    return false;
}

/* Of 'plug', which needs a device that is not attached, and of the other operations that need a running VM. */
static bool
device_may_move(const struct legality_vm *vm, const char *ref, bool currently_attached, bool is_plug, struct xenapi_reply *failure)
{
    if (!is_in(vm->power_state, RUNNING)) {
        return fails(failure, bad_power_state(vm->ref, RUNNING, vm->power_state));
    }
    if (currently_attached == is_plug) {
        return fails(failure, xenapi_failure(is_plug ? "DEVICE_ALREADY_ATTACHED" : "DEVICE_ALREADY_DETACHED", ref, NULL));
    }
    return !vm_is_busy(vm, failure);
}

bool
legality_of_vif(const struct legality_vif *vif, const char *operation, struct xenapi_reply *failure)
{
    const struct legality_vm *vm = vif->vm ? vif->vm : &no_vm;

    if (map_of(vif->current_operations)->n) {
        return fails(failure, other_operation("VIF", vif->ref, map_of(vif->current_operations)));
    }
    if (!strcmp(operation, "attach")) {
        return true;
    }
    if (!device_may_move(vm, vif->ref, vif->currently_attached, !strcmp(operation, "plug"), failure)) {
        return false;
    }
    if (vif->guest_refuses_hotplug) {
        return fails(failure, xenapi_failure("OPERATION_NOT_ALLOWED", "VM states it does not support VIF hotplug.", NULL));
    }
    return true;
}

bool
legality_of_vif_destroy(const struct legality_vif *vif, struct xenapi_reply *failure)
{
    const struct legality_vm *vm = vif->vm ? vif->vm : &no_vm;

    if (vif->currently_attached && is_in(vm->power_state, PAUSED | RUNNING)) {
        return fails(failure, xenapi_failure("OPERATION_NOT_ALLOWED", "VIF currently attached to a running VM", NULL));
    }
    if (map_of(vif->current_operations)->n) {
        return fails(failure, other_operation("VIF", vif->ref, map_of(vif->current_operations)));
    }
    return true;
}

/* Media are changed while the VM is halted: no disk is changed in a guest that runs. */
static bool
medium_may_change(const struct legality_vbd *vbd, const struct legality_vm *vm, bool is_insert, struct xenapi_reply *failure)
{
    if (!vbd->is_cd) {
        return fails(failure, xenapi_failure("VBD_NOT_REMOVABLE_MEDIA", vbd->ref, NULL));
    }
    if (vbd->empty != is_insert) {
        return fails(failure, xenapi_failure(is_insert ? "VBD_NOT_EMPTY" : "VBD_IS_EMPTY", vbd->ref, NULL));
    }
    if (!is_in(vm->power_state, HALTED)) {
        return fails(failure, bad_power_state(vm->ref, HALTED, vm->power_state));
    }
    return true;
}

bool
legality_of_vbd(const struct legality_vbd *vbd, const char *operation, struct xenapi_reply *failure)
{
    const struct legality_vm *vm = vbd->vm ? vbd->vm : &no_vm;

    if (map_of(vbd->current_operations)->n) {
        return fails(failure, other_operation("VBD", vbd->ref, map_of(vbd->current_operations)));
    }
    if (!strcmp(operation, "insert") || !strcmp(operation, "eject")) {
        return medium_may_change(vbd, vm, !strcmp(operation, "insert"), failure);
    }
    if (!strcmp(operation, "attach")) {
        return true;
    }
    if (!device_may_move(vm, vbd->ref, vbd->currently_attached, !strcmp(operation, "plug"), failure)) {
        return false;
    }
    return fails(failure, xenapi_failure("OPERATION_NOT_ALLOWED", "disks are plugged and unplugged while the VM is halted only", NULL));
}
