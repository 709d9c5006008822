/* SPDX-License-Identifier: Apache-2.0
 *
 * What is there of a VIF: its device, its port, its rules, its bridge, as somebody has looked at them.
 */
#ifndef WIRING_VIF_SEEN_H
#define WIRING_VIF_SEEN_H

#include <stdbool.h>
#include <stdint.h>

struct wiring_device {
    bool present;
    unsigned int ifindex;
    bool up;
    bool settings_match;        /* MTU, MAC, flags and addresses are as a backend's must be */
    bool is_anothers;           /* the VIF's port is described by its row: the device is not ours to take down when the port has gone */
};

struct wiring_port {
    bool present;               /* a Port row of the device's name exists */
    bool ours;                  /* ... and carries this VIF's owner mark */
    bool adopted;               /* ... and somebody else had added it */
    bool leaving;               /* it is another VIF's, which nobody wants any more */
    bool described;             /* its row describes it: an adopted one is always given back */
    bool adoptable;             /* it is not ours, nor a bond, an uplink or another VIF's: a plain port of that device */
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

struct wiring_vif_seen {
    struct wiring_device device;
    struct wiring_port port;
    uint32_t reserved;          /* the VIF's number on the wanted bridge, 0 if none */
    bool reserved_is_the_switchs; /* ... which the switch may give to any port by itself: an adopted port's */
    bool reserved_is_anothers;  /* ... which another port of that bridge has by now */
    bool no_number_left;        /* none could be reserved */
    enum wiring_rules rules;
    bool bridge_guarded;        /* its base is acknowledged on the present connection */
    bool bridge_takes_rules;    /* a bundle can be composed for it, base included */
    bool bridge_unguarded;      /* it was given back to the host: no port of ours may be on it */
    const char *bridge_error;   /* what keeps it from being guarded, or NULL */
};

#endif
