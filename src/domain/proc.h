/* SPDX-License-Identifier: Apache-2.0
 *
 * A process that may outlive whoever began it, and is found again by its pid and the time when it began: both together name one process
 * until the host is started anew. Its end is seen by a pidfd, whether it is a child or not.
 */
#ifndef DOMAIN_PROC_H
#define DOMAIN_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct error;

struct proc {
    pid_t pid;
    uint64_t began;             /* proc(5): ticks since the host was started */
    int fd;                     /* pidfd; -1: no process */
    bool is_child;
};

#define PROC_NONE ((struct proc) { .fd = -1 })

struct proc_start {
    const char *const *argv;    /* the first is a path */
    int input;                  /* its standard input; -1: nothing */
    int output;                 /* its standard output and error */
    const int *fds;             /* what it inherits besides, under the same numbers; it does well to close all others, which may be there too */
    size_t n_fds;
};

/* Begins a process in a session of its own. */
struct error *proc_begin(const struct proc_start *, struct proc *);

/* The process with that pid that began then; false if there is none. */
bool proc_find(pid_t, uint64_t began, struct proc *);

/* True once it has ended. '*status' is then that of waitpid(2), or -1 if it is not known, since it was no child. */
bool proc_has_ended(struct proc *, int *status);
void proc_wait(const struct proc *);
void proc_signal(const struct proc *, int signal);

/* Forgets it; it lives on. */
void proc_close(struct proc *);

/* "exit status 1", "killed by signal 9"; owned by the caller. */
char *proc_end_in_words(int status);

#endif
