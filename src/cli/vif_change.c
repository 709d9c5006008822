/* SPDX-License-Identifier: Apache-2.0
 *
 * cable vif create, set, destroy, plug and unplug.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <svec.h>
#include <util.h>
#include <uuid.h>

#include "base/error.h"
#include "base/quote.h"
#include "cli/cli.h"
#include "cli/nouns.h"
#include "cli/records.h"
#include "cli/rows.h"
#include "pool/change.h"
#include "pool/host.h"
#include "pool/replica.h"
#include "pool/vif.h"

/* The address lists of the command line. */
enum { IPV4, IPV6, ADD_IPV4, REMOVE_IPV4, ADD_IPV6, REMOVE_IPV6, N_LISTS };

/* A command that changes a VIF, while the transaction may have to be made again. */
struct order {
    const char *word;           /* the VIF that is meant */
    const struct uuid *here;
    struct pool_vif_words words;
    struct svec lists[N_LISTS];
    int64_t *trunks;
    int64_t mtu;
    bool auto_lla;
    bool attached;
    struct uuid uuid;           /* of the VIF */
    bool made_vm;
    struct row row;             /* of the VIF before its removal */
};

static void
order_destroy(struct order *order)
{
    for (size_t i = 0; i < N_LISTS; i++) {
        svec_destroy(&order->lists[i]);
    }
    free(order->trunks);
    row_destroy(&order->row);
}

static void
read_lists(struct cli *cli, struct order *order)
{
    const struct {
        const char *option;
        const struct svec **words;
    } lists[N_LISTS] = {
        [IPV4] = { "ipv4", &order->words.ipv4 },
        [IPV6] = { "ipv6", &order->words.ipv6 },
        [ADD_IPV4] = { "add-ipv4", &order->words.add_ipv4 },
        [REMOVE_IPV4] = { "remove-ipv4", &order->words.remove_ipv4 },
        [ADD_IPV6] = { "add-ipv6", &order->words.add_ipv6 },
        [REMOVE_IPV6] = { "remove-ipv6", &order->words.remove_ipv6 },
    };

    for (size_t i = 0; i < N_LISTS; i++) {
        *lists[i].words = cli_list(cli, lists[i].option, &order->lists[i]) ? &order->lists[i] : NULL;
    }
}

static struct error *
read_trunks(struct cli *cli, struct order *order)
{
    struct error *error = NULL;
    struct svec texts;

    if (cli_list(cli, "trunks", &texts)) {
        order->trunks = xcalloc(texts.n + 1, sizeof *order->trunks);
        order->words.trunks = order->trunks;
        order->words.n_trunks = texts.n;
    }
    for (size_t i = 0; i < texts.n && !error; i++) {
        long long int vlan;

        if (!cli_decimal(texts.names[i], &vlan)) {
            error = error_new(ERROR_INVALID, "VLAN %s is not a number: write 1 to 4094, several with commas, like 100,200",
                              quote(texts.names[i]).text);
        } else {
            order->trunks[i] = vlan;
        }
    }
    svec_destroy(&texts);
    return error;
}

static struct error *
read_link_local(struct cli *cli, struct order *order)
{
    bool on = given_flag(&cli->given, "link-local");
    bool off = given_flag(&cli->given, "no-link-local");

    if (on && off) {
        return cli_usage(cli, error_new(ERROR_INVALID, "--link-local and --no-link-local exclude each other: leave one out"));
    }
    order->auto_lla = on;
    order->words.auto_lla = on || off ? &order->auto_lla : NULL;
    return NULL;
}

static struct error *
read_numbers(struct cli *cli, struct order *order)
{
    struct error *error = read_trunks(cli, order);

    error = error ? error : cli_number(cli, "mtu", "MTU", &order->mtu, &order->words.mtu);
    return error ? error_prefix(error, "VIF %s", quote(order->word).text) : NULL;
}

static struct error *
read_words(struct cli *cli, struct order *order)
{
    const struct given *given = &cli->given;
    struct error *error = read_link_local(cli, order);

    order->word = given->arguments[0];
    order->words.network = given_value(given, "network");
    order->words.host = given_value(given, "host");
    order->words.vm = given_value(given, "vm");
    order->words.mac = given_value(given, "mac");
    order->words.mode = given_value(given, "mode");
    order->words.rate = given_value(given, "rate");
    order->words.burst = given_value(given, "burst");
    read_lists(cli, order);
    return error ? error : read_numbers(cli, order);
}

