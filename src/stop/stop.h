/* SPDX-License-Identifier: Apache-2.0
 *
 * Stops at named steps, for tests that kill a program, or change the world, exactly there. No product has any: only the programs `cabled-stops`
 * and `cabled-xapi-stops` link this, which are built from the same sources as the products and are not installed. They stop themselves by
 * SIGSTOP when they come to the step that they were told, in their environment (CABLED_STOP_AT=STEP[:N], the Nth time; 1 if it is left
 * out) or by the control command `stop/at STEP [N]`, which can be given for several. Whoever watches sees state T in /proc/PID/stat, and
 * kills it or sends SIGCONT.
 */
#ifndef STOP_STOP_H
#define STOP_STOP_H

#include <stddef.h>

enum { STOP_STEPS_MAX = 64 };

/* The program's steps are 'words', 'n' of them, at most STOP_STEPS_MAX; the array must stay. 'table' is the file in which people find
 * them. Reads the environment and registers the command. Exits if the environment names no step. To be called once. */
void stop_register(const char *const words[], size_t n, const char *table);

/* Stops there if that is wanted. 'step' is the index of its word. */
void stop_at(size_t step);

#endif
