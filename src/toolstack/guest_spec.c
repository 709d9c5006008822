/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/guest_spec.h"

#include <stdlib.h>
#include <string.h>

#include <openvswitch/util.h>
#include <smap.h>
#include <util.h>

#include "base/error.h"
#include "base/quote.h"
#include "pool/replica.h"
#include "toolstack/vm_rows.h"

static struct error *
read_devid(const struct poolrec_vif *vif, unsigned int *devid)
{
    if (!str_to_uint(vif->device, 10, devid)) {
        return error_new(ERROR_INVALID, "VIF.device is %s, which is no number", quote(vif->device).text);
    }
    return NULL;
}

struct error *
guest_spec_read_vif(const struct poolrec_vif *vif, struct domain_vif *spec)
{
    struct error *error = read_devid(vif, &spec->devid);

    error = error ? error : mac_parse(vif->MAC, &spec->mac);
    spec->mtu = vif->MTU ? vif->MTU : vif->network ? vif->network->MTU : 1500;
    return error ? error_prefix(error, "VIF "UUID_FMT, UUID_ARGS(&vif->header_.uuid)) : NULL;
}

static struct error *
read_vifs(struct guest_spec *guest, const struct vm_index *index, const struct poolrec_vm *vm)
{
    struct error *error = NULL;
    size_t n;
    const struct poolrec_vif **vifs = vm_index_vifs(index, vm, &n);

    guest->vifs = xcalloc(MAX(n, 1), sizeof *guest->vifs);
    for (size_t i = 0; i < n && !error; i++) {
        if (vifs[i]->currently_attached) {
            error = guest_spec_read_vif(vifs[i], &guest->vifs[guest->spec.n_vifs++]);
        }
    }
    guest->spec.vifs = guest->vifs;
    free(vifs);
    return error;
}

/* VDI.location is a path, or a file's name in the storage folder. */
static char *
disk_path(const struct poolrec_vdi *vdi, const char *storage)
{
    return vdi->location[0] == '/' ? xstrdup(vdi->location) : xasprintf("%s/%s", storage, vdi->location);
}

static struct error *
read_disk(struct guest_spec *guest, const struct poolrec_vbd *vbd, const char *storage)
{
    struct domain_disk *disk = &guest->disks[guest->spec.n_disks];

    if (!str_to_uint(vbd->userdevice, 10, &disk->position)) {
        return error_new(ERROR_INVALID, "VBD "UUID_FMT": userdevice is %s, which is no number", UUID_ARGS(&vbd->header_.uuid),
                         quote(vbd->userdevice).text);
    }
    disk->path = guest->paths[guest->n_paths++] = disk_path(vbd->VDI, storage);
    disk->format = smap_get_def(&vbd->VDI->sm_config, "format", "raw");
    disk->is_read_only = vbd->VDI->read_only || (vbd->mode && !strcmp(vbd->mode, "RO"));
    disk->is_cd = vbd->type && !strcmp(vbd->type, "CD");
    guest->spec.n_disks++;
    return NULL;
}

static struct error *
read_disks(struct guest_spec *guest, const struct vm_index *index, const struct poolrec_vm *vm, const char *storage)
{
    struct error *error = NULL;
    size_t n;
    const struct poolrec_vbd **vbds = vm_index_vbds(index, vm, &n);

    guest->disks = xcalloc(MAX(n, 1), sizeof *guest->disks);
    guest->paths = xcalloc(MAX(n, 1), sizeof *guest->paths);
    for (size_t i = 0; i < n && !error; i++) {
        if (vbds[i]->VDI && !vbds[i]->empty) {
            error = read_disk(guest, vbds[i], storage);
        }
    }
    guest->spec.disks = guest->disks;
    free(vbds);
    return error;
}

static struct error *
read_backend(const struct poolrec_vm *vm, enum domain_backend *backend)
{
    const char *word = smap_get_def(&vm->platform, "cabled-domain", "qemu");

    if (!strcmp(word, "qemu")) {
        *backend = DOMAIN_QEMU;
    } else if (!strcmp(word, "netns")) {
        *backend = DOMAIN_NETNS;
    } else {
        return error_new(ERROR_INVALID, "VM.platform: cabled-domain is %s: use qemu or netns", quote(word).text);
    }
    return NULL;
}

static void
read_vm(struct domain_spec *spec, const struct poolrec_vm *vm)
{
    spec->vm = vm->header_.uuid;
    spec->domid = vm_rows_domid(vm);
    spec->name = vm->name_label;
    spec->memory_bytes = vm->memory_static_max;
    spec->vcpus = vm->VCPUs_at_startup ? vm->VCPUs_at_startup : MAX(1, vm->VCPUs_max);
    spec->kernel = vm->PV_kernel;
    spec->ramdisk = vm->PV_ramdisk;
    spec->args = vm->PV_args;
}

struct error *
guest_spec_read(struct guest_spec *guest, const struct vm_index *index, const struct poolrec_vm *vm, const char *storage)
{
    struct error *error;

    *guest = (struct guest_spec) { .n_paths = 0 };
    read_vm(&guest->spec, vm);
    error = read_backend(vm, &guest->spec.backend);
    error = error ? error : read_vifs(guest, index, vm);
    error = error ? error : read_disks(guest, index, vm, storage);
    if (error) {
        guest_spec_destroy(guest);
    }
    return error;
}

void
guest_spec_destroy(struct guest_spec *guest)
{
    for (size_t i = 0; i < guest->n_paths; i++) {
        free(guest->paths[i]);
    }
    free(guest->paths);
    free(guest->disks);
    free(guest->vifs);
}
