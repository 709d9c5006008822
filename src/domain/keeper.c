/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "domain/keeper.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <openvswitch/json.h>
#include <openvswitch/poll-loop.h>
#include <util.h>

#include "base/error.h"
#include "domain/console.h"
#include "domain/links.h"
#include "domain/monitor.h"
#include "domain/namespace.h"
#include "domain/program.h"
#include "domain/qmp_message.h"

enum keeper_state { PRELAUNCH, RUNNING, PAUSED, SHUTDOWN, PANICKED };

/* QEMU's words (qapi/run-state.json, RunState). */
static const char *const state_names[] = {
    [PRELAUNCH] = "prelaunch", [RUNNING] = "running", [PAUSED] = "paused", [SHUTDOWN] = "shutdown", [PANICKED] = "guest-panicked",
};

struct keeper {
    const struct keeper_config *config;
    struct namespace namespace;
    struct monitor *monitor;
    struct console console;
    struct program *program;    /* NULL: none runs */
    enum keeper_state state;
    unsigned int devids;        /* bits: which devices are there */
    bool was_asked_to_end;      /* the power button was pressed */
    bool is_quitting;
};

static struct error *
add_vif(struct keeper *keeper, const struct keeper_vif *vif)
{
    struct link_name name = link_name(keeper->config->domid, vif->devid);
    char peer[16];

    snprintf(peer, sizeof peer, "eth%u", vif->devid);
    struct error *error = link_add_veth(&(struct veth) {
        .name = name.text, .peer = peer, .mac = vif->mac, .mtu = vif->mtu, .netns = keeper->namespace.fd,
    });
    if (error) {
        return error;
    }
    error = namespace_finish_checksums(&keeper->namespace, peer);
    if (!error && keeper->state == RUNNING) {
        error = link_set_up_in(keeper->namespace.links, peer);
    }
    if (error) {
        error_free(link_remove(name.text));
    } else {
        keeper->devids |= 1u << vif->devid;
    }
    return error;
}

static struct error *
remove_vif(struct keeper *keeper, unsigned int devid)
{
    struct error *error = link_remove(link_name(keeper->config->domid, devid).text);

    if (!error) {
        keeper->devids &= ~(1u << devid);
    }
    return error;
}

static struct error *
set_links_up(struct keeper *keeper)
{
    struct error *error = link_set_up_in(keeper->namespace.links, "lo");

    for (unsigned int devid = 0; devid < LIMIT_DOMAIN_VIFS && !error; devid++) {
        char peer[16];

        snprintf(peer, sizeof peer, "eth%u", devid);
        if (keeper->devids & 1u << devid) {
            error = link_set_up_in(keeper->namespace.links, peer);
        }
    }
    return error;
}

static struct error *
begin_program(struct keeper *keeper)
{
    struct error *error = set_links_up(keeper);

    keeper->was_asked_to_end = false;
    if (!error && keeper->config->argv) {
        error = program_begin(&(struct program_config) {
            .argv = keeper->config->argv, .privileges = keeper->config->privileges, .network = keeper->namespace.fd,
            .console = &keeper->console,
        }, &keeper->program);
    }
    return error;
}

static void
tell(struct keeper *keeper, const char *event)
{
    monitor_tell(keeper->monitor, event, json_object_create());
}

/* The guest has come to its end by itself. */
static void
end(struct keeper *keeper, bool is_crash)
{
    struct json *data = json_object_create();

    keeper->state = is_crash ? PANICKED : SHUTDOWN;
    if (is_crash) {
        json_object_put_string(data, "action", "pause");
    } else {
        json_object_put(data, "guest", json_boolean_create(true));
        json_object_put_string(data, "reason", "guest-shutdown");
    }
    monitor_tell(keeper->monitor, is_crash ? "GUEST_PANICKED" : "SHUTDOWN", data);
    tell(keeper, "STOP");
}

static struct error *
resume(struct keeper *keeper)
{
    struct error *error = NULL;

    if (keeper->state == PRELAUNCH) {
        error = begin_program(keeper);
    } else if (keeper->state == PAUSED && keeper->program) {
        program_resume(keeper->program);
    } else if (keeper->state == SHUTDOWN || keeper->state == PANICKED) {
        error = error_new(ERROR_INVALID, "the guest has ended: reset it first");
    }
    if (!error && keeper->state != RUNNING) {
        keeper->state = RUNNING;
        tell(keeper, "RESUME");
    }
    return error;
}

static void
stop(struct keeper *keeper)
{
    if (keeper->state == RUNNING) {
        if (keeper->program) {
            program_stop(keeper->program);
        }
        keeper->state = PAUSED;
        tell(keeper, "STOP");
    }
}

static void
power_down(struct keeper *keeper)
{
    keeper->was_asked_to_end = true;
    tell(keeper, "POWERDOWN");
    if (keeper->program) {
        program_terminate(keeper->program);
    } else if (keeper->state == RUNNING) {
        end(keeper, false);
    }
}

static struct error *
reset(struct keeper *keeper)
{
    const bool was_running = keeper->state == RUNNING;
    struct error *error = NULL;

    program_kill(keeper->program);
    keeper->program = NULL;
    keeper->state = PRELAUNCH;
    tell(keeper, "RESET");
    if (was_running) {
        error = begin_program(keeper);
        keeper->state = error ? PRELAUNCH : RUNNING;
    }
    return error;
}

