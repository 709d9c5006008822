/* SPDX-License-Identifier: Apache-2.0
 *
 * The last step before a guest's process is what it is to be: it waits until its record is written, keeps the descriptors that it is to have
 * and no others, has its limits set, gives up privileges, and is executed.
 */
#ifndef DOMAIN_LAUNCH_H
#define DOMAIN_LAUNCH_H

#include <stdbool.h>
#include <stddef.h>

#include "domain/privileges.h"

struct launch {
    int gate;                   /* a pipe out of which a byte comes when this may go on, or none when whoever began it has gone; -1: go on */
    const int *fds;             /* kept besides standard input, output and error */
    size_t n_fds;
    bool has_terminal;          /* standard input is a terminal, and to be that of the session */
    struct privileges privileges;
};

/* False if nobody wants this process any more. */
bool launch_await(int gate);

/* Closes all descriptors but the first three and 'fds'. */
void launch_close_others(const int *fds, size_t n);

/* Executes 'argv', looked for as execvp(3) does in the usual folders, with an environment of its own. Returns the reason if it cannot. */
struct error *launch(const struct launch *, char *argv[]);

#endif
