/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "agent/links.h"

#include <sched.h>
#include <stdlib.h>

#include <openvswitch/list.h>
#include <timeval.h>
#include <util.h>

#include "agent/agent-private.h"
#include "agent/stop.h"
#include "base/error.h"
#include "hotplug/devices.h"
#include "hotplug/link.h"
#include "wiring/vif_steps.h"

void
links_add(struct agent_vif *vif, unsigned int steps)
{
    if (steps & (WIRING_LINK_UP | WIRING_LINK_DOWN)) {
        vif->raise = steps & WIRING_LINK_UP;
        ovs_list_push_back(&vif->agent->links_to_set_up, &vif->in_links_to_set_up);
    }
    if (steps & WIRING_SET_LINK) {
        ovs_list_push_back(&vif->agent->links_to_configure, &vif->in_links_to_configure);
    }
}

static void
take_result(struct agent_vif *vif, unsigned int step, struct error *error)
{
    if (error) {
        wiring_vif_refused(&vif->wiring, step, error->text, time_msec());
        error_free(error);
        agent_vif_look_again(vif);
    }
}

/* A device that has vanished in the meantime tells so itself. */
static bool
ask_for(struct agent_vif *vif, struct link_request *request)
{
    return agent_vif_device(vif, &request->device);
}

void
links_set_up(struct agent *agent)
{
    struct link_request *requests = xmalloc(ovs_list_size(&agent->links_to_set_up) * sizeof *requests);
    struct agent_vif **vifs = xmalloc(ovs_list_size(&agent->links_to_set_up) * sizeof *vifs);
    struct agent_vif *vif;
    size_t n = 0;

    LIST_FOR_EACH_POP (vif, in_links_to_set_up, &agent->links_to_set_up) {
        if (ask_for(vif, &requests[n])) {
            requests[n].up = vif->raise;
            vifs[n++] = vif;
        }
    }
    link_set_up_all(requests, n);
    for (size_t i = 0; i < n; i++) {
        agent_stop_at(requests[i].up ? AGENT_STEP_LINK_RAISED : AGENT_STEP_LINK_LOWERED);
        if (requests[i].up && !requests[i].error) {
            agent_vif_note_stage(vifs[i], VIF_STAGE_LINK);
        }
        take_result(vifs[i], requests[i].up ? WIRING_LINK_UP : WIRING_LINK_DOWN, requests[i].error);
    }
    free(requests);
    free(vifs);
}

/* ovsdb-server and ovs-vswitchd were written to just now and have been woken, often on this very processor, because the kernel expects whoever
 * writes to a socket to sleep soon. They take longer than this does, and a port waits for them: they go first. */
static void
let_the_switch_go_first(void)
{
    sched_yield();
}

void
links_configure(struct agent *agent)
{
    if (ovs_list_is_empty(&agent->links_to_configure)) {
        return;
    }
    let_the_switch_go_first();

    struct link_request *requests = xmalloc(ovs_list_size(&agent->links_to_configure) * sizeof *requests);
    struct agent_vif **vifs = xmalloc(ovs_list_size(&agent->links_to_configure) * sizeof *vifs);
    struct agent_vif *vif;
    size_t n = 0;

    LIST_FOR_EACH_POP (vif, in_links_to_configure, &agent->links_to_configure) {
        if (ask_for(vif, &requests[n])) {
            requests[n].mtu = vif->wish->mtu;
            vifs[n++] = vif;
        }
    }
    link_configure_all(requests, n);
    for (size_t i = 0; i < n; i++) {
        vifs[i]->configured_ifindex = requests[i].error ? 0 : requests[i].device.ifindex;
        agent_stop_at(AGENT_STEP_LINK_CONFIGURED);
        take_result(vifs[i], WIRING_SET_LINK, requests[i].error);
        agent_vif_look_again(vifs[i]);  /* settings that were right already bring no event */
    }
    free(requests);
    free(vifs);
}
