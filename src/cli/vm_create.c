/* SPDX-License-Identifier: Apache-2.0
 *
 * cable vm create: a VM with its VIFs and disks, in cabled-xapi.
 */
#include <config.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <util.h>

#include "base/error.h"
#include "base/quote.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/nouns.h"
#include "cli/rows.h"
#include "cli/vm_disks.h"
#include "cli/vm_guest.h"
#include "cli/vm_record.h"
#include "cli/vm_words.h"
#include "cli/xapi.h"
#include "cli/xapi_objects.h"
#include "xenapi/map.h"

#define USUAL_MEMORY "256M"

/* What the command line asks for, checked as far as words go. */
struct wish {
    int64_t memory, vcpus;
    char *kernel, *ramdisk;
    const char *args, *domain;
    struct vm_vif_words *vifs;
    char **networks;            /* references, by VIF; NULL: not looked for yet */
    size_t n_vifs;
    const char **disks;         /* words of the command line */
    size_t n_disks;
};

static void
wish_destroy(struct wish *wish)
{
    for (size_t i = 0; i < wish->n_vifs; i++) {
        vm_vif_words_destroy(&wish->vifs[i]);
        free(wish->networks[i]);
    }
    free(wish->vifs);
    free(wish->networks);
    free(wish->disks);
    free(wish->kernel);
    free(wish->ramdisk);
}

static struct error *
read_machine(struct cli *cli, struct wish *wish)
{
    const char *memory = given_value(&cli->given, "memory");
    const char *domain = given_value(&cli->given, "domain");
    const int64_t *vcpus;
    struct error *error = NULL;

    memory = memory ? memory : USUAL_MEMORY;
    if (!vm_size_read(memory, &wish->memory)) {
        error = error_new(ERROR_INVALID, "--memory %s is no size that could be meant: write it like 256M or 2G", quote(memory).text);
    }
    error = error ? error : cli_number(cli, "vcpus", "--vcpus", &wish->vcpus, &vcpus);
    if (!error && !vcpus) {
        wish->vcpus = 1;
    } else if (!error && (wish->vcpus < 1 || wish->vcpus > 1024)) {
        error = error_new(ERROR_INVALID, "--vcpus %"PRId64" is no number of virtual CPUs: write 1 or more", wish->vcpus);
    }
    wish->domain = domain ? domain : "qemu";
    if (!error && strcmp(wish->domain, "qemu") && strcmp(wish->domain, "netns")) {
        error = error_new(ERROR_INVALID, "--domain %s is not known: write qemu or netns", quote(wish->domain).text);
    }
    return error;
}

static void
read_boot(const struct cli *cli, struct wish *wish, const char *folder)
{
    const char *kernel = given_value(&cli->given, "kernel"), *ramdisk = given_value(&cli->given, "ramdisk");
    const char *args = given_value(&cli->given, "args");

    wish->kernel = vm_absolute_path(kernel ? kernel : "", folder);
    wish->ramdisk = vm_absolute_path(ramdisk ? ramdisk : "", folder);
    wish->args = args ? args : "";
}

static struct error *
read_devices(const struct cli *cli, struct wish *wish)
{
    const struct given *given = &cli->given;
    struct error *error = NULL;

    wish->vifs = xcalloc(given->n_options + 1, sizeof *wish->vifs);
    wish->networks = xcalloc(given->n_options + 1, sizeof *wish->networks);
    wish->disks = xcalloc(given->n_options + 1, sizeof *wish->disks);
    for (size_t i = 0; i < given->n_options && !error; i++) {
        if (!strcmp(given->options[i].option->name, "vif")) {
            error = vm_vif_words_read(given->options[i].value, &wish->vifs[wish->n_vifs]);
            wish->n_vifs += !error;
        } else if (!strcmp(given->options[i].option->name, "disk")) {
            wish->disks[wish->n_disks++] = given->options[i].value;
        }
    }
    return error;
}

/* All that is wrong with the words is said before the server is asked. */
static struct error *
wish_read(struct cli *cli, struct wish *wish)
{
    char *folder = getcwd(NULL, 0);
    struct error *error;

    *wish = (struct wish) { .n_vifs = 0 };
    if (!folder) {
        return error_new(ERROR_INVALID, "this folder is gone: %s", ovs_strerror(errno));
    }
    error = read_machine(cli, wish);
    read_boot(cli, wish, folder);
    error = error ? error : read_devices(cli, wish);
    free(folder);
    if (error) {
        wish_destroy(wish);
        return cli_usage(cli, error);
    }
    return NULL;
}

static struct error *
find_networks(struct xapi *xapi, struct wish *wish)
{
    struct error *error = NULL;

    for (size_t i = 0; i < wish->n_vifs && !error; i++) {
        error = xapi_find(xapi, "network", wish->vifs[i].network, &wish->networks[i]);
    }
    return error;
}

