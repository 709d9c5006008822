/* SPDX-License-Identifier: Apache-2.0
 *
 * cable-libvirt(8): a hook of libvirt's, and by hand for a domain that runs. The domain's XML is on standard input; what is said of its
 * interfaces in its metadata goes into the rows of their ports, and the agent guards them by it.
 */
#include <config.h>

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include <openvswitch/dynamic-string.h>
#include <openvswitch/vlog.h>
#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/quote.h"
#include "libvirt/domain.h"
#include "libvirt/domain_xml.h"
#include "libvirt/guard.h"
#include "libvirt/ports.h"
#include "vif/wish.h"

enum {
    /* libvirt waits for a hook without end: so this is how long a guest's start may take longer because of it. */
    DEFAULT_TIMEOUT_S = 30,
    TIMEOUT_MS = DEFAULT_TIMEOUT_S * 1000,
    MAX_TIMEOUT_S = 3600,

    EXIT_USAGE = 2,

    READ_BYTES = 64 * 1024,
};

/* What is done at one of libvirt's operations. */
enum act {
    ACT_NOTHING,
    ACT_CHECK,                  /* refuse what could not be guarded, before libvirt makes anything */
    ACT_GUARD,                  /* devices and ports are there, the guest does not run: it must not, unless it is guarded */
    ACT_REFRESH,                /* the guest runs, and would be killed if we failed */
    ACT_RELEASE,                /* the guest has ended: libvirt has taken its own ports away */
};

static const struct operation {
    const char *name, *suboperation;
    enum act act;
} operations[] = {
    { "prepare",   "begin", ACT_CHECK },
    { "start",     "begin", ACT_GUARD },
    { "reconnect", "begin", ACT_REFRESH },
    { "stopped",   "end",   ACT_RELEASE },
};

static enum act
act_of(const char *operation, const char *suboperation)
{
    for (size_t i = 0; i < ARRAY_SIZE(operations); i++) {
        if (!strcmp(operations[i].name, operation) && !strcmp(operations[i].suboperation, suboperation)) {
            return operations[i].act;
        }
    }
    return ACT_NOTHING;
}

static struct error *
read_input(struct ds *text)
{
    for (;;) {
        ssize_t n;

        ds_reserve(text, text->length + READ_BYTES);
        n = read(STDIN_FILENO, text->string + text->length, READ_BYTES);
        if (n < 0 && errno != EINTR) {
            return error_new(ERROR_INVALID, "standard input, where the domain's XML should be, cannot be read: %s", ovs_strerror(errno));
        } else if (!n) {
            text->string[text->length] = '\0';
            return NULL;
        }
        text->length += n > 0 ? n : 0;
        if (text->length > LIMIT_LIBVIRT_XML_BYTES) {
            return error_new(ERROR_LIMIT, "the domain's XML is longer than %d bytes", LIMIT_LIBVIRT_XML_BYTES);
        }
    }
}

static struct error *
read_domain(struct libvirt_domain *domain)
{
    struct ds text = DS_EMPTY_INITIALIZER;
    struct error *error = read_input(&text);

    error = error ? error : libvirt_domain_read(ds_cstr(&text), text.length, domain);
    ds_destroy(&text);
    return error;
}

static bool
is_suboperation(const char *word)
{
    return !strcmp(word, "begin") || !strcmp(word, "end") || !strcmp(word, "-");
}

static struct libvirt_guard
guard_of(const struct libvirt_domain *domain, const struct libvirt_ports *ports, long long int timeout_ms)
{
    return (struct libvirt_guard) { .ports = ports, .vm = domain->uuid, .agent = getenv("CABLED_AGENT"), .timeout_ms = timeout_ms };
}

static struct error *
guard(const struct libvirt_domain *domain, const struct libvirt_ports *ports, bool await, long long int timeout_ms)
{
    struct libvirt_guard guard = guard_of(domain, ports, timeout_ms);

    guard.await = await;
    return ports->n ? libvirt_guard(&guard) : NULL;
}

static struct error *
release(const struct libvirt_domain *domain)
{
    struct libvirt_ports ports;

    libvirt_ports_find_handed(domain, &ports);

    struct libvirt_guard guard = guard_of(domain, &ports, TIMEOUT_MS);
    struct error *error = ports.n ? libvirt_unguard(&guard) : NULL;

    libvirt_ports_destroy(&ports);
    return error;
}

/* What the hook does for a domain; one of which nothing is said needs no switch to start or end. */
static struct error *
hook_domain(const struct libvirt_domain *domain, enum act act)
{
    struct libvirt_ports ports;
    struct error *error;

    if (act == ACT_CHECK) {
        return libvirt_ports_check(domain);
    } else if (!domain->described && act != ACT_REFRESH) {
        return NULL;
    } else if (act == ACT_RELEASE) {
        return release(domain);
    }
    error = libvirt_ports_find(domain, &ports);
    if (!error) {
        error = guard(domain, &ports, act == ACT_GUARD, TIMEOUT_MS);
        libvirt_ports_destroy(&ports);
    }
    return error;
}

