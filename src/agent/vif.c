/* SPDX-License-Identifier: Apache-2.0
 *
 * The VIFs that the agent knows: who wants them, and on which device.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <hash.h>
#include <util.h>

#include "agent/agent-private.h"
#include "rules/tally.h"
#include "switch/db.h"

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

static struct agent_vif *
vif_create(struct agent *agent, const char *uuid)
{
    struct agent_vif *vif = xzalloc(sizeof *vif);

    vif->agent = agent;
    vif->tally = xmalloc(sizeof *vif->tally);
    ovs_strlcpy(vif->uuid, uuid, sizeof vif->uuid);
    totals_load(vif);
    agent_vif_init_wakes(vif);
    ovs_list_init(&vif->in_unstored);
    ovs_list_init(&vif->in_commit);
    ovs_list_init(&vif->in_flight);
    ovs_list_init(&vif->on_bridge);
    hmap_insert(&agent->vifs, &vif->by_uuid, hash_string(uuid, 0));
    hmap_insert(&agent->vifs_by_port, &vif->by_port, hash_string(vif->device, 0));
    return vif;
}

void
agent_wake_port(struct agent *agent, const char *device)
{
    struct agent_vif *vif = shash_find_data(&agent->vifs_by_device, device);

    if (vif) {
        agent_vif_dirty(vif);
    }
    HMAP_FOR_EACH_WITH_HASH (vif, by_port, hash_string(device, 0), &agent->vifs_by_port) {
        if (!strcmp(vif->device, device)) {
            agent_vif_dirty(vif);
        }
    }
}

static void
list_leave(struct ovs_list *node)
{
    ovs_list_remove(node);
    ovs_list_init(node);
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
    if (wish) {
        vif->origin = wish->origin;
        vif->goes_for_good = false;
    }
    if (wish && wish->device[0]) {
        shash_replace(&agent->vifs_by_device, wish->device, vif);
        claim_changed(agent, wish->device);
    }
    vif->port_was_right = false;
    agent_vif_dirty(vif);
}

void
agent_vif_destroy(struct agent_vif *vif)
{
    vif_set_wish(vif, NULL);
    agent_vif_forget_rules(vif);
    agent_vif_leave_bridge(vif);
    agent_vif_forget_wakes(vif);
    list_leave(&vif->in_unstored);
    list_leave(&vif->in_commit);
    hmap_remove(&vif->agent->vifs, &vif->by_uuid);
    hmap_remove(&vif->agent->vifs_by_port, &vif->by_port);
    wiring_vif_destroy(&vif->wiring);
    free(vif->tally);
    free(vif);
}

/* A VIF that has moved to another device leaves its port behind as a stray, also one that is just being added, and takes no number along:
 * that one is the old port's until it has gone. */
static void
vif_set_device(struct agent_vif *vif, const char *device)
{
    struct switch_port port;

    if (!device[0] || !strcmp(vif->device, device)) {
        return;
    }
    if (switch_db_port(vif->agent->db, vif->device, &port) && port.vif && !strcmp(port.vif, vif->uuid)) {
        sset_add(&vif->agent->strays, vif->device);
    }
    agent_vif_forget_ofport(vif);
    hmap_remove(&vif->agent->vifs_by_port, &vif->by_port);
    ovs_strlcpy(vif->device, device, sizeof vif->device);
    hmap_insert(&vif->agent->vifs_by_port, &vif->by_port, hash_string(device, 0));
    vif->configured_ifindex = 0;
}

void
agent_vif_wish(struct agent *agent, struct vif_wish *wish)
{
    struct agent_vif *vif = agent_vif_find(agent, wish->uuid);

    if (!vif) {
        vif = vif_create(agent, wish->uuid);
    }
    if (!vif->wish || !vif_wish_equals(vif->wish, wish)) {
        wiring_vif_try_again(&vif->wiring);
    }
    vif_set_wish(vif, wish);
    vif_set_device(vif, wish->device);
}

void
agent_vif_withdraw(struct agent *agent, const char *uuid)
{
    struct agent_vif *vif = agent_vif_find(agent, uuid);

    if (vif) {
        vif_set_wish(vif, NULL);
    }
}
