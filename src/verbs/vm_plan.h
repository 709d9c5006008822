/* SPDX-License-Identifier: Apache-2.0
 *
 * The plan of a VM's life on this host: from what its record says, what its operation wants and what its domain is, the one step to take now. Nothing
 * is remembered here, so it is right from any state: a program that begins in the middle of a verb asks, and goes on.
 *
 * Whoever carries it out asks again after each step and each change, but not while a transaction for the VM is under way. A record is changed by
 * ATTACH before the domain is built and by SETTLE at the end, and nowhere in between; an operation is there before anything is done for
 * it, and goes in the same transaction as the record is settled in. So at rest, without an operation, record and domain agree, or the plan
 * says how they come to.
 *
 *   start           ATTACH  BUILD  (wired)  UNPAUSE  SETTLE Running. If it fails: MARK undo  DESTROY  SETTLE Halted
 *   clean shutdown  PRESS  (the guest stops)  DESTROY  SETTLE Halted
 *   hard shutdown   DESTROY  SETTLE Halted
 *   clean reboot    PRESS  (the guest stops)  MARK restarting  RESET  SETTLE Running
 *   hard reboot     RESET  UNPAUSE  SETTLE Running
 *
 * A start that another process began is finished if there is a domain, which is waited for as ever, and otherwise taken back. Shutdowns and reboots are
 * finished. The control domain is nobody's to plan.
 */
#ifndef VERBS_VM_PLAN_H
#define VERBS_VM_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "xenapi/call.h"

enum vm_plan_verb {
    VM_PLAN_VERB_NONE,          /* there is no operation: at rest */
    VM_PLAN_VERB_START,
    VM_PLAN_VERB_START_PAUSED,
    VM_PLAN_VERB_PAUSE,
    VM_PLAN_VERB_UNPAUSE,
    VM_PLAN_VERB_CLEAN_SHUTDOWN,
    VM_PLAN_VERB_HARD_SHUTDOWN, /* of several operations the one that counts */
    VM_PLAN_VERB_SHUTDOWN,      /* clean, and hard when its time is over */
    VM_PLAN_VERB_CLEAN_REBOOT,
    VM_PLAN_VERB_HARD_REBOOT,
};

/* Operation.stage. */
enum vm_plan_stage {
    VM_PLAN_BEGUN,              /* "" */
    VM_PLAN_PRESSED,            /* "pressed": the power button was */
    VM_PLAN_RESTARTING,         /* "restarting": the guest ends, or has ended, to begin anew */
    VM_PLAN_UNDO,               /* "undo": it failed or was cancelled, and is taken back */
};

/* The VM's row. */
enum vm_plan_record {
    VM_PLAN_ABSENT,             /* there is none, or the VM is another host's */
    VM_PLAN_HALTED,
    VM_PLAN_PAUSED,
    VM_PLAN_RUNNING,
    VM_PLAN_SUSPENDED,
};

/* domain/domain.h, which this room cannot see. */
enum vm_plan_domain {
    VM_PLAN_DOMAIN_NONE,
    VM_PLAN_DOMAIN_BUILDING,
    VM_PLAN_DOMAIN_PAUSED,
    VM_PLAN_DOMAIN_RUNNING,
    VM_PLAN_DOMAIN_STOPPED,
    VM_PLAN_DOMAIN_REBOOTING,
    VM_PLAN_DOMAIN_CRASHED,
    VM_PLAN_DOMAIN_GONE,
};

/* What the agent says of a VIF's device; what it said of an earlier one of that VIF does not count. */
enum vm_plan_wire {
    VM_PLAN_WIRE_PENDING,
    VM_PLAN_WIRE_READY,         /* wired, or dark because its locking mode is "disabled" */
    VM_PLAN_WIRE_FAILED,
};

struct vm_plan_vif {
    const char *name;           /* for people: its device */
    enum vm_plan_wire wire;
    const char *error;          /* VIF.wire_error, or NULL */
};

/* VM.actions_after_shutdown, _reboot, _crash. */
enum vm_plan_action { VM_PLAN_DESTROYS, VM_PLAN_RESTARTS, VM_PLAN_PRESERVES };

enum vm_plan_step {
    VM_PLAN_REST,               /* nothing is to be done, and there is no operation */
    VM_PLAN_WAIT,               /* for the domain, the agent, or the time 'until' */
    VM_PLAN_ATTACH,             /* the row gets a domid, its VIFs devices of it, and they and its VBDs are currently_attached. One transaction,
                                 * which may be the one that writes the operation */
    VM_PLAN_BUILD,
    VM_PLAN_UNPAUSE,
    VM_PLAN_PAUSE,
    VM_PLAN_PRESS,              /* then write 'stage' */
    VM_PLAN_RESET,              /* then write 'stage', if there is an operation */
    VM_PLAN_DESTROY,
    VM_PLAN_MARK,               /* write 'stage'. If there is a failure, keep it for whoever waits */
    VM_PLAN_SETTLE,             /* in one transaction write what 'record' means and delete the VM's operations. Running or Paused: power_state,
                                 * resident_on, domid, and as in ATTACH if that was not done. Halted: no domid, no host, no VIF and no VBD attached */
    VM_PLAN_FORGET,             /* a domain that is GONE */
};

struct vm_plan_seen {
    const char *vm;             /* ref, for failures */
    enum vm_plan_verb verb;
    enum vm_plan_stage stage;
    bool is_taken_over;         /* another process began the operation */
    long long int since, until, now;    /* ms; Operation.since and until */

    enum vm_plan_record record;
    bool is_attached;           /* VM.domid is set: ATTACH was done */
    enum vm_plan_action after_shutdown, after_reboot, after_crash;

    enum vm_plan_domain domain;
    const char *domain_error;   /* also why it could not be begun; NULL: nothing failed */
    enum vm_plan_step asked;    /* BUILD to DESTROY: what was asked of the domain by this process and is not seen yet; otherwise WAIT */

    const struct vm_plan_vif *vifs;     /* those that are currently_attached */
    size_t n_vifs;
};

struct vm_plan {
    enum vm_plan_step step;
    enum vm_plan_stage stage;   /* of PRESS, RESET and MARK */
    enum vm_plan_record record; /* of SETTLE */
    bool succeeds;              /* of SETTLE with an operation; if not, the failure was told with MARK */
    bool has_failure;           /* of MARK */
    struct xenapi_reply failure;
    char *reason;               /* in words: what is done, or waited for, and why */
};

/* The caller destroys it. */
struct vm_plan vm_plan_make(const struct vm_plan_seen *);
void vm_plan_destroy(struct vm_plan *);

/* As Operation.stage has it. What is none of them is VM_PLAN_BEGUN. */
const char *vm_plan_stage_name(enum vm_plan_stage);
enum vm_plan_stage vm_plan_stage_of(const char *name);

/* The verb of a method's name, "VM.start_on" too; VM_PLAN_VERB_NONE if it is none of a VM's life. */
enum vm_plan_verb vm_plan_verb_of(const char *method, bool start_paused);

#endif