static struct error *
plug(struct keeper *keeper, const struct json *arguments)
{
    const char *driver = qmp_text(arguments, "driver"), *id = qmp_text(arguments, "id"), *mac = qmp_text(arguments, "mac");
    struct keeper_vif vif = { .mtu = qmp_number(arguments, "host_mtu", 1500) };

    if (!driver || strcmp(driver, "veth") || !mac || !id || !ovs_scan(id, "vif%u", &vif.devid) || vif.devid >= LIMIT_DOMAIN_VIFS) {
        return error_new(ERROR_INVALID, "device_add takes a driver \"veth\", an id \"vif0\" to \"vif%d\", and a mac", LIMIT_DOMAIN_VIFS - 1);
    }
    struct error *error = mac_parse(mac, &vif.mac);
    return error ? error : add_vif(keeper, &vif);
}

static struct error *
unplug(struct keeper *keeper, const struct json *arguments)
{
    const char *id = qmp_text(arguments, "id");
    unsigned int devid;

    if (!id || !ovs_scan(id, "vif%u", &devid) || devid >= LIMIT_DOMAIN_VIFS || !(keeper->devids & 1u << devid)) {
        return error_new(ERROR_NOT_FOUND, "there is no such device");
    }
    struct error *error = remove_vif(keeper, devid);
    if (!error) {
        struct json *data = json_object_create();

        json_object_put_string(data, "device", id);
        monitor_tell(keeper->monitor, "DEVICE_DELETED", data);
    }
    return error;
}

static struct json *
status_json(const struct keeper *keeper)
{
    struct json *json = json_object_create();

    json_object_put(json, "running", json_boolean_create(keeper->state == RUNNING));
    json_object_put_string(json, "status", state_names[keeper->state]);
    return json;
}

/* As QEMU lists its devices. */
static struct json *
devices_json(const struct keeper *keeper)
{
    struct json *json = json_array_create_empty();

    for (unsigned int devid = 0; devid < LIMIT_DOMAIN_VIFS; devid++) {
        if (keeper->devids & 1u << devid) {
            struct json *device = json_object_create();

            json_object_put_format(device, "name", "vif%u", devid);
            json_object_put_string(device, "type", "child<veth>");
            json_array_add(json, device);
        }
    }
    return json;
}

static struct error *
change(struct keeper *keeper, const char *name, const struct json *arguments)
{
    if (!strcmp(name, "cont")) {
        return resume(keeper);
    } else if (!strcmp(name, "stop")) {
        stop(keeper);
    } else if (!strcmp(name, "system_powerdown")) {
        power_down(keeper);
    } else if (!strcmp(name, "system_reset")) {
        return reset(keeper);
    } else if (!strcmp(name, "quit")) {
        keeper->is_quitting = true;
    } else if (!strcmp(name, "device_add")) {
        return plug(keeper, arguments);
    } else if (!strcmp(name, "device_del")) {
        return unplug(keeper, arguments);
    } else {
        return error_new(ERROR_NOT_FOUND, "there is no command of this name");
    }
    return NULL;
}

static struct json *
command(const char *name, const struct json *arguments, char **refusal, void *keeper_)
{
    struct keeper *keeper = keeper_;
    OWN_ERROR struct error *error = NULL;

    if (!strcmp(name, "query-status")) {
        return status_json(keeper);
    } else if (!strcmp(name, "qom-list")) {
        return devices_json(keeper);
    }
    error = change(keeper, name, arguments);
    *refusal = error ? xstrdup(error->text) : NULL;
    return error ? NULL : json_object_create();
}

static struct error *
make(struct keeper *keeper)
{
    const struct keeper_config *config = keeper->config;
    struct error *error = namespace_make(config->domid, &keeper->namespace);

    for (size_t i = 0; i < config->n_vifs && !error; i++) {
        error = add_vif(keeper, &config->vifs[i]);
    }
    return error;
}

/* The devices go by name, since a namespace's end comes a while after its last process. */
static void
unmake(struct keeper *keeper)
{
    program_kill(keeper->program);
    for (unsigned int devid = 0; devid < LIMIT_DOMAIN_VIFS; devid++) {
        if (keeper->devids & 1u << devid) {
            error_free(remove_vif(keeper, devid));
        }
    }
    namespace_remove(&keeper->namespace);
}

static void
run_program(struct keeper *keeper)
{
    bool is_crash;

    if (keeper->program && program_has_ended(keeper->program, keeper->was_asked_to_end, &is_crash)) {
        program_kill(keeper->program);
        keeper->program = NULL;
        end(keeper, is_crash);
    }
}

static void
keep(struct keeper *keeper, int signals)
{
    struct signalfd_siginfo information;

    while (!keeper->is_quitting) {
        console_run(&keeper->console);
        run_program(keeper);
        monitor_run(keeper->monitor);
        if (keeper->is_quitting || read(signals, &information, sizeof information) > 0) {
            break;
        }
        monitor_wait(keeper->monitor);
        console_wait(&keeper->console);
        poll_fd_wait(signals, POLLIN);
        if (keeper->program) {
            program_wait(keeper->program);
        }
        poll_block();
    }
}

static int
block_termination(void)
{
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

struct error *
keeper_run(const struct keeper_config *config)
{
    struct keeper keeper = { .config = config, .namespace = { .fd = -1, .control = -1 } };
    const struct privileges privileges = { .capabilities = privileges_of_keeper() };
    struct error *error = privileges_drop(&privileges);

    if (error) {
        return error;
    }
    int signals = block_termination();
    error = make(&keeper);
    if (!error) {
        console_init(&keeper.console, config->console, config->log);
        keeper.monitor = monitor_create(config->monitor, command, &keeper);
        keep(&keeper, signals);
        monitor_destroy(keeper.monitor);
        console_uninit(&keeper.console);
    }
    unmake(&keeper);
    close(signals);
    return error;
}
