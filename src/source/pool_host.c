/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "source/pool_host.h"

#include <limits.h>
#include <unistd.h>

#include "pool/replica.h"

static const struct poolrec_host *
find(const struct pool *pool, const struct uuid *host)
{
    return poolrec_host_get_for_uuid(pool_idl(pool), host);
}

bool
pool_host_is_there(const struct pool *pool, const struct uuid *host)
{
    return find(pool, host);
}

void
pool_host_add(struct ovsdb_idl_txn *txn, const struct uuid *host)
{
    char name[HOST_NAME_MAX + 1] = "";

    gethostname(name, sizeof name - 1);
    const struct poolrec_host *row = poolrec_host_insert_persist_uuid(txn, host);
    poolrec_host_set_hostname(row, name[0] ? name : "localhost");
    poolrec_host_set_name_label(row, name);
}

bool
pool_host_is_new(const struct pool *pool, const struct uuid *host)
{
    const struct poolrec_host *row = find(pool, host);

    return row && poolrec_host_is_new(row);
}
