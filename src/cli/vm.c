/* SPDX-License-Identifier: Apache-2.0
 *
 * cable vm list, show and destroy. The list is the pool database's, and so are VMs that `cable vif create --vm NAME` has made, of which nothing
 * runs here. All else about a VM is cabled-xapi's.
 */
#include <config.h>

#include "pool/vm.h"

#include <stdlib.h>

#include <util.h>

#include "base/error.h"
#include "base/quote.h"
#include "cli/cli.h"
#include "cli/nouns.h"
#include "cli/records.h"
#include "cli/rows.h"
#include "cli/vm_record.h"
#include "cli/xapi.h"
#include "cli/xapi_objects.h"
#include "pool/change.h"
#include "pool/replica.h"

struct error *
vm_list(struct cli *cli)
{
    static const char *const columns[] = { "name", "power_state", "devices", "uuid", NULL };
    static const char *const cut[] = { "name", "devices", NULL };
    static const struct output_list list = {
        columns, "no VMs: `cable vm create` makes one, and so does `cable vif create --vm NAME`", .cut = cut,
    };
    const struct poolrec_vm *vm;
    struct rows rows = ROWS_INITIALIZER;
    struct pool *pool;
    struct error *error = cli_pool(cli, &pool);

    if (error) {
        return error;
    }
    POOLREC_VM_FOR_EACH (vm, pool_idl(pool)) {
        if (!vm->is_control_domain) {
            record_vm(pool, vm, rows_add(&rows));
        }
    }
    records_sort(&rows, "name");
    cli->output.class->list(&cli->output, &rows, &list);
    rows_destroy(&rows);
    return NULL;
}

struct error *
vm_show(struct cli *cli)
{
    const char *word = cli->given.arguments[0];
    struct row row = ROW_INITIALIZER;
    struct xenapi_value record;
    struct xapi *xapi;
    char *ref = NULL;
    struct error *error = cli_xapi(cli, &xapi);

    error = error ? error : xapi_find(xapi, "VM", word, &ref);
    error = error ? error : xapi_record(xapi, "VM", ref, &record);
    if (!error) {
        error = vm_record_whole(xapi, &record, &row);
        if (!error) {
            cli->output.class->show(&cli->output, &row);
        }
        row_destroy(&row);
        xenapi_value_destroy(&record);
    }
    free(ref);
    return error;
}

static void
show_destroyed(struct cli *cli, const struct row *row, const char *name)
{
    char *sentence = xasprintf("VM %s destroyed", name);

    cli->output.class->done(&cli->output, row, sentence);
    free(sentence);
}

/* With its VIFs and the rows of its disks. */
static struct error *
destroy_in_xapi(struct cli *cli, struct xapi *xapi, const char *word)
{
    struct row row = ROW_INITIALIZER;
    struct xenapi_value record;
    char *ref = NULL;
    struct error *error = xapi_find(xapi, "VM", word, &ref);

    error = error ? error : xapi_record(xapi, "VM", ref, &record);
    if (!error) {
        vm_record_brief(&record, &row);
        error = xapi_ask(xapi, "VM.destroy", NULL, ref, NULL);
        if (error) {
            error = error_prefix(error, "VM %s", quote(word).text);
        } else {
            show_destroyed(cli, &row, xapi_text(&record, "name_label"));
        }
        row_destroy(&row);
        xenapi_value_destroy(&record);
    }
    free(ref);
    return error;
}

struct order {
    const char *word;
    struct row row;             /* of the VM before its removal */
};

static struct error *
destroy(struct pool *pool, struct ovsdb_idl_txn *txn, void *order_)
{
    struct order *order = order_;
    const struct poolrec_vm *vm;
    struct error *error = pool_vm_find(pool, order->word, &vm);

    if (!error) {
        row_destroy(&order->row);
        record_vm(pool, vm, &order->row);
        error = pool_vm_destroy(pool, vm);
    }
    return error;
}

static struct error *
destroy_in_pool(struct cli *cli, const char *word)
{
    struct order order = { word, ROW_INITIALIZER };
    struct pool *pool;
    struct error *error = cli_pool(cli, &pool);

    error = error ? error : pool_change(pool, destroy, &order, cli_timeout(cli, CLI_TIMEOUT_MS));
    if (!error) {
        show_destroyed(cli, &order.row, order.row.cells[0].text);
    }
    row_destroy(&order.row);
    return error;
}

struct error *
vm_destroy(struct cli *cli)
{
    const char *word = cli->given.arguments[0];
    struct xapi *xapi;
    struct error *error = cli_xapi(cli, &xapi);

    if (!error) {
        return destroy_in_xapi(cli, xapi, word);
    } else if (error->code == ERROR_UNREACHABLE && !cli_names_xapi(cli)) {
        error_free(error);
        return destroy_in_pool(cli, word);
    }
    return error;
}
