/* SPDX-License-Identifier: Apache-2.0
 *
 * Which operation is legal for a VM, a VIF or a VBD, as it is now. The checks come in XAPI's order, because clients act on the code of the
 * first one that fails (ocaml/xapi/xapi_vm_lifecycle.ml, xapi_vif_helpers.ml, xapi_vbd_helpers.ml). Nothing here knows whether a legal operation
 * will succeed.
 *
 * Operations have the names of XenAPI's enumerations vm_operations, vif_operations and vbd_operations. Nothing in the structs is owned.
 */
#ifndef VERBS_LEGALITY_H
#define VERBS_LEGALITY_H

#include <stdbool.h>

#include "xenapi/call.h"
#include "xenapi/value.h"

struct legality_vm {
    const char *ref;
    const char *power_state;            /* VM.power_state: "Halted" */
    bool is_a_template, is_default_template, is_a_snapshot, is_control_domain;
    const struct xenapi_value *blocked_operations;      /* map: operation -> why; NULL is none */
    const struct xenapi_value *current_operations;      /* map: ref of its task -> operation; NULL is none */
};

struct legality_vif {
    const char *ref;
    bool currently_attached;
    bool guest_refuses_hotplug;         /* VM_guest_metrics.can_use_hotplug_vif is "no" */
    const struct xenapi_value *current_operations;
    const struct legality_vm *vm;       /* NULL: it has none, and counts as one of a halted VM */
};

struct legality_vbd {
    const char *ref;
    bool currently_attached, empty, is_cd;
    const struct xenapi_value *current_operations;
    const struct legality_vm *vm;
};

/* True if 'operation' is legal. False if not: '*failure' is the caller's then. */
bool legality_of_vm(const struct legality_vm *, const char *operation, struct xenapi_reply *failure);
bool legality_of_vif(const struct legality_vif *, const char *operation, struct xenapi_reply *failure);
bool legality_of_vbd(const struct legality_vbd *, const char *operation, struct xenapi_reply *failure);

/* Whether VIF.destroy is legal: not while it is attached to a running VM. */
bool legality_of_vif_destroy(const struct legality_vif *, struct xenapi_reply *failure);

#endif
