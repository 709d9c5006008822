/* SPDX-License-Identifier: Apache-2.0
 *
 * Tasks (XenAPI class task): objects that tell of a verb which takes time how far it is and how it ended. They live in memory and end with this
 * process; the verb itself does not (toolstack/toolstack.h).
 *
 * Every verb that writes has one, also one whose caller waits for the result: an object's current_operations names it. Whoever watches a task
 * is to see how it ended, so none goes in the moment in which it is done: one of a call that was waited for stays for ten seconds, as does
 * one that somebody destroyed before its end; any other for 65 minutes.
 */
#ifndef API_TASKS_H
#define API_TASKS_H

#include <stdbool.h>

#include <uuid.h>

#include "xenapi/call.h"

struct objects;
struct task;
struct tasks;

struct tasks *tasks_create(struct objects *);
void tasks_destroy(struct tasks *);

enum task_kind {
    TASK_OF_CALL,               /* its caller waits for the result */
    TASK_ASYNC,                 /* its caller has the task */
    TASK_OF_CLIENT,             /* task.create: a client says how far it is */
};

/* A new task, pending. NULL if too many are: TOO_MANY_PENDING_TASKS. */
struct task *tasks_begin(struct tasks *, enum task_kind, const char *label, const char *description, const struct uuid *host);

/* NULL if it is no task's, or of one that has gone. */
struct task *tasks_find(struct tasks *, const struct uuid *);
struct task *tasks_find_ref(struct tasks *, const char *ref);

/* Valid as long as the task is. */
const struct uuid *task_uuid(const struct task *);
enum task_kind task_kind(const struct task *);
bool task_is_pending(const struct task *);

/* Ends a pending task as 'reply' says; TASK_CANCELLED makes it one that was cancelled. */
void task_complete(struct tasks *, struct task *, const struct xenapi_reply *reply);

/* For a task of which a client says how far it is. */
void task_set_status(struct tasks *, struct task *, const char *status);
void task_set_result(struct tasks *, struct task *, const char *result);
void task_set_error_info(struct tasks *, struct task *, const struct xenapi_value *set);

/* 'progress' is 0 to 1. */
void task_set_progress(struct tasks *, struct task *, double progress);

/* Nobody will ask for it again: it goes at once if it is done, otherwise soon after its end. */
void task_drop(struct tasks *, struct task *);

/* Drops those that have been there long enough, and ends as failed those that have been pending for a day. */
void tasks_run(struct tasks *);
void tasks_wait(const struct tasks *);

#endif
