/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "bin/cable_vif_host.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include <util.h>

#include "base/error.h"
#include "base/quote.h"
#include "hotplug/offload.h"
#include "xenvif/call.h"
#include "xenvif/facts.h"

struct error *
host_backend_check(const char *root)
{
    static const char text[] =
        "this host's networks are Linux bridges (%s says bridge), and those are not Cabled's to cable: have Open vSwitch as backend "
        "(xe-switch-network-backend openvswitch), or put XenServer's scripts back";
    char *path = xasprintf("%s/etc/xensource/network.conf", root);
    FILE *file = fopen(path, "re");
    char word[32] = "";
    struct error *error = NULL;

    if (file) {
        error = fscanf(file, "%31s", word) == 1 && !strcmp(word, "bridge") ? error_new(ERROR_REFUSED, text, path) : NULL;
        fclose(file);
    }
    free(path);
    return error;
}

/* true, on: on; false, off: off; anything else is told of. */
static void
offload_apply(const char *device, const char *feature, const char *value)
{
    bool on = !strcmp(value, "true") || !strcmp(value, "on");
    struct error *error;

    if (!*value) {
        return;
    }
    if (!on && strcmp(value, "false") && strcmp(value, "off")) {
        syslog(LOG_WARNING, "vif=%s: other-config:ethtool-%s is %s: it is left alone, write on or off", device, feature, quote(value).text);
        return;
    }
    error = offload_set(device, feature, on);
    if (error) {
        syslog(LOG_WARNING, "vif=%s: %s", device, error->text);
        error_free(error);
    }
}

void
host_offloads_set(const struct xenvif_call *call, const struct xenvif_facts *facts)
{
    static const struct {
        enum xenvif_key key;
        const char *feature;
    } offloads[] = {
        { XENVIF_KEY_ETHTOOL_RX, "rx" }, { XENVIF_KEY_ETHTOOL_TX, "tx" }, { XENVIF_KEY_ETHTOOL_SG, "sg" },
        { XENVIF_KEY_ETHTOOL_TSO, "tso" }, { XENVIF_KEY_ETHTOOL_UFO, "ufo" }, { XENVIF_KEY_ETHTOOL_GSO, "gso" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(offloads); i++) {
        if (facts->key[offloads[i].key]) {
            offload_apply(call->device, offloads[i].feature, facts->key[offloads[i].key]);
        }
    }
    if (facts->key[XENVIF_KEY_PROMISCUOUS] && *facts->key[XENVIF_KEY_PROMISCUOUS]) {
        syslog(LOG_NOTICE, "vif=%s: other-config:promiscuous is left alone: Open vSwitch has no promiscuous ports", call->device);
    }
}

/* Waits for the end of 'pid'; kills it when it has had its time. Returns its wait status, -1 if it was killed. */
static int
script_wait(pid_t pid)
{
    sigset_t child;
    struct timespec left = { .tv_sec = HOST_SCRIPT_MS / 1000 };
    int status;

    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    while (waitpid(pid, &status, WNOHANG) == 0) {
        if (sigtimedwait(&child, NULL, &left) < 0 && errno == EAGAIN) {
            kill(-pid, SIGKILL);
            waitpid(pid, &status, 0);
            return -1;
        }
    }
    return status;
}

/* Runs 'argv' to its end, in a process group of its own. NULL if it exits with 0. */
static struct error *
script_run(const char *const *argv)
{
    posix_spawnattr_t attributes;
    sigset_t child, before;
    pid_t pid;
    int code, status;

    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, &before);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigmask(&attributes, &before);
    code = posix_spawnp(&pid, argv[0], NULL, &attributes, (char *const *) argv, environ);
    posix_spawnattr_destroy(&attributes);
    if (code) {
        return error_new(ERROR_REFUSED, "%s: %s", argv[0], ovs_strerror(code));
    }
    status = script_wait(pid);
    if (status == -1) {
        return error_new(ERROR_TIMEOUT, "%s did not end within %d s and was killed", argv[0], HOST_SCRIPT_MS / 1000);
    }
    return WIFEXITED(status) && !WEXITSTATUS(status)
        ? NULL : error_new(ERROR_REFUSED, "%s %s %d", argv[0], WIFEXITED(status) ? "exited with status" : "died of signal",
                           WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}

static void
script_call(const char *device, const char *const *argv)
{
    struct error *error = script_run(argv);

    if (error) {
        syslog(LOG_WARNING, "vif=%s: %s", device, error->text);
        error_free(error);
    }
}

void
host_pvs_call(const char *verb, const struct xenvif_call *call, const struct xenvif_facts *facts)
{
    const char *script = facts->key[XENVIF_KEY_PVS_SCRIPT];
    const char *argv[] = { script, verb, xenvif_type_name(call->type), call->device, facts->private_path, facts->hotplug_path, NULL };

    if (facts->key[XENVIF_KEY_PVS_INTERFACE] && script && script[0] == '/' && facts->hotplug_path) {
        script_call(call->device, argv);
    }
}

void
host_hook_call(const char *root, const struct xenvif_call *call, const struct xenvif_facts *facts, const char *vif_uuid)
{
    char *hook = xasprintf("%s/etc/xapi.d/vif-hotplug", root);
    const char *argv[] = { hook, "-action", call->word, "-vifuuid", vif_uuid, "-vmuuid", facts->vm_uuid, NULL };

    if (!access(hook, X_OK)) {
        if (vif_uuid && *vif_uuid && facts->vm_uuid[0]) {
            script_call(call->device, argv);
        } else {
            syslog(LOG_WARNING, "vif=%s: %s is not called, because xenstore does not say the uuids of VIF and VM", call->device, hook);
        }
    }
    free(hook);
}

struct error *
host_port_delete(const char *device)
{
    const char *argv[] = { "ovs-vsctl", "--timeout=10", "--no-wait", "--if-exists", "del-port", device, NULL };

    return script_run(argv);
}
