/* SPDX-License-Identifier: Apache-2.0
 *
 * The pool's VIFs (XenAPI class VIF): checked creation, change and removal.
 *
 * The database refuses two VIFs that name one device on one host. A MAC address that two VIFs of one network have it takes,
 * as XenAPI does; here the second is refused.
 */
#ifndef POOL_VIF_H
#define POOL_VIF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openvswitch/dynamic-string.h>

#include "pool/idl.h"

struct error;
struct ovsdb_idl_txn;
struct pool;
struct svec;
struct uuid;
struct vif_policy;
struct vif_rate;

/* The keys of qos_algorithm_params; vif/rate.h says what they mean. */
#define POOL_VIF_RATE_KEY "kbps"
#define POOL_VIF_BURST_KEY "burst"

/* The key of other_config that switches the automatic link-local address off. */
#define POOL_VIF_AUTO_LLA_KEY "cabled-auto-link-local"

/* What a person says about a VIF. NULL: not said, so it stays as it is or takes its default. Objects are uuids or names. */
struct pool_vif_words {
    const char *network;        /* needed by a new VIF */
    const char *host;           /* default: pool_host_choose() */
    const char *vm;             /* "": none. A name that no VM has makes one */
    const char *mac;            /* needed by a new VIF */
    const char *mode;           /* default: "network_default" */
    const struct svec *ipv4, *ipv6; /* the whole list, before what is added and removed */
    const struct svec *add_ipv4, *remove_ipv4;
    const struct svec *add_ipv6, *remove_ipv6;
    const int64_t *trunks;      /* the whole list */
    size_t n_trunks;
    const int64_t *mtu;         /* default: 0, the network's */
    const bool *auto_lla;       /* default: true */
    const char *rate;           /* kilobytes a second; "0": no limit, the default */
    const char *burst;          /* kilobytes; "0": the rate's default */
};

/* The VIF that 'word' means: a uuid or a device. If several hosts have the device, the one on 'here' (may be NULL). */
struct error *pool_vif_find(struct pool *, const char *word, const struct uuid *here, const struct poolrec_vif **vif);

/* What a VIF keeps for life, and where it is made. */
struct pool_vif_birth {
    const char *device;
    struct uuid uuid;
    const struct uuid *here;    /* this machine's host, or NULL */
    bool attached;
};

/* Adds a VIF in 'txn'. '*made_vm' tells if its VM is new. On failure 'txn' is to be aborted. */
struct error *pool_vif_create(struct pool *, struct ovsdb_idl_txn *txn, const struct pool_vif_birth *,
                              const struct pool_vif_words *words, bool *made_vm);

/* Changes what 'words' say. On failure 'txn' is to be aborted. */
struct error *pool_vif_change(struct pool *, struct ovsdb_idl_txn *txn, const struct poolrec_vif *,
                              const struct pool_vif_words *words, bool *made_vm);

/* XenAPI VIF.currently_attached: the agent plugs or unplugs it. Nothing else of the VIF is checked. */
void pool_vif_attach(const struct poolrec_vif *, bool attached);

void pool_vif_destroy(const struct poolrec_vif *);

/* The VIF's policy as its row and its network's say. Refused if a value in the row is wrong. */
struct error *pool_vif_policy(const struct poolrec_vif *, struct vif_policy *policy);

/* The VIF's rate as its row says. Refused if a value in the row is wrong. */
struct error *pool_vif_rate(const struct poolrec_vif *, struct vif_rate *rate);

/* False if other_config:cabled-auto-link-local is "false". */
bool pool_vif_has_auto_lla(const struct poolrec_vif *);

/* A VIF of the pool whose device, on any host, is 'name'; NULL if there is none. */
const struct poolrec_vif *pool_vif_with_device(struct pool *, const char *name);

/* A list of VIFs for people: the first ones by device, and how many more there are. */
struct pool_vif_names {
    struct ds text;
    size_t n;
};
#define POOL_VIF_NAMES_INITIALIZER { .text = DS_EMPTY_INITIALIZER }
void pool_vif_names_add(struct pool_vif_names *, const struct poolrec_vif *);
char *pool_vif_names_finish(struct pool_vif_names *); /* "" if none was added; the caller's */

#endif
