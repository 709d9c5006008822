/* SPDX-License-Identifier: Apache-2.0
 *
 * The rows that a XenAPI client finds before it has made any: the pool, facts and metrics of this host, its control domain, a storage
 * repository for disks, and a VM_metrics for each VM. What is missing is added, what people can change (names, other_config, the default
 * SR) is left as it is.
 */
#ifndef TOOLSTACK_HOST_ROWS_H
#define TOOLSTACK_HOST_ROWS_H

#include <stdint.h>

#include <uuid.h>

struct error;
struct host_facts;
struct ovsdb_idl_txn;
struct pool;
struct poolrec_host;
struct poolrec_vm;

/* Which host this is: 'wanted' if it is not NULL, else the pool's only one, else the one of that hostname. Error if there is none (yet). */
struct error *host_rows_choose(struct pool *, const struct uuid *wanted, const char *hostname, struct uuid *host);

struct host_rows {
    struct uuid host;
    const struct host_facts *facts;
    const char *storage;        /* folder of the default SR */
    int64_t now;                /* seconds since 1970 */
};

/* A pool_change_fn; 'rows' is a struct host_rows. */
struct error *host_rows_write(struct pool *, struct ovsdb_idl_txn *, void *rows);

/* Gives a VM the metrics that it lacks. */
void host_rows_add_vm_metrics(struct ovsdb_idl_txn *, const struct poolrec_vm *, int64_t now);

#endif
