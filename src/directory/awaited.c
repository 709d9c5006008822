/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "directory/awaited.h"

#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include <openvswitch/poll-loop.h>
#include <openvswitch/vlog.h>
#include <timeval.h>
#include <util.h>

#include "directory/directory.h"

VLOG_DEFINE_THIS_MODULE(directory_awaited);

/* As ovs-xapi-sync looked. */
enum { LOOK_MSEC = 1000 };

struct directory_awaited {
    struct directory up;
    struct directory *awaited;
    char *cookie;
    bool is_there;
    long long int next_look;
    char *error;
};

static struct directory_awaited *
cast(const struct directory *directory)
{
    return CONTAINER_OF(directory, struct directory_awaited, up);
}

/* What was asked before was not passed on: it is to be asked again. */
static void
look(struct directory_awaited *directory, const struct directory_events *events)
{
    if (directory->is_there || time_msec() < directory->next_look) {
        return;
    }
    directory->next_look = time_msec() + LOOK_MSEC;
    directory->is_there = !access(directory->cookie, F_OK);
    if (directory->is_there) {
        VLOG_INFO("%s is there: XAPI is asked", directory->cookie);
        events->all_changed(events->aux);
    }
}

static void
directory_awaited_run(struct directory *directory_, const struct directory_events *events)
{
    struct directory_awaited *directory = cast(directory_);

    look(directory, events);
    if (directory->is_there) {
        directory_run(directory->awaited, events);
    }
}

static void
directory_awaited_wait(struct directory *directory_)
{
    struct directory_awaited *directory = cast(directory_);

    if (directory->is_there) {
        directory_wait(directory->awaited);
    } else {
        poll_timer_wait_until(directory->next_look);
    }
}

static void
directory_awaited_destroy(struct directory *directory_)
{
    struct directory_awaited *directory = cast(directory_);

    directory_destroy(directory->awaited);
    free(directory->cookie);
    free(directory->error);
    free(directory);
}

static struct directory *
asked(struct directory *directory_)
{
    struct directory_awaited *directory = cast(directory_);

    return directory->is_there ? directory->awaited : NULL;
}

static enum directory_answer
directory_awaited_network(struct directory *directory, const char *bridge, struct directory_record *record)
{
    return directory_network(asked(directory), bridge, record);
}

static enum directory_answer
directory_awaited_pool(struct directory *directory, struct directory_record *record)
{
    return directory_pool(asked(directory), record);
}

static enum directory_answer
directory_awaited_vif(struct directory *directory, const char *uuid, struct directory_record *record)
{
    return directory_vif(asked(directory), uuid, record);
}

static enum directory_answer
directory_awaited_vm(struct directory *directory, const char *uuid, struct directory_record *record)
{
    return directory_vm(asked(directory), uuid, record);
}

static void
directory_awaited_flush(struct directory *directory)
{
    directory_flush(asked(directory));
}

static void
directory_awaited_status(const struct directory *directory_, struct directory_status *status)
{
    const struct directory_awaited *directory = cast(directory_);

    directory->awaited->class->status(directory->awaited, status);
    if (!directory->is_there) {
        status->is_reachable = false;
        status->error = directory->error;
    }
}

static const struct directory_class directory_awaited_class = {
    .name = "awaited",
    .destroy = directory_awaited_destroy,
    .run = directory_awaited_run,
    .wait = directory_awaited_wait,
    .network = directory_awaited_network,
    .pool = directory_awaited_pool,
    .vif = directory_awaited_vif,
    .vm = directory_awaited_vm,
    .flush = directory_awaited_flush,
    .status = directory_awaited_status,
};

struct directory *
directory_awaited_open(const char *cookie, struct directory *awaited)
{
    struct directory_awaited *directory = xzalloc(sizeof *directory);

    directory->up.class = &directory_awaited_class;
    directory->awaited = awaited;
    directory->cookie = xstrdup(cookie);
    directory->error = xasprintf("it has not started: there is no %s yet", cookie);
    return &directory->up;
}
