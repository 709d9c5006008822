/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "api/tasks.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <openvswitch/hmap.h>
#include <openvswitch/list.h>
#include <openvswitch/poll-loop.h>
#include <openvswitch/vlog.h>
#include <timeval.h>
#include <util.h>

#include "base/limits.h"
#include "objects/objects.h"
#include "xenapi/ref.h"
#include "xenapi/xml_writer.h"

VLOG_DEFINE_THIS_MODULE(api_tasks);

/* Smaller steps forward are not worth an event. */
#define PROGRESS_STEP 0.05

struct tasks {
    struct objects *objects;
    struct hmap tasks;          /* struct task by 'node', in its uuid's place */
    struct ovs_list pending;    /* struct task by 'list_node': the oldest first */
    struct ovs_list done;       /* likewise: the one that ended first first */
    size_t n_pending;
    long long int next_look;    /* when one may be due; LLONG_MAX: there is none */
};

struct task {
    struct hmap_node node;
    struct ovs_list list_node;
    struct uuid uuid;
    struct object *object;
    enum task_kind kind;
    bool pending;
    bool unwanted;              /* task.destroy */
    double progress;
    long long int until;        /* when it goes */
};

struct tasks *
tasks_create(struct objects *objects)
{
    struct tasks *tasks = xmalloc(sizeof *tasks);

    *tasks = (struct tasks) { .objects = objects, .next_look = LLONG_MAX };
    hmap_init(&tasks->tasks);
    ovs_list_init(&tasks->pending);
    ovs_list_init(&tasks->done);
    return tasks;
}

static void
task_free(struct tasks *tasks, struct task *task)
{
    tasks->n_pending -= task->pending;
    ovs_list_remove(&task->list_node);
    hmap_remove(&tasks->tasks, &task->node);
    objects_release(tasks->objects, task->object);
    free(task);
}

void
tasks_destroy(struct tasks *tasks)
{
    struct task *task;

    if (tasks) {
        HMAP_FOR_EACH_SAFE (task, node, &tasks->tasks) {
            task_free(tasks, task);
        }
        hmap_destroy(&tasks->tasks);
        free(tasks);
    }
}

struct task *
tasks_find(struct tasks *tasks, const struct uuid *uuid)
{
    struct task *task;

    HMAP_FOR_EACH_WITH_HASH (task, node, uuid_hash(uuid), &tasks->tasks) {
        if (uuid_equals(&task->uuid, uuid)) {
            return task;
        }
    }
    return NULL;
}

struct task *
tasks_find_ref(struct tasks *tasks, const char *ref)
{
    struct uuid uuid;

    return xenapi_ref_parse(ref, &uuid) ? tasks_find(tasks, &uuid) : NULL;
}

const struct uuid *
task_uuid(const struct task *task)
{
    return &task->uuid;
}

enum task_kind
task_kind(const struct task *task)
{
    return task->kind;
}

bool
task_is_pending(const struct task *task)
{
    return task->pending;
}

/* Beginning. */

static void
set(struct tasks *tasks, struct task *task, enum xenapi_field_id field, struct xenapi_value value)
{
    objects_hold_set(tasks->objects, task->object, field, value);
}

static struct xenapi_value
operations(const char *first, const char *second)
{
    struct xenapi_value set = xenapi_set_create();

    xenapi_set_add(&set, xenapi_string(first));
    xenapi_set_add(&set, xenapi_string(second));
    return set;
}

static void
record_fill(struct tasks *tasks, struct task *task, const char *label, const char *description, const struct uuid *host)
{
    char ref[XENAPI_REF_SIZE];

    xenapi_ref_format(host, ref);
    set(tasks, task, XENAPI_task_name_label, xenapi_string(label));
    set(tasks, task, XENAPI_task_name_description, xenapi_string(description));
    set(tasks, task, XENAPI_task_allowed_operations, operations("cancel", "destroy"));
    set(tasks, task, XENAPI_task_created, xenapi_datetime(time_wall()));
    set(tasks, task, XENAPI_task_status, xenapi_string("pending"));
    set(tasks, task, XENAPI_task_resident_on, xenapi_string(ref));
}

static void
keep_until(struct tasks *tasks, struct task *task, long long int until)
{
    task->until = until;
    tasks->next_look = MIN(tasks->next_look, until);
}

/* The one that has been done for longest. */
static void
make_room(struct tasks *tasks)
{
    if (hmap_count(&tasks->tasks) >= LIMIT_TASKS) {
        task_free(tasks, CONTAINER_OF(ovs_list_front(&tasks->done), struct task, list_node));
    }
}

