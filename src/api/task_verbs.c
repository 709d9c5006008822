/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "api/task_verbs.h"

#include <string.h>

#include <util.h>

#include "api/tasks.h"
#include "base/limits.h"
#include "toolstack/toolstack.h"
#include "verbs/failure.h"
#include "verbs/verb.h"
#include "xenapi/ref.h"

static struct xenapi_value
ref_of(const struct uuid *uuid)
{
    char ref[XENAPI_REF_SIZE];

    xenapi_ref_format(uuid, ref);
    return xenapi_string(ref);
}

static struct xenapi_reply
create(struct tasks *tasks, struct toolstack *toolstack, const char *label, const char *description)
{
    if (strlen(label) > LIMIT_NAME_BYTES) {
        return failure_value("label", label);
    }
    if (strlen(description) > LIMIT_DESCRIPTION_BYTES) {
        return failure_value("description", description);
    }
    const struct task *task = tasks_begin(tasks, TASK_OF_CLIENT, label, description, toolstack_host(toolstack));
    return task ? xenapi_success(ref_of(task_uuid(task))) : xenapi_failure("TOO_MANY_PENDING_TASKS", NULL);
}

static struct xenapi_reply
not_allowed(const char *why)
{
    return xenapi_failure("OPERATION_NOT_ALLOWED", why, NULL);
}

/* A verb that is taken back ends its task itself, when it has been taken back. */
static struct xenapi_reply
cancel(struct tasks *tasks, struct toolstack *toolstack, struct task *task)
{
    if (!task_is_pending(task)) {
        return not_allowed("the task is done");
    }
    if (task_kind(task) == TASK_OF_CLIENT) {
        task_set_status(tasks, task, "cancelled");
    } else if (!toolstack_cancel(toolstack, task_uuid(task))) {
        return not_allowed("what the task does cannot be taken back any more");
    }
    return xenapi_success(xenapi_void());
}

static struct xenapi_reply
set_progress(struct tasks *tasks, struct task *task, const struct xenapi_value *value)
{
    if (!(value->real >= 0 && value->real <= 1)) {
        return failure_value("value", "a progress is between 0 and 1");
    }
    task_set_progress(tasks, task, value->real);
    return xenapi_success(xenapi_void());
}

static struct xenapi_reply
set_result(struct tasks *tasks, struct task *task, const char *result)
{
    if (strlen(result) > LIMIT_TEXT_BYTES) {
        return failure_value("value", "the text is too long");
    }
    task_set_result(tasks, task, result);
    return xenapi_success(xenapi_void());
}

/* What a client says of a task that it made. That of a verb says itself how far it is. */
static struct xenapi_reply
tell(struct tasks *tasks, struct task *task, enum verb_id verb, const struct xenapi_value *value)
{
    if (task_kind(task) != TASK_OF_CLIENT || !task_is_pending(task)) {
        return not_allowed(task_is_pending(task) ? "the task is not one of task.create" : "the task is done");
    }
    if (verb == VERB_task_set_progress) {
        return set_progress(tasks, task, value);
    } else if (verb == VERB_task_set_result) {
        return set_result(tasks, task, value->string);
    } else if (verb == VERB_task_set_error_info) {
        task_set_error_info(tasks, task, value);
    } else {
        ovs_assert(verb == VERB_task_set_status);
        task_set_status(tasks, task, value->string);
    }
    return xenapi_success(xenapi_void());
}

struct xenapi_reply
task_verb(struct tasks *tasks, struct toolstack *toolstack, const struct verb *verb, const struct xenapi_value *params)
{
    const struct xenapi_value *param = params->set.elements;

    if (verb->id == VERB_task_create) {
        return create(tasks, toolstack, param[0].string, param[1].string);
    }
    struct task *task = tasks_find_ref(tasks, param[0].string);
    if (!task) {
        return failure_handle(XENAPI_CLASS_task, param[0].string);
    }
    if (verb->id == VERB_task_cancel) {
        return cancel(tasks, toolstack, task);
    }
    if (verb->id == VERB_task_destroy) {
        task_drop(tasks, task);
        return xenapi_success(xenapi_void());
    }
    return tell(tasks, task, verb->id, &param[1]);
}
