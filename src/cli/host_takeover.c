/* SPDX-License-Identifier: Apache-2.0
 *
 * cable host takeover: the VIFs of a XenServer or XCP-ng host, which its scripts have cabled, become the agent's without being unplugged; and
 * back again.
 */
#include <config.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <openvswitch/json.h>
#include <smap.h>
#include <svec.h>
#include <timeval.h>
#include <util.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/found_vifs.h"
#include "cli/nouns.h"
#include "cli/rows.h"
#include "switch/db.h"
#include "switch/take_over.h"
#include "switch/visit.h"
#include "xenvif/old_rules.h"

enum {
    /* How long it may take if nobody says. */
    WAIT_MS = 60000,

    /* So many VIFs are named when they stand in the way. */
    NAMED_VIFS = 3,
};

struct takeover {
    struct cli *cli;
    struct visit visit;
    struct found_vifs found;
};

static void
tell_wait(const char *what)
{
    fprintf(stderr, "cable: waiting for %s\n", what);
}

static void
show(const struct takeover *takeover, bool changed)
{
    struct row row = ROW_INITIALIZER;

    row_put_truth(&row, "taken_over", changed);
    found_vifs_put(&takeover->found, &row);
    takeover->cli->output.class->show(&takeover->cli->output, &row);
    row_destroy(&row);
}

/* Nothing is taken over of a host that is not understood, unless its owner wants it. */
static struct error *
check_described(const struct takeover *takeover)
{
    struct ds text = DS_EMPTY_INITIALIZER;
    struct error *error = NULL;
    size_t n = 0;

    for (size_t i = 0; i < takeover->found.n; i++) {
        if (takeover->found.list[i].error && n++ < NAMED_VIFS) {
            ds_put_format(&text, "%s%s", n > 1 ? "; " : "", takeover->found.list[i].error);
        }
    }
    if (n && !given_flag(&takeover->cli->given, "force")) {
        error = error_new(ERROR_REFUSED, "%"PRIuSIZE" VIF%s cannot be described, and nothing was changed: %s%s. `cable host takeover --dry-run` "
                          "lists all; --force takes over the others, and leaves these as ports of nobody", n, n == 1 ? "" : "s",
                          ds_cstr(&text), n > NAMED_VIFS ? " ..." : "");
    }
    ds_destroy(&text);
    return error;
}

static struct error *
check_agent(struct cli *cli)
{
    struct json *reply;
    struct error *error = rpc_ask_agent(cli->agent_socket, "status", NULL, cli_timeout(cli, CLI_TIMEOUT_MS), &reply);

    if (error) {
        return error_prefix(error, "nothing was changed, because without the agent there are no rules");
    }
    json_destroy(reply);
    return NULL;
}

/* What the agent has made of a port, as it writes it to its row. NULL: nothing yet. */
static const char *
state_of(const struct takeover *takeover, const struct found_vif *vif, const char **error)
{
    struct switch_port port;
    const bool known = switch_db_port(takeover->visit.db, vif->device, &port) && port.keys;

    *error = known ? smap_get_def(port.keys, "cabled-error", "") : "";
    return known ? smap_get(port.keys, "cabled-state") : NULL;
}

static bool
is_good(const char *state)
{
    return state && (!strcmp(state, "wired") || !strcmp(state, "disabled"));
}

static struct error *
await_vif(struct takeover *takeover, const struct found_vif *vif)
{
    long long int since = time_msec();
    const char *state, *why;

    while (!is_good(state = state_of(takeover, vif, &why))) {
        char *last = xasprintf("%s%s%s", state ? state : "not known", *why ? ": " : "", why);
        struct error *error = visit_pause(&takeover->visit, &since, "the agent to wire the VIFs");

        if (error) {
            error_free(error);
            error = error_new(ERROR_TIMEOUT, "VIF %s on bridge %s is not wired: its state is %s; `cable host takeover --back` gives all back",
                              vif->device, vif->bridge, last);
            free(last);
            return error;
        }
        free(last);
    }
    return NULL;
}

static struct error *
await_all(struct takeover *takeover)
{
    struct error *error = NULL;
    size_t n = 0;

    for (size_t i = 0; !error && i < takeover->found.n; i++) {
        const struct found_vif *vif = &takeover->found.list[i];

        error = vif->error ? NULL : await_vif(takeover, vif);
        n += !vif->error;
        if (!error && (i + 1 == takeover->found.n || strcmp(vif->bridge, vif[1].bridge))) {
            fprintf(stderr, "cable: bridge %s is guarded, with %"PRIuSIZE" VIFs on it\n", vif->bridge, n);
            n = 0;
        }
    }
    return error;
}

