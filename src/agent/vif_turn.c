/* SPDX-License-Identifier: Apache-2.0
 *
 * One turn of a VIF: what wiring decides is carried out as far as that can be done now, and told.
 */
#include <config.h>

#include <inttypes.h>
#include <string.h>

#include <openvswitch/poll-loop.h>
#include <util.h>
#include <openvswitch/vlog.h>
#include <timeval.h>

#include "agent/agent-private.h"
#include "agent/identities.h"
#include "agent/links.h"
#include "agent/stop.h"
#include "source/rows.h"
#include "source/source.h"
#include "switch/db.h"

VLOG_DEFINE_THIS_MODULE(agent_vif);

enum { LOOK_AGAIN_MS = 1000 };

static void
vif_write(struct agent_vif *vif, unsigned int steps, unsigned int ifindex)
{
    struct switch_db *db = vif->agent->db;
    char mac[MAC_TEXT_SIZE];
    struct switch_vif_row row;

    vif->port_was_right = false;
    if (steps & WIRING_DELETE_PORT) {
        if (vif->wish && vif->wish->origin == VIF_HANDED) {
            source_rows_hold(vif->agent->rows, vif->device);
        }
        switch_db_delete_port(db, vif->device);
        agent_note_removal(vif->agent, vif->device);
        agent_stop_at(AGENT_STEP_PORT_DELETED);
    }
    if (steps & WIRING_RELEASE_PORT) {
        switch_db_release_port(db, vif->device);
        agent_stop_at(AGENT_STEP_PORT_RELEASED);
    }
    if (steps & (WIRING_ADD_PORT | WIRING_ADOPT_PORT | WIRING_UPDATE_PORT)) {
        agent_vif_row(vif, ifindex, mac, &row);
    }
    if (steps & (WIRING_ADD_PORT | WIRING_ADOPT_PORT)) {
        identities_set_first(vif, &row);
    }
    if (steps & WIRING_ADD_PORT) {
        switch_db_add_vif_port(db, &row);
        agent_vif_begin_times(vif);
        agent_stop_at(AGENT_STEP_PORT_WRITTEN);
    }
    if (steps & WIRING_ADOPT_PORT) {
        switch_db_adopt_port(db, &row);
        agent_stop_at(AGENT_STEP_PORT_ADOPTED);
    }
    if (steps & WIRING_UPDATE_PORT) {
        switch_db_update_vif_port(db, &row);
    }
}

/* What ends in the same turn, so that nobody tells of it. */
static bool
has_ended_already(const struct agent_vif *vif, unsigned int steps)
{
    return steps & (WIRING_FORGET_OFPORT | WIRING_DELETE_RULES) || (steps & WIRING_PUT_RULES && vif->rules.acked);
}

/* True if the switch has read the VIF's rules. */
static bool
rules_have_arrived(const struct agent_vif *vif)
{
    return vif->rules.acked || (!ovs_list_is_empty(&vif->in_flight) && vif->rules.bridge->commits);
}

/* In a storm ports come when their rules have, and go when theirs have gone (AGENT_CALM_VIFS). */
static bool
port_must_wait(const struct agent_vif *vif, unsigned int steps)
{
    const bool storms = vif->agent->storms;

    return (steps & WIRING_ADD_PORT && !rules_have_arrived(vif) && (storms || vif->rules.sent_in_storm))
           || (steps & WIRING_DELETE_PORT && ((storms && steps & WIRING_DELETE_RULES) || agent_vif_rules_are_going(vif)));
}

/* On a crowded bridge a single link is set up when its port is there: ovs-vswitchd would be woken by it, and turn its loop once for nothing
 * before it sees the port. */
static bool
link_must_wait(const struct agent_vif *vif, const struct wiring_vif_seen *seen)
{
    const bool is_plugged = seen->port.present && seen->port.ofport == vif->reserved && vif->rules.acked;

    return !is_plugged && vif->bridge && agent_bridge_is_crowded(vif->bridge) && !vif->agent->storms && !vif->rules.sent_in_storm;
}

