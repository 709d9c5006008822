/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/storage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openvswitch/vlog.h>
#include <util.h>
#include <uuid.h>

#include "base/error.h"
#include "objects/access.h"
#include "objects/objects.h"
#include "pool/replica.h"
#include "toolstack/simple.h"
#include "toolstack/storage_files.h"
#include "verbs/failure.h"
#include "xenapi/map.h"
#include "xenapi/ref.h"
#include "xenapi/scalar.h"

VLOG_DEFINE_THIS_MODULE(storage);

/* A guest sees whole sectors, of whatever size its driver has. */
enum { SIZE_UNIT = 4096 };

/* The folder that is 'sr' on this host; NULL, and a failure, if there is none. */
static const char *
folder_of(struct simple_call *call, const struct object *sr)
{
    const struct poolrec_pbd *pbd;
    char ref[XENAPI_REF_SIZE];

    POOLREC_PBD_FOR_EACH (pbd, pool_idl(call->context->pool)) {
        const char *location = smap_get(&pbd->device_config, "location");

        if (location && pbd->SR && uuid_equals(&pbd->SR->header_.uuid, object_uuid(sr))
            && pbd->host && uuid_equals(&pbd->host->header_.uuid, call->context->host)) {
            return location;
        }
    }
    xenapi_ref_format(object_uuid(sr), ref);
    simple_fail(call, xenapi_failure("SR_NO_PBDS", ref, NULL));
    return NULL;
}

/* The size that was asked for, in whole units. */
static bool
read_size(struct simple_call *call, int64_t *size)
{
    const struct xenapi_value *member = xenapi_map_get(&call->params.set.elements[0], "virtual_size");
    char *text = simple_member_text(call, "virtual_size");
    bool ok = member && xenapi_value_to_int(member, size) && *size > 0 && *size <= INT64_MAX - SIZE_UNIT;

    if (ok) {
        *size = ROUND_UP(*size, SIZE_UNIT);
    } else {
        simple_fail(call, failure_value("virtual_size", text ? text : ""));
    }
    free(text);
    return ok;
}

/* No other format is made here, and a guest would read garbage. */
static bool
format_is_raw(struct simple_call *call)
{
    const struct xenapi_value *config = xenapi_map_get(&call->params.set.elements[0], "sm_config");
    const struct xenapi_value *format = config && config->type == XENAPI_MAP ? xenapi_map_get(config, "format") : NULL;

    if (format && (format->type != XENAPI_STRING || strcmp(format->string, "raw"))) {
        return simple_fail(call, failure_value("sm_config:format", "raw is what is made; put a qcow2 image into the folder and use SR.scan"));
    }
    return true;
}

/* 'error' is consumed. */
static bool
fail_on_disk(struct simple_call *call, const char *what, struct error *error)
{
    simple_fail(call, xenapi_failure("SR_BACKEND_FAILURE", what, error->text, NULL));
    error_free(error);
    return false;
}

static bool
make_file(struct simple_call *call, const char *folder, int64_t size)
{
    struct error *error;

    if (!call->path) {
        call->path = xasprintf("%s/"UUID_FMT".raw", folder, UUID_ARGS(&call->made));
    }
    error = storage_file_make(call->path, size);
    return !error || fail_on_disk(call, "VDICreate", error);
}

static bool
add_vdi(struct simple_call *call, struct ovsdb_idl_txn *txn, int64_t size)
{
    const struct poolrec_vdi *vdi;

    call->has_failure = !access_create(call->context->objects, txn, XENAPI_CLASS_VDI, &call->made, &call->params.set.elements[0],
                                       &call->failure);
    if (call->has_failure) {
        return false;
    }
    vdi = poolrec_vdi_get_for_uuid(pool_idl(call->context->pool), &call->made);
    poolrec_vdi_set_virtual_size(vdi, size);
    poolrec_vdi_set_location(vdi, strrchr(call->path, '/') + 1);
    return simple_made(call);
}

bool
storage_vdi_create(struct simple_call *call, struct ovsdb_idl_txn *txn)
{
    const struct object *sr;
    const char *folder;
    int64_t size;

    if (poolrec_vdi_get_for_uuid(pool_idl(call->context->pool), &call->made)) {
        return simple_made(call);
    }
    sr = simple_member_object(call, XENAPI_CLASS_SR, "SR");
    if (!sr || !read_size(call, &size) || !format_is_raw(call)) {
        return false;
    }
    folder = folder_of(call, sr);
    return folder && make_file(call, folder, size) && add_vdi(call, txn, size);
}

static bool
has_row(const struct simple_call *call, const struct uuid *uuid)
{
    return poolrec_vdi_get_for_uuid(pool_idl(call->context->pool), uuid);
}

static void
remove_file(const char *path)
{
    if (unlink(path) && errno != ENOENT) {
        VLOG_WARN("disk %s is of no VDI any more and cannot be removed: %s", path, ovs_strerror(errno));
    }
}

void
storage_vdi_created(struct simple_call *call, bool done)
{
    if (!done && call->path && !has_row(call, &call->made)) {
        remove_file(call->path);
    }
}

/* Drives that have it: a CD drive is empty then, a disk's goes with it. */
static void
release_vbds(struct simple_call *call, const struct poolrec_vdi *vdi)
{
    const struct poolrec_vbd *vbd, *next;

    POOLREC_VBD_FOR_EACH_SAFE (vbd, next, pool_idl(call->context->pool)) {
        if (vbd->VDI != vdi) {
            continue;
        }
        poolrec_vbd_verify_currently_attached(vbd);
        if (vbd->type && !strcmp(vbd->type, "CD")) {
            poolrec_vbd_set_VDI(vbd, NULL);
            poolrec_vbd_set_empty(vbd, true);
        } else {
            poolrec_vbd_delete(vbd);
        }
    }
}

