/* SPDX-License-Identifier: Apache-2.0
 *
 * The verbs of class task, which this server carries out itself.
 */
#ifndef API_TASK_VERBS_H
#define API_TASK_VERBS_H

#include "xenapi/call.h"

struct tasks;
struct toolstack;
struct verb;

/* 'params' as the verb wants them. */
struct xenapi_reply task_verb(struct tasks *, struct toolstack *, const struct verb *, const struct xenapi_value *params);

#endif
