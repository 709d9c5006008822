/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenvif/metadata.h"

#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/quote.h"
#include "xenapi/json_reader.h"
#include "xenapi/map.h"
#include "xenapi/value.h"

static struct error *
member_text(const struct xenapi_value *object, const char *name, const char **text)
{
    const struct xenapi_value *value = xenapi_map_get(object, name);

    if (!value || value->type != XENAPI_STRING) {
        return error_new(ERROR_INVALID, "member '%s' is %s", name, value ? "no string" : "missing");
    }
    *text = value->string;
    return NULL;
}

static struct error *
texts_read(const struct xenapi_value *object, const char *name, char ***list)
{
    const struct xenapi_value *value = xenapi_map_get(object, name);

    if (!value || value->type != XENAPI_SET) {
        return error_new(ERROR_INVALID, "member '%s' of 'locking_mode' is %s", name, value ? "no list" : "missing");
    } else if (value->set.n > LIMIT_VIF_ADDRESSES) {
        return error_new(ERROR_LIMIT, "member '%s' of 'locking_mode' has more than %d addresses", name, LIMIT_VIF_ADDRESSES);
    }
    *list = xcalloc(value->set.n + 1, sizeof **list);
    for (size_t i = 0; i < value->set.n; i++) {
        if (value->set.elements[i].type != XENAPI_STRING) {
            return error_new(ERROR_INVALID, "member '%s' of 'locking_mode' holds something that is no string", name);
        }
        (*list)[i] = xstrdup(value->set.elements[i].string);
    }
    return NULL;
}

/* ["Locked", {"ipv4": [...], "ipv6": [...]}] */
static struct error *
locked_read(const struct xenapi_set *variant, struct xenvif_metadata *metadata)
{
    struct error *error;

    if (variant->n != 2 || variant->elements[0].type != XENAPI_STRING || strcmp(variant->elements[0].string, "Locked")
        || variant->elements[1].type != XENAPI_MAP) {
        return error_new(ERROR_INVALID, "member 'locking_mode' is a list, but not [\"Locked\", {\"ipv4\": ..., \"ipv6\": ...}]");
    }
    metadata->locking_mode = xstrdup("locked");
    error = texts_read(&variant->elements[1], "ipv4", &metadata->ipv4);
    return error ? error : texts_read(&variant->elements[1], "ipv6", &metadata->ipv6);
}

/* "Unlocked" and "Disabled" are words; "Locked" alone would be locked to nothing. */
static struct error *
locking_mode_read(const struct xenapi_value *root, struct xenvif_metadata *metadata)
{
    const struct xenapi_value *value = xenapi_map_get(root, "locking_mode");

    if (!value) {
        return error_new(ERROR_INVALID, "member 'locking_mode' is missing");
    } else if (value->type == XENAPI_SET) {
        return locked_read(&value->set, metadata);
    } else if (value->type == XENAPI_STRING && !strcmp(value->string, "Unlocked")) {
        metadata->locking_mode = xstrdup("unlocked");
        return NULL;
    } else if (value->type == XENAPI_STRING && !strcmp(value->string, "Disabled")) {
        metadata->locking_mode = xstrdup("disabled");
        return NULL;
    }
    return error_new(ERROR_INVALID, "member 'locking_mode' is %s, not \"Unlocked\", \"Disabled\" or [\"Locked\", ...]",
                     value->type == XENAPI_STRING ? quote(value->string).text : "no string");
}

/* ["Local", bridge], or ["Remote", [VM, bridge]] of a driver domain. */
static struct error *
backend_read(const struct xenapi_value *root, struct xenvif_metadata *metadata)
{
    const struct xenapi_value *value = xenapi_map_get(root, "backend");

    if (!value || value->type != XENAPI_SET || value->set.n != 2 || value->set.elements[0].type != XENAPI_STRING) {
        return error_new(ERROR_INVALID, "member 'backend' is %s", value ? "not [\"Local\", BRIDGE]" : "missing");
    } else if (!strcmp(value->set.elements[0].string, "Remote")) {
        return error_new(ERROR_REFUSED, "the VIF's backend is in a driver domain: only those of this domain can be cabled");
    } else if (strcmp(value->set.elements[0].string, "Local") || value->set.elements[1].type != XENAPI_STRING) {
        return error_new(ERROR_INVALID, "member 'backend' is not [\"Local\", BRIDGE]");
    }
    metadata->bridge = xstrdup(value->set.elements[1].string);
    return NULL;
}

static char *
private_key(const struct xenapi_value *root, const char *name)
{
    const struct xenapi_value *keys = xenapi_map_get(root, "extra_private_keys");
    const struct xenapi_value *value = keys && keys->type == XENAPI_MAP ? xenapi_map_get(keys, name) : NULL;

    return value && value->type == XENAPI_STRING ? xstrdup(value->string) : NULL;
}

static struct error *
root_read(const struct xenapi_value *root, struct xenvif_metadata *metadata)
{
    const char *mac = NULL;
    struct error *error;

    if (root->type != XENAPI_MAP) {
        return error_new(ERROR_INVALID, "it holds no object");
    }
    error = member_text(root, "mac", &mac);
    error = error ? error : locking_mode_read(root, metadata);
    error = error ? error : backend_read(root, metadata);
    if (!error) {
        metadata->mac = xstrdup(mac);
        metadata->vif_uuid = private_key(root, "vif-uuid");
        metadata->network_uuid = private_key(root, "network-uuid");
    }
    return error;
}

struct error *
xenvif_metadata_parse(const char *text, size_t n, struct xenvif_metadata *metadata)
{
    struct xenvif_metadata draft = { .mac = NULL };
    struct xenapi_value root;
    struct error *error;

    if (n > LIMIT_XENVIF_METADATA_BYTES) {
        return error_new(ERROR_LIMIT, "it is larger than %d bytes", LIMIT_XENVIF_METADATA_BYTES);
    }
    error = xenapi_json_read(text, n, LIMIT_XENVIF_METADATA_DEPTH, &root);
    if (error) {
        return error;
    }
    error = root_read(&root, &draft);
    xenapi_value_destroy(&root);
    if (error) {
        xenvif_metadata_destroy(&draft);
    } else {
        *metadata = draft;
    }
    return error;
}

static void
list_destroy(char **list)
{
    for (char **entry = list; entry && *entry; entry++) {
        free(*entry);
    }
    free(list);
}

void
xenvif_metadata_destroy(struct xenvif_metadata *metadata)
{
    free(metadata->mac);
    free(metadata->locking_mode);
    list_destroy(metadata->ipv4);
    list_destroy(metadata->ipv6);
    free(metadata->bridge);
    free(metadata->vif_uuid);
    free(metadata->network_uuid);
}
