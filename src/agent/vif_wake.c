/* SPDX-License-Identifier: Apache-2.0
 *
 * When a VIF takes its next turn: when something that it looks at has changed, or what it waits for can be had. A VIF that waits costs
 * nothing meanwhile, however many there are.
 */
#include <config.h>

#include <openvswitch/poll-loop.h>
#include <timeval.h>
#include <util.h>

#include "agent/agent-private.h"

/* All of these lists have nodes that are empty while they are in none. */
static void
list_leave(struct ovs_list *node)
{
    ovs_list_remove(node);
    ovs_list_init(node);
}

static void
list_join(struct ovs_list *list, struct ovs_list *node)
{
    if (ovs_list_is_empty(node)) {
        ovs_list_push_back(list, node);
    }
}

void
agent_vif_init_wakes(struct agent_vif *vif)
{
    ovs_list_init(&vif->in_dirty);
    ovs_list_init(&vif->in_writers);
    ovs_list_init(&vif->in_senders);
    ovs_list_init(&vif->in_untold);
}

void
agent_vif_forget_wakes(struct agent_vif *vif)
{
    list_leave(&vif->in_dirty);
    list_leave(&vif->in_writers);
    list_leave(&vif->in_senders);
    list_leave(&vif->in_untold);
    agent_vif_set_alarm(vif, 0);
}

void
agent_vif_dirty(struct agent_vif *vif)
{
    list_join(&vif->agent->dirty, &vif->in_dirty);
}

void
agent_vif_look_again(struct agent_vif *vif)
{
    agent_vif_dirty(vif);
    poll_immediate_wake();
}

void
agent_vif_await_write(struct agent_vif *vif)
{
    list_join(&vif->agent->writers, &vif->in_writers);
}

void
agent_wake_writers(struct agent *agent)
{
    struct agent_vif *vif;

    LIST_FOR_EACH_SAFE (vif, in_writers, &agent->writers) {
        list_leave(&vif->in_writers);
        agent_vif_dirty(vif);
    }
}

void
agent_vif_await_bundle(struct agent_vif *vif, struct agent_bridge *bridge)
{
    list_leave(&vif->in_senders);
    list_join(&bridge->senders, &vif->in_senders);
}

void
agent_bridge_wake_senders(struct agent_bridge *bridge)
{
    struct agent_vif *vif;

    LIST_FOR_EACH_SAFE (vif, in_senders, &bridge->senders) {
        list_leave(&vif->in_senders);
        agent_vif_dirty(vif);
    }
}

void
agent_vif_set_told(struct agent_vif *vif, bool told)
{
    if (told) {
        list_leave(&vif->in_untold);
    } else {
        list_join(&vif->agent->untold, &vif->in_untold);
    }
}

bool
agent_vif_is_untold(const struct agent_vif *vif)
{
    return !ovs_list_is_empty(&vif->in_untold);
}

void
agent_vif_set_alarm(struct agent_vif *vif, long long int at)
{
    struct heap *alarms = &vif->agent->alarms;

    if (vif->alarm_at == at) {
        return;
    }
    if (!at) {
        heap_remove(alarms, &vif->alarm);
    } else if (vif->alarm_at) {
        heap_change(alarms, &vif->alarm, UINT64_MAX - at); /* the earliest is the heap's greatest */
    } else {
        heap_insert(alarms, &vif->alarm, UINT64_MAX - at);
    }
    vif->alarm_at = at;
}

void
agent_run_alarms(struct agent *agent)
{
    while (!heap_is_empty(&agent->alarms)) {
        struct agent_vif *vif = CONTAINER_OF(heap_max(&agent->alarms), struct agent_vif, alarm);

        if (vif->alarm_at > time_msec()) {
            break;
        }
        agent_vif_set_alarm(vif, 0);
        agent_vif_dirty(vif);
    }
}

void
agent_wait_for_alarms(const struct agent *agent)
{
    if (!heap_is_empty(&agent->alarms)) {
        poll_timer_wait_until(UINT64_MAX - heap_max(&agent->alarms)->priority);
    }
}
