/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/host_calls.h"

#include <timeval.h>
#include <util.h>

#include "objects/objects.h"
#include "pool/replica.h"
#include "toolstack/placement.h"
#include "toolstack/simple.h"

static const struct poolrec_host *
row_of_self(struct simple_call *call)
{
    const struct object *host = simple_object(call, 0);

    return host ? poolrec_host_get_for_uuid(pool_idl(call->context->pool), object_uuid(host)) : NULL;
}

bool
host_enable(struct simple_call *call, struct ovsdb_idl_txn *txn)
{
    const bool enabled = call->verb->id == VERB_host_enable;
    const struct poolrec_host *host = row_of_self(call);

    if (host) {
        poolrec_host_set_enabled(host, &enabled, 1);
    }
    return host;
}

bool
host_compute_free_memory(struct simple_call *call, struct ovsdb_idl_txn *txn)
{
    const struct poolrec_host *host = row_of_self(call);

    if (host) {
        call->result = xenapi_int(placement_free_memory(call->context->pool, host));
    }
    return host;
}

bool
host_get_servertime(struct simple_call *call, struct ovsdb_idl_txn *txn)
{
    if (!simple_object(call, 0)) {
        return false;
    }
    call->result = xenapi_datetime(time_wall());
    return true;
}
