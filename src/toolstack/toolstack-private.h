/* SPDX-License-Identifier: Apache-2.0
 *
 * The room's inside: what its files share.
 */
#ifndef TOOLSTACK_TOOLSTACK_PRIVATE_H
#define TOOLSTACK_TOOLSTACK_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include <openvswitch/hmap.h>
#include <openvswitch/list.h>
#include <uuid.h>

#include "toolstack/verb_call.h"
#include "toolstack/domain_ids.h"
#include "toolstack/host_facts.h"
#include "toolstack/host_rows.h"
#include "toolstack/simple.h"
#include "toolstack/toolstack.h"
#include "toolstack/vm_rows.h"

struct domains;
struct objects;
struct pool;
struct pool_commit;
struct timeline_watches;

/* How long the database may take for one write. */
enum { TOOLSTACK_WRITE_MS = 30 * 1000 };

struct toolstack {
    struct pool *pool;
    struct objects *objects;
    struct domains *domains;

    bool has_wanted;            /* it was said which host this is */
    struct uuid wanted;
    char *storage;
    long long int wire_ms;

    /* This host's own rows. */
    bool is_ready, rows_are_due;
    char *why_not;              /* ready; in words */
    struct uuid host;
    struct host_facts facts;
    struct host_rows rows;
    struct pool_commit *rows_commit;

    struct verb_calls calls;
    struct simple_context context;
    struct ovs_list simple;     /* struct simple: verbs that are one change */
    struct vm_index index;
    struct domain_ids ids;
    struct hmap lives;          /* struct life, by VM */
    struct ovs_list dirty;      /* those that something has changed for */
    struct ovs_list watching;   /* those whose guests' first frames are looked for */
    size_t n_watching;
    struct timeline_watches *watches;
    struct ovs_list busy;       /* those with a verb, a write or a deadline under way */

    bool has_seen;              /* what was there at the start */
    int64_t generation;         /* of objects, that was seen */
    unsigned int pool_seqno;
    unsigned int domains_seqno;
};

/* The number of the next domain, counted as given; 0 if all are taken. */
unsigned int toolstack_next_domid(struct toolstack *);

#endif
