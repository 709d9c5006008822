/* SPDX-License-Identifier: Apache-2.0
 *
 * cable host status: this host's switch as it is. What the switch's database says is shown whether an agent answers or not.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <openvswitch/json.h>
#include <smap.h>
#include <util.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/linux_bridges.h"
#include "cli/nouns.h"
#include "cli/records.h"
#include "cli/reply.h"
#include "cli/rows.h"
#include "switch/datapath.h"
#include "switch/db.h"
#include "switch/visit.h"

/* One run: where the rows go that are made bridge by bridge. */
struct status {
    const struct switch_db *db;
    const struct json *agent;   /* its answer, or NULL */
    struct rows *bridges, *foreign_ports, *other_hands, *withheld;
};

/* The ports of one bridge. */
struct port_look {
    struct status *status;
    const char *bridge;
    const struct json *view;    /* the agent's, or NULL */
    bool guarded;               /* on any other bridge no port is foreign */
    bool dark;                  /* as far as the database tells: foreign ports are not admitted */
    int64_t n_vifs;
};

static const struct json *
agent_view(const struct json *agent, const char *name)
{
    const struct json *bridges = reply_member(agent, "bridges");

    for (size_t i = 0; i < reply_length(bridges); i++) {
        if (!strcmp(reply_string(reply_element(bridges, i), "name"), name)) {
            return reply_element(bridges, i);
        }
    }
    return NULL;
}

static bool
is_among(const struct json *names, const char *name)
{
    for (size_t i = 0; i < reply_length(names); i++) {
        if (!strcmp(reply_text(reply_element(names, i)), name)) {
            return true;
        }
    }
    return false;
}

static const char *
foreign_state(const struct port_look *look, const char *port)
{
    if (look->view && reply_truth(look->view, "guarded")) {
        return is_among(reply_member(look->view, "admitted"), port) ? "admitted" : "dark";
    }
    return look->dark ? "dark" : "admitted";
}

/* A bond's port comes once for each of its interfaces. */
static bool
is_listed(const struct port_look *look, const char *port)
{
    const struct rows *rows = look->status->foreign_ports;

    return rows->n && !strcmp(row_find(&rows->rows[rows->n - 1], "port")->text, port);
}

static void
look_at_port(const char *name, const struct switch_port *port, void *look_)
{
    struct port_look *look = look_;
    struct row *row;

    if (port->vif) {
        look->n_vifs++;
    } else if (look->guarded && !port->uplink && strcmp(name, look->bridge) && !is_listed(look, name)) {
        row = rows_add(look->status->foreign_ports);
        row_put_text(row, "port", name);
        row_put_text(row, "bridge", look->bridge);
        row_put_text(row, "type", port->type);
        row_put_state(row, "state", foreign_state(look, name));
    }
}

/* What becomes of foreign ports: the bridge's word, or the host's. A word that nobody knows is dark. */
static const char *
foreign_setting(const struct status *status, const struct switch_bridge *bridge)
{
    const char *word = bridge->foreign_ports ? bridge->foreign_ports
                                             : smap_get_def(switch_db_settings(status->db), "cabled-foreign-ports", "accept");

    return strcmp(word, "accept") ? "dark" : "accept";
}

static const char *
bridge_state(const struct switch_bridge *bridge, const struct json *view)
{
    if (view) {
        return reply_string(view, "state");
    }
    if (bridge->guarded) {
        return bridge->secure && bridge->in_band_disabled ? "guarded" : "marked"; /* for the agent that is to start */
    }
    return bridge->given_back ? "unguarded" : "not-guarded";
}

static void
put_hands(struct rows *rows, const char *bridge, const struct json *hands)
{
    for (size_t i = 0; i < reply_length(hands); i++) {
        const struct json *hand = reply_element(hands, i);
        struct row *row = rows_add(rows);

        row_put_text(row, "bridge", bridge);
        row_put_text(row, "what", reply_string(hand, "what"));
        row_put_integer(row, "times", reply_integer(hand, "times"));
        row_put_time(row, "last", reply_integer(hand, "last"));
        row_put_text(row, "sentence", reply_string(hand, "sentence"));
    }
}

