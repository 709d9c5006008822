/* SPDX-License-Identifier: Apache-2.0
 *
 * Which words can stand next on a command line. The shell's function asks `cable complete` each time, so what it offers is
 * always that of the installed cable and of the pool as it is.
 */
#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

#include "cli/command.h"

struct svec;

/* The names of the pool's objects of one kind: how the pure part below asks for them. */
struct completion_names {
    void (*add)(void *aux, enum command_kind kind, struct svec *names);
    void *aux;
};

/* Instead of candidates: the shell completes the name of a file. */
#define COMPLETION_FILES ":files"

/* Adds to 'candidates' what words[n - 1], which may be incomplete or empty, can become behind the words before it. */
void completion_candidates(const char *const words[], size_t n, const struct completion_names *names, struct svec *candidates);

#endif
