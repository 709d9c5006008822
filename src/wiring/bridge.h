/* SPDX-License-Identifier: Apache-2.0
 *
 * One guarded bridge: from what is wanted and what is there to what must be done next (rules/compile.h says what a guarded bridge is).
 *
 *     MISSING    not there, and not ours to create, or the switch has no datapath to create it with
 *     CREATING   the row is under way; left when ovs-vswitchd has carried it out
 *     PREPARING  an existing bridge gets what guarding needs: in-band control off, OpenFlow 1.4, the owner mark, its uplink
 *     ARMING     an existing bridge that carries somebody's traffic: the first bundle, base and all VIFs' rules together, is brought to
 *                the switch but not put in force, and the safety net is spread (switch/safety_net.h)
 *     SECURING   `fail_mode=secure` is under way in a transaction of its own: the switch flushes all flows when it carries it
 *                out, so the base is put in force afterwards, never before
 *     CONNECTING no OpenFlow connection that is ready for a bundle
 *     BASING     the first bundle of this connection, base and all VIFs' rules together, is under way
 *     GUARDED    the base is acknowledged
 *     UNGUARDED  the host's administrator has it back: nothing is done to it, and no VIF of ours is on it
 */
#ifndef WIRING_BRIDGE_H
#define WIRING_BRIDGE_H

#include <stdbool.h>

struct vif_network;

enum wiring_bridge_state {
    WIRING_BRIDGE_MISSING,
    WIRING_BRIDGE_CREATING,
    WIRING_BRIDGE_PREPARING,
    WIRING_BRIDGE_ARMING,
    WIRING_BRIDGE_SECURING,
    WIRING_BRIDGE_CONNECTING,
    WIRING_BRIDGE_BASING,
    WIRING_BRIDGE_GUARDED,
    WIRING_BRIDGE_UNGUARDED,
};

const char *wiring_bridge_state_name(enum wiring_bridge_state);

enum wiring_bridge_step {
    WIRING_BRIDGE_CREATE = 1 << 0,
    WIRING_BRIDGE_PREPARE = 1 << 1,
    WIRING_BRIDGE_ADD_UPLINK = 1 << 2,
    WIRING_BRIDGE_SECURE = 1 << 3,
    WIRING_BRIDGE_CONNECT = 1 << 4, /* keep an OpenFlow connection */
    WIRING_BRIDGE_PUT_BASE = 1 << 5,
    WIRING_BRIDGE_RAISE_UPLINK = 1 << 6,
    WIRING_BRIDGE_PUT_TRIES = 1 << 7, /* prefix tries for the rules' tables */
    WIRING_BRIDGE_SPREAD_NET = 1 << 8, /* keep a safety net below the bridge */
    WIRING_BRIDGE_COMMIT = 1 << 9,  /* what the switch holds of the first bundle is put in force */
};

struct wiring_bridge_seen {
    bool exists;                /* a Bridge row */
    const char *name_taken_on;  /* a bridge that has a port of this bridge's name, or NULL */
    bool no_datapath;           /* it does not exist, and the switch has no datapath to make it with */
    bool unguarded;             /* the mark says that it was given back */
    bool applied;               /* ovs-vswitchd has carried out the row as it stands */
    bool prepared;              /* in-band control off, OpenFlow 1.4 spoken, owner mark */
    bool secure;                /* fail_mode */
    bool was_secure;            /* it has been before, as we have seen it: somebody has opened it since */
    bool has_tries;             /* prefix tries, or what somebody else has said of the tables: for speed, so that nothing waits for them */
    bool uplink_here;           /* the uplink is a port of this bridge */
    const char *uplink_elsewhere; /* another bridge that has it, or NULL */
    bool uplink_present;        /* the kernel has the uplink device */
    bool uplink_up;
    bool ready;                 /* OpenFlow: connected, fragment mode checked, our flows listed */
    bool base_sent, base_acked; /* on this connection */
    bool base_held;             /* the switch has all of the bundle with the base, and waits to be told to put it in force */
    bool net_spread;            /* or it cannot be: then frames that come at the wrong instant are lost */
    const char *session_error;  /* why the last connection or bundle failed, or NULL */
};

struct wiring_bridge_plan {
    enum wiring_bridge_state state;
    unsigned int steps;         /* enum wiring_bridge_step */
    char *reason;               /* what is wrong, in words, or NULL; owned by the caller */
    bool blocks_vifs;           /* 'reason' keeps VIFs from being wired: a missing uplink does not */
};

struct wiring_bridge_plan wiring_bridge_plan(const struct vif_network *network, const struct wiring_bridge_seen *seen);

#endif
