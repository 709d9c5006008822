/* SPDX-License-Identifier: Apache-2.0
 *
 * A program for tests of the domains' room (tests/e2e/domain_shell.py). It is installed nowhere.
 *
 * usage: domain-shell CONTROL-SOCKET RUN-FOLDER KEEPER QEMU USER ACCELERATOR
 *
 * USER and ACCELERATOR may be "", which is none. The control socket's commands:
 *     domain/build JSON           builds a domain: {"vm", "domid", "backend", "memory", "vcpus", "kernel", "ramdisk", "args",
 *                                 "disks": [{"path", "format", "read-only", "cd"}], "vifs": [{"devid", "mac", "mtu"}]}
 *     domain/list                 all that is told of them, as JSON
 *     domain/has-id DOMID         "true" or "false"
 *     domain/DO VM                DO is pause, unpause, press, reset, destroy, forget
 *     domain/plug VM JSON         a VIF as above
 *     domain/unplug VM DEVID
 */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openvswitch/json.h>
#include <openvswitch/shash.h>
#include <openvswitch/vlog.h>
#include <unixctl.h>
#include <util.h>
#include <uuid.h>

#include "base/error.h"
#include "base/limits.h"
#include "bin/loop.h"
#include "domain/domain.h"

struct shell {
    struct domains *domains;
};

static const char *const state_names[] = {
    [DOMAIN_BUILDING] = "building", [DOMAIN_PAUSED] = "paused", [DOMAIN_RUNNING] = "running", [DOMAIN_STOPPED] = "stopped",
    [DOMAIN_REBOOTING] = "rebooting", [DOMAIN_CRASHED] = "crashed", [DOMAIN_GONE] = "gone",
};

static const struct json *
member(const struct json *json, const char *name)
{
    return json->type == JSON_OBJECT ? shash_find_data(json_object(json), name) : NULL;
}

static const char *
text(const struct json *json, const char *name)
{
    const struct json *found = member(json, name);

    return found ? json_string(found) : "";
}

static int64_t
number(const struct json *json, const char *name)
{
    const struct json *found = member(json, name);

    return found ? json_integer(found) : 0;
}

static bool
truth(const struct json *json, const char *name)
{
    const struct json *found = member(json, name);

    return found && json_boolean(found);
}

static struct domain_vif
read_vif(const struct json *json)
{
    struct domain_vif vif = { .devid = number(json, "devid"), .mtu = number(json, "mtu") };

    error_free(mac_parse(text(json, "mac"), &vif.mac));
    return vif;
}

static struct domain_disk
read_disk(const struct json *json, unsigned int position)
{
    return (struct domain_disk) {
        .path = text(json, "path"), .format = text(json, "format"), .position = position, .is_read_only = truth(json, "read-only"),
        .is_cd = truth(json, "cd"),
    };
}

static struct error *
build(struct shell *shell, const struct json *json)
{
    const struct json *vifs_json = member(json, "vifs"), *disks_json = member(json, "disks");
    struct domain_disk disks[LIMIT_DOMAIN_DISKS + 1];
    struct domain_vif vifs[LIMIT_DOMAIN_VIFS + 1];
    struct domain_spec spec = {
        .domid = number(json, "domid"), .name = text(json, "name"),
        .backend = strcmp(text(json, "backend"), "netns") ? DOMAIN_QEMU : DOMAIN_NETNS, .memory_bytes = number(json, "memory"),
        .vcpus = number(json, "vcpus"), .kernel = text(json, "kernel"), .ramdisk = text(json, "ramdisk"), .args = text(json, "args"),
        .disks = disks, .vifs = vifs,
    };
    struct domain *domain;

    ovs_assert(uuid_from_string(&spec.vm, text(json, "vm")));
    for (; vifs_json && spec.n_vifs < vifs_json->array.n && spec.n_vifs < ARRAY_SIZE(vifs); spec.n_vifs++) {
        vifs[spec.n_vifs] = read_vif(vifs_json->array.elems[spec.n_vifs]);
    }
    for (; disks_json && spec.n_disks < disks_json->array.n && spec.n_disks < ARRAY_SIZE(disks); spec.n_disks++) {
        disks[spec.n_disks] = read_disk(disks_json->array.elems[spec.n_disks], spec.n_disks);
    }
    return domain_build(shell->domains, &spec, &domain);
}

