/* SPDX-License-Identifier: Apache-2.0
 *
 * A model of all that the plan of a VM's life (verbs/vm_plan.h) acts on: the rows, the domain, what the agent says, and the program that carries out the
 * plan, which can be killed at any moment and begun anew. What must never be done is asserted here, while it is done.
 */
#ifndef VERBS_TEST_VM_WORLD_H
#define VERBS_TEST_VM_WORLD_H

#include <stdbool.h>
#include <stddef.h>

#include "verbs/vm_plan.h"

enum { VM_WORLD_VIFS = 2, VM_WORLD_PATIENCE_MS = 1000 };

struct vm_world_rows {
    enum vm_plan_record record;
    unsigned int domid;         /* 0: none */
    bool has_operation;
    enum vm_plan_verb verb;
    enum vm_plan_stage stage;
    long long int since, until;
};

struct vm_world {
    long long int now;
    struct vm_world_rows rows;

    enum vm_plan_domain domain;
    unsigned int domain_domid, last_domid;
    enum vm_plan_step request;  /* what the domain is about to do; WAIT: nothing */
    bool is_wrong;              /* the last thing that was asked of it failed */
    bool has_guest_run;         /* code of the guest, in this domain */
    enum vm_plan_wire wires[VM_WORLD_VIFS];
    enum vm_plan_action actions;

    /* The program. */
    enum vm_plan_step asked;
    bool is_taken_over, cannot_begin, has_told;
    bool is_writing;            /* 'written' is under way */
    struct vm_world_rows written;

    unsigned int n_answers, n_presses;
    const char *last;           /* why the last step was taken */
    char reason[256];
};

void vm_world_init(struct vm_world *);

/* What somebody calls. False if it is not legal now. */
bool vm_world_call(struct vm_world *, enum vm_plan_verb);

/* The program takes its turn. True if it did something. */
bool vm_world_turn(struct vm_world *);

/* Each of these is true if there was something to do. The database takes the write, or refuses it. */
bool vm_world_database_answers(struct vm_world *, bool yes);
/* The domain does what it was asked, or fails to. */
bool vm_world_domain_moves(struct vm_world *, bool yes);
/* The agent says so of a VIF. */
bool vm_world_agent_says(struct vm_world *, size_t vif, enum vm_plan_wire);

/* The guest does that by itself: STOPPED, REBOOTING, CRASHED, or its domain is killed: GONE. */
void vm_world_guest_does(struct vm_world *, enum vm_plan_domain);

/* The program is killed and begun anew; the database has taken what was under way, or not. */
void vm_world_program_dies(struct vm_world *, bool was_written);

/* The client does not wait any more. */
void vm_world_cancel(struct vm_world *);

/* At rest: no operation, nothing under way, record and domain agree. */
bool vm_world_is_at_rest(const struct vm_world *);

#endif
