/* SPDX-License-Identifier: Apache-2.0
 *
 * cable vif list and show.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <openvswitch/json.h>
#include <util.h>

#include "base/error.h"
#include "base/quote.h"
#include "cli/cli.h"
#include "cli/nouns.h"
#include "cli/records.h"
#include "cli/reply.h"
#include "cli/rows.h"
#include "cli/vif_here.h"
#include "pool/counts.h"
#include "pool/host.h"
#include "pool/network.h"
#include "pool/replica.h"
#include "pool/vif.h"
#include "rules/table.h"

static bool
some_have(const struct rows *rows, const char *column)
{
    for (size_t i = 0; i < rows->n; i++) {
        if (row_find(&rows->rows[i], column)->type != CELL_NULL) {
            return true;
        }
    }
    return false;
}

enum { COLUMNS_MAX = 10 };

/* In a pool of one host, nobody has to be told which host it is; nor that no VIF is limited. */
static void
choose_columns(struct cli *cli, const struct rows *rows, const char *columns[COLUMNS_MAX])
{
    const struct poolrec_host *host = poolrec_host_first(pool_idl(cli->pool));
    const struct {
        const char *name;
        bool shown;
    } candidates[COLUMNS_MAX] = {
        { "device", true }, { "network", true }, { "mac", true }, { "mode", true },
        { "rate_kib_per_s", some_have(rows, "rate_kib_per_s") },
        { "vm", true }, { "host", host && poolrec_host_next(host) }, { "state", true }, { NULL },
    };

    for (size_t i = 0, n = 0; candidates[i].name; i++) {
        if (candidates[i].shown) {
            columns[n++] = candidates[i].name;
        }
    }
}

static void
show_list(struct cli *cli, struct rows *rows)
{
    static const char *const cut[] = { "network", "vm", "host", NULL };
    const char *columns[COLUMNS_MAX] = { NULL };
    struct output_list list = {
        .columns = columns,
        .if_empty = "no VIFs: `cable vif create` makes one",
        .cut = cut,
    };

    choose_columns(cli, rows, columns);
    records_sort(rows, "device");
    cli->output.class->list(&cli->output, rows, &list);
}

struct error *
vif_list(struct cli *cli)
{
    const char *word = given_value(&cli->given, "network");
    const struct poolrec_network *network = NULL;
    const struct poolrec_vif *vif;
    struct rows rows = ROWS_INITIALIZER;
    struct pool *pool;
    struct error *error = cli_pool(cli, &pool);
    struct json *status;

    if (here_instead_of_pool(cli, &error, &status)) {
        here_list(cli, status);
        json_destroy(status);
        return NULL;
    }
    if (!error && word) {
        error = pool_network_find(pool, word, &network);
    }
    if (error) {
        return error;
    }
    POOLREC_VIF_FOR_EACH (vif, pool_idl(pool)) {
        if (!network || vif->network == network) {
            record_vif(vif, rows_add(&rows));
        }
    }
    show_list(cli, &rows);
    rows_destroy(&rows);
    return NULL;
}

static void
put_rule(struct rows *rules, const struct json *rule)
{
    struct row *row = rows_add(rules);
    int64_t packets = reply_integer(rule, "packets");

    row_put_text(row, "name", reply_string(rule, "name"));
    row_put_integer(row, "number", reply_integer(rule, "number"));
    row_put_state(row, "verdict", reply_string(rule, "verdict"));
    row_put_integer(row, "packets", packets);
    row_put_integer(row, "bytes", reply_integer(rule, "bytes"));
    row->dull = !packets;
}

