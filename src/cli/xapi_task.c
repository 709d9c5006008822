/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "cli/xapi_task.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <fatal-signal.h>
#include <timeval.h>
#include <util.h>

#include "base/error.h"
#include "cli/progress.h"
#include "cli/xapi.h"
#include "cli/xapi_failure.h"
#include "cli/xapi_objects.h"

struct watch {
    struct xapi *xapi;
    const char *class, *ref;
    char *token;
    xapi_look_fn *look;
    void *aux;
    bool done, gone;
};

static struct error *
next_events(struct watch *watch, long long int wait_ms, struct xenapi_value *result)
{
    struct xenapi_value params = xapi_params(), subscriptions = xenapi_set_create();
    struct error *error;

    xenapi_set_add(&subscriptions, xenapi_string_nocopy(xasprintf("%s/%s", watch->class, watch->ref)));
    xenapi_set_add(&params, subscriptions);
    xenapi_set_add(&params, xenapi_string(watch->token));
    xenapi_set_add(&params, xenapi_double(wait_ms / 1000.0));
    error = xapi_call_long(watch->xapi, "event.from", params, wait_ms, result);
    if (!error && (!xapi_field(result, "events", XENAPI_SET) || !*xapi_text(result, "token"))) {
        xenapi_value_destroy(result);
        error = xapi_strange(watch->xapi, "event.from");
    }
    return error;
}

static void
take_event(struct watch *watch, const struct xenapi_value *event)
{
    const struct xenapi_value *snapshot = xapi_field(event, "snapshot", XENAPI_MAP);

    if (strcmp(xapi_text(event, "ref"), watch->ref) || watch->done) {
        return;
    }
    if (!strcmp(xapi_text(event, "operation"), "del")) {
        watch->done = watch->gone = true;
    } else if (snapshot) {
        watch->done = watch->look(snapshot, watch->aux);
    }
}

static struct error *
take_events(struct watch *watch, long long int wait_ms)
{
    struct xenapi_value result;
    struct error *error = next_events(watch, wait_ms, &result);

    if (!error) {
        const struct xenapi_set *events = &xapi_field(&result, "events", XENAPI_SET)->set;

        if (!events->n) {
            watch->done = watch->look(NULL, watch->aux);
        }
        for (size_t i = 0; i < events->n; i++) {
            take_event(watch, &events->elements[i]);
        }
        free(watch->token);
        watch->token = xstrdup(xapi_text(&result, "token"));
        xenapi_value_destroy(&result);
    }
    return error;
}

/* The object as it is now: its events may have been before the watch, and of one that is gone there are none. */
static struct error *
take_record(struct watch *watch)
{
    struct xenapi_value record;
    struct error *error = xapi_record(watch->xapi, watch->class, watch->ref, &record);

    if (error && error->code == ERROR_NOT_FOUND) {
        error_free(error);
        watch->done = watch->gone = true;
        return NULL;
    } else if (!error) {
        watch->done = watch->look(&record, watch->aux);
        xenapi_value_destroy(&record);
    }
    return error;
}

struct error *
xapi_watch(struct xapi *xapi, const char *class, const char *ref, long long int timeout_ms, xapi_look_fn *look, void *aux, bool *gone)
{
    struct watch watch = { xapi, class, ref, xstrdup(""), look, aux, false, false };
    const long long int deadline = timeout_ms ? time_msec() + timeout_ms : LLONG_MAX;
    struct error *error = take_record(&watch);

    while (!error && !watch.done) {
        const long long int left = deadline - time_msec();

        if (left <= 0) {
            error = error_new(ERROR_TIMEOUT, "it has not come to its end within %g s", timeout_ms / 1000.0);
        } else {
            error = take_events(&watch, MIN(left, PROGRESS_MS));
        }
        if (!xapi_ignores_signals(xapi)) {
            fatal_signal_run();
        }
    }
    free(watch.token);
    *gone = watch.gone;
    return error;
}

struct task {
    const char *doing;
    struct progress progress;
    int percent;
    struct error *error;        /* how it ended */
};

/* True if it has ended. */
static bool
read_task(const struct xenapi_value *record, struct task *task)
{
    const struct xenapi_value *progress = xapi_field(record, "progress", XENAPI_DOUBLE);
    const struct xenapi_value *failure = xapi_field(record, "error_info", XENAPI_SET);
    const char *status = xapi_text(record, "status");

    task->percent = progress ? progress->real * 100 : 0;
    if (!strcmp(status, "failure") && failure && failure->set.n) {
        task->error = xapi_failure(failure);
    } else if (!strcmp(status, "failure")) {
        task->error = error_new(ERROR_REFUSED, "it has failed, and the server does not say why");
    } else if (!strcmp(status, "cancelled")) {
        task->error = error_new(ERROR_REFUSED, "somebody has cancelled it");
    }
    return task->error || !strcmp(status, "success");
}

static bool
look_at_task(const struct xenapi_value *record, void *task_)
{
    struct task *task = task_;

    if (record && read_task(record, task)) {
        return true;
    }
    progress_show(&task->progress, "%s: %d %%", task->doing, task->percent);
    return false;
}

/* What has been begun goes on without us. */
static struct error *
wait_for_task(struct xapi *xapi, const char *ref, struct task *task, long long int timeout_ms)
{
    bool gone;
    struct error *error = xapi_watch(xapi, "task", ref, timeout_ms, look_at_task, task, &gone);

    progress_clear(&task->progress);
    if (error) {
        return error->code == ERROR_TIMEOUT || error->code == ERROR_UNREACHABLE
            ? error_prefix(error, "it goes on in cabled-xapi, `cable vm list` shows what becomes of it") : error;
    } else if (gone) {
        return error_new(ERROR_REFUSED, "the server has forgotten the task: has cabled-xapi been restarted? `cable vm list` shows "
                         "what became of it");
    }
    error_free(xapi_ask(xapi, "task.destroy", NULL, ref, NULL));
    return task->error;
}

struct error *
xapi_run(struct xapi *xapi, const char *method, struct xenapi_value params, const char *doing, long long int timeout_ms)
{
    char *async = xasprintf("Async.%s", method);
    struct task task = { .doing = doing };
    struct xenapi_value ref = xenapi_void();
    struct error *error;

    progress_begin(&task.progress);
    error = xapi_call(xapi, async, params, &ref);
    if (!error && ref.type != XENAPI_STRING) {
        error = xapi_strange(xapi, async);
    } else if (!error) {
        error = wait_for_task(xapi, ref.string, &task, timeout_ms);
    }
    xenapi_value_destroy(&ref);
    free(async);
    return error;
}
