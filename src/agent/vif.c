/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include <hash.h>
#include <openvswitch/poll-loop.h>
#include <util.h>
#include <openvswitch/vlog.h>
#include <timeval.h>

#include "agent/agent-private.h"
#include "agent/stop.h"
#include "base/error.h"
#include "hotplug/devices.h"
#include "hotplug/link.h"
#include "rules/tally.h"
#include "source/source.h"
#include "switch/db.h"
#include "switch/ofports.h"

VLOG_DEFINE_THIS_MODULE(agent_vif);

enum {
    /* A step that the kernel refused is tried again after this. */
    LINK_RETRY_MS = 1000,

    /* A state that leads on by itself is told to the source only if it lasts: a plug of a few milliseconds is one write, not four, and a
     * restart of the agent does not make a wired VIF look unwired. */
    TRANSIENT_MS = 500,
};

enum { LINK_STEPS = WIRING_SET_LINK | WIRING_LINK_UP | WIRING_LINK_DOWN };

struct agent_vif *
agent_vif_find(struct agent *agent, const char *uuid)
{
    struct agent_vif *vif;

    HMAP_FOR_EACH_WITH_HASH (vif, by_uuid, hash_string(uuid, 0), &agent->vifs) {
        if (!strcmp(vif->uuid, uuid)) {
            return vif;
        }
    }
    return NULL;
}

static const struct rules_count no_counts[RULES_N];

static struct agent_vif *
vif_create(struct agent *agent, const char *uuid)
{
    struct agent_vif *vif = xzalloc(sizeof *vif);

    vif->agent = agent;
    vif->tally = xmalloc(sizeof *vif->tally);
    tally_init(vif->tally, no_counts, no_counts);
    ovs_strlcpy(vif->uuid, uuid, sizeof vif->uuid);
    vif->state = WIRING_VIF_DETACHED;
    ovs_list_init(&vif->in_dirty);
    ovs_list_init(&vif->in_flight);
    ovs_list_init(&vif->on_bridge);
    hmap_insert(&agent->vifs, &vif->by_uuid, hash_string(uuid, 0));
    return vif;
}

void
agent_vif_dirty(struct agent_vif *vif)
{
    if (ovs_list_is_empty(&vif->in_dirty)) {
        ovs_list_push_back(&vif->agent->dirty, &vif->in_dirty);
    }
}

static void
list_leave(struct ovs_list *node)
{
    ovs_list_remove(node);
    ovs_list_init(node);
}

void
agent_vif_leave_bridge(struct agent_vif *vif)
{
    if (vif->bridge) {
        ofports_release(vif->bridge->ofports, vif->reserved);
        vif->reserved = 0;
        list_leave(&vif->on_bridge);
        vif->bridge = NULL;
        poll_immediate_wake();
    }
}

void
agent_vif_join_bridge(struct agent_vif *vif, struct agent_bridge *bridge)
{
    if (vif->bridge != bridge) {
        agent_vif_leave_bridge(vif);
        vif->bridge = bridge;
        ovs_list_push_back(&bridge->vifs, &vif->on_bridge);
    }
}

/* A port of that name is somebody's VIF now, or is not any more: its admission must be looked at again. */
static void
claim_changed(struct agent *agent, const char *device)
{
    struct switch_port port;
    struct agent_bridge *bridge;

    if (switch_db_port(agent->db, device, &port) && !port.vif && port.bridge) {
        bridge = shash_find_data(&agent->bridges, port.bridge);
        if (bridge) {
            bridge->ports_changed = true;
        }
    }
}

static void
vif_set_wish(struct agent_vif *vif, struct vif_wish *wish)
{
    struct agent *agent = vif->agent;

    if (vif->wish) {
        struct shash_node *node = shash_find(&agent->vifs_by_device, vif->wish->device);

        if (node && node->data == vif) {
            shash_delete(&agent->vifs_by_device, node);
        }
        claim_changed(agent, vif->wish->device);
        vif_wish_destroy(vif->wish);
        free(vif->wish);
    }
    vif->wish = wish;
    if (wish && wish->device[0]) {
        shash_replace(&agent->vifs_by_device, wish->device, vif);
        claim_changed(agent, wish->device);
    }
    vif->retry_at = 0;
    agent_vif_dirty(vif);
}

