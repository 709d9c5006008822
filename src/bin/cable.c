/* SPDX-License-Identifier: Apache-2.0
 *
 * cable: the command line.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <unistd.h>

#include <fatal-signal.h>
#include <openvswitch/dynamic-string.h>
#include <openvswitch/vlog.h>
#include <util.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/text.h"

/* A parent may have closed standard input, output or error. The first socket would take the place, and what is printed would go
 * to the pool database. */
static void
fill_standard_files(void)
{
    int fd;

    do {
        fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0) {
        close(fd);
    }
}

static int
report(struct error *error, int status)
{
    struct ds text = DS_EMPTY_INITIALIZER;

    text_put(&text, error->text);       /* it may repeat what was typed */
    fprintf(stderr, "cable: %s\n", ds_cstr(&text));
    ds_destroy(&text);
    error_free(error);
    return status;
}

/* A reader that has seen enough (`cable vif list | head -1`) is no failure of ours. */
static int
finish(int status)
{
    if ((fflush(stdout) || ferror(stdout)) && errno != EPIPE) {
        fprintf(stderr, "cable: standard output: %s%s\n", ovs_strerror(errno),
                status ? "" : ": the command has been carried out");
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

    fill_standard_files();
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
