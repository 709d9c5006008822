/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "domain/qemu.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <openvswitch/json.h>
#include <svec.h>
#include <util.h>
#include <uuid.h>

#include "domain/domain.h"

enum {
    /* On the machine's first bus: slots 0, 0x1f are its own. */
    SLOTS_ADDRESS = 0x10,

    FDSET_LOG = 1,
    FDSET_DISK = 2,             /* and those after it */
};

/* virtio-net's features (Linux, virtio_net.h) by which a guest leaves work to the host, or takes such work from it. */
static const char *const offloads[] = {
    "csum", "guest_csum", "gso", "guest_tso4", "guest_tso6", "guest_ecn", "guest_ufo", "host_tso4", "host_tso6", "host_ecn", "host_ufo",
};

OVS_PRINTF_FORMAT(3, 4) static void
put(struct svec *words, const char *option, const char *format, ...)
{
    va_list args;

    svec_add(words, option);
    va_start(args, format);
    svec_add_nocopy(words, xvasprintf(format, args));
    va_end(args);
}

/* A comma in a value is written twice. */
static char *
value(const char *text)
{
    char *escaped = xmalloc(2 * strlen(text) + 1), *end = escaped;

    for (; *text; text++) {
        *end++ = *text;
        if (*text == ',') {
            *end++ = ',';
        }
    }
    *end = '\0';
    return escaped;
}

static void
put_name(const struct domain_spec *spec, struct svec *words)
{
    char *name = value(spec->name);

    put(words, "-name", "guest=%s", name);
    put(words, "-uuid", UUID_FMT, UUID_ARGS(&spec->vm));
    free(name);
}

