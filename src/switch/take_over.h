/* SPDX-License-Identifier: Apache-2.0
 *
 * Bridges with ports that another program's scripts have put there: taken over, with these ports on them, and given back to the scripts.
 *
 * Taken over is all of it in one transaction: the ports' descriptions (vif/description.h), and the mark that has the agent guard the bridge.
 * The agent makes one bundle of it (wiring/bridge.h), so that no port is without rules, or dark, in between. The way back needs no agent.
 */
#ifndef SWITCH_TAKE_OVER_H
#define SWITCH_TAKE_OVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct svec;
struct switch_db;
struct vif_policy;
struct vif_wish;
struct visit;

/* The agent's marks stand beside it: whether a bridge was taken over, and not guarded otherwise. */
bool take_over_is_done(const struct switch_db *, const char *bridge);

struct take_over_port {
    const char *name;
    const char *bridge;
    const struct vif_wish *wish; /* what describes it */
};

/* Describes the ports and has the agent guard the bridges. Refused, and nothing is changed, if a port is not on its bridge any more.
 * 'bridges' are NULL-terminated. */
struct error *take_over(struct visit *, const struct take_over_port *, size_t n, const char *const bridges[]);

/* Appends the flows, as ovs-ofctl(8) reads them, that the scripts have for a port that was described so. */
typedef void take_over_flows(const struct vif_policy *, uint32_t ofport, struct svec *flows);

struct way_back {
    const char *bridge;
    take_over_flows *flows;

    /* What came of it. */
    size_t n_ports;
    bool switch_runs;           /* otherwise it takes effect when ovs-vswitchd starts, and without the ports' flows */
    bool was_open;              /* for an instant: somebody else has settings for table 0 (way_back.c) */
};

/* Gives the bridge back with the ports as they are, under their numbers, and with the flows of the scripts. No frame is lost, and none passes
 * that neither our rules nor those flows let pass. Refused, and nothing is changed, if a VIF's port on it is described by nobody. A call
 * that fails half-way says so; another one goes on from there. */
struct error *take_over_way_back(struct visit *, struct way_back *);

#endif