void
agent_vif_destroy(struct agent_vif *vif)
{
    vif_set_wish(vif, NULL);
    agent_vif_forget_rules(vif);
    agent_vif_leave_bridge(vif);
    list_leave(&vif->in_dirty);
    hmap_remove(&vif->agent->vifs, &vif->by_uuid);
    free(vif->reason);
    free(vif->link_error);
    free(vif->tally);
    free(vif);
}

/* A VIF that has moved to another device leaves its port behind as a stray. */
static void
vif_set_device(struct agent_vif *vif, const char *device)
{
    struct switch_port port;

    if (!strcmp(vif->device, device)) {
        return;
    }
    if (switch_db_port(vif->agent->db, vif->device, &port) && port.vif && !strcmp(port.vif, vif->uuid)) {
        sset_add(&vif->agent->strays, vif->device);
        if (vif->bridge) {
            ofports_release(vif->bridge->ofports, vif->reserved);
        }
        vif->reserved = 0;
    }
    ovs_strlcpy(vif->device, device, sizeof vif->device);
    vif->configured_ifindex = 0;
}

void
agent_vif_wish(struct agent *agent, struct vif_wish *wish)
{
    struct agent_vif *vif = agent_vif_find(agent, wish->uuid);

    if (!vif) {
        vif = vif_create(agent, wish->uuid);
    }
    vif_set_wish(vif, wish);
}

void
agent_vif_withdraw(struct agent *agent, const char *uuid)
{
    struct agent_vif *vif = agent_vif_find(agent, uuid);

    if (vif) {
        vif_set_wish(vif, NULL);
    }
}

static void
vif_write(struct agent_vif *vif, unsigned int steps, unsigned int ifindex)
{
    struct switch_db *db = vif->agent->db;
    char mac[MAC_TEXT_SIZE];
    struct switch_vif_row row;

    if (steps & WIRING_DELETE_PORT) {
        switch_db_delete_port(db, vif->device);
        agent_note_removal(vif->agent, vif->device);
        agent_stop_at(AGENT_STEP_PORT_DELETED);
    }
    if (steps & WIRING_ADD_PORT) {
        agent_vif_row(vif, ifindex, mac, &row);
        switch_db_add_vif_port(db, &row);
        agent_stop_at(AGENT_STEP_PORT_WRITTEN);
    }
    if (steps & WIRING_UPDATE_PORT) {
        agent_vif_row(vif, ifindex, mac, &row);
        switch_db_update_vif_port(db, &row);
    }
}

static void
vif_note_link(struct agent_vif *vif, struct error *error)
{
    free(vif->link_error);
    vif->link_error = NULL;
    vif->retry_at = 0;
    if (error) {
        vif->link_error = xstrdup(error->text);
        vif->retry_at = time_msec() + LINK_RETRY_MS;
        error_free(error);
    }
}

