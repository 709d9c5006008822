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
#include "agent/stop.h"
#include "base/error.h"
#include "hotplug/devices.h"
#include "hotplug/link.h"
#include "source/source.h"
#include "switch/db.h"

VLOG_DEFINE_THIS_MODULE(agent_vif);

static void
vif_write(struct agent_vif *vif, unsigned int steps, unsigned int ifindex)
{
    struct switch_db *db = vif->agent->db;
    char mac[MAC_TEXT_SIZE];
    struct switch_vif_row row;

    vif->port_was_right = false;
    if (steps & WIRING_DELETE_PORT) {
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
    if (steps & WIRING_ADD_PORT) {
        switch_db_add_vif_port(db, &row);
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

static void
vif_link(struct agent_vif *vif, unsigned int steps)
{
    struct error *error = NULL;
    struct device device;

    if (!devices_find(vif->agent->devices, vif->device, &device)) {
        return;
    }
    if (steps & WIRING_SET_LINK) {
        error = link_configure(&device, vif->wish->mtu);
        vif->configured_ifindex = error ? 0 : device.ifindex;
        agent_stop_at(AGENT_STEP_LINK_CONFIGURED);
    }
    if (!error && steps & (WIRING_LINK_UP | WIRING_LINK_DOWN)) {
        error = link_set_up(&device, steps & WIRING_LINK_UP);
        agent_stop_at(steps & WIRING_LINK_UP ? AGENT_STEP_LINK_RAISED : AGENT_STEP_LINK_LOWERED);
    }
    if (error) {
        wiring_vif_refused(&vif->wiring, steps & WIRING_LINK_STEPS, error->text, time_msec());
        error_free(error);
    }
}

/* What can't be done now (a transaction or a bundle is under way) is left: the VIF stays dirty, and the same comparison asks for it
 * again. */
static void
vif_carry_out(struct agent_vif *vif, unsigned int steps, const struct wiring_vif_seen *seen)
{
    vif->wants_write = steps & WIRING_ROW_STEPS && !agent_can_write(vif->agent);
    if (steps & WIRING_LINK_STEPS) {
        vif_link(vif, steps);
    }
    if (steps & WIRING_PUT_RULES) {
        agent_vif_put_rules(vif);
    }
    if (steps & WIRING_DELETE_RULES) {
        agent_vif_delete_rules(vif);
    }
    if (steps & WIRING_ROW_STEPS && !vif->wants_write) {
        vif_write(vif, steps, seen->device.ifindex);
    }
    if (steps & WIRING_FORGET_OFPORT) {
        agent_vif_forget_ofport(vif);
        agent_stop_at(AGENT_STEP_NUMBER_RELEASED);
    }
    if (steps || wiring_vif_is_under_way(&vif->wiring)) {
        agent_vif_dirty(vif);
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

static void
vif_log_state(const struct agent_vif *vif, enum wiring_vif_state before)
{
    const struct wiring_vif *wiring = &vif->wiring;

    VLOG_DBG("vif=%s device=%s: %s -> %s", vif->uuid, vif->device, wiring_vif_state_name(before),
             wiring_vif_state_name(wiring->state));
    if (wiring->state == WIRING_VIF_FAILED) {
        VLOG_WARN("vif=%s device=%s: %s", vif->uuid, vif->device, wiring->reason);
    } else if (wiring->state == WIRING_VIF_WIRED) {
        VLOG_INFO("vif=%s device=%s: wired on bridge %s as port %"PRIu32, vif->uuid, vif->device, vif->bridge->name,
                  vif->reserved);
    }
}

/* What the switch enforces on the port at this moment; the caller's to free. */
static char *
policy_in_force(const struct agent_vif *vif)
{
    return vif->rules.bridge && vif->rules.acked ? agent_rules_describe(&vif->rules) : xstrdup("");
}

static void
vif_report(struct agent_vif *vif)
{
    struct source *source = vif->agent->source;
    enum wiring_vif_state state = vif->wiring.state;
    char *policy = policy_in_force(vif);
    const struct source_report report = {
        .policy = policy,
        .uuid = vif->uuid,
        .state = wiring_vif_state_name(state),
        .error = state == WIRING_VIF_FAILED && vif->wiring.reason ? vif->wiring.reason : "",
        .ofport = state == WIRING_VIF_WIRED || state == WIRING_VIF_UPDATING || state == WIRING_VIF_DISABLED ? vif->reserved : 0,
        .link_is_up = state == WIRING_VIF_WIRED || state == WIRING_VIF_UPDATING,
    };

    vif->untold = vif->wiring.told && !source->class->report(source, &report);
    if (vif->untold) {
        agent_vif_dirty(vif);
    } else if (vif->wiring.told) {
        agent_stop_at(AGENT_STEP_REPORT_WRITTEN);
    }
    free(policy);
}

static void
vif_wait(struct agent_vif *vif)
{
    if (vif->wiring.wake_at) {
        poll_timer_wait_until(vif->wiring.wake_at);
        agent_vif_dirty(vif);
    }
}

void
agent_vif_run(struct agent_vif *vif)
{
    const enum wiring_vif_state before = vif->wiring.state;
    struct wiring_vif_seen seen;
    unsigned int steps = vif_take_turn(vif, &seen);

    hands_see_vif(vif, &seen);
    vif_carry_out(vif, steps, &seen);
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
    vif_wait(vif);
    if (vif->wish) {
        vif_report(vif);
    }
}

char *
agent_vif_waits_for(const struct agent_vif *vif, long long int *next_try)
{
    const struct agent *agent = vif->agent;
    const char *refusal = vif->untold ? agent->source->class->refusal(agent->source, next_try) : NULL;

    if (vif->wants_write && backoff_holds(&agent->writes, time_msec())) {
        *next_try = agent->writes.until;
        return xasprintf("the next try: the switch database refused: %s", switch_db_error(agent->db));
    }
    if (vif->wiring.waits_for != WIRING_WAIT_NOTHING || !refusal) {
        *next_try = vif->wiring.next_try;
        return xstrdup(wiring_vif_wait_text(vif->wiring.waits_for));
    }
    return xasprintf("the next try to report: the pool database refused: %s", refusal);
}