static void
put_text(struct xenapi_value *record, const char *field, const char *text)
{
    xenapi_map_put(record, field, xenapi_string(text));
}

static void
put_number(struct xenapi_value *record, const char *field, int64_t number)
{
    xenapi_map_put(record, field, xenapi_int(number));
}

static struct xenapi_value
machine_record(const struct wish *wish, const char *name)
{
    struct xenapi_value record = xapi_new_record(XENAPI_CLASS_VM), platform = xenapi_map_create();

    put_text(&platform, "cabled-domain", wish->domain);
    put_text(&record, "name_label", name);
    put_text(&record, "name_description", "");
    put_number(&record, "memory_static_min", 0);
    put_number(&record, "memory_dynamic_min", wish->memory);
    put_number(&record, "memory_dynamic_max", wish->memory);
    put_number(&record, "memory_static_max", wish->memory);
    put_number(&record, "VCPUs_max", wish->vcpus);
    put_number(&record, "VCPUs_at_startup", wish->vcpus);
    put_text(&record, "PV_kernel", wish->kernel);
    put_text(&record, "PV_ramdisk", wish->ramdisk);
    put_text(&record, "PV_args", wish->args);
    put_text(&record, "actions_after_crash", "destroy");
    xenapi_map_put(&record, "platform", platform);
    return record;
}

static struct xenapi_value
set_of(const struct svec *words)
{
    struct xenapi_value set = xenapi_set_create();
    const char *word;
    size_t i;

    SVEC_FOR_EACH (i, word, words) {
        xenapi_set_add(&set, xenapi_string(word));
    }
    return set;
}

static struct error *
create_vif(struct xapi *xapi, const char *vm, const struct wish *wish, size_t i)
{
    const struct vm_vif_words *vif = &wish->vifs[i];
    const bool is_locked = vif->ipv4.n || vif->ipv6.n;
    struct xenapi_value record = xapi_new_record(XENAPI_CLASS_VIF);
    char *number = xasprintf("%"PRIuSIZE, i), *ref = NULL;
    struct error *error;

    put_text(&record, "device", number);
    put_text(&record, "VM", vm);
    put_text(&record, "network", wish->networks[i]);
    put_text(&record, "MAC", vif->mac ? vif->mac : "");
    put_text(&record, "locking_mode", vif->mode ? vif->mode : is_locked ? "locked" : "network_default");
    xenapi_map_put(&record, "ipv4_allowed", set_of(&vif->ipv4));
    xenapi_map_put(&record, "ipv6_allowed", set_of(&vif->ipv6));
    error = xapi_construct(xapi, "VIF.create", record, &ref);
    free(ref);
    free(number);
    return error ? error_prefix(error, "VIF on network %s", quote(vif->network).text) : NULL;
}

static struct error *
create_devices(struct xapi *xapi, const char *vm, const struct wish *wish)
{
    struct error *error = NULL;

    for (size_t i = 0; i < wish->n_vifs && !error; i++) {
        error = create_vif(xapi, vm, wish, i);
    }
    for (size_t i = 0; i < wish->n_disks && !error; i++) {
        error = vm_disk_add(xapi, vm, wish->disks[i], i);
    }
    return error;
}

struct error *
vm_guest_create(struct cli *cli, struct xapi *xapi, const char *name, char **ref)
{
    struct wish wish;
    struct error *error = wish_read(cli, &wish);

    if (error) {
        return error;
    }
    error = find_networks(xapi, &wish);
    error = error ? error : xapi_construct(xapi, "VM.create", machine_record(&wish, name), ref);
    if (!error) {
        error = create_devices(xapi, *ref, &wish);
        if (error) {
            error_free(xapi_ask(xapi, "VM.destroy", NULL, *ref, NULL));
            error_free(vm_disks_remove(xapi, *ref));
            free(*ref);
        }
    }
    wish_destroy(&wish);
    return error ? error_prefix(error, "VM %s", quote(name).text) : NULL;
}

struct error *
vm_create(struct cli *cli)
{
    const char *name = cli->given.arguments[0];
    struct row row = ROW_INITIALIZER;
    struct xenapi_value record;
    struct xapi *xapi;
    char *ref = NULL;
    struct error *error = cli_xapi(cli, &xapi);

    error = error ? error : vm_guest_create(cli, xapi, name, &ref);
    error = error ? error : xapi_record(xapi, "VM", ref, &record);
    if (!error) {
        char *sentence = xasprintf("VM %s created: `cable vm start` starts it", name);

        vm_record_brief(&record, &row);
        cli->output.class->done(&cli->output, &row, sentence);
        row_destroy(&row);
        free(sentence);
        xenapi_value_destroy(&record);
        free(ref);
    }
    return error;
}