static bool
is_in_use(struct simple_call *call, const struct poolrec_vdi *vdi)
{
    const struct poolrec_vbd *vbd;

    POOLREC_VBD_FOR_EACH (vbd, pool_idl(call->context->pool)) {
        if (vbd->VDI == vdi && vbd->currently_attached) {
            return !simple_fail(call, xenapi_failure("VDI_IN_USE", simple_text(call, 0), "destroy", NULL));
        }
    }
    return false;
}

bool
storage_vdi_destroy(struct simple_call *call, struct ovsdb_idl_txn *txn)
{
    const struct object *object = simple_object(call, 0), *sr;
    const struct poolrec_vdi *vdi = object ? poolrec_vdi_get_for_uuid(pool_idl(call->context->pool), object_uuid(object)) : NULL;
    const char *folder;

    if (!vdi || is_in_use(call, vdi)) {
        return false;
    }
    sr = vdi->SR ? objects_find(call->context->objects, XENAPI_CLASS_SR, &vdi->SR->header_.uuid) : NULL;
    folder = sr ? folder_of(call, sr) : NULL;
    if (sr && !folder) {
        return false;
    }
    if (!call->path && folder && *vdi->location && !strchr(vdi->location, '/')) {
        call->path = xasprintf("%s/%s", folder, vdi->location);
        call->made = *object_uuid(object);
    }
    release_vbds(call, vdi);
    poolrec_vdi_delete(vdi);
    return true;
}

void
storage_vdi_destroyed(struct simple_call *call, bool done)
{
    if (done && call->path && !has_row(call, &call->made)) {
        remove_file(call->path);
    }
}

/* The row of that file; NULL if there is none. */
static const struct poolrec_vdi *
find_vdi(struct simple_call *call, const struct poolrec_sr *sr, const char *name)
{
    const struct poolrec_vdi *vdi;

    POOLREC_VDI_FOR_EACH (vdi, pool_idl(call->context->pool)) {
        if (vdi->SR == sr && !strcmp(vdi->location, name)) {
            return vdi;
        }
    }
    return NULL;
}

/* A file that was made here has its VDI's uuid as its name. */
static const struct poolrec_vdi *
add_found(struct simple_call *call, struct ovsdb_idl_txn *txn, const struct poolrec_sr *sr, const struct storage_file *file)
{
    char *label = xmemdup0(file->name, strrchr(file->name, '.') - file->name);
    const struct poolrec_vdi *vdi;
    struct uuid uuid;

    if (!uuid_from_string(&uuid, label) || has_row(call, &uuid)) {
        uuid_generate(&uuid);
    }
    vdi = poolrec_vdi_insert_persist_uuid(txn, &uuid);
    poolrec_vdi_set_name_label(vdi, label);
    poolrec_vdi_set_SR(vdi, sr);
    poolrec_vdi_set_location(vdi, file->name);
    poolrec_vdi_set_virtual_size(vdi, file->virtual_size);
    if (file->is_qcow2) {
        poolrec_vdi_update_sm_config_setkey(vdi, "format", "qcow2");
    }
    free(label);
    return vdi;
}

static bool
is_listed(const struct storage_files *files, const char *name)
{
    for (size_t i = 0; i < files->n; i++) {
        if (!strcmp(files->files[i].name, name)) {
            return true;
        }
    }
    return false;
}

static void
write_missing(struct simple_call *call, const struct poolrec_sr *sr, const struct storage_files *files)
{
    const struct poolrec_vdi *vdi;

    POOLREC_VDI_FOR_EACH (vdi, pool_idl(call->context->pool)) {
        if (vdi->SR == sr && *vdi->location && !strchr(vdi->location, '/')) {
            poolrec_vdi_set_missing(vdi, !is_listed(files, vdi->location));
        }
    }
}

static void
write_found(struct simple_call *call, struct ovsdb_idl_txn *txn, const struct poolrec_sr *sr, const struct storage_files *files)
{
    int64_t virtual_allocation = 0;

    for (size_t i = 0; i < files->n; i++) {
        const struct storage_file *file = &files->files[i];
        const struct poolrec_vdi *vdi = find_vdi(call, sr, file->name);

        vdi = vdi ? vdi : add_found(call, txn, sr, file);
        poolrec_vdi_set_physical_utilisation(vdi, file->allocated);
        virtual_allocation += file->virtual_size;
    }
    poolrec_sr_set_virtual_allocation(sr, virtual_allocation);
    poolrec_sr_set_physical_size(sr, files->size);
    poolrec_sr_set_physical_utilisation(sr, files->used);
}

bool
storage_scan(struct simple_call *call, struct ovsdb_idl_txn *txn)
{
    const struct object *object = simple_object(call, 0);
    const char *folder = object ? folder_of(call, object) : NULL;
    struct storage_files files;
    struct error *error;

    if (!folder) {
        return false;
    }
    error = storage_files_list(folder, &files);
    if (error) {
        return fail_on_disk(call, "SRScan", error);
    }

    const struct poolrec_sr *sr = poolrec_sr_get_for_uuid(pool_idl(call->context->pool), object_uuid(object));
    write_missing(call, sr, &files);
    write_found(call, txn, sr, &files);
    storage_files_destroy(&files);
    return true;
}
