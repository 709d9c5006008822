/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files that make up a domain share. A domain is: its folder (record.h), a process (proc.h), a connection to it (qmp.h), and what has
 * been heard through that.
 */
#ifndef DOMAIN_PRIVATE_H
#define DOMAIN_PRIVATE_H

#include <svec.h>

#include <openvswitch/hmap.h>
#include <openvswitch/list.h>

#include "base/limits.h"
#include "domain/accelerator.h"
#include "domain/disk.h"
#include "domain/domain.h"
#include "domain/proc.h"
#include "domain/record.h"

struct qmp;

struct domains {
    char *run_folder, *qemu, *keeper;
    struct reader user;         /* whom guests run as */
    bool offload;
    struct accelerator accelerator;
    int lock;                   /* of the run folder */
    struct hmap all;            /* struct domain by 'node' */
    struct ovs_list awake;      /* struct domain by 'awake': those that have something to do */
    int epoll;                  /* the descriptors of all */
    unsigned int seqno;
    long long int next_trim;    /* when consoles are looked at again */
};

/* A process that is still to be begun: all that it will be handed over is open. */
struct start {
    struct svec argv;           /* from cabled-guest's path on */
    int fds[8 + LIMIT_DOMAIN_DISKS + LIMIT_DOMAIN_VIFS];
    size_t n_fds;
};

struct domain {
    struct hmap_node node;
    struct ovs_list awake;      /* in the list of the domains, or by itself */
    struct domains *domains;
    struct uuid vm;
    struct record record;
    char *folder, *qmp_path, *console_log, *console_socket;
    enum domain_state state;
    char *error;
    struct domain_times times;

    struct start *start;        /* NULL once the process has begun */
    struct proc proc;
    struct qmp *qmp;            /* NULL: none, or lost */
    bool is_ready;              /* commands can be sent */
    enum domain_state ended;    /* what the guest has said of its end: STOPPED, REBOOTING or CRASHED; RUNNING if nothing */
    bool is_resetting;          /* it goes on when it has been reset */
    long long int reset_until;  /* while resets are the firmware's; LLONG_MAX: they are the guest's */
    bool is_leaving;            /* somebody wants it to be gone */
    long long int deadline;     /* of being built, or of leaving by itself */
    long long int reconnect;    /* when a lost connection is tried again */

    unsigned int vifs;          /* bits: which are there */
    unsigned int changing;      /* bits: which are being plugged or unplugged */
    long long int unplug_deadlines[LIMIT_DOMAIN_VIFS];
};

/* domain.c */
struct domain *domain_create(struct domains *, const struct uuid *vm, const struct record *);
void domain_free(struct domain *);
void domain_set_state(struct domain *, enum domain_state);
void domain_set_error(struct domain *, char *error);       /* 'error' is consumed; NULL is none */
void domain_run(struct domain *);
void domain_wait(const struct domain *);

/* domain_build.c */
/* Begins the process of a domain that has none yet, if it is known by now how; if that fails, the domain leaves, and has an error. */
void domain_begin(struct domain *);
void start_free(struct start *);
/* cabled-guest's path and the words by which it executes QEMU. */
void domains_put_launch(const struct domains *, struct svec *);

/* domain_talk.c: what is said to the process and heard from it. */
struct error *domain_connect(struct domain *);
void domain_talk_run(struct domain *);

/* domain_rest.c */
struct error *domains_open_rest(struct domains *);
void domains_run_awake(struct domains *);
void domains_wait_awake(const struct domains *);
/* It takes a turn in the next run. Whoever asks it for something says so. */
void domain_wake(struct domain *);
/* What comes at 'fd' wakes it, until it is unwatched, which is to be before it is closed; -1 is none. */
void domain_watch(struct domain *, int fd);
void domain_unwatch(struct domain *, int fd);

/* domain_vif.c */
void domain_vif_deleted(struct domain *, const char *id);
void domain_vifs_run(struct domain *);
void domain_vifs_wait(const struct domain *);

#endif
