/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "cli/vm_record.h"

#include <stdlib.h>
#include <string.h>

#include <svec.h>
#include <util.h>

#include "base/error.h"
#include "cli/rows.h"
#include "cli/xapi.h"
#include "cli/xapi_objects.h"
#include "xenapi/map.h"
#include "xenapi/ref.h"

void
vm_record_brief(const struct xenapi_value *record, struct row *row)
{
    row_put_text(row, "name", xapi_text(record, "name_label"));
    row_put_text(row, "uuid", xapi_text(record, "uuid"));
    row_put_state(row, "power_state", xapi_text(record, "power_state"));
}

/* The texts of a set, or of a map's values. */
static void
put_texts(struct row *row, const char *name, const struct xenapi_value *record, const char *field)
{
    const struct xenapi_value *value = xenapi_map_get(record, field);
    struct svec words = SVEC_EMPTY_INITIALIZER;

    for (size_t i = 0; value && value->type == XENAPI_SET && i < value->set.n; i++) {
        if (value->set.elements[i].type == XENAPI_STRING) {
            svec_add(&words, value->set.elements[i].string);
        }
    }
    for (size_t i = 0; value && value->type == XENAPI_MAP && i < value->map.n; i++) {
        if (value->map.members[i].value.type == XENAPI_STRING) {
            svec_add(&words, value->map.members[i].value.string);
        }
    }
    svec_sort_unique(&words);
    row_put_words(row, name, words.names, words.n);
    svec_destroy(&words);
}

static const char *
backend_of(const struct xenapi_value *record)
{
    const struct xenapi_value *platform = xapi_field(record, "platform", XENAPI_MAP);
    const char *word = platform ? xapi_text(platform, "cabled-domain") : "";

    return *word ? word : "qemu";
}

static void
put_machine(const struct xenapi_value *record, struct row *row)
{
    row_put_text(row, "description", xapi_text(record, "name_description"));
    row_put_text(row, "domain", backend_of(record));
    row_put_integer(row, "domid", xapi_integer(record, "domid"));
    row_put_integer(row, "memory", xapi_integer(record, "memory_static_max"));
    row_put_integer(row, "vcpus", xapi_integer(record, "VCPUs_max"));
    row_put_text(row, "kernel", xapi_text(record, "PV_kernel"));
    row_put_text(row, "ramdisk", xapi_text(record, "PV_ramdisk"));
    row_put_text(row, "args", xapi_text(record, "PV_args"));
    put_texts(row, "being_done", record, "current_operations");
    put_texts(row, "can_be_done", record, "allowed_operations");
}

typedef struct error *put_fn(struct xapi *, const struct xenapi_value *record, struct row *row);

static struct error *
put_vif(struct xapi *xapi, const struct xenapi_value *vif, struct row *row)
{
    struct xenapi_value network;
    struct error *error = xapi_record(xapi, "network", xapi_text(vif, "network"), &network);

    if (!error) {
        row_put_text(row, "device", xapi_text(vif, "device"));
        row_put_text(row, "network", xapi_text(&network, "name_label"));
        row_put_text(row, "mac", xapi_text(vif, "MAC"));
        row_put_text(row, "mode", xapi_text(vif, "locking_mode"));
        put_texts(row, "ipv4", vif, "ipv4_allowed");
        put_texts(row, "ipv6", vif, "ipv6_allowed");
        row_put_truth(row, "attached", xapi_truth(vif, "currently_attached"));
        row_put_text(row, "uuid", xapi_text(vif, "uuid"));
        xenapi_value_destroy(&network);
    }
    return error;
}

static struct error *
put_disk(struct xapi *xapi, const struct xenapi_value *vbd, struct row *row)
{
    const char *ref = xapi_text(vbd, "VDI");
    struct xenapi_value vdi = xenapi_map_create();
    struct error *error = xenapi_ref_is_null(ref) ? NULL : xapi_record(xapi, "VDI", ref, &vdi);

    if (!error) {
        row_put_text(row, "device", xapi_text(vbd, "userdevice"));
        row_put_text(row, "path", xapi_text(&vdi, "location"));
        row_put_text(row, "type", xapi_text(vbd, "type"));
        row_put_text(row, "mode", xapi_text(vbd, "mode"));
        row_put_integer(row, "bytes", xapi_integer(&vdi, "virtual_size"));
        row_put_truth(row, "attached", xapi_truth(vbd, "currently_attached"));
        xenapi_value_destroy(&vdi);
    }
    return error;
}

static struct error *
put_object(struct xapi *xapi, const char *class, const struct xenapi_value *ref, put_fn *put, struct rows *rows)
{
    struct xenapi_value record;
    struct error *error = xapi_record(xapi, class, ref->type == XENAPI_STRING ? ref->string : "", &record);

    /* It went meanwhile. */
    if (error && error->code == ERROR_NOT_FOUND) {
        error_free(error);
        return NULL;
    } else if (!error) {
        error = put(xapi, &record, rows_add(rows));
        xenapi_value_destroy(&record);
    }
    return error;
}

static struct error *
put_objects(struct xapi *xapi, const struct xenapi_value *record, const char *class, const char *field, const char *name, put_fn *put,
            struct row *row)
{
    const struct xenapi_value *refs = xapi_field(record, field, XENAPI_SET);
    struct rows *rows = row_put_rows(row, name);
    struct error *error = NULL;

    for (size_t i = 0; refs && i < refs->set.n && !error; i++) {
        error = put_object(xapi, class, &refs->set.elements[i], put, rows);
    }
    return error;
}

struct error *
vm_record_whole(struct xapi *xapi, const struct xenapi_value *record, struct row *row)
{
    struct error *error;

    vm_record_brief(record, row);
    put_machine(record, row);
    error = put_objects(xapi, record, "VIF", "VIFs", "vifs", put_vif, row);
    return error ? error : put_objects(xapi, record, "VBD", "VBDs", "disks", put_disk, row);
}
