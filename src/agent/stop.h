/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the agent can be stopped (stop/stop.h). In the product these calls are nothing: `cabled-stops` is built with AGENT_STOPS. Its
 * clock can be put on by `time/warp MSECS` (libopenvswitch's), for what happens on a timer.
 */
#ifndef AGENT_STOP_H
#define AGENT_STOP_H

enum agent_step {
#define STEP(NAME, WORD) AGENT_STEP_##NAME,
#include "agent/steps.def"
#undef STEP
};

#ifdef AGENT_STOPS

/* Reads the environment and registers the commands. Exits if the environment names no step. */
void agent_stop_register(void);
void agent_stop_at(enum agent_step);

#else

static inline void agent_stop_register(void) { }
static inline void agent_stop_at(enum agent_step step) { (void) step; }

#endif
#endif
