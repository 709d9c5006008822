/* SPDX-License-Identifier: Apache-2.0
 *
 * What the floor does at one command, and how far it is. All of it is read before the clock starts; what cannot be read ends the program.
 */
#ifndef BENCH_JOB_H
#define BENCH_JOB_H 1

#include <stdbool.h>
#include <stdint.h>

#include <openvswitch/ofpbuf.h>
#include <openvswitch/shash.h>

struct link {
    int ifindex;
    int64_t ofport;             /* 0: the link goes down */
    bool numbered;
    bool raised;
};

struct job {
    struct jsonrpc_msg *rows;   /* or NULL */
    struct ofpbuf flows;        /* a bundle, from open to commit; or empty */
    struct shash links;         /* of struct link, by the device's name */
    size_t n_unnumbered;
    size_t n_unraised;
    bool committed;
    bool acknowledged;
};

void job_init(struct job *);
void job_destroy(struct job *);

/* Fills a new job from what the folder has of these files:
 *
 *     rows    the parameters of one OVSDB `transact`, as JSON
 *     flows   one bundle, as `ovs-ofctl bundle` reads it
 *     links   lines "up DEVICE IFINDEX OFPORT" and "down DEVICE IFINDEX 0"
 */
void job_prepare(struct job *, const char *folder);

#endif
