/* SPDX-License-Identifier: Apache-2.0
 *
 * What a process may do, given up for good: nothing that it executes can get it back (no_new_privs).
 */
#ifndef DOMAIN_PRIVILEGES_H
#define DOMAIN_PRIVILEGES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct error;

struct privileges {
    bool has_user;              /* false: whoever this is */
    uid_t uid;
    gid_t gid;
    bool has_group;             /* one more, that of /dev/kvm; all others are given up with the user */
    gid_t group;
    uint64_t capabilities;      /* capabilities(7), a bit each, that are kept, also for what is executed */
};

/* What the program of a network namespace keeps, which can do no harm but to that namespace's network: addresses, routes, filters
 * (CAP_NET_ADMIN), raw sockets (CAP_NET_RAW), ports below 1024 (CAP_NET_BIND_SERVICE). */
uint64_t privileges_of_program(void);

/* What cabled-guest keeps to look after a namespace: to make it and its devices, and to begin a program in it as somebody else. */
uint64_t privileges_of_keeper(void);

/* Changes this process, which has one thread. After an error it must end. */
struct error *privileges_drop(const struct privileges *);

#endif
