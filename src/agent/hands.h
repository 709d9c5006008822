/* SPDX-License-Identifier: Apache-2.0
 *
 * Other hands: what somebody else does to a guarded bridge or to a VIF's port on it. The agent puts it right by itself; here it is counted
 * and told, so that whoever looks for the cause finds it. Counts begin at 0 with the agent.
 */
#ifndef AGENT_HANDS_H
#define AGENT_HANDS_H

#include <stdbool.h>

struct agent_vif;
struct json;
struct session;
struct switch_bridge;
struct wiring_vif_seen;

enum hand {
    HAND_FLOWS,
    HAND_FRAGMENTS,
    HAND_FAIL_MODE,
    HAND_IN_BAND,
    HAND_PROTOCOLS,
    HAND_SPANNING_TREE,
    HAND_PORT_DELETED,
    HAND_PORT_NUMBER,
    HAND_PORT_ROW,
    N_HANDS,
};

struct hands {
    struct {
        unsigned int times;
        long long int last_ms;  /* since the epoch */
    } hand[N_HANDS];

    /* What was seen last: a hand is what makes it worse. */
    bool secure, in_band_disabled, speaks_openflow14;
    unsigned int n_disturbances, n_fragment_changes; /* of the session */
};

/* Counts it, and tells it in the log. */
void hands_note(struct hands *, const char *bridge, enum hand);

/* Look at a bridge's row and at its session for what others have done since the last look; NULL: there is none. */
void hands_see_bridge(struct hands *, const char *bridge, const struct switch_bridge *row);
void hands_see_session(struct hands *, const char *bridge, const struct session *);

/* Looks whether a VIF's port is still as it was when it was seen right, though the agent has asked for no change since. */
void hands_see_vif(struct agent_vif *, const struct wiring_vif_seen *seen);

/* An array with an object for each kind that there was: what, times, last, sentence. The caller's. */
struct json *hands_json(const struct hands *);

#endif