static void
complain(const char *text)
{
    openlog("cable-libvirt", LOG_PID, LOG_DAEMON);
    syslog(LOG_ERR, "%s", text);
    closelog();
    fprintf(stderr, "cable-libvirt: %s\n", text);
}

static int
hook(const char *guest, const char *operation, const char *suboperation)
{
    enum act act = act_of(operation, suboperation);
    struct libvirt_domain domain;
    struct error *error;

    if (act == ACT_NOTHING) {
        return EXIT_SUCCESS;
    }
    error = read_domain(&domain);
    if (!error) {
        error = hook_domain(&domain, act);
        libvirt_domain_destroy(&domain);
    }
    if (!error) {
        return EXIT_SUCCESS;
    }
    error = error_prefix(error, "guest %s, %s", quote(guest).text, operation);
    complain(error->text);
    error_free(error);
    return act == ACT_CHECK || act == ACT_GUARD ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* By hand. */

static void
show(const struct libvirt_ports *ports)
{
    for (size_t i = 0; i < ports->n; i++) {
        const struct libvirt_port *port = &ports->ports[i];
        char *allowance = port->described ? vif_allowance_describe(&port->policy, &port->rate) : xstrdup("not described");

        printf("%s: %s\n", port->device, allowance);
        free(allowance);
    }
}

static struct error *
apply_domain(const struct libvirt_domain *domain, long long int timeout_ms)
{
    struct libvirt_ports ports;
    struct error *error = libvirt_ports_find(domain, &ports);

    if (error) {
        return error;
    } else if (!ports.n) {
        printf("nothing to do: the domain has no interface on Open vSwitch, and nothing is said of any\n");
    } else {
        error = guard(domain, &ports, true, timeout_ms);
    }
    if (!error) {
        show(&ports);
    }
    libvirt_ports_destroy(&ports);
    return error;
}

static int
apply(long long int timeout_ms)
{
    struct libvirt_domain domain;
    struct error *error = read_domain(&domain);

    if (!error) {
        error = apply_domain(&domain, timeout_ms);
        error = error ? error_prefix(error, "guest %s", quote(domain.name).text) : NULL;
        libvirt_domain_destroy(&domain);
    }
    if (error) {
        fprintf(stderr, "cable-libvirt: %s\n", error->text);
        error_free(error);
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

static void
usage(FILE *to)
{
    fprintf(to,
            "usage: virsh dumpxml GUEST | cable-libvirt [--timeout=SECONDS] apply\n"
            "       cable-libvirt GUEST OPERATION SUBOPERATION EXTRA    as libvirt calls its hooks\n"
            "Has cabled guard the interfaces of a libvirt guest as the guest's metadata says: see cable-libvirt(8).\n"
            "  --timeout=SECONDS   how long the agent may take (default: %d)\n"
            "  -h, --help          display this help message\n"
            "  -V, --version       display version information\n", DEFAULT_TIMEOUT_S);
}

static bool
read_timeout(const char *text, long long int *timeout_ms)
{
    unsigned int seconds;

    if (!str_to_uint(text, 10, &seconds) || !seconds || seconds > MAX_TIMEOUT_S) {
        fprintf(stderr, "cable-libvirt: --timeout %s is not understood: write seconds, 1 to %d\n", quote(text).text, MAX_TIMEOUT_S);
        return false;
    }
    *timeout_ms = seconds * 1000LL;
    return true;
}

static int
by_hand(int argc, char *argv[])
{
    static const struct option options[] = {
        { "timeout", required_argument, NULL, 't' },
        { "help", no_argument, NULL, 'h' },
        { "version", no_argument, NULL, 'V' },
        { NULL, 0, NULL, 0 },
    };
    long long int timeout_ms = TIMEOUT_MS;
    int option;

    while ((option = getopt_long(argc, argv, "hV", options, NULL)) != -1) {
        switch (option) {
        case 't':
            if (!read_timeout(optarg, &timeout_ms)) {
                return EXIT_USAGE;
            }
            break;
        case 'h':
            usage(stdout);
            return EXIT_SUCCESS;
        case 'V':
            printf("cable-libvirt (Cabled) %s\n", CABLED_VERSION);
            return EXIT_SUCCESS;
        default:
            usage(stderr);
            return EXIT_USAGE;
        }
    }
    if (argc - optind != 1 || strcmp(argv[optind], "apply")) {
        usage(stderr);
        return EXIT_USAGE;
    }
    return apply(timeout_ms);
}

/* A guest may have any name, also one that looks like an option: libvirt's calls are told by their number of arguments. */
int
main(int argc, char *argv[])
{
    ovs_set_program_name(argv[0], CABLED_VERSION);
    vlog_set_levels(NULL, VLF_ANY_DESTINATION, VLL_OFF);
    if (argc == 5 && is_suboperation(argv[3])) {
        return hook(argv[1], argv[2], argv[3]);
    }
    return by_hand(argc, argv);
}
