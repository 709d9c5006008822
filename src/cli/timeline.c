/* SPDX-License-Identifier: Apache-2.0
 *
 * cable timeline: how long each stage of a VM's last start took.
 */
#include <config.h>

#include "timeline/stages.h"

#include <stdlib.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "base/error.h"
#include "base/quote.h"
#include "cli/cli.h"
#include "cli/nouns.h"
#include "cli/rows.h"
#include "cli/text.h"
#include "pool/replica.h"
#include "pool/vm.h"

enum { USUAL_WIDTH = 80 };

static struct timeline
read_timeline(struct pool *pool, const struct poolrec_vm *vm)
{
    struct timeline timeline = timeline_read(vm->key_start_times, vm->value_start_times, vm->n_start_times);
    const struct poolrec_vif *vif;

    POOLREC_VIF_FOR_EACH (vif, pool_idl(pool)) {
        if (vif->VM == vm) {
            const struct timeline plug = timeline_read(vif->key_wire_times, vif->value_wire_times, vif->n_wire_times);

            timeline_add_vif(&timeline, &plug);
        }
    }
    return timeline;
}

static void
put_steps(struct row *row, const struct timeline_step steps[], size_t n)
{
    struct rows *rows = row_put_rows(row, "stages");

    for (size_t i = 0; i < n; i++) {
        struct row *inner = rows_add(rows);

        row_put_text(inner, "stage", timeline_stages[steps[i].stage].word);
        row_put_text(inner, "what", timeline_stages[steps[i].stage].what);
        row_put_integer(inner, "at_us", steps[i].at_us);
        row_put_integer(inner, "took_us", steps[i].took_us);
    }
}

static void
show_row(struct cli *cli, const struct poolrec_vm *vm, const struct timeline_step steps[], size_t n)
{
    struct row row = ROW_INITIALIZER;

    row_put_text(&row, "vm", pool_vm_name(vm));
    row_put_text_nocopy(&row, "uuid", xasprintf(UUID_FMT, UUID_ARGS(&vm->header_.uuid)));
    row_put_integer(&row, "whole_us", steps[n - 1].at_us);
    put_steps(&row, steps, n);
    cli->output.class->show(&cli->output, &row);
    row_destroy(&row);
}

static void
show_waterfall(struct cli *cli, const struct poolrec_vm *vm, const struct timeline_step steps[], size_t n)
{
    const struct timeline_step *last = &steps[n - 1];
    struct ds text = DS_EMPTY_INITIALIZER;

    text_put(&text, pool_vm_name(vm));
    ds_put_format(&text, ": %.1f ms from the request until %s\n\n", last->at_us / 1000.0, timeline_stages[last->stage].what);
    timeline_draw(steps, n, cli->output.width ? cli->output.width : USUAL_WIDTH, &text);
    fputs(ds_cstr(&text), cli->output.stream);
    ds_destroy(&text);
}

struct error *
timeline_show(struct cli *cli)
{
    struct timeline_step steps[TIMELINE_N_STAGES];
    const struct poolrec_vm *vm;
    struct pool *pool;
    struct error *error = cli_pool(cli, &pool);

    error = error ? error : pool_vm_find(pool, cli->given.arguments[0], &vm);
    if (error) {
        return error;
    }

    const struct timeline timeline = read_timeline(pool, vm);
    const size_t n = timeline_steps(&timeline, steps);
    if (!n) {
        return error_new(ERROR_NOT_FOUND, "VM %s has not been started yet: `cable vm start` starts it, by cabled-xapi, which tells the times",
                         quote(pool_vm_name(vm)).text);
    }
    (cli_is_json(cli) ? show_row : show_waterfall)(cli, vm, steps, n);
    return NULL;
}
