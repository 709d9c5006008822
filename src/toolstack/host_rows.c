/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/host_rows.h"

#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include <util.h>

#include "base/error.h"
#include "base/quote.h"
#include "pool/replica.h"
#include "toolstack/host_facts.h"

static const struct poolrec_host *
only_host(struct pool *pool)
{
    const struct poolrec_host *first = poolrec_host_first(pool_idl(pool));

    return first && !poolrec_host_next(first) ? first : NULL;
}

static const struct poolrec_host *
host_of_name(struct pool *pool, const char *hostname)
{
    const struct poolrec_host *host, *found = NULL;

    POOLREC_HOST_FOR_EACH (host, pool_idl(pool)) {
        if (!strcmp(host->hostname, hostname)) {
            if (found) {
                return NULL;
            }
            found = host;
        }
    }
    return found;
}

struct error *
host_rows_choose(struct pool *pool, const struct uuid *wanted, const char *hostname, struct uuid *host)
{
    const struct poolrec_host *row;

    if (wanted) {
        row = poolrec_host_get_for_uuid(pool_idl(pool), wanted);
        if (!row) {
            return error_new(ERROR_NOT_FOUND, "the pool has no host "UUID_FMT": cabled registers the host that it runs on",
                             UUID_ARGS(wanted));
        }
    } else {
        row = only_host(pool);
        row = row ? row : host_of_name(pool, hostname);
        if (!row) {
            return error_new(ERROR_NOT_FOUND, "the pool has no host, or several and not exactly one called %s: start cabled, which registers "
                             "the host that it runs on, or say with --host which one this is", quote(hostname).text);
        }
    }
    *host = row->header_.uuid;
    return NULL;
}

static void
write_host(const struct poolrec_host *host, const struct host_facts *facts)
{
    const bool yes = true;

    poolrec_host_set_software_version(host, &facts->software_version);
    poolrec_host_set_cpu_info(host, &facts->cpu_info);
    poolrec_host_set_capabilities(host, (const char **) facts->capabilities.names, facts->capabilities.n);
    if (!host->n_enabled) {
        poolrec_host_set_enabled(host, &yes, 1);
    }
}

static void
write_host_metrics(struct ovsdb_idl_txn *txn, const struct poolrec_host *host, const struct host_rows *rows)
{
    const struct poolrec_host_metrics *metrics = host->metrics;
    const bool yes = true;

    if (!metrics) {
        metrics = poolrec_host_metrics_insert(txn);
        poolrec_host_set_metrics(host, metrics);
    }
    poolrec_host_metrics_set_memory_total(metrics, rows->facts->memory_total);
    poolrec_host_metrics_set_memory_free(metrics, rows->facts->memory_free);
    poolrec_host_metrics_set_live(metrics, &yes, 1);
    poolrec_host_metrics_set_last_updated(metrics, rows->now);
}

void
host_rows_add_vm_metrics(struct ovsdb_idl_txn *txn, const struct poolrec_vm *vm, int64_t now)
{
    const struct poolrec_vm_metrics *metrics = poolrec_vm_metrics_insert(txn);

    poolrec_vm_metrics_set_last_updated(metrics, now);
    poolrec_vm_set_metrics(vm, metrics);
}

static void
write_control_domain(struct ovsdb_idl_txn *txn, const struct poolrec_host *host, const struct host_rows *rows)
{
    const int64_t domid = 0;

    if (host->control_domain) {
        return;
    }
    poolrec_host_verify_control_domain(host);

    const struct poolrec_vm *vm = poolrec_vm_insert(txn);
    char *name = xasprintf("Control domain on host: %s", *host->name_label ? host->name_label : host->hostname);
    poolrec_vm_set_name_label(vm, name);
    poolrec_vm_set_is_control_domain(vm, true);
    poolrec_vm_set_domid(vm, &domid, 1);
    poolrec_vm_set_power_state(vm, "Running");
    poolrec_vm_set_resident_on(vm, host);
    poolrec_vm_set_affinity(vm, host);
    host_rows_add_vm_metrics(txn, vm, rows->now);
    poolrec_host_set_control_domain(host, vm);
    free(name);
}

