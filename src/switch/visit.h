/* SPDX-License-Identifier: Apache-2.0
 *
 * A short visit to the switch's database by a program that is not the agent: it takes no lock, and each call returns when it is done or
 * when the visit's time is over. A change is made again if somebody else came first.
 */
#ifndef SWITCH_VISIT_H
#define SWITCH_VISIT_H

#include <stdint.h>

struct error;
struct safety_net;
struct switch_db;

struct visit {
    struct switch_db *db;
    char *remote;               /* owned */
    long long int deadline;     /* time_msec() */

    /* Called once, with what is waited for, by a call that takes longer than a person notices; or NULL. */
    void (*slow)(const char *what);

    struct safety_net *net;     /* to be kept going while something is waited for, or NULL; not owned */
};

/* Opens the database of the switch whose sockets are in ovs_rundir(), and reads it. On failure there is nothing to close. */
struct error *visit_open(struct visit *, long long int timeout_ms, void (*slow)(const char *what));
void visit_close(struct visit *);

/* What makes the change. It is called with an open transaction, perhaps several times; if it returns an error, it has changed nothing. */
typedef struct error *visit_change(struct switch_db *, void *aux);

/* Commits what 'change' does. If it asked for ovs-vswitchd's confirmation, '*cfg' is what visit_await() waits for. */
struct error *visit_commit(struct visit *, visit_change *change, void *aux, int64_t *cfg);

/* Waits until ovs-vswitchd has carried out everything up to 'cfg'. */
struct error *visit_await(struct visit *, int64_t cfg);

/* Waits a moment for 'what', which nobody announces. '*since' is when that wait began. ERROR_TIMEOUT if the visit's time is over. */
struct error *visit_pause(struct visit *, long long int *since, const char *what);

#endif
