/* SPDX-License-Identifier: Apache-2.0
 *
 * Verbs that a client waits for, from the call to the reply. A call lives no longer than this program; what it has begun lives on as a row
 * of the table Operation, whose uuid is the call's task.
 */
#ifndef TOOLSTACK_VERB_CALL_H
#define TOOLSTACK_VERB_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include <openvswitch/hmap.h>
#include <openvswitch/list.h>
#include <uuid.h>

#include "toolstack/toolstack.h"
#include "verbs/verb.h"

struct poolrec_operation;

enum verb_call_phase {
    CALL_QUEUED,                /* its VM is busy writing */
    CALL_ADMITTING,             /* its Operation is being written, unless it is refused */
    CALL_UNDER_WAY,
};

struct verb_call {
    struct hmap_node by_task;
    struct ovs_list in_life;    /* in the 'calls' of its VM's life, in the order in which they came */

    const struct verb *verb;
    struct uuid task;
    struct uuid self;           /* the VM or VIF: the first parameter */
    struct uuid host, network;  /* of verbs that have such a parameter; otherwise zeros */
    bool start_paused, force;
    int64_t request_us;         /* CLOCK_MONOTONIC */

    enum verb_call_phase phase;
    bool is_adopted;            /* another process has begun it */
    bool is_cancelled;          /* the client does not wait any more: it is to be taken back */
    bool was_asked;             /* the domain was, for the VIF or by the power button */
    bool has_failure;
    struct xenapi_reply failure;    /* what it will be told, if it fails */

    toolstack_done_fn *done;    /* NULL: nobody waits */
    void *aux;
};

/* All calls that are under way, by task. */
struct verb_calls {
    struct hmap by_task;
};

void verb_calls_init(struct verb_calls *);
/* None must be left. */
void verb_calls_destroy(struct verb_calls *);

/* 'params' are only read. */
struct verb_call *verb_call_create(struct verb_calls *, const struct verb *, const struct xenapi_value *params, const struct uuid *task,
                         toolstack_done_fn *done, void *aux);

/* A call that nobody waits for, of an operation that another process has begun, or that begins by itself: 'done' is NULL. */
struct verb_call *verb_call_adopt(struct verb_calls *, const struct verb *, const struct poolrec_operation *);
struct verb_call *verb_call_create_own(struct verb_calls *, const struct verb *, const struct uuid *self);

struct verb_call *verb_calls_find(const struct verb_calls *, const struct uuid *task);

/* The parameter of that name; NULL if the verb has none. */
const struct xenapi_value *verb_call_param(const struct verb *, const struct xenapi_value *params, const char *name);

/* What the call will be told, unless it is told something already. 'failure' is taken over. */
void verb_call_fail(struct verb_call *, struct xenapi_reply failure);

/* Replies, with the failure if the call has one, and destroys the call. */
void verb_call_finish(struct verb_calls *, struct verb_call *);

/* Destroys a call without a reply: this program ends. */
void verb_call_destroy(struct verb_calls *, struct verb_call *);

#endif
