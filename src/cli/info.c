/* SPDX-License-Identifier: Apache-2.0
 *
 * cable help and version.
 */
#include <config.h>

#include <openvswitch/dynamic-string.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/help.h"
#include "cli/nouns.h"
#include "cli/rows.h"

struct error *
help_show(struct cli *cli)
{
    struct ds text = DS_EMPTY_INITIALIZER;
    struct error *error = NULL;

    if (cli_is_json(cli)) {
        help_format_json(&text);
    } else {
        error = help_format(cli->given.arguments, &text);
    }
    fputs(ds_cstr(&text), cli->output.stream);
    ds_destroy(&text);
    return error ? cli_usage(cli, error) : NULL;
}

struct error *
version_show(struct cli *cli)
{
    struct row row = ROW_INITIALIZER;

    row_put_text(&row, "program", "cable");
    row_put_text(&row, "version", CABLED_VERSION);
    cli->output.class->done(&cli->output, &row, "cable (Cabled) " CABLED_VERSION);
    row_destroy(&row);
    return NULL;
}
