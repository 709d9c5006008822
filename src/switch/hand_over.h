/* SPDX-License-Identifier: Apache-2.0
 *
 * Handing a bridge to the agent, which guards it, and back to the host, by a program beside the agent. The marks in the Bridge row are what
 * counts (switch/db.h): whether an agent or ovs-vswitchd runs meanwhile or not, each finds there what it has to do.
 */
#ifndef SWITCH_HAND_OVER_H
#define SWITCH_HAND_OVER_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct visit;

/* Marks the bridge for the agent. 'foreign_ports' is "accept" or "dark", or NULL to leave that as it is. '*changed' is false if the marks
 * stood there already. */
struct error *hand_over_guard(struct visit *, const char *bridge, const char *foreign_ports, bool *changed);

enum hand_back_from {
    HAND_BACK_GUARDED,          /* or half given back by a command that was broken off */
    HAND_BACK_UNGUARDED,        /* nobody had guarded it: it is only marked, so that nobody will */
    HAND_BACK_DONE,             /* it had been given back already */
};

struct hand_back {
    const char *bridge;
    bool unplug;                /* take the VIFs' ports off (one that its row describes stays as it was), and the bridge from its network */

    /* What came of it. */
    enum hand_back_from from;
    size_t n_unplugged;
    bool switch_runs;           /* otherwise it takes effect when ovs-vswitchd starts */
};

/* Gives the bridge back as it was. First the VIFs' ports go, and the agent lets go of the bridge; only when ovs-vswitchd has carried that
 * out is fail_mode what it was: no frame of a VIF passes a bridge that is not guarded. Refused, and nothing is changed, if there are
 * such ports or the bridge is of Cabled's making, unless 'unplug'. A call that fails half-way says so; another one goes on from there. */
struct error *hand_over_unguard(struct visit *, struct hand_back *);

#endif
