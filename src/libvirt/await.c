/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "libvirt/await.h"

#include <stdlib.h>
#include <string.h>

#include <openvswitch/json.h>
#include <smap.h>
#include <timeval.h>
#include <util.h>

#include "ask/agent.h"
#include "base/error.h"
#include "libvirt/ports.h"
#include "switch/db.h"
#include "switch/port_keys.h"
#include "switch/visit.h"
#include "vif/description.h"
#include "vif/wish.h"

/* Of one that was handed, the agent has told by its answer. */
static bool
is_awaited(const struct libvirt_port *port)
{
    return port->described && !port->handed;
}

/* What the agent says of a port in its row. */
static const char *
state_of(const struct switch_db *db, const struct libvirt_port *port)
{
    const char *state = port_keys_get(db, port->device, "cabled-state");

    return state ? state : "";
}

static bool
has_failed(const struct switch_db *db, const struct libvirt_port *port)
{
    return !strcmp(state_of(db, port), "failed");
}

bool *
libvirt_await_prepare(const struct switch_db *db, const struct libvirt_ports *ports)
{
    bool *had_failed = xcalloc(ports->n + 1, sizeof *had_failed);

    for (size_t i = 0; i < ports->n; i++) {
        had_failed[i] = has_failed(db, &ports->ports[i]);
    }
    return had_failed;
}

/* What the rules have to be made from, in the agent's words; NULL if the port has gone. The caller's. */
static char *
wanted_words(const struct switch_db *db, const char *device)
{
    struct vif_wish wish = { .mtu = 0 };
    struct switch_port port;
    struct error *error;
    char *words;

    if (!switch_db_port(db, device, &port) || !port.keys) {
        return NULL;
    }
    error = vif_description_parse(port.keys, &port.vlans, &wish);
    words = error ? NULL : vif_allowance_describe(&wish.policy, &wish.rate);
    vif_policy_destroy(&wish.policy);
    error_free(error);
    return words;
}

static bool
tells(const struct json *view, const char *policy)
{
    const struct json *words = view->type == JSON_OBJECT ? shash_find_data(json_object(view), "policy") : NULL;
    const struct json *in_force = view->type == JSON_OBJECT ? shash_find_data(json_object(view), "policy_in_force") : NULL;

    return words && words->type == JSON_STRING && !strcmp(json_string(words), policy) && in_force && in_force->type == JSON_TRUE;
}

/* Whether the rules of the port are those that its row wants. An agent that does not answer, or does not know the port yet, says no. */
static bool
has_its_rules(const struct switch_db *db, const char *agent, const char *device, long long int timeout_ms)
{
    char *wanted = wanted_words(db, device), *reply = NULL;
    struct error *error = ask_agent(agent, "vif/show", device, ask_now() + timeout_ms, &reply);
    struct json *view = error ? NULL : json_from_string(reply);
    bool is = wanted && view && tells(view, wanted);

    json_destroy(view);
    error_free(error);
    free(reply);
    free(wanted);
    return is;
}

static bool
is_in_force(const struct visit *visit, const char *agent, const struct libvirt_port *port)
{
    const char *state = state_of(visit->db, port);

    return (!strcmp(state, "wired") || !strcmp(state, "disabled"))
           && has_its_rules(visit->db, agent, port->device, MAX(visit->deadline - time_msec(), 1));
}

static struct error *
refused(const struct switch_db *db, const struct libvirt_port *port)
{
    const char *why = port_keys_get(db, port->device, "cabled-error");

    return error_new(ERROR_REFUSED, "the agent cannot guard %s: %s", port->device, why && *why ? why : "it does not say why");
}

static struct error *
late(const struct switch_db *db, const struct libvirt_port *port)
{
    const char *state = state_of(db, port);

    if (has_failed(db, port)) {
        return refused(db, port);
    }
    return error_new(ERROR_TIMEOUT, "the agent has not guarded %s in time (state: %s): `ovs-appctl -t cabled vif/show %s` tells what "
                     "it waits for", port->device, *state ? state : "none yet", port->device);
}

struct error *
libvirt_await(struct visit *visit, const char *agent, const struct libvirt_ports *ports, const bool *had_failed)
{
    long long int since = time_msec();
    size_t i = 0;

    while (i < ports->n) {
        const struct libvirt_port *port = &ports->ports[i];

        if (!is_awaited(port) || is_in_force(visit, agent, port)) {
            i++;
        } else if (has_failed(visit->db, port) && !had_failed[i]) {
            return refused(visit->db, port);
        } else {
            struct error *error = visit_pause(visit, &since, "the agent to guard the port");

            if (error) {
                error_free(error);
                return late(visit->db, port);
            }
        }
    }
    return NULL;
}
