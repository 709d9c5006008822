/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "agent/hand.h"

#include <stdlib.h>
#include <string.h>

#include <hash.h>
#include <openvswitch/json.h>
#include <openvswitch/list.h>
#include <openvswitch/poll-loop.h>
#include <openvswitch/vlog.h>
#include <timeval.h>
#include <unixctl.h>
#include <util.h>

#include "agent/agent-private.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/quote.h"
#include "hotplug/devices.h"
#include "source/rows.h"
#include "source/several.h"
#include "switch/db.h"
#include "vif/description.h"
#include "vif/hand.h"

VLOG_DEFINE_THIS_MODULE(hand);

enum { UNHAND_TIMEOUT_MS = 30 * 1000 };

/* A program that waits for an answer. */
struct handed {
    struct ovs_list node;       /* in the agent */
    struct unixctl_conn *conn;
    char device[DEVICE_NAME_SIZE];
    bool leaves;                /* for the port to have gone */
    int timeout_ms;
    long long int deadline;
};

static void
forget(struct handed *handed)
{
    ovs_list_remove(&handed->node);
    free(handed);
}

static void
reply_json(struct handed *handed, struct json *json)
{
    char *text = json_to_string(json, JSSF_SORT);

    unixctl_command_reply(handed->conn, text);
    free(text);
    json_destroy(json);
    forget(handed);
}

/* Consumes 'text'. */
static void
reply_error(struct handed *handed, char *text)
{
    unixctl_command_reply_error(handed->conn, text);
    free(text);
    forget(handed);
}

/* Consumes 'error'. */
static void
refuse(struct unixctl_conn *conn, struct error *error)
{
    unixctl_command_reply_error(conn, error->text);
    error_free(error);
}

/* What was asked before of the same device will not happen any more. */
static void
answer_overtaken(struct agent *agent, const char *device, const char *what)
{
    struct handed *handed;

    LIST_FOR_EACH_SAFE (handed, node, &agent->handed) {
        if (!strcmp(handed->device, device)) {
            reply_error(handed, xasprintf("device %s was %s meanwhile", device, what));
        }
    }
}

static void
await(struct agent *agent, struct unixctl_conn *conn, const char *device, bool leaves, int timeout_ms)
{
    struct handed *handed = xzalloc(sizeof *handed);

    handed->conn = conn;
    handed->leaves = leaves;
    handed->timeout_ms = timeout_ms;
    handed->deadline = time_msec() + timeout_ms;
    ovs_strlcpy(handed->device, device, sizeof handed->device);
    ovs_list_push_back(&agent->handed, &handed->node);
}

static struct error *
readiness_check(const struct agent *agent, const char *device)
{
    if (!agent->source) {
        return error_new(ERROR_UNREACHABLE, VIF_HAND_NOT_YET ": the switch's database does not answer");
    } else if (source_several_pool_names(agent->source, device)) {
        return error_new(ERROR_EXISTS, "device %s is that of a VIF of the pool database: `cable vif show %s` shows it", device, device);
    } else if (source_rows_n_held(agent->rows) >= LIMIT_HANDED || ovs_list_size(&agent->handed) >= LIMIT_HANDED) {
        return error_new(ERROR_LIMIT, "%d VIFs are handed over and not wired yet: wait until some are", LIMIT_HANDED);
    }
    return NULL;
}

/* A fake bridge is a VLAN of its parent. */
static struct error *
resolve_bridge(const struct agent *agent, struct vif_wish *wish)
{
    struct switch_bridge bridge;
    uint16_t vlan;
    const char *parent = switch_db_bridge(agent->db, wish->network.bridge, &bridge) ? NULL
                         : switch_db_fake_bridge_parent(agent->db, wish->network.bridge, &vlan);

    if (!parent) {
        return NULL;
    }
    if (wish->policy.n_vlans || (wish->network.vlan && wish->network.vlan != vlan)) {
        return error_new(ERROR_INVALID, "bridge %s is VLAN %d of bridge %s: a VIF on it has no trunks and no other tag",
                         wish->network.bridge, vlan, parent);
    }
    ovs_strlcpy(wish->network.bridge, parent, sizeof wish->network.bridge);
    wish->network.vlan = vlan;
    return NULL;
}

