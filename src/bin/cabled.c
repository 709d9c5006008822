/* SPDX-License-Identifier: Apache-2.0
 *
 * cabled(8): parses arguments, builds the agent, runs the loop.
 */
#include <config.h>

#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include <daemon.h>
#include <dirs.h>
#include <command-line.h>
#include <fatal-signal.h>
#include <util.h>
#include <openvswitch/vlog.h>
#include <stream-ssl.h>
#include <stream.h>

#include "agent/agent.h"
#include "base/error.h"
#include "bin/loop.h"

VLOG_DEFINE_THIS_MODULE(cabled);

struct options {
    const char *remote;         /* of the switch's database */
    const char *root_prefix;    /* of XAPI's files, or NULL */
    char *control;              /* path of the control socket, or NULL for the usual one */
};

OVS_NO_RETURN static void
usage(void)
{
    printf("%s: cables virtual interfaces into Open vSwitch, rules first\n"
           "usage: %s [OPTION]... [DATABASE]\n"
           "where DATABASE is the switch's own database (default: unix:%s/db.sock).\n"
           "All settings are in Open_vSwitch.external_ids there; see cabled(8).\n",
           program_name, program_name, ovs_rundir());
    stream_usage("DATABASE", true, false, true);
    daemon_usage();
    vlog_usage();
    printf("\nOther options:\n"
           "  --root-prefix=FOLDER    wait for XAPI's cookie below FOLDER\n"
           "  --unixctl=SOCKET        override default control socket name\n"
           "  -h, --help              display this help message\n"
           "  -V, --version           display version information\n");
    exit(EXIT_SUCCESS);
}

static void
parse_options(int argc, char *argv[], struct options *options)
{
    enum { OPT_UNIXCTL = UCHAR_MAX + 1, OPT_ROOT_PREFIX, OPT_PEER_CA_CERT, VLOG_OPTION_ENUMS, DAEMON_OPTION_ENUMS, SSL_OPTION_ENUMS };
    static const struct option long_options[] = {
        { "help", no_argument, NULL, 'h' },
        { "version", no_argument, NULL, 'V' },
        { "unixctl", required_argument, NULL, OPT_UNIXCTL },
        { "root-prefix", required_argument, NULL, OPT_ROOT_PREFIX },
        DAEMON_LONG_OPTIONS,
        VLOG_LONG_OPTIONS,
        STREAM_SSL_LONG_OPTIONS,
        { "peer-ca-cert", required_argument, NULL, OPT_PEER_CA_CERT },
        { NULL, 0, NULL, 0 },
    };
    char *short_options = ovs_cmdl_long_options_to_short_options(long_options);

    for (;;) {
        int option = getopt_long(argc, argv, short_options, long_options, NULL);

        if (option == -1) {
            break;
        }
        switch (option) {
        case 'h':
            usage();
        case 'V':
            printf("%s (Cabled) %s\n", program_name, CABLED_VERSION);
            exit(EXIT_SUCCESS);
        case OPT_UNIXCTL:
            options->control = optarg;
            break;
        case OPT_ROOT_PREFIX:
            options->root_prefix = optarg;
            break;
        case OPT_PEER_CA_CERT:
            stream_ssl_set_peer_ca_cert_file(optarg);
            break;
        DAEMON_OPTION_HANDLERS
        VLOG_OPTION_HANDLERS
        STREAM_SSL_OPTION_HANDLERS
        default:
            fprintf(stderr, "Try `%s --help'.\n", program_name);
            exit(2);
        }
    }
    free(short_options);
    if (argc - optind > 1) {
        fprintf(stderr, "%s: at most one argument is taken, the switch's database; try `%s --help'\n", program_name, program_name);
        exit(2);
    }
    options->remote = optind < argc ? argv[optind] : NULL;
}

static void
run(void *agent)
{
    agent_run(agent);
}

static void
wait_for_more(void *agent)
{
    agent_wait(agent);
}

int
main(int argc, char *argv[])
{
    struct options options = { .remote = NULL };
    struct agent *agent;

    ovs_cmdl_proctitle_init(argc, argv);
    set_program_name(argv[0]);
    parse_options(argc, argv, &options);
    fatal_ignore_sigpipe();

    daemonize_start(false);
    struct loop *loop = loop_open(options.control);

    char *remote = options.remote ? xstrdup(options.remote) : xasprintf("unix:%s/db.sock", ovs_rundir());
    struct error *error = agent_create(remote, &agent);
    if (error) {
        ovs_fatal(0, "%s", error->text);
    }
    free(remote);
    if (options.root_prefix) {
        agent_set_root_prefix(agent, options.root_prefix);
    }
    daemonize_complete();
    VLOG_INFO("cabled %s is running", CABLED_VERSION);

    loop_run(loop, &(struct loop_work) { run, wait_for_more, agent });

    agent_destroy(agent);
    loop_close(loop);
    service_stop();
    return EXIT_SUCCESS;
}