static void
put_bridge(const char *name, void *status_)
{
    struct status *status = status_;
    const struct json *view = agent_view(status->agent, name);
    struct port_look look = { .status = status, .bridge = name, .view = view };
    struct switch_bridge bridge;
    struct row *row;

    switch_db_bridge(status->db, name, &bridge);
    look.guarded = bridge.guarded;
    look.dark = !strcmp(foreign_setting(status, &bridge), "dark");
    switch_db_for_each_interface(status->db, name, look_at_port, &look);
    row = rows_add(status->bridges);
    row_put_text(row, "bridge", name);
    row_put_state(row, "state", bridge_state(&bridge, view));
    row_put_text(row, "fail_mode", bridge.fail_mode ? bridge.fail_mode : "standalone");
    row_put_text(row, "foreign_ports", bridge.guarded ? foreign_setting(status, &bridge) : NULL);
    row_put_integer(row, "vifs", look.n_vifs);
    row_put_text(row, "spanning_tree", bridge.spanning_tree);
    row_put_text(row, "error", reply_string(view, "error"));
    put_hands(status->other_hands, name, reply_member(view, "other_hands"));
}

/* Whose word identities follow, and since when he answers or does not. */
static void
put_identities(struct row *row, const struct json *identities)
{
    const char *toolstack = reply_string(identities, "toolstack");

    row_put_text(row, "identities", toolstack);
    if (toolstack && toolstack[0]) {
        row_put_state(row, "identities_state", reply_truth(identities, "reachable") ? "reachable" : "unreachable");
        row_put_time(row, "identities_since", reply_integer(identities, "since"));
        row_put_text(row, "identities_error", reply_string(identities, "error"));
    }
}

/* What it asks of guarded bridges, and what guarding does not allow. */
static void
put_withheld(struct rows *rows, const struct json *withheld)
{
    for (size_t i = 0; i < reply_length(withheld); i++) {
        const struct json *each = reply_element(withheld, i);
        struct row *row = rows_add(rows);

        row_put_text(row, "bridge", reply_string(each, "bridge"));
        row_put_text(row, "what", reply_string(each, "what"));
        row_put_text(row, "asked", reply_string(each, "asked"));
    }
}

static struct json *
put_agent(struct cli *cli, struct row *row)
{
    struct json *reply;
    struct error *error = rpc_ask_agent(cli->agent_socket, "status", NULL, cli_timeout(cli, CLI_TIMEOUT_MS), &reply);

    row_put_state(row, "agent", error ? "unreachable" : "connected");
    if (error) {
        row_put_text(row, "agent_error", error->text);
        error_free(error);
        return NULL;
    }
    row_put_text(row, "agent_error", reply_string(reply_member(reply, "switch"), "error"));
    return reply;
}

static void
put_switch(struct cli *cli, const struct switch_db *db, struct row *row)
{
    struct json *agent;

    row_put_text(row, "switch_version", switch_db_version(db));
    row_put_text(row, "datapath", datapath_choose(db));
    agent = put_agent(cli, row);

    struct status status = { .db = db, .agent = agent };
    status.bridges = row_put_rows(row, "bridges");
    status.foreign_ports = row_put_rows(row, "foreign_ports");
    status.other_hands = row_put_rows(row, "other_hands");
    put_identities(row, reply_member(agent, "identities"));
    status.withheld = row_put_rows(row, "withheld");
    put_withheld(status.withheld, reply_member(reply_member(agent, "identities"), "withheld"));
    switch_db_for_each_bridge(db, put_bridge, &status);
    records_sort(status.bridges, "bridge");
    records_sort(status.foreign_ports, "port");
    records_sort(status.other_hands, "bridge");
    records_sort(status.withheld, "bridge");
    linux_bridges_put(row, true);
    json_destroy(agent);
}

/* A host that has no Open vSwitch running may not be meant to have one. */
static struct error *
unreachable(struct error *error)
{
    const char *backend = linux_bridges_backend();

    return backend ? error_prefix(error, "%s", backend) : error;
}

struct error *
host_status(struct cli *cli)
{
    struct row row = ROW_INITIALIZER;
    struct visit visit;
    struct error *error = visit_open(&visit, cli_timeout(cli, CLI_TIMEOUT_MS), NULL);

    if (error) {
        return unreachable(error);
    }
    put_switch(cli, visit.db, &row);
    cli->output.class->show(&cli->output, &row);
    row_destroy(&row);
    visit_close(&visit);
    return NULL;
}
