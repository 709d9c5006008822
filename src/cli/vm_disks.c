/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "cli/vm_disks.h"

#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "base/error.h"
#include "base/quote.h"
#include "cli/vm_words.h"
#include "cli/xapi.h"
#include "cli/xapi_objects.h"
#include "xenapi/map.h"
#include "xenapi/ref.h"

/* Key in VDI.other_config: the VM that a disk was made for. */
#define MADE_FOR "cable-made-for"

/* The pool's default storage; the caller's. */
static struct error *
default_storage(struct xapi *xapi, char **ref)
{
    struct xenapi_value pools, storage = xenapi_void();
    struct error *error = xapi_ask(xapi, "pool.get_all", &pools, NULL);

    if (!error) {
        const bool good = pools.type == XENAPI_SET && pools.set.n == 1 && pools.set.elements[0].type == XENAPI_STRING;

        error = good ? xapi_ask(xapi, "pool.get_default_SR", &storage, pools.set.elements[0].string, NULL)
            : xapi_strange(xapi, "pool.get_all");
        xenapi_value_destroy(&pools);
    }
    if (!error && (storage.type != XENAPI_STRING || xenapi_ref_is_null(storage.string))) {
        xenapi_value_destroy(&storage);
        error = error_new(ERROR_NOT_FOUND, "the pool has no default storage");
    }
    *ref = error ? NULL : storage.string;
    return error;
}

static struct error *
make_disk(struct xapi *xapi, const char *storage, const char *vm, int64_t bytes, char **ref)
{
    struct xenapi_value record = xapi_new_record(XENAPI_CLASS_VDI), other_config = xenapi_map_create();

    xenapi_map_put(&other_config, MADE_FOR, xenapi_string(vm));
    xenapi_map_put(&record, "other_config", other_config);
    xenapi_map_put(&record, "name_label", xenapi_string("made by cable"));
    xenapi_map_put(&record, "SR", xenapi_string(storage));
    xenapi_map_put(&record, "virtual_size", xenapi_int(bytes));
    xenapi_map_put(&record, "type", xenapi_string("user"));
    return xapi_construct(xapi, "VDI.create", record, ref);
}

static bool
is_meant(const struct xenapi_value *vdi, const char *words)
{
    return !strcmp(xapi_text(vdi, "location"), words) || !strcmp(xapi_text(vdi, "name_label"), words)
           || !strcmp(xapi_text(vdi, "uuid"), words);
}

/* What somebody has put into the storage's folder is there for the server when it has been looked for. */
static struct error *
find_image(struct xapi *xapi, const char *storage, const char *words, char **ref)
{
    struct xenapi_value all;
    struct error *error = xapi_ask(xapi, "SR.scan", NULL, storage, NULL);

    error = error ? error : xapi_ask(xapi, "VDI.get_all_records", &all, NULL);
    if (error) {
        return error;
    }
    for (size_t i = 0; all.type == XENAPI_MAP && i < all.map.n && !*ref; i++) {
        if (is_meant(&all.map.members[i].value, words)) {
            *ref = xstrdup(all.map.members[i].key);
        }
    }
    xenapi_value_destroy(&all);
    return *ref ? NULL : error_new(ERROR_NOT_FOUND, "there is no such image in the storage: copy it into the folder of cabled-xapi's "
                                   "--storage and give its file name, or write a size like 2G for a new disk");
}

static struct error *
connect_disk(struct xapi *xapi, const char *vm, const char *vdi, size_t position)
{
    struct xenapi_value record = xapi_new_record(XENAPI_CLASS_VBD);
    char *ref = NULL;
    struct error *error;

    xenapi_map_put(&record, "VM", xenapi_string(vm));
    xenapi_map_put(&record, "VDI", xenapi_string(vdi));
    xenapi_map_put(&record, "userdevice", xenapi_string_nocopy(xasprintf("%"PRIuSIZE, position)));
    xenapi_map_put(&record, "bootable", xenapi_bool(!position));
    error = xapi_construct(xapi, "VBD.create", record, &ref);
    free(ref);
    return error;
}

struct error *
vm_disk_add(struct xapi *xapi, const char *vm, const char *words, size_t position)
{
    char *storage, *vdi = NULL;
    int64_t bytes;
    struct error *error = default_storage(xapi, &storage);

    if (!error) {
        error = vm_size_read(words, &bytes) ? make_disk(xapi, storage, vm, bytes, &vdi) : find_image(xapi, storage, words, &vdi);
    }
    error = error ? error : connect_disk(xapi, vm, vdi, position);
    free(storage);
    free(vdi);
    return error ? error_prefix(error, "disk %s", quote(words).text) : NULL;
}

static bool
was_made_for(const struct xenapi_value *vdi, const char *vm)
{
    const struct xenapi_value *other_config = xapi_field(vdi, "other_config", XENAPI_MAP);

    return other_config && !strcmp(xapi_text(other_config, MADE_FOR), vm);
}

struct error *
vm_disks_remove(struct xapi *xapi, const char *vm)
{
    struct xenapi_value all;
    struct error *error = xapi_ask(xapi, "VDI.get_all_records", &all, NULL);

    if (error) {
        return error;
    }
    for (size_t i = 0; all.type == XENAPI_MAP && i < all.map.n && !error; i++) {
        if (was_made_for(&all.map.members[i].value, vm)) {
            error = xapi_ask(xapi, "VDI.destroy", NULL, all.map.members[i].key, NULL);
        }
    }
    xenapi_value_destroy(&all);
    return error;
}