/* What can't be done now (a transaction or a bundle is under way) is left: the VIF is woken when it can be, and the same comparison asks for
 * it again. What was done tells of itself, to whoever follows switch, devices and bundles. */
static void
vif_carry_out(struct agent_vif *vif, unsigned int steps, const struct wiring_vif_seen *seen)
{
    if (steps & WIRING_SET_LINK && link_must_wait(vif, seen)) {
        steps &= ~WIRING_SET_LINK;
    }
    links_add(vif, steps);
    if (port_must_wait(vif, steps)) {
        steps &= ~(WIRING_ADD_PORT | WIRING_DELETE_PORT | WIRING_FORGET_OFPORT);
    }
    if (steps & WIRING_PUT_RULES && !agent_vif_put_rules(vif)) {
        steps &= ~WIRING_PUT_RULES;
    }
    if (steps & WIRING_DELETE_RULES && !agent_vif_delete_rules(vif)) {
        /* Nor is the number given back: whoever got it would have these rules too. */
        steps &= ~(WIRING_DELETE_RULES | WIRING_FORGET_OFPORT);
    }
    if (steps & WIRING_ROW_STEPS) {
        if (agent_can_write(vif->agent)) {
            vif_write(vif, steps, seen->device.ifindex);
        } else {
            agent_vif_await_write(vif);
        }
    }
    if (steps & WIRING_FORGET_OFPORT) {
        agent_vif_forget_ofport(vif);
        agent_stop_at(AGENT_STEP_NUMBER_RELEASED);
    }
    if (has_ended_already(vif, steps)) {
        agent_vif_look_again(vif);
    }
}

/* Rules that are not there as they should be are put when there is a bundle to put them into. */
static void
vif_await_bundle(struct agent_vif *vif, const struct wiring_vif_seen *seen)
{
    if (vif->bridge && !seen->bridge_takes_rules && (seen->rules == WIRING_RULES_NONE || seen->rules == WIRING_RULES_OTHER)) {
        agent_vif_await_bundle(vif, vif->bridge);
    }
}

/* A number is chosen within the turn: what comes next needs it. */
static unsigned int
vif_take_turn(struct agent_vif *vif, struct wiring_vif_seen *seen)
{
    unsigned int steps;

    agent_vif_see(vif, seen);
    steps = wiring_vif_turn(&vif->wiring, vif->wish, seen, time_msec());
    if (steps & WIRING_RESERVE_OFPORT) {
        seen->no_number_left = !agent_vif_reserve_ofport(vif);
        agent_stop_at(AGENT_STEP_NUMBER_RESERVED);
    } else if (!(steps & WIRING_KEEP_OFPORT) || !agent_vif_keep_ofport(vif, seen->port.ofport)) {
        return steps;
    }
    agent_vif_see_number(vif, seen);
    return wiring_vif_turn(&vif->wiring, vif->wish, seen, time_msec());
}

/* What is wrong with the bridge has been logged once, for all of its VIFs. */
static bool
fails_with_its_bridge(const struct agent_vif *vif)
{
    return vif->bridge && vif->bridge->reason && vif->wiring.reason && !strcmp(vif->bridge->reason, vif->wiring.reason);
}

static void
vif_log_state(const struct agent_vif *vif, enum wiring_vif_state before)
{
    const struct wiring_vif *wiring = &vif->wiring;

    VLOG_DBG("vif=%s device=%s: %s -> %s", vif->uuid, vif->device, wiring_vif_state_name(before),
             wiring_vif_state_name(wiring->state));
    if (wiring->state == WIRING_VIF_FAILED && !fails_with_its_bridge(vif)) {
        VLOG_WARN("vif=%s device=%s: %s", vif->uuid, vif->device, wiring->reason);
    } else if (wiring->state == WIRING_VIF_WIRED) {
        VLOG_INFO("vif=%s device=%s: wired on bridge %s as port %"PRIu32, vif->uuid, vif->device, vif->bridge->name,
                  vif->reserved);
    }
}

