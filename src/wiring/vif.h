/* SPDX-License-Identifier: Apache-2.0
 *
 * One VIF: from what is wanted and what is there to what must be done next. What must be done follows from the two alone, so whatever
 * died, was lost or was done by somebody else in between, the same comparison leads on from there. Remembered is only what no look can
 * tell: since when, how often something failed, and not before when it is tried again.
 *
 *     state       what it means, and what leads out of it
 *     detached    not wanted, nothing left.        wished and attached -> no-device, waiting, plugging
 *     no-device   the kernel has no such device.   device seen -> waiting, plugging; not wanted -> detached
 *     waiting     its bridge is not guarded yet.   base acknowledged -> plugging; the bridge tells an error -> failed
 *     plugging    rules, port, link are under way. rules acknowledged and port with its number and link up -> wired;
 *                                                  all that and disabled -> disabled; refused -> failed
 *     wired       port there, rules in force, up.  another policy -> updating; port or its number lost, flows lost, link taken down
 *                                                  -> plugging; bridge lost -> waiting, failed
 *     disabled    the same with the link down, as the policy says. Another policy -> updating, plugging
 *     updating    link up under the rules of before, the new ones are under way. Acknowledged -> wired, disabled
 *     unplugging  port and flows are being removed: not wanted, device gone or replaced, wrong bridge or number.
 *                                                  Nothing left -> detached, no-device; else -> plugging
 *     failed      the reason is told in words. It goes away, or the next try succeeds -> any
 *
 * The order is safe by what is asked for when: the link is raised only if the rules for the port's real number are
 * acknowledged; until then admission keeps the port dark (rules/compile.h).
 *
 * A port that somebody else added under the VIF's name to the wanted bridge is taken over as it is: the rules for the number that it has
 * first, then our keys and marks on its row. Afterwards it is given back, not deleted.
 *
 * Backoff (base/backoff.h): link settings that the kernel refused wait for their next try. A port that was lost (removed, taken, given or
 * made to ask for another number) is made good at once the first time, and waits then.
 */
#ifndef WIRING_VIF_H
#define WIRING_VIF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/backoff.h"
#include "wiring/vif_seen.h"
#include "wiring/vif_steps.h"

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

/* A state that leads on by itself is worth telling only if it lasts: a plug of a few milliseconds is one write, not four, and a restart of
 * the agent does not make a wired VIF look unwired. */
enum { WIRING_VIF_TRANSIENT_MS = 500 };

/* What leads on from here. */
enum wiring_vif_wait {
    WIRING_WAIT_NOTHING,
    WIRING_WAIT_DEVICE,
    WIRING_WAIT_BRIDGE,
    WIRING_WAIT_NUMBER_LEFT,    /* a port number that is free */
    WIRING_WAIT_OLD_PORT,       /* the switch may still have the port of before */
    WIRING_WAIT_WRITE,          /* rows are to be written */
    WIRING_WAIT_NUMBER,         /* the switch has not said the port's number */
    WIRING_WAIT_RULES,          /* the acknowledgement */
    WIRING_WAIT_LINK,           /* the kernel's word of what it was told to do */
    WIRING_WAIT_LINK_AGAIN,     /* backoff: the kernel refused */
    WIRING_WAIT_PORT_AGAIN,     /* backoff: the port was lost again and again */
    WIRING_WAIT_OTHERS,         /* what somebody else must change */
};

/* In words that go on from "waiting for": "the switch to acknowledge the rules"; "" for nothing. */
const char *wiring_vif_wait_text(enum wiring_vif_wait);

/* How the port looked in the last turn. */
enum wiring_port_health {
    WIRING_PORT_NONE,           /* no port of ours */
    WIRING_PORT_ELSEWHERE,      /* for another bridge or device than is wanted now */
    WIRING_PORT_WRONG,          /* asks for or has another number than it should */
    WIRING_PORT_GOOD,
};

/* All zeros: nothing is known yet. */
struct wiring_vif {
    enum wiring_vif_state state;
    long long int since;        /* when it came into 'state' */
    char *reason;               /* in words, for FAILED, WAITING and NO_DEVICE; or NULL; owned */
    enum wiring_vif_wait waits_for;
    long long int next_try;     /* when backoff lets the next try begin, or 0 */
    long long int wake_at;      /* a turn must be taken then even if nothing is seen to change; 0 for never */
    bool told;                  /* the state is worth telling now (WIRING_VIF_TRANSIENT_MS) */

    unsigned int ifindex;       /* of the device that the rest is about */
    enum wiring_port_health port;
    struct backoff losses;      /* of the port */
    struct backoff refusals;    /* of 'refused', by the kernel */
    unsigned int refused;       /* enum wiring_vif_step, among WIRING_LINK_STEPS */
    char *refusal;              /* why, or NULL; owned */
};

void wiring_vif_destroy(struct wiring_vif *);

/* Takes a turn at the time 'now' and returns the steps to carry out (enum wiring_vif_step). 'wish' NULL: nobody wants the VIF any more. */
unsigned int wiring_vif_turn(struct wiring_vif *, const struct vif_wish *wish, const struct wiring_vif_seen *seen, long long int now);

/* The kernel refused one of 'steps', all of WIRING_LINK_STEPS, and 'why'. */
void wiring_vif_refused(struct wiring_vif *, unsigned int steps, const char *why, long long int now);

/* What failed is tried again at once: something else is wished now. */
void wiring_vif_try_again(struct wiring_vif *);

/* True if the state leads on by itself. */
bool wiring_vif_is_under_way(const struct wiring_vif *);

#endif