static void
reply(struct unixctl_conn *conn, struct error *error)
{
    if (error) {
        unixctl_command_reply_error(conn, error->text);
        error_free(error);
    } else {
        unixctl_command_reply(conn, NULL);
    }
}

static void
request_build(struct unixctl_conn *conn, int argc OVS_UNUSED, const char *argv[], void *shell)
{
    struct json *json = json_from_string(argv[1]);

    reply(conn, build(shell, json));
    json_destroy(json);
}

static struct json *
times_json(const struct domain *domain)
{
    const struct domain_times times = domain_times(domain);
    struct json *json = json_object_create();

    json_object_put(json, "begun", json_integer_create(times.begun));
    json_object_put(json, "devices", json_integer_create(times.devices));
    json_object_put(json, "built", json_integer_create(times.built));
    json_object_put(json, "unpaused", json_integer_create(times.unpaused));
    return json;
}

static struct json *
domain_json(const struct domain *domain)
{
    struct json *json = json_object_create(), *vifs = json_array_create_empty(), *changing = json_array_create_empty();

    for (unsigned int devid = 0; devid < LIMIT_DOMAIN_VIFS; devid++) {
        if (domain_has_vif(domain, devid)) {
            json_array_add(vifs, json_integer_create(devid));
        }
        if (domain_is_changing_vif(domain, devid)) {
            json_array_add(changing, json_integer_create(devid));
        }
    }
    json_object_put_format(json, "vm", UUID_FMT, UUID_ARGS(domain_vm(domain)));
    json_object_put(json, "domid", json_integer_create(domain_domid(domain)));
    json_object_put_string(json, "backend", domain_backend(domain) == DOMAIN_QEMU ? "qemu" : "netns");
    json_object_put_string(json, "state", state_names[domain_state(domain)]);
    json_object_put_string(json, "error", domain_error(domain) ? domain_error(domain) : "");
    json_object_put_string(json, "console-log", domain_console_log(domain));
    json_object_put_string(json, "console-socket", domain_console_socket(domain));
    json_object_put(json, "vifs", vifs);
    json_object_put(json, "changing", changing);
    json_object_put(json, "times", times_json(domain));
    return json;
}

static void
request_list(struct unixctl_conn *conn, int argc OVS_UNUSED, const char *argv[] OVS_UNUSED, void *shell_)
{
    const struct shell *shell = shell_;
    struct json *json = json_array_create_empty();

    for (const struct domain *domain = domains_first(shell->domains); domain; domain = domains_next(shell->domains, domain)) {
        json_array_add(json, domain_json(domain));
    }
    char *words = json_to_string(json, JSSF_SORT);
    unixctl_command_reply(conn, words);
    free(words);
    json_destroy(json);
}

static void
request_has_id(struct unixctl_conn *conn, int argc OVS_UNUSED, const char *argv[], void *shell)
{
    unixctl_command_reply(conn, domains_has_id(((struct shell *) shell)->domains, atoi(argv[1])) ? "true" : "false");
}

/* The domain of the VM that a command names first; NULL, and the answer is given, if there is none. */
static struct domain *
find(struct unixctl_conn *conn, const struct shell *shell, const char *vm)
{
    struct uuid uuid;
    struct domain *domain = uuid_from_string(&uuid, vm) ? domains_find(shell->domains, &uuid) : NULL;

    if (!domain) {
        unixctl_command_reply_error(conn, "there is no such domain");
    }
    return domain;
}

