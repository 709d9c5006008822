/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "verbs/allowed.h"

#include <util.h>

static void
add_if_legal(struct xenapi_value *set, const char *operation, bool is_legal, struct xenapi_reply *failure)
{
    if (is_legal) {
        xenapi_set_add(set, xenapi_string(operation));
    } else {
        xenapi_reply_destroy(failure);
    }
}

static struct xenapi_value
set_of(const char *const *operations, size_t n)
{
    struct xenapi_value set = xenapi_set_create();

    for (size_t i = 0; i < n; i++) {
        xenapi_set_add(&set, xenapi_string(operations[i]));
    }
    return set;
}

struct xenapi_value
allowed_of_vm(const struct legality_vm *vm)
{
    static const char *const operations[] = {
        "clone", "provision", "start", "start_on", "pause", "unpause", "clean_shutdown", "clean_reboot", "hard_shutdown", "hard_reboot",
        "shutdown", "changing_static_range", "changing_memory_limits", "changing_VCPUs", "destroy",
    };
    struct xenapi_value set = xenapi_set_create();

    for (size_t i = 0; i < ARRAY_SIZE(operations); i++) {
        struct xenapi_reply failure;
        bool is_legal = legality_of_vm(vm, operations[i], &failure);

        add_if_legal(&set, operations[i], is_legal, &failure);
    }
    return set;
}

struct xenapi_value
allowed_of_vif(const struct legality_vif *vif)
{
    static const char *const operations[] = { "attach", "plug", "unplug" };
    struct xenapi_value set = xenapi_set_create();

    for (size_t i = 0; i < ARRAY_SIZE(operations); i++) {
        struct xenapi_reply failure;
        bool is_legal = legality_of_vif(vif, operations[i], &failure);

        add_if_legal(&set, operations[i], is_legal, &failure);
    }
    return set;
}

struct xenapi_value
allowed_of_vbd(const struct legality_vbd *vbd)
{
    static const char *const operations[] = { "attach", "eject", "insert", "plug", "unplug", "unplug_force" };
    struct xenapi_value set = xenapi_set_create();

    for (size_t i = 0; i < ARRAY_SIZE(operations); i++) {
        struct xenapi_reply failure;
        bool is_legal = legality_of_vbd(vbd, operations[i], &failure);

        add_if_legal(&set, operations[i], is_legal, &failure);
    }
    return set;
}

struct xenapi_value
allowed_of_network(void)
{
    static const char *const operations[] = { "attaching" };

    return set_of(operations, ARRAY_SIZE(operations));
}

struct xenapi_value
allowed_of_sr(void)
{
    static const char *const operations[] = { "scan", "vdi_create", "vdi_destroy" };

    return set_of(operations, ARRAY_SIZE(operations));
}

struct xenapi_value
allowed_of_host(bool is_enabled)
{
    static const char *const enabled[] = { "provision", "vm_start" };
    static const char *const disabled[] = { "enable" };

    return is_enabled ? set_of(enabled, ARRAY_SIZE(enabled)) : set_of(disabled, ARRAY_SIZE(disabled));
}