/* What the agent left in the pool database: rules that have counted something. */
static void
put_last_counts(struct rows *rules, const struct poolrec_vif *vif)
{
    for (size_t i = 0; i < RULES_N; i++) {
        const struct rules_rule *rule = &rules_table[i];
        uint64_t packets = pool_counts_get(vif, POOL_COUNTS_PACKETS, rule->name);
        uint64_t bytes = pool_counts_get(vif, POOL_COUNTS_BYTES, rule->name);

        if (packets || bytes) {
            struct row *row = rows_add(rules);

            row_put_text(row, "name", rule->name);
            row_put_integer(row, "number", rule->id);
            row_put_state(row, "verdict", rules_verdict_name(rule->verdict));
            row_put_integer(row, "packets", packets);
            row_put_integer(row, "bytes", bytes);
        }
    }
}

static void
put_no_rules(struct row *row, const struct poolrec_vif *vif, const char *why)
{
    row_put_null(row, "variant");
    if (pool_counts_are_empty(vif)) {
        row_put_null(row, "rules");
        row_put_text_nocopy(row, "note", xasprintf("packets are not known: %s", why));
    } else {
        put_last_counts(row_put_rows(row, "rules"), vif);
        row_put_text_nocopy(row, "note", xasprintf("packets are as last counted: %s", why));
    }
}

void
record_agent_wait(const struct json *reply, struct row *row)
{
    const char *what = reply ? reply_string(reply, "waiting_for") : "";
    int64_t ms = reply ? reply_integer(reply, "next_try_ms") : 0;

    if (what[0] && ms) {
        row_put_text_nocopy(row, "waiting_for", xasprintf("%s, in %.1f s", what, ms / 1000.0));
    } else {
        row_put_text(row, "waiting_for", what);
    }
}

bool
record_agent_rules(const struct json *reply, struct row *row)
{
    const struct json *list = reply_member(reply, "rules");
    struct rows *rules;

    if (!list) {
        return false;
    }
    row_put_text(row, "variant", reply_string(reply, "variant"));
    rules = row_put_rows(row, "rules");
    for (size_t i = 0; i < reply_length(list); i++) {
        put_rule(rules, reply_element(list, i));
    }
    return true;
}

static void
put_rules(struct row *row, const struct poolrec_vif *vif, const struct json *reply)
{
    if (!record_agent_rules(reply, row)) {
        put_no_rules(row, vif, "the switch has no rules of this VIF, or does not answer the agent");
    }
}

/* Another host's agent counts the packets of its VIFs. */
static bool
is_elsewhere(struct cli *cli, const struct poolrec_vif *vif)
{
    const struct uuid *here = cli->agent_socket ? NULL : cli_here(cli);

    return here && vif->host && !uuid_equals(here, &vif->host->header_.uuid);
}

static void
ask_rules(struct cli *cli, const struct poolrec_vif *vif, struct row *row)
{
    struct json *reply;
    struct error *error;

    if (is_elsewhere(cli, vif)) {
        char *why = xasprintf("the agent on host %s counts them, ask there", quote(pool_host_name(vif->host)).text);

        record_agent_wait(NULL, row);
        put_no_rules(row, vif, why);
        free(why);
        return;
    }
    error = rpc_ask_agent(cli->agent_socket, "vif/show", vif->interface, cli_timeout(cli, CLI_TIMEOUT_MS), &reply);
    if (error) {
        record_agent_wait(NULL, row);
        put_no_rules(row, vif, error->text);
        error_free(error);
    } else {
        record_agent_wait(reply, row);
        put_rules(row, vif, reply);
        json_destroy(reply);
    }
}

struct error *
vif_show(struct cli *cli)
{
    const struct poolrec_vif *vif;
    struct row row = ROW_INITIALIZER;
    struct pool *pool;
    struct error *error = cli_pool(cli, &pool);
    struct json *status;

    if (here_instead_of_pool(cli, &error, &status)) {
        json_destroy(status);
        return here_show(cli, cli->given.arguments[0]);
    }
    error = error ? error : pool_vif_find(pool, cli->given.arguments[0], cli_here(cli), &vif);
    if (!error) {
        record_vif(vif, &row);
        ask_rules(cli, vif, &row);
        cli->output.class->show(&cli->output, &row);
        row_destroy(&row);
    }
    return error;
}
