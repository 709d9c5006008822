/* SPDX-License-Identifier: Apache-2.0
 *
 * cable status: the pool database, the agent and its switch, what is not as it should be, and what nobody guards. What answers is shown,
 * whatever else does not.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <openvswitch/json.h>
#include <util.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/linux_bridges.h"
#include "cli/nouns.h"
#include "cli/records.h"
#include "cli/reply.h"
#include "cli/rows.h"
#include "cli/vif_here.h"
#include "pool/host.h"
#include "pool/replica.h"

static bool
is_wired(const struct poolrec_vif *vif)
{
    return !strcmp(vif->wire_state, "wired") || !strcmp(vif->wire_state, "disabled");
}

static size_t
count_wired(struct pool *pool, size_t *n)
{
    const struct poolrec_vif *vif;
    size_t n_wired = 0;

    *n = 0;
    POOLREC_VIF_FOR_EACH (vif, pool_idl(pool)) {
        n_wired += is_wired(vif);
        ++*n;
    }
    return n_wired;
}

static size_t
count_networks(struct pool *pool)
{
    const struct poolrec_network *network;
    size_t n = 0;

    POOLREC_NETWORK_FOR_EACH (network, pool_idl(pool)) {
        n++;
    }
    return n;
}

static size_t
count_hosts(struct pool *pool)
{
    const struct poolrec_host *host;
    size_t n = 0;

    POOLREC_HOST_FOR_EACH (host, pool_idl(pool)) {
        n++;
    }
    return n;
}

/* The VIFs that are to be plugged but are not wired. */
static void
put_unwired(struct pool *pool, struct rows *rows)
{
    const struct poolrec_vif *vif;

    POOLREC_VIF_FOR_EACH (vif, pool_idl(pool)) {
        if (vif->currently_attached && !is_wired(vif)) {
            struct row *row = rows_add(rows);

            row_put_text(row, "device", vif->interface);
            row_put_text(row, "host", vif->host ? pool_host_name(vif->host) : NULL);
            row_put_state(row, "state", vif->wire_state);
            row_put_text(row, "error", vif->wire_error);
        }
    }
    records_sort(rows, "device");
}

/* A host without a pool database lacks nothing. */
static void
put_here(struct row *row, const struct json *status)
{
    int64_t n_vifs, n_wired;

    here_count(status, &n_vifs, &n_wired);
    row_put_text(row, "pool", "none");
    row_put_integer(row, "vifs", n_vifs);
    row_put_integer(row, "wired", n_wired);
    here_put_unwired(status, row_put_rows(row, "unwired"));
}

static void
put_pool(struct cli *cli, struct row *row)
{
    struct pool *pool;
    struct error *error = cli_pool(cli, &pool);
    struct json *status;
    size_t n_vifs;

    if (here_instead_of_pool(cli, &error, &status)) {
        put_here(row, status);
        json_destroy(status);
        return;
    }
    row_put_state(row, "pool", error ? "unreachable" : "connected");
    row_put_text(row, "pool_remote", cli->pool_remote);
    if (error) {
        row_put_text(row, "pool_error", error->text);
        error_free(error);
        cli->status = CLI_FAILED;
        return;
    }
    size_t n_wired = count_wired(pool, &n_vifs);
    row_put_integer(row, "hosts", count_hosts(pool));
    row_put_integer(row, "networks", count_networks(pool));
    row_put_integer(row, "vifs", n_vifs);
    row_put_integer(row, "wired", n_wired);
    put_unwired(pool, row_put_rows(row, "unwired"));
}

static void
put_bridges(struct rows *rows, const struct json *bridges)
{
    for (size_t i = 0; i < reply_length(bridges); i++) {
        const struct json *bridge = reply_element(bridges, i);
        struct row *row = rows_add(rows);

        row_put_text(row, "name", reply_string(bridge, "name"));
        row_put_truth(row, "guarded", reply_truth(bridge, "guarded"));
        row_put_state(row, "state", reply_string(bridge, "state"));
        row_put_text(row, "error", reply_string(bridge, "error"));
    }
    records_sort(rows, "name");
}

static void
put_agent_reply(struct row *row, const struct json *reply)
{
    const struct json *pool = reply_member(reply, "pool");
    const struct json *ovs = reply_member(reply, "switch");

    row_put_text(row, "agent_version", reply_string(reply, "version"));
    if (reply_string(pool, "remote")[0]) {
        row_put_state(row, "agent_pool", reply_truth(pool, "connected") ? "connected" : "disconnected");
    } else {
        row_put_text(row, "agent_pool", "none");
    }
    row_put_text(row, "agent_pool_remote", reply_string(pool, "remote"));
    row_put_text(row, "agent_host", reply_string(pool, "host"));
    row_put_state(row, "switch", reply_truth(ovs, "connected") ? "connected" : "disconnected");
    row_put_text(row, "datapath", reply_string(ovs, "datapath"));
    row_put_truth(row, "switch_lock", reply_truth(ovs, "lock"));
    row_put_text(row, "switch_error", reply_string(ovs, "error"));
    put_bridges(row_put_rows(row, "bridges"), reply_member(reply, "bridges"));
}

static void
put_agent(struct cli *cli, struct row *row)
{
    struct json *reply;
    struct error *error = rpc_ask_agent(cli->agent_socket, "status", NULL, cli_timeout(cli, CLI_TIMEOUT_MS), &reply);

    row_put_state(row, "agent", error ? "unreachable" : "connected");
    if (error) {
        row_put_text(row, "agent_error", error->text);
        error_free(error);
        cli->status = CLI_FAILED;
    } else {
        put_agent_reply(row, reply);
        json_destroy(reply);
    }
}

struct error *
status_show(struct cli *cli)
{
    struct row row = ROW_INITIALIZER;

    put_pool(cli, &row);
    put_agent(cli, &row);
    linux_bridges_put(&row, false);
    cli->output.class->show(&cli->output, &row);
    row_destroy(&row);
    return NULL;
}
