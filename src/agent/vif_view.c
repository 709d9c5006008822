/* SPDX-License-Identifier: Apache-2.0
 *
 * What is there of a VIF, in the words that wiring understands.
 */
#include <config.h>

#include <net/if.h>
#include <string.h>

#include <util.h>

#include "agent/agent-private.h"
#include "hotplug/devices.h"
#include "hotplug/link.h"
#include "source/rows.h"
#include "switch/db.h"
#include "switch/ofports.h"
#include "wiring/vif_plan.h"

bool
agent_vif_device(const struct agent_vif *vif, struct device *device)
{
    return vif->origin == VIF_OF_POOL ? devices_find(vif->agent->devices, vif->device, device)
                                      : devices_find_early(vif->agent->devices, vif->device, device);
}

/* What whose row it is leaves to be said of it. */
static void
set_ownership(const struct agent_vif *vif, struct switch_vif_row *row)
{
    switch (vif->wish->origin) {
    case VIF_OF_POOL:
        row->leaves_identity = vif->identity_is_anothers;
        break;
    case VIF_HANDED:
        row->leaves_identity = row->takes_over = true;
        row->keys = source_rows_keys(vif->agent->rows, vif->device);
        break;
    case VIF_DESCRIBED:
        row->leaves_identity = row->leaves_rest = true;
        break;
    }
    row->forgets_cookie = vif->rules.acked && vif->rules.replaced && vif->wish->replaces
                          && vif->rules.replaced_cookie == vif->wish->replaced_cookie;
}

void
agent_vif_row(const struct agent_vif *vif, unsigned int ifindex, char mac[MAC_TEXT_SIZE], struct switch_vif_row *row)
{
    const struct vif_wish *wish = vif->wish;

    mac_format(&wish->policy.mac, mac);
    *row = (struct switch_vif_row) {
        .bridge = wish->network.bridge,
        .name = vif->device,
        .ofport_request = vif->reserved,
        .ifindex = ifindex,
        .vif = vif->uuid,
        .vm = wish->vm_uuid,
        .network = wish->network.uuid,
        .mac = mac,
        .vlan = wish->network.vlan,
        .vlans = wish->policy.vlans,
        .n_vlans = wish->policy.n_vlans,
    };
    set_ownership(vif, row);
    if (vif->bridge && !vif->bridge->has_meters) {
        row->policing_kbits = vif_rate_kbits(wish->rate.kbytes_per_s);
        row->policing_burst_kbits = vif_rate_kbits(wish->rate.burst_kbytes);
    }
}

static bool
vif_is_carried_out(const struct vif_wish *wish)
{
    return wish && !wish->refusal;
}

/* The device of a described port may be where we cannot see it, in another network namespace or in no kernel at all: its state is its
 * maker's business, and so are its settings. */
static void
see_device_of_another(const struct agent_vif *vif, struct wiring_device *seen)
{
    struct device device;

    seen->present = seen->settings_match = seen->is_anothers = true;
    if (agent_vif_device(vif, &device)) {
        seen->ifindex = device.ifindex;
        seen->up = device.flags & IFF_UP;
    } else {
        seen->up = vif->wish && vif->wish->policy.mode != VIF_MODE_DISABLED;
    }
}

static void
see_device(const struct agent_vif *vif, struct wiring_device *seen)
{
    struct device device;

    if (vif->origin == VIF_DESCRIBED) {
        see_device_of_another(vif, seen);
        return;
    }
    seen->present = agent_vif_device(vif, &device);
    if (seen->present) {
        seen->ifindex = device.ifindex;
        seen->up = device.flags & IFF_UP;
        seen->settings_match = vif_is_carried_out(vif->wish) && link_is_configured(&device, vif->wish->mtu)
                               && vif->configured_ifindex == device.ifindex;
    }
}

/* Whatever the switch opens for the port that is described; of any other, only a device of the kernel. */
static bool
type_is_adoptable(const struct agent_vif *vif, const char *type)
{
    return vif->origin == VIF_DESCRIBED ? strcmp(type, "patch") : !type[0] || !strcmp(type, "system");
}

/* A plain port of the device, which nobody says is his. */
static bool
port_is_adoptable(const struct agent_vif *vif, const struct switch_port *port)
{
    return !port->vif && !port->uplink && port->n_interfaces == 1 && !strcmp(port->name, port->interface)
           && type_is_adoptable(vif, port->type)
           && vif_is_carried_out(vif->wish) && strcmp(port->name, vif->wish->network.uplink);
}

static bool
is_leaving(struct agent *agent, const char *uuid)
{
    const struct agent_vif *vif = uuid ? agent_vif_find(agent, uuid) : NULL;

    return vif && !vif->wish;
}