/* What was done, to people as a sentence, to programs as the VIF. */
static void
show_done(struct cli *cli, const struct order *order, const char *what)
{
    const struct poolrec_vif *vif = poolrec_vif_get_for_uuid(pool_idl(cli->pool), &order->uuid);
    struct row row = ROW_INITIALIZER;
    struct ds sentence = DS_EMPTY_INITIALIZER;

    if (!vif) {
        return;                 /* somebody destroyed it in the meantime */
    }
    ds_put_format(&sentence, "VIF %s %s", vif->interface, what);
    if (order->made_vm) {
        ds_put_format(&sentence, ", and the VM %s, which is new", order->words.vm);
    }
    record_vif(vif, &row);
    row_put_truth(&row, "vm_created", order->made_vm);
    cli->output.class->done(&cli->output, &row, ds_cstr(&sentence));
    ds_destroy(&sentence);
    row_destroy(&row);
}

static struct error *
create(struct pool *pool, struct ovsdb_idl_txn *txn, void *order_)
{
    struct order *order = order_;
    struct pool_vif_birth birth = {
        .device = order->word, .uuid = order->uuid, .here = order->here, .attached = order->attached
    };

    return pool_vif_create(pool, txn, &birth, &order->words, &order->made_vm);
}

static char *
birth_notice(struct cli *cli, const struct order *order)
{
    const struct poolrec_vif *vif = poolrec_vif_get_for_uuid(pool_idl(cli->pool), &order->uuid);

    return !vif ? xstrdup("created")
        : xasprintf("created on network %s for host %s%s", vif->network->name_label, vif->host ? pool_host_name(vif->host) : "-",
                    vif->currently_attached ? "" : ", unplugged");
}

struct error *
vif_create(struct cli *cli)
{
    struct order order = { .row = ROW_INITIALIZER };
    struct error *error = read_words(cli, &order);
    struct pool *pool;

    uuid_generate(&order.uuid);
    order.attached = !given_flag(&cli->given, "unplugged");
    error = error ? error : cli_pool(cli, &pool);
    if (!error) {
        order.here = order.words.host ? NULL : cli_here(cli);
        error = pool_change(pool, create, &order, cli_timeout(cli, CLI_TIMEOUT_MS));
    }
    if (!error) {
        char *notice = birth_notice(cli, &order);

        show_done(cli, &order, notice);
        free(notice);
    }
    order_destroy(&order);
    return error;
}

static struct error *
set(struct pool *pool, struct ovsdb_idl_txn *txn, void *order_)
{
    struct order *order = order_;
    const struct poolrec_vif *vif;
    struct error *error = pool_vif_find(pool, order->word, order->here, &vif);

    if (!error) {
        order->uuid = vif->header_.uuid;
        error = pool_vif_change(pool, txn, vif, &order->words, &order->made_vm);
    }
    return error;
}

static struct error *
change(struct cli *cli, struct order *order, pool_change_fn *how, const char *what)
{
    struct pool *pool;
    struct error *error = cli_pool(cli, &pool);

    if (!error) {
        order->here = cli_here(cli);
        error = pool_change(pool, how, order, cli_timeout(cli, CLI_TIMEOUT_MS));
    }
    if (!error) {
        show_done(cli, order, what);
    }
    return error;
}

struct error *
vif_set(struct cli *cli)
{
    struct order order = { .row = ROW_INITIALIZER };
    struct error *error = read_words(cli, &order);

    error = error ? error : change(cli, &order, set, "changed");
    order_destroy(&order);
    return error;
}

static struct error *
attach(struct pool *pool, struct ovsdb_idl_txn *txn, void *order_)
{
    struct order *order = order_;
    const struct poolrec_vif *vif;
    struct error *error = pool_vif_find(pool, order->word, order->here, &vif);

    if (!error) {
        order->uuid = vif->header_.uuid;
        pool_vif_attach(vif, order->attached);
    }
    return error;
}

struct error *
vif_plug(struct cli *cli)
{
    struct order order = { .word = cli->given.arguments[0], .attached = true };

    return change(cli, &order, attach, "is to be plugged");
}

struct error *
vif_unplug(struct cli *cli)
{
    struct order order = { .word = cli->given.arguments[0], .attached = false };

    return change(cli, &order, attach, "is to be unplugged");
}

static struct error *
destroy(struct pool *pool, struct ovsdb_idl_txn *txn, void *order_)
{
    struct order *order = order_;
    const struct poolrec_vif *vif;
    struct error *error = pool_vif_find(pool, order->word, order->here, &vif);

    if (!error) {
        row_destroy(&order->row);
        record_vif(vif, &order->row);
        pool_vif_destroy(vif);
    }
    return error;
}

struct error *
vif_destroy(struct cli *cli)
{
    struct order order = { .word = cli->given.arguments[0], .row = ROW_INITIALIZER };
    struct pool *pool;
    struct error *error = cli_pool(cli, &pool);

    if (!error) {
        order.here = cli_here(cli);
        error = pool_change(pool, destroy, &order, cli_timeout(cli, CLI_TIMEOUT_MS));
    }
    if (!error) {
        char *sentence = xasprintf("VIF %s destroyed", order.row.cells[0].text);

        cli->output.class->done(&cli->output, &order.row, sentence);
        free(sentence);
    }
    order_destroy(&order);
    return error;
}
