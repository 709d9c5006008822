/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of one VM on this host: asks the plan (verbs/vm_plan.h) what is to be done and carries it out, one write to the pool database at a time. A
 * life is woken by what concerns its VM: its rows, its domain, the end of its write, a deadline; and by nothing else.
 *
 * What a life remembers is what no row tells: who waits for a reply, what was asked of the domain a moment ago, how often the guest was begun anew.
 */
#ifndef TOOLSTACK_LIFE_H
#define TOOLSTACK_LIFE_H

#include <stdbool.h>

#include <openvswitch/hmap.h>
#include <openvswitch/list.h>
#include <uuid.h>

#include "base/backoff.h"
#include "domain/domain.h"
#include "timeline/stages.h"
#include "toolstack/verb_call.h"
#include "toolstack/restarts.h"
#include "verbs/vm_plan.h"

struct pool_commit;
struct timeline_watch;
struct toolstack;

enum life_write_kind {
    LIFE_WRITES_ADMISSION,      /* of 'call', and all of a verb that a single write carries out */
    LIFE_WRITES_ATTACH,
    LIFE_WRITES_MARK,
    LIFE_WRITES_DETACHING,
    LIFE_WRITES_SETTLE,
    LIFE_WRITES_TIMES,          /* when the guest spoke */
    LIFE_WRITES_CRASH,          /* when and why the guest crashed */
    LIFE_WRITES_VIF,            /* the end of a VIF's operation */
    LIFE_WRITES_LOSSES,         /* VIFs whose device the domain does not have are not attached */
};

/* The one write that is under way. */
struct life_write {
    struct pool_commit *commit; /* NULL: none is */
    enum life_write_kind kind;
    struct toolstack *toolstack;
    struct life *life;
    struct verb_call *call;          /* whose operation it is about, or NULL */
    bool is_over;               /* of ADMISSION: there is nothing to do afterwards */
    enum vm_plan_stage stage;   /* of MARK */
    enum vm_plan_record record; /* of SETTLE */
    bool succeeds;              /* of SETTLE */
    bool begins;                /* of SETTLE: a start that was asked for; 'times' are its own */
    struct timeline times;      /* of SETTLE and TIMES: those that are known */
    bool attached, moved_back;  /* of VIF */
};

struct life {
    struct hmap_node node;      /* in toolstack.lives */
    struct ovs_list dirty;      /* in toolstack.dirty, or by itself */
    struct ovs_list busy;       /* in toolstack.busy, or by itself */
    struct uuid vm;
    struct ovs_list calls;      /* struct verb_call: of the VM and its devices */

    struct life_write write;
    struct backoff refusals;    /* of writes */

    bool has_domain;            /* as it was seen last */
    enum domain_state domain_state;
    enum vm_plan_step asked;    /* of the domain, and not seen yet; VM_PLAN_WAIT: nothing */
    char *begin_error;          /* why the domain could not be begun */
    char *crash;                /* to be written: why the guest crashed */
    bool is_destroyed;          /* its domain was told to go */
    bool restart_is_due;        /* when it is halted */
    struct restarts restarts;

    struct ovs_list watching;   /* in toolstack.watching, if there is a watch */
    struct timeline_watch *watch;   /* on the guest's first frames, or NULL */
    struct timeline frames;     /* what it has seen */
    long long int frames_due;   /* when that is to be written; 0: there is nothing to write */

    long long int detach_until; /* how long it is waited for the agent to take the ports away; 0: not yet */
    long long int wake_at;      /* a deadline in time_msec(); 0: none */
};

/* The life of that VM, made if there is none. */
struct life *life_get(struct toolstack *, const struct uuid *vm);
struct life *life_find(const struct toolstack *, const struct uuid *vm);
/* Its calls are not answered. */
void life_destroy(struct toolstack *, struct life *);

/* Something has changed for it: it takes a turn in this run of the toolstack, or the next. */
void life_wake(struct toolstack *, struct life *);

/* A client waits for 'call', which concerns the VM. It is the life's from now on. */
void life_add_call(struct toolstack *, struct life *, struct verb_call *);

/* Nobody waits for the call any more: what it has begun is taken back. False if it cannot be any more. */
bool life_cancel(struct toolstack *, struct life *, struct verb_call *);

/* The write that was under way has ended; 'error' is consumed. */
void life_write_ended(struct toolstack *, struct life *, struct error *);

/* Does what is to be done. It is busy afterwards if it waits for its write, its rows or a deadline. The life may be destroyed then. */
void life_turn(struct toolstack *, struct life *);

#endif
