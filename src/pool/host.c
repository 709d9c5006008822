/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "pool/host.h"

#include <stdlib.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>

#include "base/error.h"
#include "base/quote.h"
#include "pool/lookup.h"
#include "pool/replica.h"

const char *
pool_host_name(const struct poolrec_host *host)
{
    return *host->name_label ? host->name_label : host->hostname;
}

struct error *
pool_host_find(struct pool *pool, const char *word, const struct poolrec_host **host)
{
    const struct ovsdb_idl_row *row;
    struct pool_lookup lookup;
    const struct poolrec_host *h;
    struct error *error;

    pool_lookup_init(&lookup, "host", word, "`cable host list` shows the hosts; cabled registers the one that it runs on");
    POOLREC_HOST_FOR_EACH (h, pool_idl(pool)) {
        pool_lookup_offer(&lookup, &h->header_, strcmp(h->hostname, word) ? pool_host_name(h) : h->hostname, h->hostname);
    }
    error = pool_lookup_finish(&lookup, &row);
    *host = error ? NULL : poolrec_host_get_for_uuid(pool_idl(pool), &row->uuid);
    return error;
}

static struct error *
several_hosts(struct pool *pool)
{
    enum { SHOWN = 8 };
    struct ds names = DS_EMPTY_INITIALIZER;
    const struct poolrec_host *host;
    struct error *error;
    size_t n = 0;

    POOLREC_HOST_FOR_EACH (host, pool_idl(pool)) {
        if (n++ < SHOWN) {
            ds_put_format(&names, "%s%s", n > 1 ? ", " : "", quote(pool_host_name(host)).text);
        }
    }
    error = error_new(ERROR_INVALID, "the pool has %" PRIuSIZE " hosts (%s%s): say with --host which one wires it", n,
                      ds_cstr(&names), n > SHOWN ? ", ..." : "");
    ds_destroy(&names);
    return error;
}

struct error *
pool_host_choose(struct pool *pool, const struct uuid *here, const struct poolrec_host **host)
{
    const struct poolrec_host *first = poolrec_host_first(pool_idl(pool));

    *host = here ? poolrec_host_get_for_uuid(pool_idl(pool), here) : NULL;
    if (*host) {
        return NULL;
    } else if (!first) {
        return error_new(ERROR_NOT_FOUND, "the pool has no host that could wire it: start cabled, which registers the host "
                                          "that it "
                                          "runs on");
    } else if (poolrec_host_next(first)) {
        return several_hosts(pool);
    }
    *host = first;
    return NULL;
}
