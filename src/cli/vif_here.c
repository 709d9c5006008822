/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "cli/vif_here.h"

#include <stdlib.h>
#include <string.h>

#include <openvswitch/json.h>
#include <util.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/records.h"
#include "cli/reply.h"
#include "cli/rows.h"

/* An agent that says nothing of it is of an older version, which always has one. */
static bool
says_that_there_is_none(const struct json *status)
{
    const struct json *remote = reply_member(reply_member(status, "pool"), "remote");

    return remote && !reply_text(remote)[0];
}

bool
here_instead_of_pool(struct cli *cli, struct error **error, struct json **status)
{
    struct error *problem;

    *status = NULL;
    if (!*error || (*error)->code != ERROR_UNREACHABLE || given_value(&cli->given, "pool")) {
        return false;
    }
    problem = rpc_ask_agent(cli->agent_socket, "status", NULL, cli_timeout(cli, CLI_TIMEOUT_MS), status);
    if (problem || !says_that_there_is_none(*status)) {
        error_free(problem);
        json_destroy(*status);
        *status = NULL;
        return false;
    }
    error_free(*error);
    *error = NULL;
    return true;
}

static bool
is_wired(const struct json *vif)
{
    const char *state = reply_string(vif, "state");

    return !strcmp(state, "wired") || !strcmp(state, "disabled");
}

void
here_count(const struct json *status, int64_t *n, int64_t *n_wired)
{
    const struct json *vifs = reply_member(status, "vifs");

    *n = reply_length(vifs);
    *n_wired = 0;
    for (size_t i = 0; i < reply_length(vifs); i++) {
        *n_wired += is_wired(reply_element(vifs, i));
    }
}

void
here_put_unwired(const struct json *status, struct rows *rows)
{
    const struct json *vifs = reply_member(status, "vifs");

    for (size_t i = 0; i < reply_length(vifs); i++) {
        const struct json *vif = reply_element(vifs, i);

        if (!is_wired(vif)) {
            struct row *row = rows_add(rows);

            row_put_text(row, "device", reply_string(vif, "device"));
            row_put_null(row, "host");
            row_put_state(row, "state", reply_string(vif, "state"));
            row_put_text(row, "error", reply_string(vif, "error"));
        }
    }
    records_sort(rows, "device");
}

static void
put_vif(struct row *row, const struct json *vif)
{
    row_put_text(row, "device", reply_string(vif, "device"));
    row_put_text(row, "uuid", reply_string(vif, "uuid"));
    row_put_text(row, "origin", reply_string(vif, "origin"));
    row_put_text(row, "mac", reply_string(vif, "mac"));
    row_put_text(row, "mode", reply_string(vif, "mode"));
    row_put_text(row, "bridge", reply_string(vif, "bridge"));
    if (reply_member(vif, "ofport")) {
        row_put_integer(row, "ofport", reply_integer(vif, "ofport"));
    } else {
        row_put_null(row, "ofport");
    }
    row_put_state(row, "state", reply_string(vif, "state"));
    row_put_text(row, "error", reply_string(vif, "error"));
}

void
here_list(struct cli *cli, const struct json *status)
{
    static const char *const columns[] = { "device", "bridge", "mac", "mode", "origin", "state", NULL };
    static const struct output_list list = {
        .columns = columns,
        .if_empty = "no VIFs: there is no pool database, and no port is handed to the agent or described by its row",
    };
    const struct json *vifs = reply_member(status, "vifs");
    struct rows rows = ROWS_INITIALIZER;

    for (size_t i = 0; i < reply_length(vifs); i++) {
        put_vif(rows_add(&rows), reply_element(vifs, i));
    }
    records_sort(&rows, "device");
    cli->output.class->list(&cli->output, &rows, &list);
    rows_destroy(&rows);
}

struct error *
here_show(struct cli *cli, const char *device)
{
    struct row row = ROW_INITIALIZER;
    struct json *vif;
    struct error *error = rpc_ask_agent(cli->agent_socket, "vif/show", device, cli_timeout(cli, CLI_TIMEOUT_MS), &vif);

    if (error) {
        return error;
    }
    put_vif(&row, vif);
    row_put_text(&row, "policy_in_force", reply_truth(vif, "policy_in_force") ? reply_string(vif, "policy") : NULL);
    record_agent_wait(vif, &row);
    record_agent_rules(vif, &row);
    json_destroy(vif);
    cli->output.class->show(&cli->output, &row);
    row_destroy(&row);
    return NULL;
}
