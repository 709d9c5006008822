/* SPDX-License-Identifier: Apache-2.0
 *
 * Verbs that are one checked change of the pool database, or only read it: they have no operation, and are done when the database has
 * taken the change. A VM's life is not of them (toolstack/life.h).
 *
 * Whoever carries one out: creates the call; makes simple_call_change() a commit (pool/commit.h), or, if it does not write, calls it
 * once without a transaction; then runs it until nothing outside of the database is left to wait for; and finishes it, which is the reply.
 * One change at a time: what is checked against other rows ("no VIF of this VM has that device") is checked against what is committed.
 */
#ifndef TOOLSTACK_SIMPLE_H
#define TOOLSTACK_SIMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openvswitch/list.h>
#include <uuid.h>

#include "verbs/verb.h"
#include "xenapi/call.h"
#include "xenapi/value.h"

struct error;
struct object;
struct objects;
struct ovsdb_idl_txn;
struct plugin_run;
struct pool;

/* All stay the caller's, and must live as long as the call. */
struct simple_context {
    struct pool *pool;
    struct objects *objects;
    const struct uuid *host;    /* this one */
    const char *storage;        /* folder of this host's SR */
};

struct simple_call {
    struct ovs_list node;       /* for whoever carries it out; not looked at here */
    const struct simple_context *context;
    const struct verb *verb;
    struct xenapi_value params;
    struct uuid made;           /* of what a constructor makes: the same whenever the change is made again */
    struct uuid also;           /* of what goes with it */
    struct xenapi_value result;
    bool has_failure;
    struct xenapi_reply failure;
    char *path;                 /* of the file that the call makes or takes away; or NULL */
    struct plugin_run *plugin;  /* processes that the call has begun; or NULL */
};

/* Whether the verb is one of these. */
bool simple_has(enum verb_id);

/* 'params' are copied; they are as toolstack_call() has them. */
struct simple_call *simple_call_create(const struct simple_context *, const struct verb *, const struct xenapi_value *params);

/* Whether its change writes. */
bool simple_call_writes(const struct simple_call *);

/* A pool_change_fn; 'call' is the struct simple_call. The error only says that there is a failure: the call has it. */
struct error *simple_call_change(struct pool *, struct ovsdb_idl_txn *, void *call);

/* After the change: true if there is nothing more to wait for. */
bool simple_call_run(struct simple_call *);
void simple_call_wait(const struct simple_call *);

/* Ends the call. 'error' is what the change has ended with, or NULL; it is consumed. The reply is the caller's. */
struct xenapi_reply simple_call_finish(struct simple_call *, struct error *error);

/* What the verbs' own files use. */

/* Says why the verb cannot be carried out. False, for the caller to return. */
bool simple_fail(struct simple_call *, struct xenapi_reply failure);

/* The text of parameter 'i', a string, enum or reference, and the number of one that is an int. */
const char *simple_text(const struct simple_call *, size_t i);
int64_t simple_int(const struct simple_call *, size_t i);

/* The object that parameter 'i' refers to; NULL, and a failure, if it is not there any more. */
const struct object *simple_object(struct simple_call *, size_t i);

/* The result is a reference to what was made. True, for the caller to return. */
bool simple_made(struct simple_call *);

/* The object of that class that the member 'name' of the constructor's record refers to; NULL, and a failure, if there is none. */
const struct object *simple_member_object(struct simple_call *, enum xenapi_class_id, const char *name);

/* A member of the constructor's record, or parameter, as text; the caller's; NULL if it is absent or no scalar. */
char *simple_member_text(const struct simple_call *, const char *name);

#endif
