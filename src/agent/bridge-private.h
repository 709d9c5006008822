/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of a bridge share among themselves; what others ask of a bridge stands in agent/agent-private.h.
 */
#ifndef AGENT_BRIDGE_PRIVATE_H
#define AGENT_BRIDGE_PRIVATE_H 1

#include <stdbool.h>

#include "switch/fragments.h"
#include "wiring/bridge.h"

struct agent_bridge;
struct agent_vif;

/* bridge.c */

/* Calls 'each' for every VIF that has rules on the bridge, and lets it take a turn: also those that have left for another bridge and could
 * not take their flows along yet. */
void agent_bridge_for_each_with_rules(struct agent_bridge *, void (*each)(struct agent_vif *));

/* bridge_session.c */

/* The mode that the rules need. */
enum fragments_mode agent_bridge_fragments(const struct agent_bridge *);

/* Opens the session if there is none. agent_bridge_restart() closes it. */
void agent_bridge_connect(struct agent_bridge *);

/* bridge_base.c */

/* Adds the base to this turn's bundle, unless the session has found it. */
void agent_bridge_put_base(struct agent_bridge *);

/* The base is in force. */
void agent_bridge_note_base(struct agent_bridge *);

/* bridge_leftovers.c */

/* Adds to this turn's bundle the removal of what was found and is nobody's. Every VIF and every port has said by now which of the flows
 * that were found are its own. */
void agent_bridge_delete_leftovers(struct agent_bridge *);

/* bridge_view.c */

/* Looks at row, uplink, session and base. Counts on the way what other hands have done to the row. What it points to is valid in this
 * turn. */
struct wiring_bridge_seen agent_bridge_see(struct agent_bridge *);

void agent_bridge_look_at_datapath(struct agent_bridge *);

/* True if nothing needs the bridge: one of ours goes with the last network that names it, unless somebody else has come to use it. */
bool agent_bridge_is_left_over(struct agent_bridge *);

#endif
