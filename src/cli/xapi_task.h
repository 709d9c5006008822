/* SPDX-License-Identifier: Apache-2.0
 *
 * A method of the XenAPI that takes its time: called as a task, whose progress a person sees.
 */
#ifndef CLI_XAPI_TASK_H
#define CLI_XAPI_TASK_H

#include <stdbool.h>

#include "xenapi/value.h"

struct error;
struct xapi;

/* Calls "Async.METHOD" with 'params', which are taken over, and waits until the task has ended. 'doing' says what it is: "starting VM web". Error if it
 * failed, or has not ended after 'timeout_ms': it goes on then. */
struct error *xapi_run(struct xapi *, const char *method, struct xenapi_value params, const char *doing, long long int timeout_ms);

/* Calls 'look' with the record of the object at once and whenever it changes, and with NULL when nothing has for a second, until it returns true, or the object is gone: '*gone' is true then. The
 * program's signals are heard meanwhile. ERROR_TIMEOUT after 'timeout_ms'; 0: never. */
typedef bool xapi_look_fn(const struct xenapi_value *record, void *aux);
struct error *xapi_watch(struct xapi *, const char *class, const char *ref, long long int timeout_ms, xapi_look_fn *look, void *aux,
                         bool *gone);

#endif
