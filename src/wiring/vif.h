/* SPDX-License-Identifier: Apache-2.0
 *
 * One VIF: from what is wanted and what is there to what must be done next. Nothing is remembered between two calls: whatever died,
 * was lost or was done by somebody else in between, the same comparison leads on from there.
 *
 *     DETACHED   not wanted, and nothing of it is left
 *     UNPLUGGING not wanted (or its device has gone, or its port is on the wrong bridge): port and flows are being removed
 *     NO_DEVICE  wanted; the kernel has no such device. Left when hotplug sees it
 *     WAITING    wanted; its bridge is not guarded yet. Left when the bridge's base is acknowledged
 *     PLUGGING   rules and port are under way. Left when the rules are acknowledged and the port has the number that was asked for
 *     UPDATING   link up under the rules of before; new rules are under way
 *     WIRED      port there, rules acknowledged, link up
 *     DISABLED   port there, rules acknowledged, link down, as the policy says
 *     FAILED     something outside must change first; the reason is told in words
 *
 * The order is safe by what is asked for when: the link is raised only if the rules for the port's real number are
 * acknowledged; until then admission keeps the port dark (rules/compile.h).
 */
#ifndef WIRING_VIF_H
#define WIRING_VIF_H

#include <stdbool.h>
#include <stdint.h>

struct vif_wish;

enum wiring_vif_state {
    WIRING_VIF_DETACHED,
    WIRING_VIF_UNPLUGGING,
    WIRING_VIF_NO_DEVICE,
    WIRING_VIF_WAITING,
    WIRING_VIF_PLUGGING,
    WIRING_VIF_UPDATING,
    WIRING_VIF_WIRED,
    WIRING_VIF_DISABLED,
    WIRING_VIF_FAILED,
};

/* The word that people and programs see: "wired", "no-device" ... */
const char *wiring_vif_state_name(enum wiring_vif_state);

/* Steps are flags: those of one plan may be carried out in any order, and those that touch the switch database go into one
 * transaction. */
enum wiring_vif_step {
    WIRING_RESERVE_OFPORT = 1 << 0, /* choose a number; the plan is made again with it in the same turn */
    WIRING_FORGET_OFPORT = 1 << 1,  /* the number is not ours any more */
    WIRING_PUT_RULES = 1 << 2,
    WIRING_DELETE_RULES = 1 << 3,
    WIRING_ADD_PORT = 1 << 4,
    WIRING_UPDATE_PORT = 1 << 5,    /* identity keys, VLANs */
    WIRING_DELETE_PORT = 1 << 6,
    WIRING_SET_LINK = 1 << 7,       /* MTU, MAC, no ARP, no addresses */
    WIRING_LINK_UP = 1 << 8,
    WIRING_LINK_DOWN = 1 << 9,
};

struct wiring_device {
    bool present;
    unsigned int ifindex;
    bool up;
    bool settings_match;        /* MTU, MAC, flags and addresses are as a backend's must be */
};

struct wiring_port {
    bool present;               /* a Port row of the device's name exists */
    bool ours;                  /* ... and carries this VIF's owner mark */
    bool on_bridge;             /* ... on the bridge that is wanted */
    bool keys_match;            /* ... with the identity keys and VLANs that are wanted */
    bool removal_pending;       /* an earlier port of that name may still be in the switch */
    unsigned int ifindex;       /* of the device for which the port was added, 0 if not recorded */
    uint32_t requested;         /* ofport_request, 0 if none */
    int64_t ofport;             /* 0: the switch has not said yet; below 0: it cannot */
    const char *error;          /* Interface.error or NULL */
    const char *name;           /* the device's, or that of the bond which the device is a member of */
    const char *bridge;         /* where it is, or NULL */
};

enum wiring_rules {
    WIRING_RULES_NONE,          /* no flows of this VIF are known to be in the switch */
    WIRING_RULES_OTHER,         /* flows for another policy or another port number */
    WIRING_RULES_SENT,          /* the wanted ones, not acknowledged */
    WIRING_RULES_ACKED,
};

/* What is there. */
struct wiring_vif_seen {
    struct wiring_device device;
    struct wiring_port port;
    uint32_t reserved;          /* the VIF's number on the wanted bridge, 0 if none */
    enum wiring_rules rules;
    bool bridge_guarded;        /* its base is acknowledged on the present connection */
    bool bridge_takes_rules;    /* a bundle can be composed for it, base included */
    const char *bridge_error;   /* why it is not guarded, or NULL */
};

struct wiring_vif_plan {
    enum wiring_vif_state state;
    unsigned int steps;         /* enum wiring_vif_step */
    char *reason;               /* in words, for FAILED, WAITING and NO_DEVICE; owned by the caller; or NULL */
};

/* 'wish' NULL: nobody wants the VIF any more. */
struct wiring_vif_plan wiring_vif_plan(const struct vif_wish *wish, const struct wiring_vif_seen *seen);

#endif
