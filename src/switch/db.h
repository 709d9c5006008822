/* SPDX-License-Identifier: Apache-2.0
 *
 * One Open vSwitch's own database (ovs-vswitchd.conf.db(5)): what it says of bridges and ports, and the changes that are ours to make
 * there. Only rows with our owner marks are ever changed or deleted, but for the columns of a guarded bridge that guarding needs.
 *
 * Marks, in external_ids: Bridge `cabled-guard` (true; false: the host has it back, and the agent lets it alone), Bridge
 * `cabled-network` (the bridge is ours; the network's uuid), Port and Interface `cabled-vif` (the VIF's uuid), Port `cabled-adopted`
 * (true: somebody else had added it), Port `cabled-described` (true: ... and its identity keys are his), Port `cabled-uplink` (true),
 * Interface `cabled-ifindex` (the device for which the port was added or adopted), Interface `cabled-policed` (true: the limit of what
 * it may send is ours). What became of a described port stands in Interface `cabled-state` and `cabled-error`. switch/former.h has
 * those that remember.
 *
 * Reads answer from the replica; their strings live until the next switch_db_run(). Changes are collected in one transaction per turn
 * of the loop; while one is under way switch_db_can_write() is false and nothing may be changed. One process per switch has the right
 * to write: it holds the OVSDB lock "cabled".
 */
#ifndef SWITCH_DB_H
#define SWITCH_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vif/description.h"

struct smap;
struct switch_db;
struct uuid;

struct switch_db_events {
    void (*bridge_changed)(const char *bridge, void *aux);
    /* Also for a port that has come or gone. 'bridge' is NULL if it is on none (any more). */
    void (*port_changed)(const char *port, const char *bridge, void *aux);
    /* An interface has come or gone, or its external_ids have changed. */
    void (*interface_changed)(const char *interface, void *aux);
    void *aux;
};

struct switch_db *switch_db_open(const char *remote);

/* For a program beside the agent (switch/visit.h): what it changes needs no lock. */
struct switch_db *switch_db_open_without_lock(const char *remote);
void switch_db_close(struct switch_db *);

/* Reads what has come, tells 'events' what changed, and opens the turn's transaction. */
void switch_db_run(struct switch_db *, const struct switch_db_events *events);

/* Tells of every bridge, port and interface as if it had changed. */
void switch_db_tell_all(struct switch_db *, const struct switch_db_events *events);

enum switch_db_fate {
    SWITCH_DB_FINE,             /* nothing to do, under way, or done */
    SWITCH_DB_OVERTAKEN,        /* the rows had changed meanwhile: nothing was written, look again */
    SWITCH_DB_REFUSED,          /* nothing was written; switch_db_error() tells why */
};

/* Commits what was changed in this turn, and tells the fate of the transaction that ended in it. */
enum switch_db_fate switch_db_commit(struct switch_db *);
void switch_db_wait(struct switch_db *);

bool switch_db_is_synced(const struct switch_db *);
bool switch_db_is_connected(const struct switch_db *);
bool switch_db_has_lock(const struct switch_db *);
bool switch_db_can_write(const struct switch_db *);

/* Open_vSwitch.external_ids, or NULL if the database has no such row yet. */
const struct smap *switch_db_settings(const struct switch_db *);
void switch_db_set_setting(struct switch_db *, const char *key, const char *value);

/* ovs-vswitchd has carried out everything up to next_cfg. */
int64_t switch_db_next_cfg(const struct switch_db *);
int64_t switch_db_cur_cfg(const struct switch_db *);

/* The next_cfg that the last successful transaction asked for; it stands once none is under way. */
int64_t switch_db_confirmed_cfg(const struct switch_db *);
bool switch_db_is_committing(const struct switch_db *);

/* The release of ovs-vswitchd that ran last, or NULL. */
const char *switch_db_version(const struct switch_db *);

/* True if ovs-vswitchd was built and started with datapaths of 'type' ("system", "netdev"). */
bool switch_db_has_datapath_type(const struct switch_db *, const char *type);

struct switch_bridge {
    const char *datapath_type;
    const char *fail_mode;      /* NULL: the default, standalone */
    bool secure;                /* fail_mode */
    bool in_band_disabled;
    bool speaks_openflow14;     /* `protocols` is empty or has it */
    bool speaks_early;          /* also some OpenFlow below 1.3 */
    const char *spanning_tree;  /* "stp", "rstp", or NULL if neither runs on it */
    bool guarded;               /* mark */
    bool given_back;            /* the mark says that the agent must let it alone */
    const char *foreign_ports;  /* what `cabled-foreign-ports` says, or NULL */
    const char *network;        /* mark; NULL if the bridge is not ours */
};

/* False if there is no such bridge. */
bool switch_db_bridge(const struct switch_db *, const char *name, struct switch_bridge *bridge);

/* Calls 'each' with the name of every bridge. */
void switch_db_for_each_bridge(const struct switch_db *, void (*each)(const char *bridge, void *aux), void *aux);

/* True if those tables of the rules, which begin at 'first_table', that need prefix tries (switch/prefixes.h) have them, or what somebody
 * else has said of them. */
bool switch_db_bridge_has_tries(const struct switch_db *, const char *name, uint8_t first_table);

