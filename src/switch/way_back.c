/* SPDX-License-Identifier: Apache-2.0
 *
 * The way back of what was taken over. Where fail_mode was standalone, its change flushes all flows and puts one in their place that passes
 * everything (Open vSwitch 3.1.0, connmgr_flushed()): until the scripts' flows are there, a VIF could send what it likes. So that flow is
 * kept out: table 0 has no room for it, and gets room in the same transaction that changes fail_mode, which ovs-vswitchd carries out in that
 * order (bridge_reconfigure(): remotes before tables). What comes until the scripts' flows are there falls into a safety net
 * (switch/safety_net.h), and goes through them afterwards.
 */
#include <config.h>

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openvswitch/poll-loop.h>
#include <smap.h>
#include <svec.h>
#include <timeval.h>
#include <util.h>

#include "base/error.h"
#include "switch/db-private.h"
#include "switch/held_flows.h"
#include "switch/management.h"
#include "switch/safety_net.h"
#include "switch/take_over.h"
#include "switch/visit.h"
#include "switch/way_back_rows.h"
#include "vif/description.h"
#include "vif/wish.h"

/* What the bridge did by itself when it was standalone. */
static const char pass_all[] = "priority=0,actions=normal";

/* One whose description does not parse was dark, and stays so. */
static void
put_flows(const struct way_back *back, const struct switchrec_port *port, struct svec *flows)
{
    const struct switchrec_interface *interface = port->interfaces[0];
    const struct vif_port_vlans vlans = { port->vlan_mode, port->n_tag ? port->tag : NULL, port->trunks, port->n_trunks };
    const uint32_t ofport = interface->n_ofport && interface->ofport[0] > 0 ? interface->ofport[0] : 0;
    struct vif_wish wish = { .attach = true };
    struct error *error = ofport ? vif_description_parse(&interface->external_ids, &vlans, &wish) : NULL;

    if (error) {
        svec_add_nocopy(flows, xasprintf("priority=4000,in_port=%"PRIu32",actions=drop", ofport));
        error_free(error);
    } else if (ofport) {
        back->flows(&wish.policy, ofport, flows);
        vif_policy_destroy(&wish.policy);
    }
}

static void
collect(const struct switch_db *db, const struct way_back *back, const struct switchrec_bridge *row, struct svec *flows)
{
    for (size_t i = 0; i < row->n_ports; i++) {
        const struct switchrec_port *port = nth_port(db, row, i);

        if (port && way_back_concerns(port)) {
            put_flows(back, port, flows);
        }
    }
}

static bool
was_standalone(const struct switchrec_bridge *row)
{
    return strcmp(smap_get_def(&row->external_ids, "cabled-was-fail-mode", ""), "secure");
}

static struct error *
commit(struct visit *visit, visit_change *change, struct way_back *back)
{
    int64_t cfg;
    struct error *error = visit_commit(visit, change, back, &cfg);

    return error || !back->switch_runs ? error : visit_await(visit, cfg);
}

static void
net_turn(struct safety_net *net, long long int deadline)
{
    safety_net_wait(net);
    poll_timer_wait_until(deadline);
    poll_block();
    safety_net_run(net);
}

static struct safety_net *
spread_net(const struct visit *visit, const char *bridge)
{
    struct safety_net *net = safety_net_open(bridge, FRAGMENTS_NX_MATCH);

    safety_net_run(net);
    while (!safety_net_is_spread(net) && time_msec() < visit->deadline) {
        net_turn(net, visit->deadline);
    }
    return net;
}

static void
draw_net_in(struct safety_net *net)
{
    if (net) {
        safety_net_run(net);
        safety_net_give_back(net);
        while (!safety_net_is_idle(net)) {
            net_turn(net, LLONG_MAX);
        }
    }
    safety_net_close(net);
}

static struct error *
exchange_flows(struct visit *visit, struct way_back *back, bool standalone, bool speaks_early, const struct svec *flows)
{
    struct error *error = standalone ? commit(visit, way_back_fill_table_0, back) : NULL;
    struct held_flows *held = NULL;
    struct safety_net *net = NULL;

    error = error ? error : held_flows_bring(back->bridge, flows, visit->deadline, &held);
    if (!error && standalone && speaks_early) {
        net = spread_net(visit, back->bridge);
    }
    visit->net = net;
    error = error ? error : commit(visit, way_back_restore_mode, back);
    error = error ? error : held_flows_put(held, net, visit->deadline);
    visit->net = NULL;
    if (!error) {
        draw_net_in(net);
    } else {
        safety_net_close(net);
    }
    held_flows_close(held);
    return error;
}

static struct error *
give_back_running(struct visit *visit, struct way_back *back)
{
    struct svec flows = SVEC_EMPTY_INITIALIZER;
    const struct switchrec_bridge *row;
    struct switch_bridge view;
    struct error *error = way_back_find(visit->db, back, &row);

    if (error) {
        return error;
    }
    const bool standalone = was_standalone(row);

    switch_db_bridge(visit->db, back->bridge, &view);
    const bool speaks_early = view.speaks_early;

    collect(visit->db, back, row, &flows);
    if (standalone) {
        svec_add(&flows, pass_all);
    }
    error = exchange_flows(visit, back, standalone, speaks_early, &flows);
    error = error ? error : management_clear(back->bridge, visit->deadline);
    svec_destroy(&flows);
    return error;
}

struct error *
take_over_way_back(struct visit *visit, struct way_back *back)
{
    int64_t cfg;
    struct error *error = visit_commit(visit, way_back_let_go, back, &cfg);

    if (error) {
        return error;
    }
    back->switch_runs = management_is_there(back->bridge);
    error = back->switch_runs ? visit_await(visit, cfg) : NULL;
    if (!error) {
        error = back->switch_runs ? give_back_running(visit, back) : commit(visit, way_back_restore_mode, back);
    }
    error = error ? error : commit(visit, way_back_restore_rest, back);
    return error ? error_prefix(error, "bridge %s is given back only in part (the agent lets it alone): the same command goes on from here",
                                back->bridge) : NULL;
}
