/* SPDX-License-Identifier: Apache-2.0
 *
 * Stops at named steps, for tests that kill the server exactly there. The product has none: in it these calls are
 * nothing. The program `cabled-xapi-stops`, which is built from the same sources with TOOLSTACK_STOPS and is not installed, stops itself by
 * SIGSTOP when it comes to the step that it was told, in its environment (CABLED_STOP_AT=STEP[:N], the Nth time; 1 if it is left out)
 * or by the control command `stop/at STEP [N]`, which can be given for several. Whoever watches sees state T in /proc/PID/stat, and kills
 * it or sends SIGCONT.
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
