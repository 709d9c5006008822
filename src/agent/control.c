/* SPDX-License-Identifier: Apache-2.0
 *
 * The control socket's commands, in the manner of ovs-appctl(8): what only the agent knows, as JSON.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <openvswitch/json.h>
#include <util.h>
#include <uuid.h>
#include <timeval.h>
#include <unixctl.h>

#include "agent/agent-private.h"
#include "agent/identities.h"
#include "agent/stop.h"
#include "hotplug/devices.h"
#include "rules/cookie.h"
#include "rules/table.h"
#include "rules/tally.h"
#include "source/source.h"
#include "switch/datapath.h"
#include "switch/db.h"
#include "switch/port_numbers.h"
#include "switch/session.h"

static void
put_string(struct json *object, const char *name, const char *value)
{
    json_object_put_string(object, name, value ? value : "");
}

static void
put_bool(struct json *object, const char *name, bool value)
{
    json_object_put(object, name, json_boolean_create(value));
}

static void
reply(struct unixctl_conn *conn, struct json *json)
{
    char *text = json_to_string(json, JSSF_SORT);

    unixctl_command_reply(conn, text);
    free(text);
    json_destroy(json);
}

/* What is wished, if that can be read. */
static void
put_policy(const struct agent_vif *vif, struct json *json)
{
    char mac[MAC_TEXT_SIZE];

    if (vif->wish && !vif->wish->refusal) {
        mac_format(&vif->wish->policy.mac, mac);
        put_string(json, "mac", mac);
        put_string(json, "mode", vif_mode_name(vif->wish->policy.mode));
    }
}

static struct json *
vif_json(const struct agent_vif *vif)
{
    struct json *json = json_object_create();

    put_string(json, "uuid", vif->uuid);
    put_string(json, "device", vif->device);
    put_string(json, "state", wiring_vif_state_name(vif->wiring.state));
    put_string(json, "error", vif->wiring.reason);
    put_string(json, "bridge", vif->bridge ? vif->bridge->name : "");
    put_string(json, "origin", vif_origin_name(vif->origin));
    put_policy(vif, json);
    if (vif->reserved) {
        json_object_put(json, "ofport", json_integer_create(vif->reserved));
    }
    return json;
}

static struct json *
rule_json(const struct rules_rule *rule, const struct rules_count *count)
{
    struct json *json = json_object_create();

    put_string(json, "name", rule->name);
    json_object_put(json, "number", json_integer_create(rule->id));
    put_string(json, "verdict", rules_verdict_name(rule->verdict));
    json_object_put(json, "packets", json_integer_create(count->packets));
    json_object_put(json, "bytes", json_integer_create(count->bytes));
    return json;
}

/* The rules that are in force, and those that were once and have decided something. */
static struct json *
rules_json(const struct tally *tally, const struct port_counts *port)
{
    struct json *rules = json_array_create_empty();

    for (size_t i = 0; i < RULES_N; i++) {
        if ((port && port->present[i]) || tally->total[i].packets) {
            json_array_add(rules, rule_json(&rules_table[i], &tally->total[i]));
        }
    }
    return rules;
}

/* A question that waits for the switch. The VIF may be gone when the answer comes: what is said of it was noted before. */
struct show_query {
    struct agent *agent;
    struct unixctl_conn *conn;
    struct json *json;
    char vif[UUID_TEXT_SIZE];
    uint32_t ofport;
};

static void
show_done(const struct counts *counts, void *query_)
{
    struct show_query *query = query_;
    struct agent_vif *vif = agent_vif_find(query->agent, query->vif);

    if (vif) {
        if (counts) {
            totals_look(vif, counts);
        }
        json_object_put(query->json, "rules", rules_json(vif->tally, counts ? counts_of_port(counts, query->ofport) : NULL));
    }
    reply(query->conn, query->json);
    free(query);
}

static struct agent_vif *
find_vif(struct agent *agent, const char *device)
{
    return shash_find_data(&agent->vifs_by_device, device);
}

static void
put_wait(const struct agent_vif *vif, struct json *json)
{
    long long int next_try = 0;
    char *what = agent_vif_waits_for(vif, &next_try);

    put_string(json, "waiting_for", what);
    if (next_try) {
        json_object_put(json, "next_try_ms", json_integer_create(MAX(next_try - time_msec(), 0)));
    }
    free(what);
}

static void
add_details(struct agent_vif *vif, struct json *json)
{
    struct device device;

    put_wait(vif, json);
    if (agent_vif_device(vif, &device)) {
        json_object_put(json, "ifindex", json_integer_create(device.ifindex));
    }
    if (vif->rules.bridge) {
        put_string(json, "variant", rules_variant_name(vif->rules.variant));
        put_string(json, "policy", agent_rules_describe(&vif->rules));
        put_bool(json, "policy_in_force", vif->rules.acked);
    }
}