struct task *
tasks_begin(struct tasks *tasks, enum task_kind kind, const char *label, const char *description, const struct uuid *host)
{
    if (tasks->n_pending >= LIMIT_TASKS_PENDING) {
        return NULL;
    }
    make_room(tasks);
    struct task *task = xzalloc(sizeof *task);
    uuid_generate(&task->uuid);
    task->kind = kind;
    task->pending = true;
    task->object = objects_hold(tasks->objects, XENAPI_CLASS_task, &task->uuid);
    tasks->n_pending++;
    ovs_list_push_back(&tasks->pending, &task->list_node);
    hmap_insert(&tasks->tasks, &task->node, uuid_hash(&task->uuid));
    keep_until(tasks, task, time_msec() + LIMIT_TASK_PENDING_MS);
    record_fill(tasks, task, label, description, host);
    return task;
}

/* Ending. */

static void
end(struct tasks *tasks, struct task *task, const char *status)
{
    const bool goes_soon = task->kind == TASK_OF_CALL || task->unwanted;

    task->pending = false;
    tasks->n_pending--;
    ovs_list_remove(&task->list_node);
    ovs_list_push_back(&tasks->done, &task->list_node);
    keep_until(tasks, task, time_msec() + (goes_soon ? LIMIT_TASK_OF_CALL_MS : LIMIT_TASK_DONE_MS));
    set(tasks, task, XENAPI_task_allowed_operations, xenapi_set_create());
    set(tasks, task, XENAPI_task_finished, xenapi_datetime(time_wall()));
    set(tasks, task, XENAPI_task_progress, xenapi_double(1));
    set(tasks, task, XENAPI_task_status, xenapi_string(status));
}

/* npm's xen-api reads the result as XML-RPC. */
static struct xenapi_value
result_of(const struct xenapi_value *value)
{
    struct ds text = DS_EMPTY_INITIALIZER;

    xenapi_xml_put_value(value, &text);
    return xenapi_string_nocopy(ds_steal_cstr(&text));
}

/* The status is written last: whoever sees it sees the rest as well. */
void
task_complete(struct tasks *tasks, struct task *task, const struct xenapi_reply *reply)
{
    if (!reply->is_failure) {
        set(tasks, task, XENAPI_task_result, result_of(&reply->value));
        end(tasks, task, "success");
    } else {
        set(tasks, task, XENAPI_task_error_info, xenapi_value_clone(&reply->value));
        end(tasks, task, strcmp(xenapi_failure_code(reply), "TASK_CANCELLED") ? "failure" : "cancelled");
    }
}

void
task_set_status(struct tasks *tasks, struct task *task, const char *status)
{
    if (!strcmp(status, "success") || !strcmp(status, "failure") || !strcmp(status, "cancelled")) {
        end(tasks, task, status);
    } else {
        set(tasks, task, XENAPI_task_status, xenapi_string(status));
    }
}

void
task_set_result(struct tasks *tasks, struct task *task, const char *result)
{
    set(tasks, task, XENAPI_task_result, xenapi_string(result));
}

void
task_set_error_info(struct tasks *tasks, struct task *task, const struct xenapi_value *info)
{
    set(tasks, task, XENAPI_task_error_info, xenapi_value_clone(info));
}

void
task_set_progress(struct tasks *tasks, struct task *task, double progress)
{
    const double step = progress - task->progress;

    if (task->pending && (task->kind == TASK_OF_CLIENT ? step != 0 : step >= PROGRESS_STEP)) {
        task->progress = progress;
        set(tasks, task, XENAPI_task_progress, xenapi_double(progress));
    }
}

void
task_drop(struct tasks *tasks, struct task *task)
{
    task->unwanted = true;
    if (!task->pending) {
        task_free(tasks, task);
    }
}

/* Going. */

/* What nobody has ended in a day: a client's own, as a rule. */
static void
give_up(struct tasks *tasks, struct task *task)
{
    struct xenapi_reply failure = xenapi_failure("INTERNAL_ERROR", "nobody said for a day how far this task is", NULL);

    VLOG_INFO("task="UUID_FMT" was pending for a day and counts as failed", UUID_ARGS(&task->uuid));
    task_complete(tasks, task, &failure);
    xenapi_reply_destroy(&failure);
}

void
tasks_run(struct tasks *tasks)
{
    const long long int now = time_msec();
    struct task *task;

    if (now < tasks->next_look) {
        return;
    }
    tasks->next_look = LLONG_MAX;
    LIST_FOR_EACH_SAFE (task, list_node, &tasks->done) {
        if (now >= task->until) {
            task_free(tasks, task);
        } else {
            tasks->next_look = MIN(tasks->next_look, task->until);
        }
    }
    LIST_FOR_EACH_SAFE (task, list_node, &tasks->pending) {
        if (now >= task->until) {
            give_up(tasks, task);
        } else {
            tasks->next_look = MIN(tasks->next_look, task->until);
        }
    }
}

void
tasks_wait(const struct tasks *tasks)
{
    if (tasks->next_look != LLONG_MAX) {
        poll_timer_wait_until(tasks->next_look);
    }
}