static void
vif_hand(struct unixctl_conn *conn, int argc OVS_UNUSED, const char *argv[], void *agent_)
{
    struct agent *agent = agent_;
    struct vif_hand *hand;
    struct error *error = vif_hand_parse(argv[1], &hand);

    error = error ? error : readiness_check(agent, hand->wish.device);
    error = error ? error : resolve_bridge(agent, &hand->wish);
    if (error) {
        vif_hand_destroy(hand);
        refuse(conn, error);
        return;
    }
    VLOG_DBG("device=%s: handed over for bridge %s", hand->wish.device, hand->wish.network.bridge);
    answer_overtaken(agent, hand->wish.device, "handed over anew");
    await(agent, conn, hand->wish.device, false, hand->timeout_ms);
    source_rows_hand(agent->rows, hand);
}

/* The VIF that is on that device, or was and has not let go of it. */
static struct agent_vif *
vif_on(const struct agent *agent, const char *device)
{
    struct agent_vif *vif;

    HMAP_FOR_EACH_WITH_HASH (vif, by_port, hash_string(device, 0), &agent->vifs_by_port) {
        if (!strcmp(vif->device, device)) {
            return vif;
        }
    }
    return NULL;
}

static struct error *
timeout_parse(const char *text, int *timeout_ms)
{
    *timeout_ms = UNHAND_TIMEOUT_MS;
    if (text && (!str_to_int(text, 10, timeout_ms) || *timeout_ms < 1 || *timeout_ms > LIMIT_HANDED_TIMEOUT_MS)) {
        return error_new(ERROR_INVALID, "timeout %s is no number of milliseconds: write 1 to %d", quote(text).text,
                         LIMIT_HANDED_TIMEOUT_MS);
    }
    return NULL;
}

static bool
is_described(const struct switch_port *port)
{
    return port->keys && vif_description_is_there(port->keys);
}

static struct error *
port_check(const struct agent *agent, const char *device)
{
    struct switch_port port;

    if (switch_db_port(agent->db, device, &port) && !port.vif && !is_described(&port)) {
        const char *bridge = port.bridge ? port.bridge : "(unknown)";

        return error_new(ERROR_IN_USE, "port %s is on bridge %s, and was neither handed over nor described: "
                         "`ovs-vsctl del-port %s %s` removes it", port.name, bridge, bridge, port.name);
    }
    return NULL;
}

static void
vif_unhand(struct unixctl_conn *conn, int argc, const char *argv[], void *agent_)
{
    struct agent *agent = agent_;
    const char *device = argv[1];
    int timeout_ms;
    struct error *error = device_name_check("device", device);

    error = error ? error : timeout_parse(argc > 2 ? argv[2] : NULL, &timeout_ms);
    error = error ? error : readiness_check(agent, device);
    error = error ? error : port_check(agent, device);
    if (error) {
        refuse(conn, error);
        return;
    }

    struct agent_vif *vif = vif_on(agent, device);

    if (vif) {
        vif->goes_for_good = true;
        agent_vif_dirty(vif);
    }
    answer_overtaken(agent, device, "taken back");
    await(agent, conn, device, true, timeout_ms);
    source_rows_unhand(agent->rows, device);
}

bool
hand_takes_off(const struct agent *agent, const char *port)
{
    const struct handed *handed;

    LIST_FOR_EACH (handed, node, &agent->handed) {
        if (handed->leaves && !strcmp(handed->device, port)) {
            return true;
        }
    }
    return false;
}

/* A port that was described and never taken over goes by our hand too. */
void
hand_carry_out(struct agent *agent)
{
    struct handed *handed;
    struct switch_port port;

    LIST_FOR_EACH (handed, node, &agent->handed) {
        if (handed->leaves && !vif_on(agent, handed->device) && switch_db_port(agent->db, handed->device, &port) && !port.vif
            && is_described(&port) && agent_can_write(agent)) {
            switch_db_delete_port(agent->db, handed->device);
            agent_note_removal(agent, handed->device);
        }
    }
}

static void
reply_wired(struct handed *handed, const struct agent_vif *vif)
{
    struct json *json = json_object_create();
    struct device device;

    json_object_put_string(json, "device", handed->device);
    json_object_put_string(json, "uuid", vif->uuid);
    json_object_put_string(json, "state", wiring_vif_state_name(vif->wiring.state));
    json_object_put_string(json, "bridge", vif->bridge ? vif->bridge->name : "");
    json_object_put(json, "ofport", json_integer_create(vif->reserved));
    if (agent_vif_device(vif, &device)) {
        json_object_put(json, "ifindex", json_integer_create(device.ifindex));
    }
    reply_json(handed, json);
}

