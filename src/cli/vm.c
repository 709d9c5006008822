/* SPDX-License-Identifier: Apache-2.0
 *
 * cable vm: whose VIFs they are. `cable vif create --vm NAME` makes a VM; here it can be seen and removed.
 */
#include <config.h>

#include "pool/vm.h"

#include <stdlib.h>

#include <util.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/nouns.h"
#include "cli/records.h"
#include "cli/rows.h"
#include "pool/change.h"
#include "pool/replica.h"

struct error *
vm_list(struct cli *cli)
{
    static const char *const columns[] = { "name", "devices", "uuid", NULL };
    static const char *const cut[] = { "name", "devices", NULL };
    static const struct output_list list = { columns, "no VMs: `cable vif create --vm NAME` makes one", .cut = cut };
    const struct poolrec_vm *vm;
    struct rows rows = ROWS_INITIALIZER;
    struct pool *pool;
    struct error *error = cli_pool(cli, &pool);

    if (error) {
        return error;
    }
    POOLREC_VM_FOR_EACH (vm, pool_idl(pool)) {
        record_vm(pool, vm, rows_add(&rows));
    }
    records_sort(&rows, "name");
    cli->output.class->list(&cli->output, &rows, &list);
    rows_destroy(&rows);
    return NULL;
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

struct error *
vm_destroy(struct cli *cli)
{
    struct order order = { cli->given.arguments[0], ROW_INITIALIZER };
    struct pool *pool;
    struct error *error = cli_pool(cli, &pool);

    error = error ? error : pool_change(pool, destroy, &order, cli_timeout(cli, CLI_TIMEOUT_MS));
    if (!error) {
        char *sentence = xasprintf("VM %s destroyed", order.word);

        cli->output.class->done(&cli->output, &order.row, sentence);
        free(sentence);
    }
    row_destroy(&order.row);
    return error;
}