static void
see_port(struct agent_vif *vif, struct wiring_vif_seen *seen)
{
    struct wiring_port *port = &seen->port;
    struct switch_port view;

    port->removal_pending = agent_removal_is_pending(vif->agent, vif->device);
    port->present = switch_db_port(vif->agent->db, vif->device, &view);
    vif->identity_is_anothers = false;
    if (!port->present) {
        return;
    }
    port->ours = view.vif && !strcmp(view.vif, vif->uuid);
    port->leaving = !port->ours && is_leaving(vif->agent, view.vif);
    port->adopted = view.adopted && !vif->goes_for_good;
    vif->identity_is_anothers = view.identity_is_anothers || (!view.vif && view.keys && vif_description_is_there(view.keys));
    port->described = view.keys && vif_description_is_there(view.keys);
    port->adoptable = port_is_adoptable(vif, &view);
    port->name = view.name;
    port->bridge = view.bridge;
    /* The switch follows the device of a port that is not ours by itself. */
    if (vif->origin == VIF_DESCRIBED && !seen->device.ifindex) {
        seen->device.ifindex = view.ifindex;    /* it has just gone, and its maker is about to remove the port: nobody changed the row */
    }
    port->ifindex = vif->origin == VIF_DESCRIBED ? seen->device.ifindex : view.ifindex;
    port->requested = view.ofport_request;
    port->ofport = view.ofport;
    port->error = view.error;
    if (vif_is_carried_out(vif->wish)) {
        char mac[MAC_TEXT_SIZE];
        struct switch_vif_row row;

        agent_vif_row(vif, port->ifindex, mac, &row);
        port->on_bridge = view.bridge && !strcmp(view.bridge, row.bridge);
        port->keys_match = switch_db_vif_port_matches(vif->agent->db, &row);
    }
}

static bool
rules_are_for(const struct agent_rules *rules, const struct agent_vif *vif)
{
    return vif->wish && rules->bridge == vif->bridge && rules->ofport == vif->reserved
           && rules->variant == vif->agent->settings.variant && vif_policy_equals(&rules->policy, &vif->wish->policy)
           && vif_rate_equals(&rules->rate, &vif->wish->rate)
           && (!vif->wish->replaces || (rules->replaced && rules->replaced_cookie == vif->wish->replaced_cookie));
}

static enum wiring_rules
see_rules(const struct agent_vif *vif)
{
    if (!vif->rules.bridge || vif->rules.unconfirmed) {
        return WIRING_RULES_NONE;
    }
    if (!rules_are_for(&vif->rules, vif)) {
        return WIRING_RULES_OTHER;
    }
    return vif->rules.acked ? WIRING_RULES_ACKED : WIRING_RULES_SENT;
}

/* Of two rows that ask for the same number, the second is planned anew. */
static void
keep_ofport(struct agent_vif *vif, struct wiring_vif_seen *seen)
{
    const struct wiring_port *port = &seen->port;

    seen->reserved = vif->reserved;
    if (vif->bridge && port->bridge && !strcmp(port->bridge, vif->bridge->name) && wiring_vif_keeps_number(vif->wish, seen)) {
        agent_vif_keep_ofport(vif, port->requested);
    }
}

void
agent_vif_see_number(const struct agent_vif *vif, struct wiring_vif_seen *seen)
{
    seen->reserved = vif->reserved;
    seen->reserved_is_the_switchs = vif->reserved && !ofports_is_reservable(vif->reserved);
    seen->reserved_is_anothers = vif->reserved && ofports_is_anothers(vif->bridge->ofports, vif->reserved, vif->device);
    seen->rules = see_rules(vif);
}

/* The bridge of a port that is described is guarded, however badly it is described. */
static bool
wants_bridge(const struct agent_vif *vif)
{
    return vif->wish && vif->wish->attach && (!vif->wish->refusal || (vif->origin != VIF_OF_POOL && vif->wish->network.bridge[0]));
}

void
agent_vif_see(struct agent_vif *vif, struct wiring_vif_seen *seen)
{
    memset(seen, 0, sizeof *seen);
    see_device(vif, &seen->device);
    see_port(vif, seen);
    if (wants_bridge(vif) && seen->device.present
        && !(seen->port.present && seen->port.ours && !seen->port.on_bridge)) {
        struct agent_bridge *bridge = agent_bridge(vif->agent, vif->wish->network.bridge);

        if (vif->origin == VIF_OF_POOL) {
            agent_bridge_use_network(bridge, &vif->wish->network);
        }
        agent_vif_join_bridge(vif, bridge);
    } else if (!vif->bridge && seen->port.present && seen->port.ours && seen->port.bridge) {
        agent_vif_join_bridge(vif, agent_bridge(vif->agent, seen->port.bridge));
    }
    if (vif->bridge) {
        seen->bridge_guarded = agent_bridge_is_guarded(vif->bridge);
        seen->bridge_takes_rules = agent_bridge_takes_rules(vif->bridge);
        seen->bridge_error = vif->bridge->blocks_vifs ? vif->bridge->reason : NULL;
        if (vif->bridge->state == WIRING_BRIDGE_UNGUARDED) {
            /* Whoever gave the bridge back has taken the port off it. */
            seen->bridge_unguarded = true;
            seen->bridge_error = vif->bridge->reason;
            seen->port.removal_pending = !agent_is_carried_out(vif->agent, vif->bridge->needed_cfg);
        }
    }
    keep_ofport(vif, seen);
    agent_vif_see_number(vif, seen);
}