static void
vif_show(struct unixctl_conn *conn, int argc OVS_UNUSED, const char *argv[], void *agent)
{
    struct agent_vif *vif = find_vif(agent, argv[1]);

    if (!vif) {
        char *error = xasprintf("no VIF of this host is on device %s", argv[1]);

        unixctl_command_reply_error(conn, error);
        free(error);
        return;
    }

    struct json *json = vif_json(vif);

    add_details(vif, json);

    struct show_query *query = xmalloc(sizeof *query);

    *query = (struct show_query) { .agent = agent, .conn = conn, .json = json, .ofport = vif->rules.ofport };
    ovs_strlcpy(query->vif, vif->uuid, sizeof query->vif);
    if (!vif->rules.bridge || !vif->rules.bridge->session) {
        show_done(NULL, query);
        return;
    }
    session_count(vif->rules.bridge->session, cookie_pack(&(struct cookie) { .ofport = vif->rules.ofport }),
                  COOKIE_MAGIC_MASK | COOKIE_OFPORT_MASK, show_done, query);
}

struct admitted_look {
    const struct agent_bridge *bridge;
    struct json *names;
};

static void
add_admitted(const char *name, const struct switch_port *port, void *look_)
{
    const struct admitted_look *look = look_;
    uint32_t ofport = look->bridge->session ? port_numbers_find(session_ports(look->bridge->session), port->interface) : 0;

    if (ofport && admission_has(look->bridge, ofport)) {
        json_array_add(look->names, json_string_create(name));
    }
}

/* Ports that may pass although they are nobody's VIF. */
static struct json *
admitted_json(const struct agent_bridge *bridge)
{
    struct admitted_look look = { bridge, json_array_create_empty() };

    switch_db_for_each_interface(bridge->agent->db, bridge->name, add_admitted, &look);
    return look.names;
}

static struct json *
bridge_json(const struct agent_bridge *bridge)
{
    struct json *json = json_object_create();
    struct switch_bridge row;

    put_string(json, "name", bridge->name);
    put_string(json, "state", wiring_bridge_state_name(bridge->state));
    put_bool(json, "guarded", agent_bridge_is_guarded(bridge));
    put_string(json, "error", bridge->reason);
    json_object_put(json, "disturbances",
                    json_integer_create(bridge->session ? session_n_disturbances(bridge->session) : 0));
    json_object_put(json, "other_hands", hands_json(&bridge->hands));
    if (switch_db_bridge(bridge->agent->db, bridge->name, &row)) {
        json_object_put(json, "admitted", admitted_json(bridge));
        put_string(json, "datapath", row.datapath_type[0] ? row.datapath_type : "system");
    }
    return json;
}

static struct json *
pool_json(const struct agent *agent)
{
    struct json *json = json_object_create();

    put_string(json, "remote", agent->settings.follows_pool ? agent->settings.pool : "");
    put_bool(json, "connected", agent->source && agent->source->class->is_connected(agent->source));
    if (agent->settings.follows_pool) {
        char *host = xasprintf(UUID_FMT, UUID_ARGS(&agent->settings.host));

        put_string(json, "host", host);
        free(host);
    }
    return json;
}

static struct json *
switch_json(const struct agent *agent)
{
    struct json *json = json_object_create();

    put_bool(json, "connected", switch_db_is_connected(agent->db));
    put_bool(json, "lock", switch_db_has_lock(agent->db));
    put_string(json, "datapath", datapath_choose(agent->db));
    put_string(json, "error", agent->settings_error ? agent->settings_error : switch_db_error(agent->db));
    return json;
}

static void
status(struct unixctl_conn *conn, int argc OVS_UNUSED, const char *argv[] OVS_UNUSED, void *agent_)
{
    struct agent *agent = agent_;
    struct json *json = json_object_create(), *bridges = json_array_create_empty(), *vifs = json_array_create_empty();
    const struct shash_node **nodes = shash_sort(&agent->bridges);
    struct agent_vif *vif;

    for (size_t i = 0; i < shash_count(&agent->bridges); i++) {
        json_array_add(bridges, bridge_json(nodes[i]->data));
    }
    free(nodes);
    HMAP_FOR_EACH (vif, by_uuid, &agent->vifs) {
        json_array_add(vifs, vif_json(vif));
    }
    put_string(json, "version", CABLED_VERSION);
    json_object_put(json, "pool", pool_json(agent));
    json_object_put(json, "switch", switch_json(agent));
    json_object_put(json, "identities", identities_json(agent));
    json_object_put(json, "bridges", bridges);
    json_object_put(json, "vifs", vifs);
    reply(conn, json);
}

void
control_register(struct agent *agent)
{
    unixctl_command_register("status", "", 0, 0, status, agent);
    unixctl_command_register("vif/show", "DEVICE", 1, 1, vif_show, agent);
    agent_stop_register();
}
