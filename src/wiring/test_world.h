/* SPDX-License-Identifier: Apache-2.0
 *
 * A world for the tests of wiring: a kernel with one device, a switch database, ovs-vswitchd with two bridges and their flow tables, a
 * clock, and an edge that carries out what wiring decides, as the agent does. Nothing happens by itself: a test says what happens next.
 * What must never be done is asserted where it would be done.
 */
#ifndef WIRING_TEST_WORLD_H
#define WIRING_TEST_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "vif/wish.h"
#include "wiring/bridge.h"
#include "wiring/vif.h"

enum {
    WORLD_N_BRIDGES = 2,
    WORLD_N_NUMBERS = 32,
    WORLD_FIRST_OURS = 16,      /* below it are the numbers that the switch gives by itself */
    WORLD_OTHER_NUMBER = 8,     /* what it gives when it does not give what was asked for */
    WORLD_N_DELETES = 8,
};

/* A row of Port with its Interface. */
struct world_row {
    bool present, ours, adopted, adoptable;
    unsigned int id;            /* as an uuid: two rows of one name differ */
    unsigned int bridge;
    unsigned int ifindex, keys;
    uint32_t requested;
    int64_t ofport;             /* as ovs-vswitchd wrote it last */
};

/* Flows of one port number. */
struct world_flows {
    bool admitted;
    unsigned int generation;    /* of a VIF's rules, 0: none */
    unsigned int policy;
};

struct world_bundle {
    bool on_its_way;
    bool ahead, held;           /* not to be put in force yet; the switch has all of it */
    bool base;
    unsigned int generation;    /* of the rules in it, 0: none */
    uint32_t number;
    unsigned int policy;
    unsigned int deletes[WORLD_N_DELETES];
    unsigned int n_deletes;
    uint32_t admit, shut_out;   /* numbers; 0: none */
};

struct world_bridge {
    struct vif_network network;
    bool exists, prepared, secure, has_tries; /* the row */
    bool live, live_secure;             /* as ovs-vswitchd has it */
    bool opened;                        /* somebody has set it to standalone */
    bool base;
    struct world_flows flows[WORLD_N_NUMBERS];
    uint32_t others_number;             /* of a port of somebody else's, or 0 */

    /* What the edge knows. */
    bool known, ready, disturbed, base_sent, base_acked, was_secure, net_spread;
    long long int needed_cfg;
    struct world_bundle bundle;
    enum wiring_bridge_state state;
    char *reason;
    bool blocks_vifs;
};

/* A transaction. */
struct world_change {
    bool on_its_way;
    unsigned int steps;                 /* enum wiring_vif_step */
    unsigned int row_id, bridge, ifindex, keys;
    uint32_t number;
    unsigned int bridge_steps[WORLD_N_BRIDGES];
};

struct world {
    long long int now;
    struct vif_wish wish;
    bool wanted;
    unsigned int network;               /* which bridge is wished */
    unsigned int policy, keys;          /* versions of what is wished */

    struct wiring_device device;
    unsigned int settings;              /* not 0: the device is as a backend must be */
    bool kernel_refuses, gives_other_number, no_number_left;

    struct world_row row;
    struct world_row live;              /* the port as ovs-vswitchd has it; 'ofport' is its number */
    bool live_was_up;                   /* what ovs-vswitchd believes of its link */
    unsigned int next_id, next_number;
    long long int next_cfg, cur_cfg;
    struct world_bridge bridges[WORLD_N_BRIDGES];
    struct world_change change;

    /* What the edge knows of the VIF. */
    struct wiring_vif vif;
    int joined;                         /* the bridge on which 'reserved' counts, or -1 */
    uint32_t reserved;
    struct { int bridge; uint32_t number; unsigned int generation, policy; bool acked; } rules;
    unsigned int next_generation;
    long long int removal_cfg;
    unsigned int held;                  /* steps that the edge does not get to in this turn */
    unsigned int steps;                 /* of the last turn */
};

void world_init(struct world *);
void world_destroy(struct world *);

/* One turn of the agent's loop. True if something was asked for, composed or sent. */
bool world_turn(struct world *);

/* Each is true if there was something to do. */
bool world_database_answers(struct world *, bool accept);
bool world_switch_carries_out(struct world *);
bool world_switch_answers(struct world_bridge *, struct world *, bool accept);
bool world_switch_connects(struct world_bridge *);

/* What others do. */
void world_device_appears(struct world *, unsigned int ifindex);
void world_device_vanishes(struct world *);
void world_somebody_adds_port(struct world *, unsigned int bridge, bool adoptable);
void world_somebody_deletes_port(struct world *);
void world_somebody_requests(struct world *, uint32_t number);

/* Unless the VIF's port has it already. 0: that port goes. */
void world_other_port_takes(struct world *, unsigned int bridge, uint32_t number);
void world_wish(struct world *, unsigned int network, enum vif_mode mode);
void world_connection_breaks(struct world_bridge *);
void world_flows_are_flushed(struct world_bridge *);
void world_switch_restarts(struct world *);

/* What must hold at every moment. */
void world_check(const struct world *);

#endif
