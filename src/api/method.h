/* SPDX-License-Identifier: Apache-2.0
 *
 * What a method's name means. Three tables have methods: this server's own (sessions, events), verbs (verbs/verb.h) and what follows from the
 * classes (xenapi/accessors.h); a verb goes before an accessor of its name.
 *
 * `Class_method` is another spelling of `Class.method`, as in XAPI, and `Async.` before a verb asks for a task instead of the result.
 */
#ifndef API_METHOD_H
#define API_METHOD_H

#include <stdbool.h>
#include <stddef.h>

#include "xenapi/accessors.h"
#include "xenapi/value.h"

struct verb;

enum method_kind { METHOD_OWN, METHOD_VERB, METHOD_ACCESSOR };

enum own_method_id {
    OWN_SESSION_LOGIN,
    OWN_SESSION_LOGOUT,
    OWN_EVENT_FROM,
    OWN_EVENT_INJECT,
    OWN_EVENT_REGISTER,
    OWN_EVENT_UNREGISTER,
    OWN_EVENT_NEXT,
    OWN_EVENT_GET_CURRENT_ID,
    OWN_SYSTEM_LIST_METHODS,
};

struct method {
    enum method_kind kind;
    enum own_method_id own;                     /* METHOD_OWN */
    const struct verb *verb;                    /* METHOD_VERB */
    struct xenapi_accessor_method accessor;     /* METHOD_ACCESSOR */
    bool is_async;              /* METHOD_VERB: a task is wanted */
    bool needs_session;         /* as its first parameter */
    bool only_reads;            /* whoever is read-only may call it */
    size_t least, most;         /* parameters, without the session */
};

/* False if there is no such method. Case counts. */
bool method_find(const char *name, struct method *);

/* All names, in XAPI's manner: without `Async.` and without system.listMethods. */
struct xenapi_value method_names(void);

#endif
