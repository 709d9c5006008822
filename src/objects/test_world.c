/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "objects/test_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openvswitch/dynamic-string.h>
#include <openvswitch/poll-loop.h>
#include <openvswitch/vlog.h>
#include <fatal-signal.h>
#include <ovsdb-idl.h>
#include <timeval.h>
#include <util.h>
#include <uuid.h>

#include "base/error.h"
#include "objects/access.h"
#include "pool/commit.h"
#include "xenapi/json_reader.h"
#include "xenapi/test_show.h"

enum { DEADLINE_MS = 10000 };

const char *world_schema, *world_rows;

/* The last text that was given out. */
static const char *
keep(char *text)
{
    static char *kept;

    free(kept);
    kept = text;
    return kept;
}

void
world_shell(const struct world *world, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *command = xvasprintf(format, args);
    char *line = xasprintf("cd %s && PATH=$PATH:/usr/sbin && export OVS_RUNDIR=$PWD OVS_LOGDIR=$PWD && { %s; } >out 2>&1", world->folder,
                           command);

    va_end(args);
    if (system(line)) {
        fail_msg("%s", line);
    }
    free(line);
    free(command);
}

static void
turn(struct world *world)
{
    pool_run(world->pool);
    objects_run(world->objects);
}

void
world_turn_until(struct world *world, bool (*is_seen)(const struct world *, const void *), const void *aux)
{
    long long int deadline = time_msec() + DEADLINE_MS;

    for (;;) {
        turn(world);
        if (is_seen(world, aux)) {
            return;
        }
        assert_true(time_msec() < deadline);
        pool_wait(world->pool);
        poll_timer_wait_until(deadline);
        poll_block();
    }
}

void
world_transact_unseen(struct world *world, const char *operations)
{
    world_shell(world, "ovsdb-client transact unix:sock '[\"Cabled\",%s]' >answer && ! grep '\"error\"' answer", operations);
}

static bool
is_newer(const struct world *world, const void *seqno)
{
    return pool_seqno(world->pool) != *(const unsigned int *) seqno;
}

void
world_transact(struct world *world, const char *operations)
{
    const unsigned int seqno = pool_seqno(world->pool);

    world_transact_unseen(world, operations);
    world_turn_until(world, is_newer, &seqno);
}

static bool
is_synced(const struct world *world, const void *aux)
{
    return pool_is_synced(world->pool);
}

int
world_setup(void **state)
{
    struct world *world = xzalloc(sizeof *world);
    char *remote;

    vlog_set_levels(NULL, VLF_ANY_DESTINATION, VLL_OFF);
    fatal_ignore_sigpipe();
    strcpy(world->folder, "/tmp/test-objects-XXXXXX");
    assert_non_null(mkdtemp(world->folder));
    world_shell(world, "ovsdb-tool create db %s && ovsdb-server --remote=punix:sock --unixctl=$PWD/ctl --pidfile --detach --no-chdir db "
                "&& ovsdb-client transact unix:sock \"$(cat %s)\" >answer && ! grep '\"error\"' answer", world_schema, world_rows);
    remote = xasprintf("unix:%s/sock", world->folder);
    world->pool = pool_open_whole(remote);
    world->objects = objects_create(world->pool, WORLD_BEGIN);
    free(remote);
    world_turn_until(world, is_synced, NULL);
    *state = world;
    return 0;
}

int
world_teardown(void **state)
{
    struct world *world = *state;

    keep(NULL);
    objects_destroy(world->objects);
    pool_close(world->pool);
    world_shell(world, "[ ! -e ctl ] || ovs-appctl -t $PWD/ctl exit");
    world_shell(world, "rm -r $PWD");
    free(world);
    return 0;
}

static struct xenapi_value
from_json(const char *text)
{
    struct xenapi_value value;
    struct error *error = xenapi_json_read(text, strlen(text), 16, &value);

    if (error) {
        fail_msg("%s: %s", text, error->text);
    }
    return value;
}

