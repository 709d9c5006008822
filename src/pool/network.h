/* SPDX-License-Identifier: Apache-2.0
 *
 * The pool's networks (XenAPI class network): checked creation, change and removal.
 *
 * Networks may share a bridge if their VLANs differ; the database refuses a bridge that two networks name with one VLAN, or
 * without. Such networks have the same uplink, and are all managed or all unmanaged. Two networks of one name it takes, as XenAPI does; here a name that
 * is in use is refused, but two writers who choose one in the same instant both get it, and lookups by that name are
 * ambiguous from then on.
 */
#ifndef POOL_NETWORK_H
#define POOL_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool/idl.h"

struct ds;
struct error;
struct ovsdb_idl_txn;
struct pool;
struct uuid;

/* What a person says about a network. NULL: not said, so it stays as it is or takes its default. */
struct pool_network_words {
    const char *name;
    const char *description;
    const char *bridge;         /* default: the next free xapi<N> */
    const char *uplink;         /* "": none. Default: that of the networks which share the bridge */
    const int64_t *vlan;        /* 0: none, the default */
    const int64_t *mtu;         /* default: 1500 */
    const char *default_locking_mode; /* default: "unlocked" */
    const bool *managed;        /* default: as the networks which share the bridge, or true */
};

/* The network that 'word' means: a uuid or a name_label. */
struct error *pool_network_find(struct pool *, const char *word, const struct poolrec_network **network);

/* Adds a network with 'uuid' in 'txn'. 'words->name' is needed. On failure 'txn' is to be aborted. */
struct error *pool_network_create(struct pool *, struct ovsdb_idl_txn *txn, const struct pool_network_words *words,
                                  const struct uuid *uuid);

/* Changes what 'words' say. The bridge and who manages it stay as they are while VIFs are plugged into it. */
struct error *pool_network_change(struct pool *, const struct poolrec_network *, const struct pool_network_words *words);

/* Whether a VIF with that many trunks can be on the network: trunks need an untagged one (XenAPI VIF.trunks). */
struct error *pool_network_check_trunks(const struct poolrec_network *, size_t n_trunks);

/* Whether the networks that share this one's bridge agree with it on uplink and management, as rows written by others may
 * not. */
struct error *pool_network_check_sharing(struct pool *, const struct poolrec_network *);

/* Refused while VIFs are on the network; the error names them. */
struct error *pool_network_destroy(struct pool *, const struct poolrec_network *);

/* A network whose bridge is, or whose uplink is, the device 'name'; NULL if there is none. */
const struct poolrec_network *pool_network_with_bridge(struct pool *, const char *name);
const struct poolrec_network *pool_network_with_uplink(struct pool *, const char *name);

#endif
