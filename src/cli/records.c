/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "cli/records.h"

#include <stdlib.h>
#include <string.h>

#include <svec.h>
#include <util.h>
#include <uuid.h>

#include "base/error.h"
#include "cli/rows.h"
#include "pool/host.h"
#include "pool/replica.h"
#include "pool/vif.h"
#include "pool/vm.h"
#include "vif/policy.h"
#include "vif/rate.h"
#include "vif/wish.h"

static void
put_uuid(struct row *row, const char *name, const struct ovsdb_idl_row *object)
{
    row_put_text_nocopy(row, name, object ? xasprintf(UUID_FMT, UUID_ARGS(&object->uuid)) : NULL);
}

/* A network's VLAN, where it has one. */
static void
put_vlan(struct row *row, const struct poolrec_network *network)
{
    if (network && network->n_vlan) {
        row_put_integer(row, "vlan", network->vlan[0]);
    } else {
        row_put_null(row, "vlan");
    }
}

static int
compare_names(const void *a, const void *b)
{
    return strverscmp(*(char *const *) a, *(char *const *) b);
}

static void
put_devices(struct row *row, struct svec *devices)
{
    row_put_integer(row, "vifs", devices->n);
    if (devices->n) {
        qsort(devices->names, devices->n, sizeof *devices->names, compare_names);
    }
    row_put_words(row, "devices", devices->names, devices->n);
    svec_destroy(devices);
}

void
record_network(struct pool *pool, const struct poolrec_network *network, struct row *row)
{
    struct svec devices = SVEC_EMPTY_INITIALIZER;
    const struct poolrec_vif *vif;

    POOLREC_VIF_FOR_EACH (vif, pool_idl(pool)) {
        if (vif->network == network) {
            svec_add(&devices, vif->interface);
        }
    }
    row_put_text(row, "name", network->name_label);
    put_uuid(row, "uuid", &network->header_);
    row_put_text(row, "description", network->name_description);
    row_put_text(row, "bridge", network->bridge);
    put_vlan(row, network);
    row_put_truth(row, "managed", network->managed);
    row_put_text(row, "uplink", network->uplink);
    row_put_integer(row, "mtu", network->MTU);
    row_put_text(row, "default_locking_mode", network->default_locking_mode);
    put_devices(row, &devices);
}

void
record_host(struct pool *pool, const struct poolrec_host *host, struct row *row)
{
    struct svec devices = SVEC_EMPTY_INITIALIZER;
    const struct poolrec_vif *vif;

    POOLREC_VIF_FOR_EACH (vif, pool_idl(pool)) {
        if (vif->host == host) {
            svec_add(&devices, vif->interface);
        }
    }
    row_put_text(row, "name", pool_host_name(host));
    put_uuid(row, "uuid", &host->header_);
    row_put_text(row, "hostname", host->hostname);
    row_put_text(row, "address", host->address);
    put_devices(row, &devices);
}

void
record_vm(struct pool *pool, const struct poolrec_vm *vm, struct row *row)
{
    struct svec devices = SVEC_EMPTY_INITIALIZER;
    const struct poolrec_vif *vif;

    POOLREC_VIF_FOR_EACH (vif, pool_idl(pool)) {
        if (vif->VM == vm) {
            svec_add(&devices, vif->interface);
        }
    }
    row_put_text(row, "name", pool_vm_name(vm));
    put_uuid(row, "uuid", &vm->header_);
    row_put_state(row, "power_state", vm->power_state);
    put_devices(row, &devices);
}

static void
put_policy(struct row *row, const struct poolrec_vif *vif)
{
    struct vif_policy policy;
    struct error *error = pool_vif_policy(vif, &policy);
    struct vif_rate rate;

    if (!error) {
        error = pool_vif_rate(vif, &rate);
        if (error) {
            vif_policy_destroy(&policy);
        }
    }
    if (error) {
        row_put_text_nocopy(row, "policy", xasprintf("not usable: %s", error->text));
        error_free(error);
    } else {
        row_put_text_nocopy(row, "policy", vif_allowance_describe(&policy, &rate));
        vif_policy_destroy(&policy);
    }
}

static void
put_kbytes(struct row *row, const char *name, uint32_t kbytes)
{
    if (kbytes) {
        row_put_integer(row, name, kbytes);
    } else {
        row_put_null(row, name);
    }
}

/* A rate that is not usable is told with the policy. */
static void
put_rate(struct row *row, const struct poolrec_vif *vif)
{
    struct vif_rate rate = { 0, 0 };

    error_free(pool_vif_rate(vif, &rate));
    put_kbytes(row, "rate_kib_per_s", rate.kbytes_per_s);
    put_kbytes(row, "burst_kib", rate.burst_kbytes);
}

static void
put_identity(struct row *row, const struct poolrec_vif *vif)
{
    row_put_text(row, "device", vif->interface);
    put_uuid(row, "uuid", &vif->header_);
    row_put_text(row, "vm", vif->VM ? pool_vm_name(vif->VM) : NULL);
    put_uuid(row, "vm_uuid", vif->VM ? &vif->VM->header_ : NULL);
    row_put_text(row, "network", vif->network ? vif->network->name_label : NULL);
    put_uuid(row, "network_uuid", vif->network ? &vif->network->header_ : NULL);
    row_put_text(row, "host", vif->host ? pool_host_name(vif->host) : NULL);
    put_uuid(row, "host_uuid", vif->host ? &vif->host->header_ : NULL);
}

static void
put_wish(struct row *row, const struct poolrec_vif *vif)
{
    row_put_text(row, "mac", vif->MAC);
    row_put_text(row, "mode", vif->locking_mode);
    row_put_words(row, "ipv4", vif->ipv4_allowed, vif->n_ipv4_allowed);
    row_put_words(row, "ipv6", vif->ipv6_allowed, vif->n_ipv6_allowed);
    row_put_truth(row, "link_local", pool_vif_has_auto_lla(vif));
    row_put_numbers(row, "trunks", vif->trunks, vif->n_trunks);
    put_policy(row, vif);
    put_rate(row, vif);
    row_put_integer(row, "mtu", vif->MTU || !vif->network ? vif->MTU : vif->network->MTU);
    row_put_truth(row, "plugged", vif->currently_attached);
}

static void
put_report(struct row *row, const struct poolrec_vif *vif)
{
    row_put_text(row, "bridge", vif->network ? vif->network->bridge : NULL);
    put_vlan(row, vif->network);
    if (vif->n_ofport) {
        row_put_integer(row, "ofport", vif->ofport[0]);
    } else {
        row_put_null(row, "ofport");
    }
    row_put_state(row, "state", vif->wire_state);
    if (vif->n_wired_since) {
        row_put_time(row, "wired_since", vif->wired_since[0]);
    } else {
        row_put_null(row, "wired_since");
    }
    row_put_text(row, "error", vif->wire_error);
    row_put_text(row, "policy_in_force", vif->wire_policy);
}

void
record_vif(const struct poolrec_vif *vif, struct row *row)
{
    put_identity(row, vif);
    put_wish(row, vif);
    put_report(row, vif);
}

static int
compare_rows(const void *a_, const void *b_, void *column)
{
    const struct cell *a = row_find(a_, column);
    const struct cell *b = row_find(b_, column);

    return strverscmp(a && a->text ? a->text : "", b && b->text ? b->text : "");
}

void
records_sort(struct rows *rows, const char *column)
{
    if (rows->n) {
        qsort_r(rows->rows, rows->n, sizeof *rows->rows, compare_rows, CONST_CAST(char *, column));
    }
}
