/* SPDX-License-Identifier: Apache-2.0
 *
 * A call of the XenAPI and the reply to it. What went wrong with a call is part of the reply, a list of a code and its parameters
 * ("VM_BAD_POWER_STATE", the VM, "running", "halted"). Only what is no call or no reply at all is a `struct error` of the codecs.
 */
#ifndef XENAPI_CALL_H
#define XENAPI_CALL_H

#include <stdbool.h>

#include "xenapi/value.h"

struct error;

struct xenapi_call {
    char *method;               /* "VM.start", "Async.VM.start", "system.listMethods" */
    struct xenapi_value params; /* XENAPI_SET, in the order of the wire; the session, if there is one, comes first */
};

struct xenapi_reply {
    bool is_failure;
    struct xenapi_value value;  /* the result; of a failure a XENAPI_SET of strings: its code, then its parameters */
};

/* A call of 'method', which is copied, without parameters. */
struct xenapi_call xenapi_call_create(const char *method);
void xenapi_call_destroy(struct xenapi_call *);

/* NULL if a call may have that method name; otherwise the reason why not. */
struct error *xenapi_method_check(const char *method);

/* The reply of a call that was carried out. 'result' is taken over. */
struct xenapi_reply xenapi_success(struct xenapi_value result);

/* The reply of a call that failed. The strings after 'code', which NULL ends, are the code's parameters. */
struct xenapi_reply xenapi_failure(const char *code, ...) __attribute__((sentinel));

/* Makes '*reply' the failure that 'description', as it came over a wire, tells of. Takes 'description' over if it succeeds. Refused if
 * that is no set of strings, or empty. */
struct error *xenapi_failure_take(struct xenapi_value *description, struct xenapi_reply *reply);

/* The code of a reply that is a failure; it is the reply's. */
const char *xenapi_failure_code(const struct xenapi_reply *);

void xenapi_reply_destroy(struct xenapi_reply *);

#endif
