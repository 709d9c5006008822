/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/visit.h"

#include <errno.h>
#include <stdlib.h>

#include <dirs.h>
#include <openvswitch/poll-loop.h>
#include <ovsdb-idl.h>
#include <timeval.h>
#include <util.h>

#include "base/error.h"
#include "switch/db-private.h"
#include "switch/safety_net.h"

enum {
    /* A wait of this length is told to whoever waits. */
    SLOW_MS = 1000,

    /* Of visit_pause(). */
    PAUSE_MS = 50,
};

static void
ignore_bridge(const char *bridge OVS_UNUSED, void *aux OVS_UNUSED)
{
}

static void
ignore_port(const char *port OVS_UNUSED, const char *bridge OVS_UNUSED, void *aux OVS_UNUSED)
{
}

static void
ignore_interface(const char *interface OVS_UNUSED, void *aux OVS_UNUSED)
{
}

static const struct switch_db_events no_events = { ignore_bridge, ignore_port, ignore_interface, NULL };

/* Each turn that is begun is ended: by turn_wait(), which sleeps until there is something to do, or by turn_end(). */
static void
turn_begin(struct visit *visit)
{
    switch_db_run(visit->db, &no_events);
}

static void
turn_end(struct visit *visit)
{
    switch_db_commit(visit->db);
}

/* 'since' is when this wait began, 0 after it was told. */
static enum switch_db_fate
turn_wait(struct visit *visit, long long int *since, const char *what)
{
    enum switch_db_fate fate = switch_db_commit(visit->db);

    if (*since && visit->slow && time_msec() >= *since + SLOW_MS) {
        visit->slow(what);
        *since = 0;
    }
    if (*since && visit->slow) {
        poll_timer_wait_until(*since + SLOW_MS);
    }
    if (fate != SWITCH_DB_FINE) {
        poll_immediate_wake();
    }
    if (visit->net) {
        safety_net_run(visit->net);
        safety_net_wait(visit->net);
    }
    switch_db_wait(visit->db);
    poll_timer_wait_until(visit->deadline);
    poll_block();
    return fate;
}

static bool
is_over(const struct visit *visit)
{
    return time_msec() >= visit->deadline;
}

/* A server that is not there will not come because somebody waits. */
static bool
is_hopeless(int code)
{
    return code == ENOENT || code == ECONNREFUSED || code == EACCES || code == EPERM || code == ENOTDIR || code == ENAMETOOLONG;
}

static struct error *
unreachable(const struct visit *visit, int code)
{
    const char *way_out = code == EACCES || code == EPERM ? "run cable as a user who may write to that socket, such as root"
                                                          : "is Open vSwitch running here? (another folder for its sockets: OVS_RUNDIR)";

    return error_new(ERROR_UNREACHABLE, "the switch database at %s does not answer%s%s%s: %s", visit->remote, code ? " (" : "",
                     code ? ovs_retval_to_string(code) : "", code ? ")" : "", way_out);
}

static struct error *
connect_and_read(struct visit *visit)
{
    long long int since = time_msec();

    for (;;) {
        turn_begin(visit);
        int code = ovsdb_idl_get_last_error(visit->db->idl);
        bool synced = switch_db_is_synced(visit->db);
        if (synced || is_hopeless(code) || is_over(visit)) {
            turn_end(visit);
            return synced ? NULL : unreachable(visit, code);
        }
        turn_wait(visit, &since, "the switch database to answer");
    }
}

struct error *
visit_open(struct visit *visit, long long int timeout_ms, void (*slow)(const char *))
{
    struct error *error;

    *visit = (struct visit) {
        .remote = xasprintf("unix:%s/db.sock", ovs_rundir()), .deadline = time_msec() + timeout_ms, .slow = slow,
    };
    visit->db = switch_db_open_without_lock(visit->remote);
    error = connect_and_read(visit);
    if (!error && !switch_db_settings(visit->db)) {
        error = error_new(ERROR_NOT_FOUND, "the switch database at %s is empty: `ovs-vsctl init` makes it a switch's", visit->remote);
    }
    if (error) {
        visit_close(visit);
    }
    return error;
}

void
visit_close(struct visit *visit)
{
    switch_db_close(visit->db);
    free(visit->remote);
    *visit = (struct visit) { .db = NULL };
}

static struct error *
timed_out(const char *what)
{
    return error_new(ERROR_TIMEOUT, "%s did not come in time: --timeout gives it longer", what);
}

/* What switch_db_run() has just heard of the transaction. */
static bool
is_committed(const struct switch_db *db)
{
    return !switch_db_is_committing(db) && db->fate == SWITCH_DB_FINE;
}

struct error *
visit_commit(struct visit *visit, visit_change *change, void *aux, int64_t *cfg)
{
    long long int since = time_msec();
    bool changed = false;

    for (;;) {
        struct error *error = NULL;

        turn_begin(visit);
        bool done = changed && is_committed(visit->db);
        if (!done && is_over(visit)) {
            error = error_new(ERROR_TIMEOUT, "the switch database has not confirmed the change in time: it may make it yet");
        } else if (!changed && switch_db_can_write(visit->db)) {
            error = change(visit->db, aux);
            changed = true;
            poll_immediate_wake();      /* nothing comes from the database if there was nothing to write */
        }
        if (done || error) {
            *cfg = switch_db_confirmed_cfg(visit->db);
            turn_end(visit);
            return error;
        }
        switch (turn_wait(visit, &since, "the switch database to take the change")) {
        case SWITCH_DB_FINE:
            break;
        case SWITCH_DB_OVERTAKEN:
            changed = false;
            break;
        case SWITCH_DB_REFUSED:
            return error_new(ERROR_REFUSED, "the switch database refused the change: %s", switch_db_error(visit->db));
        }
    }
}

struct error *
visit_await(struct visit *visit, int64_t cfg)
{
    long long int since = time_msec();

    for (;;) {
        turn_begin(visit);
        bool done = switch_db_cur_cfg(visit->db) >= cfg;
        if (done || is_over(visit)) {
            turn_end(visit);
            return done ? NULL : timed_out("ovs-vswitchd's answer");
        }
        turn_wait(visit, &since, "ovs-vswitchd to carry out the change");
    }
}

struct error *
visit_pause(struct visit *visit, long long int *since, const char *what)
{
    if (is_over(visit)) {
        return timed_out(what);
    }
    turn_begin(visit);
    poll_timer_wait(PAUSE_MS);
    turn_wait(visit, since, what);
    return NULL;
}