static void
vif_link(struct agent_vif *vif, unsigned int steps)
{
    struct error *error = NULL;
    struct device device;

    if (time_msec() < vif->retry_at || !devices_find(vif->agent->devices, vif->device, &device)) {
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
    vif_note_link(vif, error);
}

static bool
state_is_transient(enum wiring_vif_state state)
{
    return state == WIRING_VIF_UNPLUGGING || state == WIRING_VIF_WAITING || state == WIRING_VIF_PLUGGING
           || state == WIRING_VIF_UPDATING;
}

/* What can't be done now (a transaction or a bundle is under way) is left: the VIF stays dirty, and the same comparison asks for it
 * again. */
static void
vif_carry_out(struct agent_vif *vif, unsigned int steps, const struct wiring_vif_seen *seen)
{
    enum { WRITES = WIRING_ADD_PORT | WIRING_UPDATE_PORT | WIRING_DELETE_PORT };

    if (steps & LINK_STEPS) {
        vif_link(vif, steps);
    }
    if (steps & WIRING_PUT_RULES) {
        agent_vif_put_rules(vif);
    }
    if (steps & WIRING_DELETE_RULES) {
        agent_vif_delete_rules(vif);
    }
    if (steps & WRITES && agent_can_write(vif->agent)) {
        vif_write(vif, steps, seen->device.ifindex);
    }
    if (steps & WIRING_FORGET_OFPORT && vif->bridge) {
        ofports_release(vif->bridge->ofports, vif->reserved);
        vif->reserved = 0;
        agent_stop_at(AGENT_STEP_NUMBER_RELEASED);
    }
    if (steps || state_is_transient(vif->state)) {
        agent_vif_dirty(vif);
    }
}

static struct wiring_vif_plan
vif_plan(struct agent_vif *vif, struct wiring_vif_seen *seen)
{
    agent_vif_see(vif, seen);

    struct wiring_vif_plan plan = wiring_vif_plan(vif->wish, seen);

    if (plan.steps & WIRING_RESERVE_OFPORT) {
        vif->reserved = ofports_reserve(vif->bridge->ofports);
        agent_stop_at(AGENT_STEP_NUMBER_RESERVED);
        if (vif->reserved) {
            free(plan.reason);
            seen->reserved = vif->reserved;
            seen->rules = agent_vif_see_rules(vif);
            plan = wiring_vif_plan(vif->wish, seen);
        } else {
            plan.state = WIRING_VIF_FAILED;
            plan.reason = xasprintf("bridge %s has no port number left", vif->bridge->name);
            plan.steps = 0;
        }
    }
    return plan;
}

static void
vif_note_state(struct agent_vif *vif, struct wiring_vif_plan *plan)
{
    if (vif->link_error && plan->state != WIRING_VIF_NO_DEVICE && plan->state != WIRING_VIF_DETACHED) {
        plan->state = WIRING_VIF_FAILED;
        free(plan->reason);
        plan->reason = xstrdup(vif->link_error);
    }
    if (vif->state != plan->state) {
        VLOG_DBG("vif=%s device=%s: %s -> %s", vif->uuid, vif->device, wiring_vif_state_name(vif->state),
                 wiring_vif_state_name(plan->state));
        vif->state = plan->state;
        vif->state_since = time_msec();
        /* Others may have waited for this: one more turn looks at them. */
        poll_immediate_wake();
        if (plan->state == WIRING_VIF_FAILED) {
            VLOG_WARN("vif=%s device=%s: %s", vif->uuid, vif->device, plan->reason);
        } else if (plan->state == WIRING_VIF_WIRED) {
            VLOG_INFO("vif=%s device=%s: wired on bridge %s as port %"PRIu32, vif->uuid, vif->device, vif->bridge->name,
                      vif->reserved);
        }
    }
    free(vif->reason);
    vif->reason = plan->reason;
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
    char *policy = policy_in_force(vif);
    const struct source_report report = {
        .policy = policy,
        .uuid = vif->uuid,
        .state = wiring_vif_state_name(vif->state),
        .error = vif->state == WIRING_VIF_FAILED && vif->reason ? vif->reason : "",
        .ofport = vif->state == WIRING_VIF_WIRED || vif->state == WIRING_VIF_UPDATING || vif->state == WIRING_VIF_DISABLED
                  ? vif->reserved : 0,
        .link_is_up = vif->state == WIRING_VIF_WIRED || vif->state == WIRING_VIF_UPDATING,
    };

    if (state_is_transient(vif->state) && time_msec() < vif->state_since + TRANSIENT_MS) {
        poll_timer_wait_until(vif->state_since + TRANSIENT_MS);
        agent_vif_dirty(vif);
    } else if (!source->class->report(source, &report)) {
        agent_vif_dirty(vif);
    } else {
        agent_stop_at(AGENT_STEP_REPORT_WRITTEN);
    }
    free(policy);
}

void
agent_vif_run(struct agent_vif *vif)
{
    struct wiring_vif_seen seen;

    if (vif->wish && vif->wish->device[0]) {
        vif_set_device(vif, vif->wish->device);
    }

    struct wiring_vif_plan plan = vif_plan(vif, &seen);

    if (!(plan.steps & LINK_STEPS)) {
        vif_note_link(vif, NULL); /* what the kernel refused is not wanted any more, or somebody else has done it */
    }
    vif_note_state(vif, &plan);
    vif_carry_out(vif, plan.steps, &seen);
    if (vif->retry_at) {
        poll_timer_wait_until(vif->retry_at);
        agent_vif_dirty(vif);
    }
    if ((vif->state == WIRING_VIF_DETACHED || vif->state == WIRING_VIF_NO_DEVICE) && !plan.steps) {
        agent_vif_leave_bridge(vif);
        if (!vif->wish && vif->state == WIRING_VIF_DETACHED) {
            agent_vif_destroy(vif);
            return;
        }
    }
    if (vif->wish) {
        vif_report(vif);
    }
}
