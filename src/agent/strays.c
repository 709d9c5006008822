/* SPDX-License-Identifier: Apache-2.0
 *
 * Ports with our mark that no VIF claims.
 */
#include <config.h>

#include <net/if.h>
#include <string.h>

#include <openvswitch/vlog.h>
#include <sset.h>

#include "agent/agent-private.h"
#include "base/error.h"
#include "hotplug/devices.h"
#include "hotplug/link.h"
#include "switch/db.h"

VLOG_DEFINE_THIS_MODULE(agent_strays);

/* True if some VIF says that the port is its own. */
static bool
stray_is_claimed(struct agent *agent, const char *name, const struct switch_port *port)
{
    struct agent_vif *vif = port->vif ? agent_vif_find(agent, port->vif) : NULL;

    return vif && !strcmp(vif->wish && vif->wish->device[0] ? vif->wish->device : vif->device, name);
}

void
strays_note(struct agent *agent, const char *name, const struct switch_port *port)
{
    if (!stray_is_claimed(agent, name, port)) {
        sset_add(&agent->strays, name);
    }
}

static void
remove_stray(struct agent *agent, const char *name, const struct switch_port *port)
{
    struct device device;

    if (port->adopted) {
        VLOG_INFO("port %s is given back: no VIF claims it", name);
        switch_db_release_port(agent->db, name);
        return;
    }
    VLOG_INFO("port %s is removed: no VIF claims it", name);
    if (devices_find(agent->devices, name, &device) && device.flags & IFF_UP) {
        error_free(link_set_up(&device, false));
    }
    switch_db_delete_port(agent->db, name);
    agent_note_removal(agent, name);
}

void
strays_run(struct agent *agent)
{
    const char *name;

    if (sset_is_empty(&agent->strays) || !agent_can_write(agent)) {
        return;
    }
    SSET_FOR_EACH_SAFE (name, &agent->strays) {
        struct switch_port port;

        if (switch_db_port(agent->db, name, &port) && !stray_is_claimed(agent, name, &port)) {
            remove_stray(agent, name, &port);
        }
        sset_find_and_delete(&agent->strays, name);
    }
}
