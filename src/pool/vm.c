/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "pool/vm.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/quote.h"
#include "pool/lookup.h"
#include "pool/replica.h"
#include "pool/vif.h"

const char *
pool_vm_name(const struct poolrec_vm *vm)
{
    return vm->name_label;
}

struct error *
pool_vm_find(struct pool *pool, const char *word, const struct poolrec_vm **vm)
{
    const struct ovsdb_idl_row *row;
    struct pool_lookup lookup;
    const struct poolrec_vm *v;
    struct error *error;

    pool_lookup_init(&lookup, "VM", word, "`cable vm list` shows the VMs");
    POOLREC_VM_FOR_EACH (v, pool_idl(pool)) {
        pool_lookup_offer(&lookup, &v->header_, v->name_label, NULL);
    }
    error = pool_lookup_finish(&lookup, &row);
    *vm = error ? NULL : poolrec_vm_get_for_uuid(pool_idl(pool), &row->uuid);
    return error;
}

static struct error *
vm_make(struct ovsdb_idl_txn *txn, const char *name, const struct poolrec_vm **vm)
{
    struct error *error = pool_name_check("VM", name);

    if (!error) {
        *vm = poolrec_vm_insert(txn);
        poolrec_vm_set_name_label(*vm, name);
    }
    return error;
}

struct error *
pool_vm_find_or_make(struct pool *pool, struct ovsdb_idl_txn *txn, const char *word, const struct poolrec_vm **vm, bool *made)
{
    struct error *error = pool_vm_find(pool, word, vm);
    struct uuid uuid;

    *made = error && error->code == ERROR_NOT_FOUND && !uuid_from_string(&uuid, word);
    if (*made) {
        error_free(error);
        error = vm_make(txn, word, vm);
    }
    return error;
}

/* A VIF that refers to it is told with its name, by pool_vm_destroy(). */
static struct error *
vm_check_unused(struct pool *pool, const struct poolrec_vm *vm)
{
    const struct poolrec_vbd *vbd;

    if (vm->power_state && strcmp(vm->power_state, "Halted")) {
        return error_new(ERROR_IN_USE, "VM %s is not switched off, it is %s: `cable vm shutdown` does it, by cabled-xapi",
                         quote(vm->name_label).text, vm->power_state);
    }
    POOLREC_VBD_FOR_EACH (vbd, pool_idl(pool)) {
        if (vbd->VM == vm) {
            return error_new(ERROR_IN_USE, "VM %s has disks: only cabled-xapi takes them away with it, so have it run",
                             quote(vm->name_label).text);
        }
    }
    return NULL;
}

struct error *
pool_vm_destroy(struct pool *pool, const struct poolrec_vm *vm)
{
    struct pool_vif_names names = POOL_VIF_NAMES_INITIALIZER;
    const struct poolrec_vif *vif;
    struct error *error = NULL;
    char *vifs;

    POOLREC_VIF_FOR_EACH (vif, pool_idl(pool)) {
        if (vif->VM == vm) {
            pool_vif_names_add(&names, vif);
        }
    }
    vifs = pool_vif_names_finish(&names);
    if (*vifs) {
        error = error_new(ERROR_IN_USE, "VM %s has VIFs: %s: destroy them first (`cable vif destroy`) or give them to another VM "
                          "(`cable vif set DEVICE --vm`)", quote(vm->name_label).text, vifs);
    } else {
        error = vm_check_unused(pool, vm);
    }
    if (!error) {
        poolrec_vm_verify_name_label(vm);
        poolrec_vm_verify_power_state(vm);
        poolrec_vm_delete(vm);
    }
    free(vifs);
    return error;
}
