/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "pool/refusal.h"

#include <stdlib.h>
#include <string.h>

#include <openvswitch/json.h>
#include <util.h>

#include "base/error.h"
#include "pool/replica.h"

/* What the database said: RFC 7047 3.1, <error>. */
struct refusal {
    char *kind;
    char *details;
};

static struct refusal
refusal_parse(const char *text)
{
    struct json *json = json_from_string(text);
    struct refusal refusal = { xstrdup("error"), xstrdup(text) };

    if (json->type == JSON_OBJECT) {
        const struct json *kind = shash_find_data(json_object(json), "error");
        const struct json *details = shash_find_data(json_object(json), "details");

        if (kind && kind->type == JSON_STRING && details && details->type == JSON_STRING) {
            free(refusal.kind);
            free(refusal.details);
            refusal = (struct refusal) { xstrdup(json_string(kind)), xstrdup(json_string(details)) };
        }
    }
    json_destroy(json);
    return refusal;
}

static struct error *
judge_error(const char *text, bool *is_race)
{
    struct refusal refusal = refusal_parse(text);
    struct error *error = error_new(ERROR_REFUSED, "the pool database refused the change (%s): %s", refusal.kind, refusal.details);

    *is_race = !strcmp(refusal.kind, "constraint violation") || !strcmp(refusal.kind, "referential integrity violation");
    free(refusal.kind);
    free(refusal.details);
    return error;
}

struct error *
refusal_judge(const struct pool *pool, const struct ovsdb_idl_txn *txn, enum ovsdb_idl_txn_status status, bool *is_race)
{
    *is_race = status == TXN_TRY_AGAIN;
    if (status == TXN_SUCCESS || status == TXN_UNCHANGED) {
        return NULL;
    } else if (status == TXN_ERROR) {
        return judge_error(ovsdb_idl_txn_get_error(txn), is_race);
    } else if (!pool_is_connected(pool)) {
        return error_new(ERROR_UNREACHABLE, "the pool database does not answer");
    }
    return error_new(ERROR_REFUSED, "somebody else changes the same objects all the time: try again");
}

struct error *
refusal_timeout(void)
{
    return error_new(ERROR_TIMEOUT, "the pool database did not answer in time: whether the change was made is not known");
}