static const struct poolrec_sr *
find_storage(struct pool *pool, const struct poolrec_host *host, const char *folder)
{
    const struct poolrec_pbd *pbd;

    POOLREC_PBD_FOR_EACH (pbd, pool_idl(pool)) {
        if (pbd->host == host && !strcmp(smap_get_def(&pbd->device_config, "location", ""), folder)) {
            return pbd->SR;
        }
    }
    return NULL;
}

static const struct poolrec_sr *
add_storage(struct ovsdb_idl_txn *txn, const struct poolrec_host *host, const char *folder)
{
    const struct poolrec_sr *sr = poolrec_sr_insert(txn);
    const struct poolrec_pbd *pbd = poolrec_pbd_insert(txn);
    struct smap config = SMAP_CONST1(&config, "location", folder);

    poolrec_sr_set_name_label(sr, "Local storage");
    poolrec_sr_set_type(sr, "file");
    poolrec_sr_set_content_type(sr, "user");
    poolrec_pbd_set_host(pbd, host);
    poolrec_pbd_set_SR(pbd, sr);
    poolrec_pbd_set_device_config(pbd, &config);
    poolrec_pbd_set_currently_attached(pbd, true);
    return sr;
}

static const struct poolrec_sr *
write_storage(struct pool *pool, struct ovsdb_idl_txn *txn, const struct poolrec_host *host, const char *folder)
{
    const struct poolrec_sr *sr = find_storage(pool, host, folder);
    struct statvfs space;

    sr = sr ? sr : add_storage(txn, host, folder);
    if (!statvfs(folder, &space)) {
        poolrec_sr_set_physical_size(sr, (int64_t) space.f_blocks * space.f_frsize);
        poolrec_sr_set_physical_utilisation(sr, (int64_t) (space.f_blocks - space.f_bfree) * space.f_frsize);
    }
    return sr;
}

static void
write_pool(struct pool *pool, struct ovsdb_idl_txn *txn, const struct poolrec_host *host, const struct poolrec_sr *sr)
{
    const struct poolrec_pool *row = poolrec_pool_first(pool_idl(pool));

    if (!row) {
        row = poolrec_pool_insert(txn);
        poolrec_pool_set_master(row, host);
    }
    if (!row->default_SR) {
        poolrec_pool_set_default_SR(row, sr);
    }
}

static void
write_vm_metrics(struct pool *pool, struct ovsdb_idl_txn *txn, int64_t now)
{
    const struct poolrec_vm *vm;

    POOLREC_VM_FOR_EACH (vm, pool_idl(pool)) {
        if (!vm->metrics) {
            poolrec_vm_verify_metrics(vm);
            host_rows_add_vm_metrics(txn, vm, now);
        }
    }
}

/* Operations of VMs that are gone: nobody finishes them. */
static void
delete_orphans(struct pool *pool, const struct poolrec_host *host)
{
    const struct poolrec_operation *operation, *next;

    POOLREC_OPERATION_FOR_EACH_SAFE (operation, next, pool_idl(pool)) {
        if (operation->host == host && !operation->VM && !operation->VIF) {
            poolrec_operation_delete(operation);
        }
    }
}

struct error *
host_rows_write(struct pool *pool, struct ovsdb_idl_txn *txn, void *rows_)
{
    const struct host_rows *rows = rows_;
    const struct poolrec_host *host = poolrec_host_get_for_uuid(pool_idl(pool), &rows->host);

    if (!host) {
        return error_new(ERROR_NOT_FOUND, "the pool has no host "UUID_FMT" any more", UUID_ARGS(&rows->host));
    }
    write_host(host, rows->facts);
    write_host_metrics(txn, host, rows);
    write_vm_metrics(pool, txn, rows->now);
    delete_orphans(pool, host);
    write_control_domain(txn, host, rows);
    write_pool(pool, txn, host, write_storage(pool, txn, host, rows->storage));
    return NULL;
}
