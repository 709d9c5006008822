/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files behind switch/db.h share.
 */
#ifndef SWITCH_DB_PRIVATE_H
#define SWITCH_DB_PRIVATE_H 1

#include <stdbool.h>

#include <openvswitch/shash.h>
#include <ovsdb-idl.h>

#include "switch/db.h"
#include "switch/idl.h"
#include "switch/members.h"

struct switch_db {
    struct ovsdb_idl *idl;
    struct ovsdb_idl_loop loop;
    bool wants_lock;            /* changes nothing without it */
    struct ovsdb_idl_txn *txn;  /* of this turn, or NULL */
    int64_t confirmed_cfg;
    bool bump_next_cfg;         /* this turn's transaction asks ovs-vswitchd to confirm */
    bool bumped;                /* the one that is under way does */
    struct ovsdb_idl_index *bridges_by_name;
    struct ovsdb_idl_index *ports_by_name;
    struct ovsdb_idl_index *interfaces_by_name;
    struct shash bridge_uuids;  /* of struct uuid by name: where to look first */
    struct shash port_uuids;
    struct members ports;       /* of bridges */
    struct members interfaces;  /* of ports */
    enum switch_db_fate fate;   /* of the transaction that ended in this turn */
    char *error;
};

const struct switchrec_bridge *find_bridge(const struct switch_db *, const char *name);
const struct switchrec_port *find_port(const struct switch_db *, const char *name);

/* By the index: its cost grows with the logarithm of their number. */
const struct switchrec_interface *find_interface(const struct switch_db *, const char *name);

/* Of Port.other_config; NULL-terminated. */
extern const char *const spanning_tree_keys[];

/* If it is there. */
void delete_interface_key(const struct switchrec_interface *, const char *key);

/* Removes what we wrote to the rows of a port that somebody else had added (switch_db_release_port()). */
void release_port(const struct switchrec_port *);

/* The port is ours from now on, whoever had added it; true if its rows say no other. */
void forget_adoption(const struct switchrec_port *);
bool adoption_is_forgotten(const struct switchrec_port *);

/* True if the port's row describes it, or did when it became a VIF's; and if, besides, somebody else had added it. */
bool port_is_described(const struct switchrec_port *);
bool port_is_its_describers(const struct switchrec_port *);

/* Adds OpenFlow 1.4 to a list of protocols that lacks it. */
void speak_openflow14(const struct switchrec_bridge *);

/* The row that refers to this one, or NULL. */
const struct switchrec_bridge *port_bridge(const struct switch_db *, const struct switchrec_port *);
const struct switchrec_port *interface_port(const struct switch_db *, const struct switchrec_interface *);

/* The bridge's nth port; NULL if the replica does not have it (yet). */
const struct switchrec_port *nth_port(const struct switch_db *, const struct switchrec_bridge *, size_t n);

#endif
