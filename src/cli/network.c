/* SPDX-License-Identifier: Apache-2.0
 *
 * cable network: what VIFs are plugged into.
 */
#include <config.h>

#include "pool/network.h"

#include <stdlib.h>
#include <string.h>

#include <util.h>
#include <uuid.h>

#include "base/error.h"
#include "base/quote.h"
#include "cli/cli.h"
#include "cli/nouns.h"
#include "cli/records.h"
#include "cli/rows.h"
#include "pool/change.h"
#include "pool/replica.h"

/* A command that changes a network, while the transaction may have to be made again. */
struct order {
    const char *word;           /* the network that is meant; NULL for a new one */
    struct pool_network_words words;
    int64_t mtu, vlan;
    bool managed;
    struct uuid uuid;           /* of the network */
    struct row row;             /* of the network before its removal */
};

static struct error *
read_managed(struct cli *cli, struct order *order)
{
    bool managed = given_flag(&cli->given, "managed");
    bool unmanaged = given_flag(&cli->given, "unmanaged");

    if (managed && unmanaged) {
        return cli_usage(cli, error_new(ERROR_INVALID, "--managed and --unmanaged exclude each other: leave one out"));
    }
    order->managed = managed;
    order->words.managed = managed || unmanaged ? &order->managed : NULL;
    return NULL;
}

static struct error *
read_words(struct cli *cli, struct order *order)
{
    const struct given *given = &cli->given;
    struct error *error = read_managed(cli, order);

    order->words.description = given_value(given, "description");
    order->words.bridge = given_value(given, "bridge");
    order->words.uplink = given_value(given, "uplink");
    order->words.default_locking_mode = given_value(given, "default-locking-mode");
    if (!error) {
        error = cli_number(cli, "mtu", "MTU", &order->mtu, &order->words.mtu);
        error = error ? error : cli_number(cli, "vlan", "VLAN", &order->vlan, &order->words.vlan);
        error = error ? error_prefix(error, "network %s", quote(given->arguments[0]).text) : NULL;
    }
    return error;
}

static void
show_done(struct cli *cli, const struct poolrec_network *network, const char *sentence)
{
    struct row row = ROW_INITIALIZER;

    record_network(cli->pool, network, &row);
    cli->output.class->done(&cli->output, &row, sentence);
    row_destroy(&row);
}

static struct error *
create(struct pool *pool, struct ovsdb_idl_txn *txn, void *order_)
{
    struct order *order = order_;

    return pool_network_create(pool, txn, &order->words, &order->uuid);
}

struct error *
network_create(struct cli *cli)
{
    struct order order = { .words.name = cli->given.arguments[0] };
    struct error *error = read_words(cli, &order);
    struct pool *pool;

    uuid_generate(&order.uuid);
    error = error ? error : cli_pool(cli, &pool);
    error = error ? error : pool_change(pool, create, &order, cli_timeout(cli, CLI_TIMEOUT_MS));
    if (!error) {
        const struct poolrec_network *network = poolrec_network_get_for_uuid(pool_idl(pool), &order.uuid);
        char *sentence = xasprintf("network %s created: bridge %s%s", order.words.name, network->bridge,
                                   network->managed ? "" : ", which somebody else must make");

        show_done(cli, network, sentence);
        free(sentence);
    }
    return error;
}

static struct error *
set(struct pool *pool, struct ovsdb_idl_txn *txn, void *order_)
{
    struct order *order = order_;
    const struct poolrec_network *network;
    struct error *error = pool_network_find(pool, order->word, &network);

    if (!error) {
        order->uuid = network->header_.uuid;
        error = pool_network_change(pool, network, &order->words);
    }
    return error;
}

struct error *
network_set(struct cli *cli)
{
    struct order order = { .word = cli->given.arguments[0], .words.name = given_value(&cli->given, "name") };
    struct error *error = read_words(cli, &order);
    struct pool *pool;

    error = error ? error : cli_pool(cli, &pool);
    error = error ? error : pool_change(pool, set, &order, cli_timeout(cli, CLI_TIMEOUT_MS));
    if (!error) {
        const struct poolrec_network *network = poolrec_network_get_for_uuid(pool_idl(pool), &order.uuid);
        char *sentence = xasprintf("network %s changed", network->name_label);

        show_done(cli, network, sentence);
        free(sentence);
    }
    return error;
}

static struct error *
destroy(struct pool *pool, struct ovsdb_idl_txn *txn, void *order_)
{
    struct order *order = order_;
    const struct poolrec_network *network;
    struct error *error = pool_network_find(pool, order->word, &network);

    if (!error) {
        row_destroy(&order->row);
        record_network(pool, network, &order->row);
        error = pool_network_destroy(pool, network);
    }
    return error;
}

struct error *
network_destroy(struct cli *cli)
{
    struct order order = { .word = cli->given.arguments[0], .row = ROW_INITIALIZER };
    struct pool *pool;
    struct error *error = cli_pool(cli, &pool);

    error = error ? error : pool_change(pool, destroy, &order, cli_timeout(cli, CLI_TIMEOUT_MS));
    if (!error) {
        char *sentence = xasprintf("network %s destroyed", order.row.cells[0].text);

        cli->output.class->done(&cli->output, &order.row, sentence);
        free(sentence);
    }
    row_destroy(&order.row);
    return error;
}

struct error *
network_list(struct cli *cli)
{
    static const char *const columns[] = { "name", "bridge", "vlan", "uplink", "mtu", "default_locking_mode", "vifs", NULL };
    static const char *const cut[] = { "name", NULL };
    static const struct output_list list = { columns, "no networks: `cable network create` makes one", .cut = cut };
    const struct poolrec_network *network;
    struct rows rows = ROWS_INITIALIZER;
    struct pool *pool;
    struct error *error = cli_pool(cli, &pool);

    if (error) {
        return error;
    }
    POOLREC_NETWORK_FOR_EACH (network, pool_idl(pool)) {
        record_network(pool, network, rows_add(&rows));
    }
    records_sort(&rows, "name");
    cli->output.class->list(&cli->output, &rows, &list);
    rows_destroy(&rows);
    return NULL;
}

struct error *
network_show(struct cli *cli)
{
    const struct poolrec_network *network;
    struct row row = ROW_INITIALIZER;
    struct pool *pool;
    struct error *error = cli_pool(cli, &pool);

    error = error ? error : pool_network_find(pool, cli->given.arguments[0], &network);
    if (!error) {
        record_network(pool, network, &row);
        cli->output.class->show(&cli->output, &row);
        row_destroy(&row);
    }
    return error;
}
