/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files behind switch/db.h share.
 */
#ifndef SWITCH_DB_PRIVATE_H
#define SWITCH_DB_PRIVATE_H 1

#include <stdbool.h>

#include <openvswitch/hmap.h>
#include <ovsdb-idl.h>

#include "switch/db.h"

struct ovsrec_bridge;
struct ovsrec_interface;
struct ovsrec_port;

struct switch_db {
    struct ovsdb_idl *idl;
    struct ovsdb_idl_loop loop;
    bool wants_lock;            /* changes nothing without it */
    struct ovsdb_idl_txn *txn;  /* of this turn, or NULL */
    unsigned int seqno;         /* of the replica that 'owners' was made from */
    int64_t confirmed_cfg;
    bool bump_next_cfg;         /* this turn's transaction asks ovs-vswitchd to confirm */
    bool bumped;                /* the one that is under way does */
    struct ovsdb_idl_index *bridges_by_name;
    struct ovsdb_idl_index *ports_by_name;
    struct ovsdb_idl_index *interfaces_by_name;
    struct hmap owners;         /* of struct row_owner: which row refers to a Port or Interface row */
    enum switch_db_fate fate;   /* of the transaction that ended in this turn */
    char *error;
};

const struct ovsrec_bridge *find_bridge(const struct switch_db *, const char *name);
const struct ovsrec_port *find_port(const struct switch_db *, const char *name);

/* Adds OpenFlow 1.4 to a list of protocols that lacks it. */
void speak_openflow14(const struct ovsrec_bridge *);

/* Looks again which row refers to which: after rows have changed, before they are asked for. */
void owners_update(struct switch_db *);
void owners_clear(struct switch_db *);

/* The row that refers to this one, or NULL. */
const struct ovsrec_bridge *port_bridge(const struct switch_db *, const struct ovsrec_port *);
const struct ovsrec_port *interface_port(const struct switch_db *, const struct ovsrec_interface *);

#endif
