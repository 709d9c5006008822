/* SPDX-License-Identifier: Apache-2.0
 *
 * When a VIF's plug came how far (vif/times.h). A plug begins when its port is added, and ends when it is wired, or disabled. A port that is
 * taken over is not added, and had its guest on the network before; what is done to the VIF afterwards (another policy, a port or link that somebody took away) is none.
 */
#include <config.h>

#include <timeval.h>
#include <util.h>

#include "agent/agent-private.h"
#include "hotplug/devices.h"

static void
forget_times(struct agent_vif *vif)
{
    vif->times = (struct vif_times) { .us = { 0 } };
    vif->times_are_final = false;
}

void
agent_vif_begin_times(struct agent_vif *vif)
{
    if (vif->times_are_final) {
        return;
    }
    /* One that is added again, after a refusal, say, has its rules still. */
    vif->times.us[VIF_STAGE_TRANSACTION] = vif->times.us[VIF_STAGE_PORT] = 0;
    ovs_list_remove(&vif->in_commit);
    ovs_list_push_back(&vif->agent->in_commit, &vif->in_commit);
}

void
agent_vif_note_stage(struct agent_vif *vif, enum vif_stage stage)
{
    if (!vif->times_are_final && !vif->times.us[stage]) {
        vif->times.us[stage] = time_usec();
    }
}

void
agent_vif_forget_stage(struct agent_vif *vif, enum vif_stage stage)
{
    if (!vif->times_are_final) {
        vif->times.us[stage] = 0;
    }
}

void
agent_note_commit(struct agent *agent)
{
    struct agent_vif *vif;

    LIST_FOR_EACH_SAFE (vif, in_commit, &agent->in_commit) {
        ovs_list_remove(&vif->in_commit);
        ovs_list_init(&vif->in_commit);
        agent_vif_note_stage(vif, VIF_STAGE_TRANSACTION);
    }
}

static void
finish_times(struct agent_vif *vif)
{
    struct device device;

    vif->times_are_final = true;
    if (agent_vif_device(vif, &device)) {
        vif->times.us[VIF_STAGE_DEVICE] = device.seen_us;
        vif->times.us[VIF_STAGE_UEVENT] = device.announced_us;
    }
}

void
agent_vif_see_times(struct agent_vif *vif, const struct wiring_vif_seen *seen)
{
    const enum wiring_vif_state state = vif->wiring.state;
    const struct wiring_port *port = &seen->port;

    if (port->present && port->ours && port->ofport > 0 && port->ofport == vif->reserved && vif->times.us[VIF_STAGE_TRANSACTION]) {
        agent_vif_note_stage(vif, VIF_STAGE_PORT);
    }
    if (state == WIRING_VIF_DETACHED || state == WIRING_VIF_NO_DEVICE || state == WIRING_VIF_UNPLUGGING) {
        forget_times(vif);
    } else if ((state == WIRING_VIF_WIRED || state == WIRING_VIF_DISABLED) && !vif->times_are_final) {
        finish_times(vif);
    }
}

const struct vif_times *
agent_vif_times(const struct agent_vif *vif)
{
    return vif->times_are_final && vif->times.us[VIF_STAGE_TRANSACTION] ? &vif->times : NULL;
}
