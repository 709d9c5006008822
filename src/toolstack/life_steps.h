/* SPDX-License-Identifier: Apache-2.0
 *
 * Carries out the steps of a VM's plan (verbs/vm_plan.h).
 */
#ifndef TOOLSTACK_LIFE_STEPS_H
#define TOOLSTACK_LIFE_STEPS_H

#include <stdbool.h>

struct life;
struct life_view;
struct toolstack;
struct vm_plan;

/* Takes the step; what the plan's failure holds is taken over. True if another look may find more to do at once. */
bool life_steps_take(struct toolstack *, struct life *, const struct life_view *, struct vm_plan *);

/* The record was settled in: what is to begin then begins. */
void life_steps_settled(struct toolstack *, struct life *);

#endif
