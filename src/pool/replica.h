/* SPDX-License-Identifier: Apache-2.0
 *
 * The pool database (schema/cabled.ovsschema) as this process sees it: a replica that ovsdb-server keeps up to date, and
 * transactions on it. Rows are the typed records of pool/idl.h, which is generated from the schema.
 *
 * The replica reconnects by itself; while the database is out of reach the last known rows stay readable.
 */
#ifndef POOL_REPLICA_H
#define POOL_REPLICA_H

#include <stdbool.h>

#include "pool/idl.h"

struct error;
struct uuid;

/* Where the pool database is when nobody says. */
#define POOL_DEFAULT_REMOTE "unix:/run/cabled/pool.sock"

struct pool;

/* Opens a replica of the database at 'remote' (pool_remote_check() says what that can be). Returns at once; pool_run() connects.
 * With 'host', only the VIFs that this host wires are seen. */
struct pool *pool_open(const char *remote, const struct uuid *host);

/* As pool_open(), for a program that stays and sees the whole database. */
struct pool *pool_open_whole(const char *remote);

/* As pool_open() without a host, for a program that shows what people ask for: what other programs keep with networks, pools and VMs is
 * left out. */
struct pool *pool_open_for_people(const char *remote);

void pool_close(struct pool *);

void pool_run(struct pool *);
void pool_wait(struct pool *);

/* True once the replica has held the whole database; stays true when the connection is lost later. */
bool pool_is_synced(const struct pool *);
bool pool_is_connected(const struct pool *);

/* Changes whenever a row has changed. */
unsigned int pool_seqno(const struct pool *);

/* For the generated functions of pool/idl.h. Owned by 'pool'. */
struct ovsdb_idl *pool_idl(const struct pool *);

/* Blocks until the replica is synced, at most 'timeout_ms'. The error says which remote does not answer. */
struct error *pool_sync(struct pool *, long long int timeout_ms);

#endif