/* What the guest does by itself stops it and is told (SHUTDOWN, GUEST_PANICKED); nothing ends QEMU but who began it. */
static void
put_machine(const struct domain_spec *spec, struct svec *words)
{
    put(words, "-machine", "%s", "q35,graphics=off,vmport=off");
    put(words, "-m", "%"PRIu64"M", spec->memory_bytes / 1048576);
    put(words, "-smp", "%u", spec->vcpus);
    put(words, "-display", "%s", "none");
    svec_add(words, "-nodefaults");
    svec_add(words, "-no-user-config");
    svec_add(words, "-S");
    put(words, "-sandbox", "%s", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
    put(words, "-action", "%s", "reboot=shutdown,shutdown=pause,panic=pause");
    put(words, "-device", "%s", "pvpanic");
    put(words, "-object", "%s", "rng-builtin,id=random");
    put(words, "-device", "%s", "virtio-rng-pci,rng=random");
}

/* The log is what QEMU writes, connected or not. A descriptor is a file for QEMU as a set of one. */
static void
put_ports(const struct qemu_fds *fds, struct svec *words)
{
    put(words, "-chardev", "socket,id=monitor,fd=%d,server=on,wait=off", fds->monitor);
    put(words, "-mon", "%s", "chardev=monitor,mode=control");
    put(words, "-add-fd", "fd=%d,set=%d", fds->log, FDSET_LOG);
    put(words, "-chardev", "socket,id=console,fd=%d,server=on,wait=off,logfile=/dev/fdset/%d,logappend=on", fds->console, FDSET_LOG);
    put(words, "-device", "%s", "isa-serial,chardev=console");
}

static void
put_kernel(const struct domain_spec *spec, const struct qemu_fds *fds, struct svec *words)
{
    if (fds->kernel < 0) {
        return;
    }
    put(words, "-kernel", "/proc/self/fd/%d", fds->kernel);
    put(words, "-append", "%s", spec->args);
    if (fds->ramdisk >= 0) {
        put(words, "-initrd", "/proc/self/fd/%d", fds->ramdisk);
    }
}

static void
put_json(struct svec *words, const char *option, struct json *json)
{
    char *text = json_to_string(json, JSSF_SORT);

    put(words, option, "%s", text);
    free(text);
    json_destroy(json);
}

/* As JSON, in which nothing needs quoting of QEMU's kind. */
static void
put_block(const struct domain_disk *disk, size_t i, int fd, struct svec *words)
{
    struct json *block = json_object_create(), *file = json_object_create();

    put(words, "-add-fd", "fd=%d,set=%zu", fd, FDSET_DISK + i);
    json_object_put_string(file, "driver", "file");
    json_object_put_format(file, "filename", "/dev/fdset/%zu", FDSET_DISK + i);
    json_object_put_string(block, "driver", disk->format);
    json_object_put_format(block, "node-name", "disk%zu", i);
    json_object_put(block, "read-only", json_boolean_create(disk->is_read_only || disk->is_cd));
    json_object_put(block, "file", file);
    put_json(words, "-blockdev", block);
}

/* The disk of the lowest position is booted from. */
static void
put_disks(const struct domain_spec *spec, const struct qemu_fds *fds, struct svec *words)
{
    unsigned int n_cds = 0;

    for (size_t i = 0; i < spec->n_disks; i++) {
        const struct domain_disk *disk = &spec->disks[i];

        put_block(disk, i, fds->disks[i], words);
        if (disk->is_cd) {
            put(words, "-device", "ide-cd,drive=disk%zu,bus=ide.%u,bootindex=%u", i, n_cds++, disk->position + 1);
        } else {
            put(words, "-device", "virtio-blk-pci,drive=disk%zu,bootindex=%u", i, disk->position + 1);
        }
    }
}

static void
put_slots(struct svec *words)
{
    for (unsigned int devid = 0; devid < LIMIT_DOMAIN_VIFS; devid++) {
        put(words, "-device", "pcie-root-port,id=slot%u,chassis=%u,bus=pcie.0,addr=%#x.%#x%s", devid, devid + 1,
            SLOTS_ADDRESS + devid / 8, devid % 8, devid % 8 ? "" : ",multifunction=on");
    }
}

struct json *
qemu_netdev(unsigned int devid, const char *fd)
{
    struct json *json = json_object_create();

    json_object_put_string(json, "type", "tap");
    json_object_put_format(json, "id", "net%u", devid);
    json_object_put_string(json, "fd", fd);
    return json;
}

struct json *
qemu_device(const struct domain_vif *vif, bool offload)
{
    struct json *json = json_object_create();
    char mac[MAC_TEXT_SIZE];

    mac_format(&vif->mac, mac);
    json_object_put_string(json, "driver", "virtio-net-pci");
    json_object_put_format(json, "id", "vif%u", vif->devid);
    json_object_put_format(json, "netdev", "net%u", vif->devid);
    json_object_put_format(json, "bus", "slot%u", vif->devid);
    json_object_put_string(json, "mac", mac);
    json_object_put(json, "host_mtu", json_integer_create(vif->mtu));
    json_object_put_string(json, "romfile", "");
    for (size_t i = 0; i < ARRAY_SIZE(offloads) && !offload; i++) {
        json_object_put(json, offloads[i], json_boolean_create(false));
    }
    return json;
}

static void
put_vifs(const struct domain_spec *spec, const struct qemu_fds *fds, bool offload, struct svec *words)
{
    for (size_t i = 0; i < spec->n_vifs; i++) {
        put(words, "-netdev", "tap,id=net%u,fd=%d", spec->vifs[i].devid, fds->taps[i]);
        put_json(words, "-device", qemu_device(&spec->vifs[i], offload));
    }
}

void
qemu_put_words(const struct domain_spec *spec, const struct qemu_fds *fds, bool offload, struct svec *words)
{
    put_name(spec, words);
    put_machine(spec, words);
    put_ports(fds, words);
    put_kernel(spec, fds, words);
    put_disks(spec, fds, words);
    put_slots(words);
    put_vifs(spec, fds, offload, words);
}

void
qemu_put_accelerator(enum accelerator_kind kind, struct svec *words)
{
    put(words, "-accel", "%s", kind == ACCELERATOR_KVM ? "kvm" : "tcg");
    put(words, "-cpu", "%s", kind == ACCELERATOR_KVM ? "host" : "max");
}
