/* SPDX-License-Identifier: Apache-2.0
 *
 * Carries out XenAPI's verbs (verbs/verb.h) on this host: a VM's life, VIFs, networks, storage.
 *
 * A verb that takes time is a row of the table Operation, whose uuid is its task's: who acts, since when, until when, and what is to be taken
 * back if it fails. Whoever starts this program in the middle of one reads that row, looks at what is there, and finishes it or takes
 * it back. A verb that fails leaves the object as it was.
 */
#ifndef TOOLSTACK_TOOLSTACK_H
#define TOOLSTACK_TOOLSTACK_H

#include "xenapi/call.h"
#include "xenapi/value.h"

struct domains;
struct error;
struct objects;
struct pool;
struct toolstack;
struct uuid;
struct verb;

struct toolstack_config {
    const struct uuid *host;    /* whose domains these are; NULL: the pool's only one */
    const char *storage;        /* folder of the default SR */
    long long int wire_ms;      /* how long VM.start waits for its VIFs */
};

/* All stay the caller's, who runs 'pool', then 'objects', then 'domains', then this. */
struct toolstack *toolstack_create(struct pool *, struct objects *, struct domains *, const struct toolstack_config *);
void toolstack_destroy(struct toolstack *);
void toolstack_run(struct toolstack *);
void toolstack_wait(struct toolstack *);

/* NULL once the pool database is there, says which host this is, and what a XenAPI client finds (pool, host, its metrics, default SR, control domain) has its
 * rows; before that, why not, in words: HOST_STILL_BOOTING. */
const char *toolstack_is_not_ready(const struct toolstack *);

/* This host. */
const struct uuid *toolstack_host(const struct toolstack *);

/* 'reply' is the receiver's. */
typedef void toolstack_done_fn(struct xenapi_reply reply, void *aux);

/* Carries out 'verb'. 'params' is a set of as many as the verb has, each of its type and every reference one to an object that is
 * there. 'task' is the uuid of the task that the client sees. 'done' is called once: from here, or from toolstack_run(). */
void toolstack_call(struct toolstack *, const struct verb *, const struct xenapi_value *params, const struct uuid *task,
                    toolstack_done_fn *done, void *aux);

/* 0 to 1: how far the verb of that task is. */
double toolstack_progress(const struct toolstack *, const struct uuid *task);

/* The client does not wait any more for what that task does: task.cancel. False if it cannot be taken back any more. */
bool toolstack_cancel(struct toolstack *, const struct uuid *task);

#endif
