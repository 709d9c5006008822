/* SPDX-License-Identifier: Apache-2.0
 *
 * VMs, VIFs and VBDs as verbs/legality.h wants them to be told.
 */
#ifndef OBJECTS_LEGAL_H
#define OBJECTS_LEGAL_H

#include "verbs/legality.h"
#include "xenapi/ref.h"
#include "xenapi/value.h"

struct object;
struct objects;

/* 'judged' is what is asked for; it points to the rest, so that none of these may be moved. */
struct legal_vm {
    struct legality_vm judged;
    char ref[XENAPI_REF_SIZE];
    struct xenapi_value blocked_operations, current_operations;
};

struct legal_vif {
    struct legality_vif judged;
    char ref[XENAPI_REF_SIZE];
    struct xenapi_value current_operations;
    struct legal_vm vm;
};

struct legal_vbd {
    struct legality_vbd judged;
    char ref[XENAPI_REF_SIZE];
    struct xenapi_value current_operations;
    struct legal_vm vm;
};

/* As the object of that class is now. Each is to be destroyed. */
void legal_vm_init(struct legal_vm *, const struct objects *, const struct object *);
void legal_vm_destroy(struct legal_vm *);
void legal_vif_init(struct legal_vif *, const struct objects *, const struct object *);
void legal_vif_destroy(struct legal_vif *);
void legal_vbd_init(struct legal_vbd *, const struct objects *, const struct object *);
void legal_vbd_destroy(struct legal_vbd *);

#endif