static void
request_verb(struct unixctl_conn *conn, const struct shell *shell, const char *vm, void (*verb)(struct domain *))
{
    struct domain *domain = find(conn, shell, vm);

    if (domain) {
        verb(domain);
        unixctl_command_reply(conn, NULL);
    }
}

#define VERB(NAME, FUNCTION)                                                                                \
    static void                                                                                             \
    request_##NAME(struct unixctl_conn *conn, int argc OVS_UNUSED, const char *argv[], void *shell)         \
    {                                                                                                       \
        request_verb(conn, shell, argv[1], FUNCTION);                                                       \
    }
VERB(pause, domain_pause)
VERB(unpause, domain_unpause)
VERB(press, domain_press_power_button)
VERB(reset, domain_reset)
VERB(destroy, domain_destroy)
VERB(forget, domain_forget)

static void
request_plug(struct unixctl_conn *conn, int argc OVS_UNUSED, const char *argv[], void *shell)
{
    struct domain *domain = find(conn, shell, argv[1]);
    struct json *json = json_from_string(argv[2]);

    if (domain) {
        const struct domain_vif vif = read_vif(json);

        domain_plug(domain, &vif);
        unixctl_command_reply(conn, NULL);
    }
    json_destroy(json);
}

static void
request_unplug(struct unixctl_conn *conn, int argc OVS_UNUSED, const char *argv[], void *shell)
{
    struct domain *domain = find(conn, shell, argv[1]);

    if (domain) {
        domain_unplug(domain, atoi(argv[2]));
        unixctl_command_reply(conn, NULL);
    }
}

static void
register_commands(struct shell *shell)
{
    unixctl_command_register("domain/build", "JSON", 1, 1, request_build, shell);
    unixctl_command_register("domain/list", "", 0, 0, request_list, shell);
    unixctl_command_register("domain/has-id", "DOMID", 1, 1, request_has_id, shell);
    unixctl_command_register("domain/pause", "VM", 1, 1, request_pause, shell);
    unixctl_command_register("domain/unpause", "VM", 1, 1, request_unpause, shell);
    unixctl_command_register("domain/press", "VM", 1, 1, request_press, shell);
    unixctl_command_register("domain/reset", "VM", 1, 1, request_reset, shell);
    unixctl_command_register("domain/destroy", "VM", 1, 1, request_destroy, shell);
    unixctl_command_register("domain/forget", "VM", 1, 1, request_forget, shell);
    unixctl_command_register("domain/plug", "VM JSON", 2, 2, request_plug, shell);
    unixctl_command_register("domain/unplug", "VM DEVID", 2, 2, request_unplug, shell);
}

static void
run(void *shell)
{
    domains_run(((struct shell *) shell)->domains);
}

static void
wait_for_more(void *shell)
{
    domains_wait(((struct shell *) shell)->domains);
}

static const char *
or_none(const char *argument)
{
    return argument[0] ? argument : NULL;
}

int
main(int argc, char *argv[])
{
    struct shell shell = { .domains = NULL };

    set_program_name(argv[0]);
    if (argc != 7) {
        ovs_fatal(0, "usage: %s CONTROL-SOCKET RUN-FOLDER KEEPER QEMU USER ACCELERATOR", program_name);
    }
    const struct domains_config config = {
        .run_folder = argv[2], .keeper = argv[3], .qemu = argv[4], .user = or_none(argv[5]), .accelerator = or_none(argv[6]),
    };
    struct error *error = domains_open(&config, &shell.domains);
    if (error) {
        fprintf(stderr, "%s: %s\n", program_name, error->text);
        error_free(error);
        return EXIT_FAILURE;
    }
    register_commands(&shell);

    struct loop *loop = loop_open(argv[1]);

    loop_run(loop, &(struct loop_work) { run, wait_for_more, &shell });

    domains_close(shell.domains);
    loop_close(loop);
    return EXIT_SUCCESS;
}
