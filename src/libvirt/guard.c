/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "libvirt/guard.h"

#include <stdlib.h>
#include <string.h>

#include <daemon.h>
#include <dirs.h>
#include <smap.h>
#include <svec.h>
#include <util.h>

#include "ask/agent.h"
#include "base/error.h"
#include "libvirt/await.h"
#include "libvirt/hand.h"
#include "libvirt/keys.h"
#include "libvirt/ports.h"
#include "switch/db.h"
#include "switch/port_keys.h"
#include "switch/visit.h"

/* For an answer of the agent's to come. */
enum { ANSWER_MS = 500 };

/* One change of the rows. */
struct change {
    const struct libvirt_ports *ports;
    bool *had_failed;           /* libvirt_await_prepare(), or NULL */
};

static bool
is_ours(const struct switch_db *db, const struct libvirt_port *port)
{
    const char *describer = port_keys_get(db, port->device, LIBVIRT_MARK_KEY);

    return describer && !strcmp(describer, LIBVIRT_MARK);
}

/* Whether what stands in the row is to be changed: a port of which nothing is said any more is let go only if it was described from
 * here. */
static bool
is_to_be_written(const struct switch_db *db, const struct libvirt_port *port)
{
    return !port->handed && (port->described || is_ours(db, port));
}

static struct error *
describe_one(struct switch_db *db, const struct libvirt_port *port)
{
    struct smap keys = SMAP_INITIALIZER(&keys);
    struct svec names = SVEC_EMPTY_INITIALIZER;
    struct error *error;

    libvirt_keys(port, &keys);
    libvirt_key_names(&names);
    error = port_keys_write(db, port->device, &keys, (const char *const *) names.names);
    svec_destroy(&names);
    smap_destroy(&keys);
    return error;
}

static struct error *
check_all(const struct switch_db *db, const struct libvirt_ports *ports)
{
    struct switch_port view;

    for (size_t i = 0; i < ports->n; i++) {
        const struct libvirt_port *port = &ports->ports[i];

        if (port->described && !port->handed && !switch_db_port(db, port->device, &view)) {
            return error_new(ERROR_NOT_FOUND, "this host's switch has no port %s, which libvirt should have added", port->device);
        }
    }
    return NULL;
}

/* Nothing is written unless all ports are there. */
static struct error *
describe_all(struct switch_db *db, void *change_)
{
    struct change *change = change_;
    const struct libvirt_ports *ports = change->ports;
    struct error *error = check_all(db, ports);

    if (!error && !change->had_failed) {
        change->had_failed = libvirt_await_prepare(db, ports);
    }
    for (size_t i = 0; i < ports->n && !error; i++) {
        if (is_to_be_written(db, &ports->ports[i])) {
            error = describe_one(db, &ports->ports[i]);
        }
    }
    return error;
}

/* Nobody should wait for one that is not there. */
static struct error *
find_agent(void)
{
    char *pidfile = xasprintf("%s/cabled.pid", ovs_rundir());
    pid_t pid = read_pidfile(pidfile);
    struct error *error = NULL;

    if (pid < 0) {
        error = error_new(ERROR_UNREACHABLE, "no agent runs on this host (%s: %s), so nothing would be guarded: start cabled", pidfile,
                          ovs_strerror(-pid));
    }
    free(pidfile);
    return error;
}

/* The agent is to be the first to give up, since it knows what is waited for. */
static long long int
time_for_agent(long long int deadline)
{
    return MAX(deadline - ask_now() - ANSWER_MS, 1);
}

static struct error *
hand_one(const struct libvirt_guard *guard, const struct libvirt_port *port, long long int deadline)
{
    char *text = libvirt_hand(port, guard->vm, time_for_agent(deadline)), *reply = NULL;
    struct error *error = ask_agent(guard->agent, "vif/hand", text, deadline, &reply);

    free(text);
    free(reply);
    return error ? error_prefix(error, "%s", port->device) : NULL;
}

static struct error *
hand_all(const struct libvirt_guard *guard, long long int deadline)
{
    struct error *error = NULL;

    for (size_t i = 0; i < guard->ports->n && !error; i++) {
        const struct libvirt_port *port = &guard->ports->ports[i];

        if (port->handed && port->described) {
            error = hand_one(guard, port, deadline);
        }
    }
    return error;
}

static struct error *
unhand_one(const struct libvirt_guard *guard, const struct libvirt_port *port, long long int deadline)
{
    char *reply = NULL;
    struct error *error = ask_agent(guard->agent, "vif/unhand", port->device, deadline, &reply);

    free(reply);
    return error ? error_prefix(error, "%s", port->device) : NULL;
}

/* Another domain may name the same device, and have it. */
static bool
is_of_domain(const struct switch_db *db, const struct libvirt_port *port, const char *vm)
{
    const char *owner = port_keys_get(db, port->device, "vm-id");

    return port->handed && is_ours(db, port) && (!owner || !strcmp(owner, vm));
}

/* Those that were handed from here and are described, or of which nothing is said any more. */
static struct error *
unhand_all(const struct libvirt_guard *guard, const struct switch_db *db, bool described, long long int deadline)
{
    struct error *error = NULL;

    for (size_t i = 0; i < guard->ports->n && !error; i++) {
        const struct libvirt_port *port = &guard->ports->ports[i];

        if (port->described == described && is_of_domain(db, port, guard->vm)) {
            error = unhand_one(guard, port, deadline);
        }
    }
    return error;
}

static struct error *
carry_out(struct visit *visit, const struct libvirt_guard *guard, struct change *change)
{
    long long int deadline = ask_now() + guard->timeout_ms;
    int64_t cfg;
    struct error *error = visit_commit(visit, describe_all, change, &cfg);

    if (!error && guard->await && guard->ports->n_described) {
        error = find_agent();
    }
    error = error ? error : unhand_all(guard, visit->db, false, deadline);
    error = error ? error : hand_all(guard, deadline);
    return error || !guard->await ? error : libvirt_await(visit, guard->agent, guard->ports, change->had_failed);
}

struct error *
libvirt_guard(const struct libvirt_guard *guard)
{
    struct change change = { .ports = guard->ports };
    struct visit visit;
    struct error *error = visit_open(&visit, guard->timeout_ms, NULL);

    if (!error) {
        error = carry_out(&visit, guard, &change);
        visit_close(&visit);
    }
    free(change.had_failed);
    return error;
}

struct error *
libvirt_unguard(const struct libvirt_guard *guard)
{
    long long int deadline = ask_now() + guard->timeout_ms;
    struct visit visit;
    struct error *error = visit_open(&visit, guard->timeout_ms, NULL);

    if (!error) {
        error = unhand_all(guard, visit.db, true, deadline);
        visit_close(&visit);
    }
    return error;
}
