/* SPDX-License-Identifier: Apache-2.0
 *
 * cable host: who wires VIFs. Agents register their hosts, so there is nothing to create here.
 */
#include <config.h>

#include <stdlib.h>

#include "cli/cli.h"
#include "cli/nouns.h"
#include "cli/records.h"
#include "cli/rows.h"
#include "pool/replica.h"

struct error *
host_list(struct cli *cli)
{
    static const char *const columns[] = { "name", "hostname", "address", "vifs", "uuid", NULL };
    static const char *const cut[] = { "name", "hostname", "address", NULL };
    static const struct output_list list = { columns, "no hosts: start cabled, which registers the host that it runs on",
                                             .cut = cut };
    const struct poolrec_host *host;
    struct rows rows = ROWS_INITIALIZER;
    struct pool *pool;
    struct error *error = cli_pool(cli, &pool);

    if (error) {
        return error;
    }
    POOLREC_HOST_FOR_EACH (host, pool_idl(pool)) {
        record_host(pool, host, rows_add(&rows));
    }
    records_sort(&rows, "name");
    cli->output.class->list(&cli->output, &rows, &list);
    rows_destroy(&rows);
    return NULL;
}
