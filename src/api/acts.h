/* SPDX-License-Identifier: Apache-2.0
 *
 * What is under way and changes the pool: verbs, each with its task, and writes of fields. They go on when their client goes.
 */
#ifndef API_ACTS_H
#define API_ACTS_H

#include <stdbool.h>

struct acts;
struct call;
struct objects;
struct pool;
struct tasks;
struct toolstack;
struct verb;
struct xenapi_accessor_method;
struct xenapi_value;

struct acts *acts_create(struct pool *, struct objects *, struct toolstack *, struct tasks *);

/* After toolstack_destroy(). What is under way is forgotten. */
void acts_destroy(struct acts *);

/* Carries out 'verb' with 'params', as it wants them; both 'call' and 'params' are taken over. The call is answered with the result when it is
 * there, or, if 'is_async', with the task at once. */
void acts_call_verb(struct acts *, struct call *, const struct verb *, struct xenapi_value params, bool is_async);

/* Carries out a setter, add or remove; 'call' is taken over, 'params' too. It is answered when the database has taken the write. */
void acts_write(struct acts *, struct call *, const struct xenapi_accessor_method *, struct xenapi_value params);

void acts_run(struct acts *);
void acts_wait(const struct acts *);

#endif
