/* SPDX-License-Identifier: Apache-2.0
 *
 * Calls and replies of the XenAPI as JSON-RPC, 1.0 and 2.0: from clients and to them, and, for a client of our own, to a server and
 * from it. The two versions differ in what stands around a result and around a failure, and a client takes no other than its own.
 */
#ifndef XENAPI_JSONRPC_H
#define XENAPI_JSONRPC_H

#include <stddef.h>

#include "xenapi/value.h"

struct ds;
struct error;
struct xenapi_call;
struct xenapi_reply;

enum xenapi_jsonrpc_version {
    XENAPI_JSONRPC_1,           /* no member `jsonrpc` */
    XENAPI_JSONRPC_2,           /* "jsonrpc":"2.0" */
};

/* What tells a call and its reply from all others. */
struct xenapi_jsonrpc_id {
    enum xenapi_jsonrpc_version version;
    struct xenapi_value id;     /* string, int or double; a reply has the type and value of its call */
};

void xenapi_jsonrpc_id_destroy(struct xenapi_jsonrpc_id *);

/* Reads a call of 'n' bytes. Its parameters must be an array; without any the member `params` may be missing. On success '*call' and
 * '*id' are the caller's to destroy. ERROR_LIMIT if it is larger, deeper or has more parameters than base/limits.h allows,
 * ERROR_INVALID if it is no call, a notification (no id, so that nobody could be told what became of it) or a batch; '*call' and
 * '*id' are untouched then. */
struct error *xenapi_jsonrpc_decode_call(const char *text, size_t n, struct xenapi_call *call, struct xenapi_jsonrpc_id *id);

/* Appends the reply to the call of that id. */
void xenapi_jsonrpc_encode_reply(const struct xenapi_reply *, const struct xenapi_jsonrpc_id *, struct ds *);

/* Appends the call. */
void xenapi_jsonrpc_encode_call(const struct xenapi_call *, const struct xenapi_jsonrpc_id *, struct ds *);

/* Reads a reply of 'n' bytes. On success '*reply' and '*id' are the caller's to destroy; the id is nil if the server could not read the
 * call's, which is so in failures only. Otherwise both are untouched. The errors are those of a call. */
struct error *xenapi_jsonrpc_decode_reply(const char *text, size_t n, struct xenapi_reply *reply, struct xenapi_jsonrpc_id *id);

#endif