/* Adds a guarded bridge of ours: secure from its first moment, with tries. */
void switch_db_add_bridge(struct switch_db *, const char *name, const char *network, const char *datapath_type, uint8_t first_table);
void switch_db_delete_bridge(struct switch_db *, const char *name);

/* In-band control off, OpenFlow 1.4 spoken, the guard mark. What was there before is remembered in the row (switch/former.h). Nothing is
 * written if the bridge was given back meanwhile. */
void switch_db_prepare_bridge(struct switch_db *, const char *name);
void switch_db_secure_bridge(struct switch_db *, const char *name);

/* Puts the tries that are missing. Likewise, but ovs-vswitchd is not asked to confirm it: nothing waits for tries. */
void switch_db_put_tries(struct switch_db *, const char *name, uint8_t first_table);

struct switch_port {
    const char *name;           /* of the port; a bond's is not that of its interfaces */
    const char *bridge;         /* NULL if on none that the replica knows yet */
    const char *vif;            /* owner mark, NULL if not ours */
    bool adopted;               /* mark: a VIF's port that somebody else had added */
    bool uplink;                /* mark */
    const char *interface;      /* the interface's name, "" if there is none; a bond's port has several */
    const char *type;           /* of that interface: "", "patch", "internal" ... */
    size_t n_interfaces;
    int64_t ofport;             /* 0: not said yet */
    uint32_t ofport_request;    /* 0: none */
    unsigned int ifindex;       /* mark, 0 if none */
    const char *error;
    bool identity_is_anothers;  /* mark: adopted without its identity keys */
    const struct uuid *uuid;    /* of that interface's row; NULL without one, as 'keys' is */
    const struct smap *keys;    /* its external_ids */
    struct vif_port_vlans vlans;
};

/* Finds the port that has the name 'name', or an interface of that name: no other can be added under it. */
bool switch_db_port(const struct switch_db *, const char *name, struct switch_port *port);

/* The bridge whose VLAN the fake bridge 'name' is, and which VLAN; NULL if there is no such fake bridge. */
const char *switch_db_fake_bridge_parent(const struct switch_db *, const char *name, uint16_t *vlan);

/* Calls 'each' for every interface of every port on 'bridge'. */
void switch_db_for_each_interface(const struct switch_db *, const char *bridge,
                                  void (*each)(const char *port, const struct switch_port *, void *aux), void *aux);

/* The same for those of one port, if there is one of that name. */
void switch_db_for_each_interface_of(const struct switch_db *, const char *port,
                                     void (*each)(const char *port, const struct switch_port *, void *aux), void *aux);

/* What a VIF's Port and Interface rows say besides name and number. */
struct switch_vif_row {
    const char *bridge;
    const char *name;
    uint32_t ofport_request;
    unsigned int ifindex;
    const char *vif, *vm, *network; /* uuids; 'vm' may be "" */
    const char *iface_id, *vm_id; /* of a port that is added or adopted; NULL: none now */
    const char *mac;
    uint16_t vlan;              /* of an access port; 0: untagged */
    const uint16_t *vlans;      /* of a trunk port */
    size_t n_vlans;
    uint32_t policing_kbits, policing_burst_kbits; /* Interface.ingress_policing_rate and _burst; 0: no limit */

    /* What is somebody else's in rows that he made, or whose VIF he handed to the agent. */
    bool leaves_identity;       /* identity keys are not ours: of external_ids only marks are written */
    bool leaves_rest;           /* nor are VLANs, and no limit if there is none */
    bool takes_over;            /* a port that somebody had added is ours from now on */
    const struct smap *keys;    /* external_ids that the Interface must have besides, or NULL */
    bool forgets_cookie;        /* the flows that `cabled-replace-cookie` names have gone */
};

void switch_db_add_vif_port(struct switch_db *, const struct switch_vif_row *row);
bool switch_db_vif_port_matches(const struct switch_db *, const struct switch_vif_row *row);

/* True if the port may take part in spanning tree, which runs before OpenFlow. */
bool switch_db_port_spans(const struct switch_db *, const char *name);
void switch_db_update_vif_port(struct switch_db *, const struct switch_vif_row *row);

/* Makes a VIF's port of one that somebody else added: our keys and marks, and a request for the number that it has, which Open vSwitch
 * takes for no change. */
void switch_db_adopt_port(struct switch_db *, const struct switch_vif_row *row);

/* Gives an adopted port back: what we wrote is removed, whatever stood there before us; VLANs stay as they are, and so do the identity
 * keys if they were not ours. Any other is left alone. */
void switch_db_release_port(struct switch_db *, const char *name);

/* What became of a described port; NULL for 'state': nothing stands there. 'error' may be "". */
bool switch_db_port_state_is(const struct switch_db *, const char *name, const char *state, const char *error);
void switch_db_set_port_state(struct switch_db *, const char *name, const char *state, const char *error);

void switch_db_add_uplink(struct switch_db *, const char *bridge, const char *uplink);

/* Removes a port that carries our mark, or that its row describes; any other is left alone. */
void switch_db_delete_port(struct switch_db *, const char *name);

/* Why the last transaction was refused, or NULL. */
const char *switch_db_error(const struct switch_db *);

#endif
