/* SPDX-License-Identifier: Apache-2.0
 *
 * VM.start_times: how far a VM's start came when (timeline/stages.h), as the toolstack, the agent and the watch on the guest's first frames
 * tell it. Written with the record of a VM that runs, and once more when the guest has spoken.
 */
#ifndef TOOLSTACK_START_TIMES_H
#define TOOLSTACK_START_TIMES_H

#include <stdbool.h>
#include <stddef.h>

#include "timeline/stages.h"

struct domain;
struct life;
struct life_view;
struct poolrec_vm;
struct toolstack;
struct vm_index;

/* Writes, in an open transaction, the stages that are set in 'known'; of a start that begins the others are forgotten, and what the agent told of the
 * VIFs is added. */
void start_times_write(const struct vm_index *, const struct poolrec_vm *, const struct timeline *known, bool begins);

/* Whether the guest of this start has been let run. */
bool start_times_have_run(const struct poolrec_vm *);

/* Begins to look at the frames of a guest that is about to run for the first time. */
void start_times_watch(struct toolstack *, struct life *, const struct life_view *);

/* Of a life that watches: looks, and wakes it when there is something to write. */
void start_times_run(struct toolstack *, struct life *);
void start_times_wait(const struct life *);

/* True if what was seen should be written now. */
bool start_times_are_due(const struct life *);

/* Ends the watch. */
void start_times_close(struct toolstack *, struct life *);

#endif
