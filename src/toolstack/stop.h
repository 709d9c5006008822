/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the toolstack can be stopped (stop/stop.h). In the product these calls are nothing: `cabled-xapi-stops` is built with
 * TOOLSTACK_STOPS.
 */
#ifndef TOOLSTACK_STOP_H
#define TOOLSTACK_STOP_H

enum toolstack_step {
#define STEP(NAME, WORD) TOOLSTACK_STEP_##NAME,
#include "toolstack/steps.def"
#undef STEP
};

#ifdef TOOLSTACK_STOPS

/* Reads the environment and registers the commands. Exits if the environment names no step. */
void toolstack_stop_register(void);
void toolstack_stop_at(enum toolstack_step);

#else

static inline void toolstack_stop_register(void) { }
static inline void toolstack_stop_at(enum toolstack_step step) { (void) step; }

#endif
#endif
