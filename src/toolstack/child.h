/* SPDX-License-Identifier: Apache-2.0
 *
 * A program that is run to its end without waiting for it, and what it says on standard output and standard error.
 */
#ifndef TOOLSTACK_CHILD_H
#define TOOLSTACK_CHILD_H

#include <stdbool.h>

struct child;
struct error;

/* Begins 'argv', which NULL ends; the program is looked for in PATH. Error, and nothing begun, if it cannot be. */
struct error *child_begin(char *const argv[], struct child **);

/* True when it has ended. */
bool child_run(struct child *);
void child_wait(const struct child *);

/* Of one that has ended: whether with status 0, and all that it said, which is the child's. More than 64 KiB is not kept. */
bool child_succeeded(const struct child *);
const char *child_output(const struct child *);

/* Kills one that has not ended. */
void child_destroy(struct child *);

#endif
