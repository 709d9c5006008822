/* SPDX-License-Identifier: Apache-2.0
 *
 * cabled-guest(8): what stands between a toolstack and a guest's process. Nobody but a toolstack begins it.
 *
 *     keep      keeps a network namespace (domain/keeper.h)
 *     first     is the first process in one (domain/first.h)
 *     exec      gives up privileges and executes a program (domain/launch.h)
 */
#include <config.h>

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <openvswitch/util.h>
#include <util.h>

#include "base/error.h"
#include "domain/first.h"
#include "domain/keeper.h"
#include "domain/launch.h"

enum { FDS_MAX = 64 };

struct options {
    int fds[FDS_MAX];
    size_t n_fds;
    struct launch launch;
    struct first first;
    struct keeper_config keeper;
};

#if defined __SANITIZE_ADDRESS__ || __has_feature(address_sanitizer)
/* LeakSanitizer looks at its process by ptrace(2) when that ends, which nobody may do to one that has given up its privileges: it would
 * end by an abort instead. Everything else that is built with it looks for leaks. */
int __lsan_is_turned_off(void);

int
__lsan_is_turned_off(void)
{
    return 1;
}
#endif

static void
stop_if(struct error *error)
{
    if (error) {
        fprintf(stderr, "%s: %s\n", program_name, error->text);
        error_free(error);
        exit(127);
    }
}

static unsigned int
number(const char *text)
{
    unsigned int value;

    if (!str_to_uint(text, 10, &value) || value > INT_MAX) {
        stop_if(error_new(ERROR_INVALID, "'%s' is no number", text));
    }
    return value;
}

/* DEVID,MAC,MTU */
static void
add_vif(struct keeper_config *config, const char *text)
{
    struct keeper_vif *vif = &config->vifs[config->n_vifs];
    char mac[MAC_TEXT_SIZE];

    if (config->n_vifs == LIMIT_DOMAIN_VIFS || sscanf(text, "%u,%17[^,],%u", &vif->devid, mac, &vif->mtu) != 3
        || vif->devid >= LIMIT_DOMAIN_VIFS) {
        stop_if(error_new(ERROR_INVALID, "VIF '%s' is not DEVID,MAC,MTU with a DEVID below %d, or one too many", text, LIMIT_DOMAIN_VIFS));
    }
    stop_if(mac_parse(mac, &vif->mac));
    config->n_vifs++;
}

static void
add_fd(struct options *options, const char *text)
{
    if (options->n_fds == FDS_MAX) {
        stop_if(error_new(ERROR_LIMIT, "more than %d descriptors", FDS_MAX));
    }
    options->fds[options->n_fds++] = number(text);
}

static void
set_group_of(struct privileges *privileges, const char *path)
{
    struct stat status;

    privileges->has_group = !stat(path, &status);
    privileges->group = privileges->has_group ? status.st_gid : 0;
}

static void
parse(int argc, char *argv[], struct options *options)
{
    enum { GATE = UCHAR_MAX + 1, FD, UID, GID, GROUP_OF, NETWORK, TERMINAL, LEASH, NAMESPACE, DOMID, MONITOR, CONSOLE, LOG, VIF };
    static const struct option long_options[] = {
        { "gate", required_argument, NULL, GATE }, { "fd", required_argument, NULL, FD }, { "uid", required_argument, NULL, UID },
        { "gid", required_argument, NULL, GID }, { "group-of", required_argument, NULL, GROUP_OF },
        { "network", no_argument, NULL, NETWORK }, { "terminal", no_argument, NULL, TERMINAL },
        { "leash", required_argument, NULL, LEASH }, { "namespace", required_argument, NULL, NAMESPACE },
        { "domid", required_argument, NULL, DOMID }, { "monitor", required_argument, NULL, MONITOR },
        { "console", required_argument, NULL, CONSOLE }, { "log", required_argument, NULL, LOG }, { "vif", required_argument, NULL, VIF },
        { NULL, 0, NULL, 0 },
    };
    struct privileges *privileges = &options->launch.privileges;

    for (;;) {
        int option = getopt_long(argc, argv, "+", long_options, NULL);

        switch (option) {
        case -1: return;
        case GATE: options->launch.gate = number(optarg); break;
        case FD: add_fd(options, optarg); break;
        case UID: privileges->uid = number(optarg); privileges->has_user = true; break;
        case GID: privileges->gid = number(optarg); break;
        case GROUP_OF: set_group_of(privileges, optarg); break;
        case NETWORK: privileges->capabilities = privileges_of_program(); break;
        case TERMINAL: options->launch.has_terminal = true; break;
        case LEASH: options->first.leash = number(optarg); break;
        case NAMESPACE: options->first.network = number(optarg); break;
        case DOMID: options->keeper.domid = number(optarg); break;
        case MONITOR: options->keeper.monitor = number(optarg); break;
        case CONSOLE: options->keeper.console = number(optarg); break;
        case LOG: options->keeper.log = number(optarg); break;
        case VIF: add_vif(&options->keeper, optarg); break;
        default: exit(2);
        }
    }
}

static void
keep(struct options *options, char *argv[])
{
    struct keeper_config *keeper = &options->keeper;
    const int fds[] = { keeper->monitor, keeper->console, keeper->log };

    if (!launch_await(options->launch.gate)) {
        return;
    }
    launch_close_others(fds, ARRAY_SIZE(fds));
    keeper->privileges = options->launch.privileges;
    keeper->argv = argv[0] ? argv : NULL;
    stop_if(keeper_run(keeper));
}

int
main(int argc, char *argv[])
{
    struct options options = { .launch = { .gate = -1 } };
    const char *mode = argc > 1 ? argv[1] : "";

    set_program_name("cabled-guest");
    optind = 2;
    parse(argc, argv, &options);
    argv += optind;
    options.launch.fds = options.fds;
    options.launch.n_fds = options.n_fds;
    if (!strcmp(mode, "keep")) {
        keep(&options, argv);
    } else if (!strcmp(mode, "first") && argv[0]) {
        options.first.privileges = options.launch.privileges;
        stop_if(first_run(&options.first, argv));
    } else if (!strcmp(mode, "exec") && argv[0]) {
        stop_if(launch(&options.launch, argv));
    } else {
        fprintf(stderr, "%s is begun by cabled-xapi(8) only: see cabled-guest(8)\n", program_name);
        return 2;
    }
    return EXIT_SUCCESS;
}
