/* SPDX-License-Identifier: Apache-2.0
 *
 * cable: the command line.
 */
#include <config.h>

#include <errno.h>
#include <locale.h>
#include <stdio.h>

#include <fatal-signal.h>
#include <openvswitch/vlog.h>
#include <util.h>

#include "base/error.h"
#include "cli/cli.h"

static int
report(struct error *error, int status)
{
    fprintf(stderr, "cable: %s\n", error->text);
    error_free(error);
    return status;
}

/* A reader that has seen enough (`cable vif list | head -1`) is no failure of ours. */
static int
finish(int status)
{
    if ((fflush(stdout) || ferror(stdout)) && errno != EPIPE) {
        perror("cable: standard output");
        return status ? status : CLI_FAILED;
    }
    return status;
}

int
main(int argc, char *argv[])
{
    struct error *error;
    struct cli cli;
    int status;

    ovs_set_program_name(argv[0], CABLED_VERSION);
    vlog_set_levels(NULL, VLF_ANY_DESTINATION, VLL_OFF);
    fatal_ignore_sigpipe();
    setlocale(LC_CTYPE, "C.UTF-8");

    error = cli_init(&cli, argv + 1);
    if (error) {
        return report(error, CLI_USAGE);
    }
    error = cli_run(&cli);
    status = error ? report(error, cli.status ? cli.status : CLI_FAILED) : cli.status;
    cli_destroy(&cli);
    return finish(status);
}