/* A change of the database on its way. */
struct writing {
    struct world *world;
    const struct xenapi_accessor_method *method;    /* NULL: creates */
    enum xenapi_class_id class;
    struct uuid uuid;
    struct xenapi_value said;
    struct xenapi_reply reply;
};

static bool
write_it(struct writing *writing, struct ovsdb_idl_txn *txn)
{
    struct objects *objects = writing->world->objects;

    return writing->method
        ? access_write(objects, txn, writing->method, &writing->said, &writing->reply)
        : access_create(objects, txn, writing->class, &writing->uuid, &writing->said, &writing->reply) != NULL;
}

static struct error *
change(struct pool *pool, struct ovsdb_idl_txn *txn, void *writing_)
{
    struct writing *writing = writing_;
    struct world *world = writing->world;
    void (*before_commit)(struct world *) = world->before_commit;

    world->n_attempts++;
    if (!write_it(writing, txn)) {
        return error_new(ERROR_INVALID, "refused");
    }
    world->before_commit = NULL;
    if (before_commit) {
        before_commit(world);
    }
    return NULL;
}

/* Carries out 'writing', whose 'reply' is set then. */
static void
commit(struct writing *writing)
{
    struct world *world = writing->world;
    struct pool_commit *under_way;
    struct error *error;

    world->n_attempts = 0;
    writing->reply = xenapi_success(xenapi_void());
    under_way = pool_commit_begin(world->pool, change, writing, DEADLINE_MS);
    while (!pool_commit_run(under_way, &error)) {
        pool_wait(world->pool);
        pool_commit_wait(under_way);
        poll_block();
        turn(world);
    }
    turn(world);
    if (error && !writing->reply.is_failure) {
        fail_msg("%s", error->text);
    }
    error_free(error);
}

static struct xenapi_reply
call(struct world *world, const char *name, const char *params_)
{
    struct xenapi_accessor_method method;
    struct writing writing = { .world = world, .method = &method, .said = from_json(params_) };

    if (!xenapi_accessor_find(name, &method)) {
        fail_msg("there is no %s", name);
    }
    assert_int_equal(writing.said.set.n, access_arity(&method));
    if (access_only_reads(&method)) {
        writing.reply = access_read(world->objects, &method, &writing.said);
    } else {
        commit(&writing);
    }
    xenapi_value_destroy(&writing.said);
    return writing.reply;
}

const char *
world_call(struct world *world, const char *name, const char *params)
{
    struct xenapi_reply reply = call(world, name, params);
    char *text = show_reply(&reply);

    xenapi_reply_destroy(&reply);
    return keep(text);
}

struct xenapi_value
world_value(struct world *world, const char *name, const char *params)
{
    struct xenapi_reply reply = call(world, name, params);

    assert_false(reply.is_failure);
    return reply.value;
}

const char *
world_create(struct world *world, enum xenapi_class_id class, const char *uuid, const char *record)
{
    struct writing writing = { .world = world, .class = class, .said = from_json(record) };
    char *text;

    assert_true(uuid_from_string(&writing.uuid, uuid));
    commit(&writing);
    text = writing.reply.is_failure ? show_reply(&writing.reply) : xstrdup("");
    xenapi_reply_destroy(&writing.reply);
    xenapi_value_destroy(&writing.said);
    return keep(text);
}

static void
put_change(const struct object_change *change, void *s)
{
    char uuid[UUID_LEN + 1];

    snprintf(uuid, sizeof uuid, UUID_FMT, UUID_ARGS(change->uuid));
    ds_put_format(s, "%s%c%s:%c%c", ((struct ds *) s)->length ? " " : "", "+~-"[change->what], xenapi_class_name(change->class), uuid[0],
                  uuid[UUID_LEN - 1]);
    assert_int_equal(change->what == OBJECT_GONE, !change->object);
}

const char *
world_changes(struct world *world, int64_t since)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    if (!objects_changed_since(world->objects, since, put_change, &s)) {
        ds_put_cstr(&s, "lost");
    }
    return keep(ds_steal_cstr(&s));
}