static bool
is_wired(const struct agent *agent, const struct agent_vif *vif)
{
    const enum wiring_vif_state state = vif->wiring.state;

    return (state == WIRING_VIF_WIRED || state == WIRING_VIF_DISABLED) && !source_rows_holds(agent->rows, vif->device);
}

/* What may pass by itself is given a moment. */
static long long int
fails_at(const struct agent_vif *vif)
{
    if (vif->wiring.state != WIRING_VIF_FAILED) {
        return LLONG_MAX;
    }
    return vif->wiring.waits_for == WIRING_WAIT_OTHERS ? vif->wiring.since : vif->wiring.since + WIRING_VIF_TRANSIENT_MS;
}

static const char *
why_idle(const struct agent *agent)
{
    if (!switch_db_is_connected(agent->db)) {
        return "the switch's database to answer";
    }
    return switch_db_has_lock(agent->db) ? "all that is wanted on this host to be known"
                                         : "another agent to give up the lock of the switch's database";
}

static char *
what_is_missing(const struct agent *agent, const struct handed *handed, bool acts)
{
    struct agent_vif *vif = vif_on(agent, handed->device);
    long long int next_try = 0;
    char *what = !acts ? xstrdup(why_idle(agent)) : vif ? agent_vif_waits_for(vif, &next_try) : xstrdup("the switch to let go of the port");

    if (!what[0]) {
        free(what);
        what = xstrdup("the switch database to take the port's rows");
    }

    char *text = xasprintf("device %s is not %s after %g s: still waiting for %s", handed->device, handed->leaves ? "gone" : "wired",
                           handed->timeout_ms / 1000.0, what);
    free(what);
    return text;
}

static bool
is_gone(const struct agent *agent, const char *device)
{
    struct switch_port port;

    return !vif_on(agent, device) && !switch_db_port(agent->db, device, &port) && !agent_removal_is_pending(agent, device);
}

static void
reply_gone(struct handed *handed)
{
    struct json *json = json_object_create();

    json_object_put_string(json, "device", handed->device);
    json_object_put_string(json, "state", "gone");
    reply_json(handed, json);
}

static void
answer(struct agent *agent, struct handed *handed, bool acts)
{
    const struct agent_vif *vif = shash_find_data(&agent->vifs_by_device, handed->device);

    if (acts && handed->leaves && is_gone(agent, handed->device)) {
        reply_gone(handed);
    } else if (acts && !handed->leaves && vif && is_wired(agent, vif)) {
        reply_wired(handed, vif);
    } else if (acts && !handed->leaves && vif && time_msec() >= fails_at(vif)) {
        reply_error(handed, xstrdup(vif->wiring.reason ? vif->wiring.reason : "it failed"));
    } else if (time_msec() >= handed->deadline) {
        reply_error(handed, what_is_missing(agent, handed, acts));
    }
}

void
hand_answer(struct agent *agent, bool acts)
{
    struct handed *handed;

    LIST_FOR_EACH_SAFE (handed, node, &agent->handed) {
        answer(agent, handed, acts);
    }
}

void
hand_wait(const struct agent *agent)
{
    const struct handed *handed;

    LIST_FOR_EACH (handed, node, &agent->handed) {
        const struct agent_vif *vif = shash_find_data(&agent->vifs_by_device, handed->device);
        const long long int failed_at = vif && !handed->leaves ? fails_at(vif) : LLONG_MAX;

        poll_timer_wait_until(MIN(handed->deadline, failed_at));
    }
}

void
hand_register(struct agent *agent)
{
    ovs_list_init(&agent->handed);
    unixctl_command_register("vif/hand", "JSON", 1, 1, vif_hand, agent);
    unixctl_command_register("vif/unhand", "DEVICE [TIMEOUT_MS]", 1, 2, vif_unhand, agent);
}

/* Nobody answers them any more: their programs see the control socket close. */
void
hand_destroy(struct agent *agent)
{
    struct handed *handed;

    LIST_FOR_EACH_SAFE (handed, node, &agent->handed) {
        forget(handed);
    }
}
