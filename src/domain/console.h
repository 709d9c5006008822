/* SPDX-License-Identifier: Apache-2.0
 *
 * The console of a guest that is a program in a namespace: a terminal whose output goes to a log and to whoever is connected to a
 * socket, one at a time, whose input comes from there. QEMU's serial port does the same for its guests.
 */
#ifndef DOMAIN_CONSOLE_H
#define DOMAIN_CONSOLE_H

#include <sys/types.h>

struct console {
    int listener, log;          /* not owned */
    int terminal;               /* -1: none */
    int client;                 /* -1: none */
};

void console_init(struct console *, int listener, int log);
void console_uninit(struct console *);

/* A new terminal, which belongs to 'uid'; the end of it that is the program's, to be closed by the receiver, or -1 and errno. What was said on
 * the one before is logged first. */
int console_open_terminal(struct console *, uid_t uid);

void console_run(struct console *);
void console_wait(const struct console *);

#endif
