/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "agent/hands.h"

#include <openvswitch/json.h>
#include <openvswitch/vlog.h>
#include <timeval.h>
#include <util.h>

#include "agent/agent-private.h"
#include "switch/db.h"
#include "switch/session.h"

VLOG_DEFINE_THIS_MODULE(hands);

/* A row for each kind: its name for programs, what is told, and how often the log tells it. */
static struct {
    const char *name, *sentence;
    struct vlog_rate_limit rl;
} kinds[] = {
#define RATE VLOG_RATE_LIMIT_INIT(5, 5)
    [HAND_FLOWS] = { "flows", "somebody else changed or deleted flows of ours: all are put back", RATE },
    [HAND_FRAGMENTS] = { "fragment-mode", "somebody changed the fragment mode: it is set back", RATE },
    [HAND_FAIL_MODE] = { "fail-mode", "somebody changed fail_mode: until it is secure again, everything may pass", RATE },
    [HAND_IN_BAND] = { "in-band", "somebody allowed in-band control, whose hidden flows go round the rules: it is off again", RATE },
    [HAND_PROTOCOLS] = { "protocols", "somebody took OpenFlow 1.4 from the protocols: it is added again", RATE },
    [HAND_SPANNING_TREE] = { "spanning-tree", "somebody let a VIF's port take part in spanning tree: it is shut out again", RATE },
    [HAND_PORT_DELETED] = { "port-deleted", "somebody took a VIF's port off the bridge: it is added again", RATE },
    [HAND_PORT_NUMBER] = { "port-number", "somebody changed or took the number of a VIF's port: the VIF is plugged anew", RATE },
    [HAND_PORT_ROW] = { "port-row", "somebody changed the VLANs or the identity of a VIF's port: they are set back", RATE },
#undef RATE
};
BUILD_ASSERT_DECL(ARRAY_SIZE(kinds) == N_HANDS);

void
hands_note(struct hands *hands, const char *bridge, enum hand hand)
{
    hands->hand[hand].times++;
    hands->hand[hand].last_ms = time_wall_msec();
    VLOG_WARN_RL(&kinds[hand].rl, "bridge %s: %s", bridge, kinds[hand].sentence);
}

void
hands_see_bridge(struct hands *hands, const char *bridge, const struct switch_bridge *row)
{
    const struct switch_bridge none = { .secure = false };
    const bool ours = row && !row->given_back;

    if (ours && hands->secure && !row->secure) {
        hands_note(hands, bridge, HAND_FAIL_MODE);
    }
    if (ours && hands->in_band_disabled && !row->in_band_disabled) {
        hands_note(hands, bridge, HAND_IN_BAND);
    }
    if (ours && hands->speaks_openflow14 && !row->speaks_openflow14) {
        hands_note(hands, bridge, HAND_PROTOCOLS);
    }
    row = ours && row->guarded ? row : &none;
    hands->secure = row->secure;
    hands->in_band_disabled = row->in_band_disabled;
    hands->speaks_openflow14 = row->speaks_openflow14;
}

/* How much '*last' has grown, which begins anew with each session. */
static bool
has_grown(unsigned int *last, unsigned int now)
{
    bool grown = now > *last;

    *last = now;
    return grown;
}

void
hands_see_session(struct hands *hands, const char *bridge, const struct session *session)
{
    if (has_grown(&hands->n_disturbances, session ? session_n_disturbances(session) : 0)) {
        hands_note(hands, bridge, HAND_FLOWS);
    }
    if (has_grown(&hands->n_fragment_changes, session ? session_n_fragment_changes(session) : 0)) {
        hands_note(hands, bridge, HAND_FRAGMENTS);
    }
}

static bool
number_is_right(const struct agent_vif *vif, const struct wiring_port *port)
{
    return port->requested == vif->reserved && (port->ofport <= 0 || port->ofport == vif->reserved);
}

/* A port that the agent has just deleted or given back may still be in the replica. */
static bool
port_is_right(const struct agent_vif *vif, const struct wiring_port *port)
{
    /* A row that says what is to be replaced is about to be changed by us. */
    const bool is_wanted = vif->wish && vif->wish->attach && !vif->wish->replaces;

    return is_wanted && !port->removal_pending && port->present && port->ours && port->on_bridge && port->keys_match && vif->reserved
           && number_is_right(vif, port);
}

/* What has become of a port that was right. */
static enum hand
what_happened(const struct agent_vif *vif, const struct wiring_port *port)
{
    if (!port->present || !port->ours || !port->on_bridge) {
        return HAND_PORT_DELETED;
    } else if (!number_is_right(vif, port)) {
        return HAND_PORT_NUMBER;
    }
    return switch_db_port_spans(vif->agent->db, vif->device) ? HAND_SPANNING_TREE : HAND_PORT_ROW;
}

void
hands_see_vif(struct agent_vif *vif, const struct wiring_vif_seen *seen)
{
    bool right = port_is_right(vif, &seen->port);

    if (vif->port_was_right && !right && vif->bridge && !seen->bridge_unguarded) {
        hands_note(&vif->bridge->hands, vif->bridge->name, what_happened(vif, &seen->port));
    }
    vif->port_was_right = right;
}

struct json *
hands_json(const struct hands *hands)
{
    struct json *array = json_array_create_empty();

    for (enum hand i = 0; i < N_HANDS; i++) {
        if (hands->hand[i].times) {
            struct json *json = json_object_create();

            json_object_put_string(json, "what", kinds[i].name);
            json_object_put(json, "times", json_integer_create(hands->hand[i].times));
            json_object_put(json, "last", json_integer_create(hands->hand[i].last_ms));
            json_object_put_string(json, "sentence", kinds[i].sentence);
            json_array_add(array, json);
        }
    }
    return array;
}