/* What the switch enforces on the port at this moment. */
static const char *
policy_in_force(struct agent_vif *vif)
{
    return vif->rules.bridge && vif->rules.acked ? agent_rules_describe(&vif->rules) : "";
}

static bool
vif_report(struct agent_vif *vif)
{
    struct source *source = vif->agent->source;
    enum wiring_vif_state state = vif->wiring.state;
    const struct source_report report = {
        .policy = policy_in_force(vif),
        .uuid = vif->uuid,
        .state = wiring_vif_state_name(state),
        .error = state == WIRING_VIF_FAILED && vif->wiring.reason ? vif->wiring.reason : "",
        .ofport = state == WIRING_VIF_WIRED || state == WIRING_VIF_UPDATING || state == WIRING_VIF_DISABLED ? vif->reserved : 0,
        .link_is_up = state == WIRING_VIF_WIRED || state == WIRING_VIF_UPDATING,
        .times = agent_vif_times(vif),
    };

    const bool told = !vif->wiring.told || source->class->report(source, &report);

    agent_vif_set_told(vif, told);
    if (told && vif->wiring.told) {
        agent_stop_at(AGENT_STEP_REPORT_WRITTEN);
    }
    return told;
}

/* One that waits takes no more than one report in vain. */
void
agent_tell_untold(struct agent *agent)
{
    struct agent_vif *vif;

    LIST_FOR_EACH_SAFE (vif, in_untold, &agent->untold) {
        if (!vif->wish) {
            agent_vif_set_told(vif, true);
        } else if (!vif_report(vif)) {
            break;
        }
    }
}

/* A VIF that is under way looks again now and then although nobody has told it to: a word that was missed must not stop it for good. */
static void
vif_set_alarm(struct agent_vif *vif)
{
    long long int at = vif->wiring.wake_at, again = time_msec() + LOOK_AGAIN_MS;

    if (wiring_vif_is_under_way(&vif->wiring) && (!at || at > again)) {
        at = again;
    }
    agent_vif_set_alarm(vif, at);
}

void
agent_vif_run(struct agent_vif *vif)
{
    const enum wiring_vif_state before = vif->wiring.state;
    struct wiring_vif_seen seen;
    unsigned int steps = vif_take_turn(vif, &seen);

    hands_see_vif(vif, &seen);
    agent_vif_see_times(vif, &seen);
    vif_carry_out(vif, steps, &seen);
    vif_await_bundle(vif, &seen);
    if (vif->wiring.state != before) {
        vif_log_state(vif, before);
        /* Others may have waited for this: one more turn looks at them. */
        poll_immediate_wake();
    }
    if ((vif->wiring.state == WIRING_VIF_DETACHED || vif->wiring.state == WIRING_VIF_NO_DEVICE) && !steps) {
        agent_vif_leave_bridge(vif);
        if (!vif->wish && vif->wiring.state == WIRING_VIF_DETACHED) {
            agent_vif_destroy(vif);
            return;
        }
    }
    vif_set_alarm(vif);
    if (vif->wish) {
        vif_report(vif);
    }
}

char *
agent_vif_waits_for(const struct agent_vif *vif, long long int *next_try)
{
    const struct agent *agent = vif->agent;
    const char *refusal = agent_vif_is_untold(vif) ? agent->source->class->refusal(agent->source, next_try) : NULL;

    if (!ovs_list_is_empty(&vif->in_writers) && backoff_holds(&agent->writes, time_msec())) {
        *next_try = agent->writes.until;
        return xasprintf("the next try: the switch database refused: %s", switch_db_error(agent->db));
    }
    if (vif->wiring.waits_for != WIRING_WAIT_NOTHING || !refusal) {
        *next_try = vif->wiring.next_try;
        return xstrdup(wiring_vif_wait_text(vif->wiring.waits_for));
    }
    return xasprintf("the next try to report: the pool database refused: %s", refusal);
}
