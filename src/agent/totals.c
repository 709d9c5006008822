/* SPDX-License-Identifier: Apache-2.0
 *
 * Totals of the VIFs' rules (rules/tally.h): whose a count is, and when flows are looked at.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <hash.h>
#include <openvswitch/poll-loop.h>
#include <timeval.h>
#include <util.h>

#include "agent/agent-private.h"
#include "rules/cookie.h"
#include "rules/tally.h"
#include "source/source.h"
#include "switch/counts.h"
#include "switch/session.h"

enum {
    /* What is lost at most when ovs-vswitchd dies: the counts of so long. */
    COUNT_EVERY_MS = 60 * 1000,

    /* A base that has changed is kept after this; a total that somebody has seen, after that. The former cannot be had again. */
    STORE_BASE_MS = 1000,
    STORE_TOTAL_MS = 10 * 1000,
};

/* A flow that goes tells its count when its VIF may have left the port already. */
struct counted_port {
    struct hmap_node node;
    uint32_t ofport;
    char vif[UUID_TEXT_SIZE];
};

void
totals_init(struct agent_bridge *bridge)
{
    hmap_init(&bridge->counted);
    bridge->count_at = time_msec() + COUNT_EVERY_MS;
}

void
totals_destroy(struct agent_bridge *bridge)
{
    struct counted_port *port;

    HMAP_FOR_EACH_POP (port, node, &bridge->counted) {
        free(port);
    }
    hmap_destroy(&bridge->counted);
}

static struct counted_port *
find_port(const struct agent_bridge *bridge, uint32_t ofport)
{
    struct counted_port *port;

    HMAP_FOR_EACH_WITH_HASH (port, node, hash_int(ofport, 0), &bridge->counted) {
        if (port->ofport == ofport) {
            return port;
        }
    }
    return NULL;
}

void
totals_load(struct agent_vif *vif)
{
    struct source *source = vif->agent->source;
    struct source_counts kept;

    memset(&kept, 0, sizeof kept);
    source->class->load_counts(source, vif->uuid, &kept);
    tally_init(vif->tally, kept.base, kept.total);
}

/* Each list is in the order of its VIFs' times, because each has one delay. A VIF is in one of them. */
static void
store_soon(struct agent_vif *vif, bool base)
{
    if (!ovs_list_is_empty(&vif->in_unstored)) {
        if (vif->base_unstored || !base) {
            return;
        }
        ovs_list_remove(&vif->in_unstored);
    }
    vif->base_unstored = base;
    vif->store_at = time_msec() + (base ? STORE_BASE_MS : STORE_TOTAL_MS);
    ovs_list_push_back(base ? &vif->agent->unstored_bases : &vif->agent->unstored_totals, &vif->in_unstored);
}

static bool
store(struct agent_vif *vif)
{
    struct source *source = vif->agent->source;
    struct source_counts counts;

    memcpy(counts.base, vif->tally->base, sizeof counts.base);
    memcpy(counts.total, vif->tally->total, sizeof counts.total);
    return source->class->store_counts(source, vif->uuid, &counts);
}

static void
store_due(struct ovs_list *unstored)
{
    struct agent_vif *vif;

    LIST_FOR_EACH_SAFE (vif, in_unstored, unstored) {
        if (time_msec() < vif->store_at || !store(vif)) {
            break;
        }
        ovs_list_remove(&vif->in_unstored);
        ovs_list_init(&vif->in_unstored);
    }
}

void
totals_store(struct agent *agent)
{
    store_due(&agent->unstored_bases);
    store_due(&agent->unstored_totals);
}

/* What is due and was not taken waits for the source. */
static void
wait_for_first(const struct ovs_list *unstored)
{
    const struct agent_vif *first = ovs_list_is_empty(unstored) ? NULL
                                    : CONTAINER_OF(ovs_list_front(unstored), struct agent_vif, in_unstored);

    if (first && time_msec() < first->store_at) {
        poll_timer_wait_until(first->store_at);
    }
}

void
totals_wait_to_store(const struct agent *agent)
{
    wait_for_first(&agent->unstored_bases);
    wait_for_first(&agent->unstored_totals);
}

void
totals_look(struct agent_vif *vif, const struct counts *counts)
{
    static const struct rules_count nothing[RULES_N];
    const struct port_counts *port = counts_of_port(counts, vif->rules.ofport);

    if (tally_look(vif->tally, port ? port->of : nothing, time_msec())) {
        store_soon(vif, false);
    }
}

void
totals_look_at_listed(struct agent_vif *vif)
{
    totals_look(vif, session_listed(vif->rules.bridge->session));
}

void
totals_note_port(struct agent_vif *vif, uint32_t ofport)
{
    struct agent_bridge *bridge = vif->rules.bridge;
    struct counted_port *port = find_port(bridge, ofport);

    if (!port) {
        port = xmalloc(sizeof *port);
        port->ofport = ofport;
        hmap_insert(&bridge->counted, &port->node, hash_int(ofport, 0));
    }
    ovs_strlcpy(port->vif, vif->uuid, sizeof port->vif);
    if (vif->tally->alone) {
        totals_look_at_listed(vif);
    }
}

static void
take_gone(const struct port_counts *gone, void *bridge_)
{
    struct agent_bridge *bridge = bridge_;
    struct counted_port *port = find_port(bridge, gone->ofport);
    struct agent_vif *vif = port ? agent_vif_find(bridge->agent, port->vif) : NULL;

    for (size_t i = 0; vif && i < RULES_N; i++) {
        if (tally_add_gone(vif->tally, i, &gone->of[i])) {
            store_soon(vif, true);
        }
    }
}

static void
begin_all(struct agent_bridge *bridge)
{
    struct agent_vif *vif;

    LIST_FOR_EACH (vif, on_bridge, &bridge->vifs) {
        tally_begin(vif->tally);
    }
}

void
totals_hear(struct agent_bridge *bridge)
{
    if (session_connection(bridge->session) != bridge->connection) {
        bridge->connection = session_connection(bridge->session);
        begin_all(bridge);
    }
    session_take_gone(bridge->session, take_gone, bridge);
}

/* The answer to totals_run()'s question; none if the connection broke. */
static void
look_at_all(const struct counts *counts, void *bridge_)
{
    struct agent_bridge *bridge = bridge_;
    struct agent_vif *vif;

    if (counts) {
        LIST_FOR_EACH (vif, on_bridge, &bridge->vifs) {
            if (vif->rules.bridge == bridge && vif->rules.acked) {
                totals_look(vif, counts);
            }
        }
    }
}

void
totals_run(struct agent_bridge *bridge)
{
    if (bridge->base_acked && time_msec() >= bridge->count_at) {
        bridge->count_at = time_msec() + COUNT_EVERY_MS;
        session_count(bridge->session, COOKIE_MAGIC, COOKIE_MAGIC_MASK, look_at_all, bridge);
    }
}

void
totals_wait(const struct agent_bridge *bridge)
{
    if (bridge->base_acked) {
        poll_timer_wait_until(bridge->count_at);
    }
}