static struct error *
carry_out(struct takeover *takeover)
{
    struct take_over_port *ports = xcalloc(takeover->found.n, sizeof *ports);
    struct svec bridges = SVEC_EMPTY_INITIALIZER;
    struct error *error;
    size_t n = 0;

    for (size_t i = 0; i < takeover->found.n; i++) {
        const struct found_vif *vif = &takeover->found.list[i];

        if (found_vif_is_new(vif)) {
            ports[n++] = (struct take_over_port) { vif->device, vif->bridge, &vif->wish };
            svec_add(&bridges, vif->bridge);
        }
    }
    svec_sort_unique(&bridges);
    svec_terminate(&bridges);
    error = n ? take_over(&takeover->visit, ports, n, (const char *const *) bridges.names) : NULL;
    error = error ? error : await_all(takeover);
    svec_destroy(&bridges);
    free(ports);
    return error;
}

static struct error *
there(struct takeover *takeover)
{
    const bool dry_run = given_flag(&takeover->cli->given, "dry-run");
    struct error *error = found_vifs_look(takeover->visit.db, &takeover->found);
    if (!error && !dry_run) {
        error = check_described(takeover);
        error = error ? error : check_agent(takeover->cli);
        error = error ? error : carry_out(takeover);
    }
    if (!error) {
        show(takeover, !dry_run);
    }
    return error;
}

struct taken {
    const struct switch_db *db;
    struct svec names;
};

static void
note_taken(const char *name, void *taken_)
{
    struct taken *taken = taken_;

    if (take_over_is_done(taken->db, name)) {
        svec_add(&taken->names, name);
    }
}

static void
put_back(struct rows *rows, const struct way_back *back)
{
    struct row *row = rows_add(rows);

    row_put_text(row, "bridge", back->bridge);
    row_put_integer(row, "vifs", back->n_ports);
    row_put_truth(row, "switch_runs", back->switch_runs);
    row_put_truth(row, "was_open", back->was_open);
}

static struct error *
back_one(struct takeover *takeover, const char *bridge, struct rows *rows)
{
    struct way_back back = { .bridge = bridge, .flows = xenvif_old_rules };
    struct error *error = take_over_way_back(&takeover->visit, &back);

    if (!error) {
        put_back(rows, &back);
        fprintf(stderr, "cable: bridge %s is the scripts' again, with %"PRIuSIZE" VIFs on it\n", bridge, back.n_ports);
    }
    return error;
}

static struct error *
back(struct takeover *takeover)
{
    struct taken taken = { .db = takeover->visit.db, .names = SVEC_EMPTY_INITIALIZER };
    struct row row = ROW_INITIALIZER;
    struct error *error = NULL;
    struct rows *rows;

    switch_db_for_each_bridge(takeover->visit.db, note_taken, &taken);
    svec_sort(&taken.names);
    row_put_truth(&row, "taken_over", false);
    rows = row_put_rows(&row, "bridges");
    for (size_t i = 0; !error && i < taken.names.n; i++) {
        error = back_one(takeover, taken.names.names[i], rows);
    }
    if (!error) {
        takeover->cli->output.class->show(&takeover->cli->output, &row);
    }
    row_destroy(&row);
    svec_destroy(&taken.names);
    return error;
}

static struct error *
check_words(struct cli *cli)
{
    const bool is_back = given_flag(&cli->given, "back");

    if (is_back && (given_flag(&cli->given, "dry-run") || given_flag(&cli->given, "force"))) {
        return cli_usage(cli, error_new(ERROR_INVALID, "--back goes with neither --dry-run nor --force"));
    }
    return NULL;
}

struct error *
host_takeover(struct cli *cli)
{
    struct takeover takeover = { .cli = cli };
    struct error *error = check_words(cli);

    error = error ? error : visit_open(&takeover.visit, cli_timeout(cli, WAIT_MS), tell_wait);
    if (error) {
        return error;
    }
    error = given_flag(&cli->given, "back") ? back(&takeover) : there(&takeover);
    found_vifs_destroy(&takeover.found);
    visit_close(&takeover.visit);
    return error;
}
