/* SPDX-License-Identifier: Apache-2.0
 *
 * The forms of flows that the switch is known to read: whether it can read a flow depends on which fields it matches, which of them by a
 * mask, and what it does, not on the values. Flows that name a meter have no form: that the meter is there is another matter.
 */
#ifndef SWITCH_SHAPES_H
#define SWITCH_SHAPES_H

#include <stdbool.h>

#include <openvswitch/hmap.h>

struct rules_flow;

struct shapes {
    struct hmap known;          /* of struct shape */
};

void shapes_init(struct shapes *);
void shapes_destroy(struct shapes *);

/* Nothing is known any more. */
void shapes_clear(struct shapes *);

/* Notes the form of 'flow'. False if it was not known before, or has none. */
bool shapes_note(struct shapes *, const struct rules_flow *flow);

#endif
