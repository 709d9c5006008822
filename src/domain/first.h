/* SPDX-License-Identifier: Apache-2.0
 *
 * The first process of a guest that is a program in a namespace: process 1 of a PID namespace, so that nothing that the program begins
 * outlives it, with the network of the guest and a /proc and /sys that show these and nothing of the host.
 *
 * It is led by its keeper through a socket, a byte each: 'T' ends the program (SIGTERM), 'S' stops all processes, 'C' lets them go on. When
 * the program has ended it says so, with the status of waitpid(2) as an int, and ends; when the keeper has gone, it ends too.
 */
#ifndef DOMAIN_FIRST_H
#define DOMAIN_FIRST_H

#include "domain/privileges.h"

enum { FIRST_TERMINATE = 'T', FIRST_STOP = 'S', FIRST_CONTINUE = 'C' };

struct first {
    int network;                /* a namespace */
    int leash;                  /* the socket */
    struct privileges privileges;       /* of the program */
};

/* Begins 'argv' with the terminal that is standard input; returns when all is over. */
struct error *first_run(const struct first *, char *argv[]);

#endif
