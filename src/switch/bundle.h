/* SPDX-License-Identifier: Apache-2.0
 *
 * A change of the flow table that happens whole or not at all: flows to add, then cookies to delete (OpenFlow 1.4, 6.9; Open vSwitch
 * carries out an ATOMIC|ORDERED bundle between two packets).
 */
#ifndef SWITCH_BUNDLE_H
#define SWITCH_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/compile.h"
#include "rules/flow.h"
#include "switch/meters.h"
#include "vif/policy.h"

struct bundle_delete {
    uint64_t cookie, mask;
    uint32_t in_port;           /* of flows that match this port; 0: of any */
};

struct bundle_meter {
    uint32_t number;
    struct meter_band band;     /* all 0: to be deleted */
};

/* What a VIF's flows are compiled from when they are sent. */
struct bundle_vif {
    struct vif_policy policy;   /* owned */
    struct rules_target target; /* without its layout, which is the bundle's */
};

/* The flows of a thousand VIFs are megabytes, so that of each only what they are made from is held. */
struct bundle {
    struct rules_layout layout;
    struct rules_flows adds;
    struct bundle_vif *vifs;
    size_t n_vifs, allocated_vifs;
    struct bundle_delete *deletes;
    size_t n_deletes, allocated_deletes;
    struct bundle_meter *meters;
    size_t n_meters, allocated_meters;
};

void bundle_init(struct bundle *, const struct rules_layout *);
void bundle_destroy(struct bundle *);
bool bundle_is_empty(const struct bundle *);

/* Adds what rules_compile_vif() makes of these two. 'policy' stays the caller's. */
void bundle_add_vif(struct bundle *, const struct vif_policy *policy, const struct rules_target *target);

/* The flows of the nth VIF, appended. */
void bundle_compile_vif(const struct bundle *, size_t n, struct rules_flows *flows);

/* Deletes, after all adds, what carries our magic, 'ofport' and 'generation'. */
void bundle_delete_generation(struct bundle *, uint32_t ofport, uint8_t generation);

/* The same for what carries our magic, 'ofport' and the number of 'rule' (enum rules_id). */
void bundle_delete_rule(struct bundle *, uint32_t ofport, uint8_t rule);

/* Deletes, likewise, what carries that very cookie and matches that port: flows of another program, which must not go before ours are
 * there. */
void bundle_delete_others(struct bundle *, uint64_t cookie, uint32_t ofport);

/* Makes fewer deletes of them that delete the same: those of neighbouring ports that are alike become one. Open vSwitch looks at every flow
 * for each delete (3.1.0, collect_rules_loose()), so that a change of 2,000 VIFs took it half a minute, in one turn of its loop. */
void bundle_merge_deletes(struct bundle *);

/* A bundle holds no meters (switch/meters.h): these are set before it is sent and deleted when it is in force. */
void bundle_set_meter(struct bundle *, uint32_t number, const struct meter_band *band);
void bundle_delete_meter(struct bundle *, uint32_t number);

#endif
