/* SPDX-License-Identifier: Apache-2.0
 *
 * The program of a guest that is a namespace, with all that it begins: held by a first process (first.h), which these words reach.
 */
#ifndef DOMAIN_PROGRAM_H
#define DOMAIN_PROGRAM_H

#include <stdbool.h>

#include "domain/privileges.h"

struct console;
struct error;
struct program;

struct program_config {
    char **argv;
    struct privileges privileges;
    int network;                /* a namespace */
    struct console *console;    /* gets a new terminal */
};

struct error *program_begin(const struct program_config *, struct program **);

void program_stop(struct program *);
void program_resume(struct program *);
/* Asks it to end; a stopped one hears it when it goes on. */
void program_terminate(struct program *);

/* True when nothing of it runs any more. '*is_crash' says whether a signal ended it that nobody has sent; if it 'was_asked', SIGTERM is none. */
bool program_has_ended(struct program *, bool was_asked, bool *is_crash);
void program_wait(const struct program *);

/* Ends all of it, at once: none of its processes is there any more. May be NULL. */
void program_kill(struct program *);

#endif
