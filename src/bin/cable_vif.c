/* SPDX-License-Identifier: Apache-2.0
 *
 * cable-vif(8): stands in for XenServer's scripts vif, vif-real and setup-vif-rules. One process for each event, so it starts nothing that
 * it does not need: no loop, no TLS, no log but syslog.
 */
#include <config.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include <signal.h>
#include <util.h>

#include "ask/agent.h"
#include "base/error.h"
#include "bin/cable_vif_acts.h"
#include "bin/cable_vif_host.h"
#include "xenstore/store.h"
#include "xenvif/call.h"
#include "xenvif/number.h"

enum {
    TIMEOUT_S = 30,             /* as the scripts gave ovs-vsctl */
    TIMEOUT_MAX_S = 120,
    FILE_WAIT_MS = 5000,
};

/* What is being done: told when it takes too long. */
static const char *volatile step = "reading its arguments";

static void
usage(void)
{
    printf("cable-vif: wires the VIFs of a XenServer or XCP-ng host through cabled\n"
           "usage: vif ACTION [type_if=vif|tap [DOMID DEVID]]\n"
           "       vif-real vif|tap DOMID DEVID online|add|move|remove\n"
           "       setup-vif-rules BACKEND DEVICE VM-UUID DEVID filter|clear\n"
           "       cable-vif vif|vif-real|setup-vif-rules ARGUMENT...\n"
           "       cable-vif show DEVICE        what the agent would be told of a VIF\n"
           "       cable-vif --help|--version\n"
           "Environment: CABLED_AGENT, CABLE_VIF_TIMEOUT (seconds, %d), CABLE_VIF_ROOT; see cable-vif(8).\n", TIMEOUT_S);
}

/* Only what may be called here is called. */
static void
alarm_rings(int signal_number OVS_UNUSED)
{
    static const char before[] = "cable-vif: took too long: it was ", after[] = "\n";
    const char *what = step;

    if (write(STDERR_FILENO, before, sizeof before - 1) < 0 || write(STDERR_FILENO, what, strlen(what)) < 0
        || write(STDERR_FILENO, after, sizeof after - 1) < 0) {
        _exit(EXIT_FAILURE);
    }
    _exit(EXIT_FAILURE);
}

static void
step_begin(const char *what, int max_ms)
{
    step = what;
    alarm(DIV_ROUND_UP(max_ms, 1000));
}

static const char *
setting(const char *name, const char *otherwise)
{
    const char *value = getenv(name);

    return value && *value ? value : otherwise;
}

static struct error *
timeout_read(int *timeout_ms)
{
    uint32_t seconds = TIMEOUT_S;
    const char *text = setting("CABLE_VIF_TIMEOUT", NULL);
    struct error *error = text ? xenvif_number_parse("CABLE_VIF_TIMEOUT", text, TIMEOUT_MAX_S, &seconds) : NULL;

    *timeout_ms = MAX(seconds, 1) * 1000;
    return error;
}

/* libxl says so when it calls the scripts itself. */
static struct error *
is_libxl_s(struct store *store, const struct xenvif_call *call, bool *yes)
{
    char *value = NULL;
    struct error *error = call->by_udev ? store_read(store, "libxl/disable_udev", &value) : NULL;

    *yes = value != NULL;
    free(value);
    return error;
}

static struct error *
act(const struct acts *acts, const struct xenvif_call *call)
{
    bool is_libxls;
    struct error *error = is_libxl_s(acts->store, call, &is_libxls);

    if (error || is_libxls) {
        return error;
    }
    error = host_backend_check(acts->places.root);
    error = error ? error : acts_do(acts, call);
    if (error && call->action != XENVIF_SHOW) {
        acts_tell_failure(acts, call, error->text);
    }
    return error;
}

static struct error *
carry_out(const struct xenvif_call *call)
{
    struct acts acts = {
        .socket = setting("CABLED_AGENT", NULL),
        .places.root = setting("CABLE_VIF_ROOT", ""),
        .begin = step_begin,
    };
    long long int begin = ask_now();
    struct error *error = timeout_read(&acts.timeout_ms);

    if (error || call->action == XENVIF_NOTHING) {
        return error;
    }
    acts.places.file_wait_ms = MIN(FILE_WAIT_MS, acts.timeout_ms);
    step_begin("opening xenstore", acts.timeout_ms);
    error = store_open(&acts.store);
    if (!error) {
        error = act(&acts, call);
        store_close(acts.store);
    }
    if (!error && call->action != XENVIF_SHOW) {
        syslog(LOG_INFO, "vif=%s: %s done in %lld ms", call->device, call->word, ask_now() - begin);
    }
    return error ? error_prefix(error, "%s", call->device) : NULL;
}

static const char *
last_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static int
report(struct error *error)
{
    if (!error) {
        return EXIT_SUCCESS;
    }
    syslog(LOG_ERR, "%s", error->text);
    fprintf(stderr, "cable-vif: %s\n", error->text);
    error_free(error);
    return EXIT_FAILURE;
}

int
main(int argc, char *argv[])
{
    struct xenvif_environment environment = {
        .xenbus_type = getenv("XENBUS_TYPE"), .xenbus_path = getenv("XENBUS_PATH"),
        .interface = getenv("INTERFACE"), .udev_call = getenv("UDEV_CALL"),
    };
    struct xenvif_call call;
    struct error *error;

    if (argc == 2 && !strcmp(argv[1], "--help")) {
        usage();
        return EXIT_SUCCESS;
    } else if (argc == 2 && !strcmp(argv[1], "--version")) {
        printf("cable-vif (Cabled) %s\n", CABLED_VERSION);
        return EXIT_SUCCESS;
    }
    signal(SIGPIPE, SIG_IGN);
    signal(SIGALRM, alarm_rings);
    openlog("cable-vif", LOG_PID, LOG_DAEMON);
    error = xenvif_call_parse(last_name(argv[0]), (const char *const *) argv + 1, &environment, &call);
    return report(error ? error : carry_out(&call));
}
