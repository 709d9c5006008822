/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenstore/facts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "base/error.h"
#include "xenstore/metadata_file.h"
#include "xenstore/store.h"
#include "xenvif/call.h"
#include "xenvif/description.h"
#include "xenvif/uuid.h"

static struct error *
read_below(struct store *store, const char *folder, const char *key, char **value)
{
    char *path = xasprintf("%s/%s", folder, key);
    struct error *error = store_read(store, path, value);

    free(path);
    return error;
}

static bool
names_have(char **names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (!strcmp(names[i], name)) {
            return true;
        }
    }
    return false;
}

/* "/vm/<uuid>": the VM that the caller names, or else where the domain's home says that its VM is; NULL if there is none. */
static struct error *
home_read(struct store *store, const struct xenvif_call *call, char **home)
{
    char *path = xasprintf("/local/domain/%"PRIu32"/vm", call->domid);
    struct error *error = NULL;

    if (call->vm_uuid[0]) {
        *home = xasprintf("/vm/%s", call->vm_uuid);
    } else {
        error = store_read(store, path, home);
    }

    free(path);
    return error;
}

/* The uuid under which the VM runs now, which during a migration is not its own; "" if the domain is gone. */
static struct error *
vm_read(struct store *store, const struct xenvif_call *call, struct xenvif_facts *facts)
{
    char *home = NULL, *uuid = NULL;
    struct error *error = home_read(store, call, &home);

    if (!error && home) {
        error = read_below(store, home, "uuid", &uuid);
    }
    if (!error && uuid) {
        error = xenvif_uuid_parse("VM", uuid, facts->vm_uuid);
    }
    if (!error && home) {
        error = read_below(store, home, "final-uuid", &facts->final_uuid);
    }
    free(home);
    free(uuid);
    return error;
}

/* The names below PRIVATE, which may be that of an older XenServer; none if there is neither. */
static struct error *
private_find(struct store *store, const struct xenvif_call *call, struct xenvif_facts *facts, char ***names, size_t *n)
{
    struct error *error = NULL;

    *names = NULL;
    *n = 0;
    for (int older = facts->vm_uuid[0] ? 0 : 1; !error && !*n && older <= 1; older++) {
        free(*names);
        *names = NULL;
        free(facts->private_path);
        facts->older_root = older;
        facts->private_path = xenvif_private_path(call, facts->vm_uuid, older);
        error = store_list(store, facts->private_path, names, n);
    }
    return error;
}

/* Keys of a folder below PRIVATE are read only if that is there. */
static bool
is_worth_reading(const struct xenvif_facts *facts, enum xenvif_key key, char **names, size_t n)
{
    const char *path = xenvif_key_path(key);
    char *first = xmemdup0(path, strcspn(path, "/"));
    bool is_there = names_have(names, n, first);

    free(first);
    return is_there && !(facts->key[XENVIF_KEY_XENOPSD_BACKEND] && xenvif_key_is_older(key));
}

static struct error *
keys_read(struct store *store, struct xenvif_facts *facts, char **names, size_t n)
{
    struct error *error = NULL;

    for (enum xenvif_key key = 0; !error && key < XENVIF_N_KEYS; key++) {
        if (is_worth_reading(facts, key, names, n)) {
            error = read_below(store, facts->private_path, xenvif_key_path(key), &facts->key[key]);
        }
    }
    return error;
}

static struct error *
private_read(struct store *store, const struct xenvif_call *call, struct xenvif_facts *facts)
{
    size_t n;
    char **names;
    struct error *error = private_find(store, call, facts, &names, &n);

    error = error ? error : keys_read(store, facts, names, n);
    facts->older_root = n && facts->older_root;
    free(names);
    return error;
}

static struct error *
policy_read(struct store *store, const struct facts_places *places, const struct xenvif_call *call, struct xenvif_facts *facts)
{
    struct error *error;

    if (facts->key[XENVIF_KEY_XENOPSD_BACKEND]) {
        error = metadata_file_read(places, facts->key[XENVIF_KEY_XENOPSD_BACKEND], facts->vm_uuid, call->devid, &facts->metadata);
        facts->has_metadata = !error;
    } else {
        char *frontend = xenvif_frontend_path(call);

        error = read_below(store, frontend, "mac", &facts->frontend_mac);
        free(frontend);
    }
    return error;
}

static struct error *
all_read(struct store *store, const struct facts_places *places, const struct xenvif_call *call, struct xenvif_facts *facts)
{
    struct error *error = vm_read(store, call, facts);

    if (!error && !facts->vm_uuid[0]) {
        error = error_new(ERROR_NOT_FOUND, "xenstore has no VM of domain %"PRIu32" (/local/domain/%"PRIu32"/vm and its uuid)", call->domid,
                          call->domid);
    }
    error = error ? error : private_read(store, call, facts);
    if (!error && !facts->key[XENVIF_KEY_BRIDGE] && !facts->key[XENVIF_KEY_MTU]) {
        error = error_new(ERROR_NOT_FOUND, "xenstore has nothing of %s: neither below /xapi/%s/private/vif/%"PRIu32" nor below %s",
                          call->device, facts->vm_uuid, call->devid, facts->private_path);
    }
    return error ? error : policy_read(store, places, call, facts);
}

struct error *
facts_read(struct store *store, const struct facts_places *places, const struct xenvif_call *call, struct xenvif_facts *facts)
{
    struct xenvif_facts draft = { .older_root = false };
    struct error *error = all_read(store, places, call, &draft);

    if (error) {
        xenvif_facts_destroy(&draft);
    } else {
        draft.hotplug_path = xenvif_hotplug_path(call, draft.vm_uuid, draft.older_root);
        *facts = draft;
    }
    return error;
}

struct error *
facts_read_rest(struct store *store, const struct xenvif_call *call, struct xenvif_facts *facts)
{
    struct xenvif_facts draft = { .older_root = false };
    struct error *error = vm_read(store, call, &draft);

    error = error ? error : private_read(store, call, &draft);
    if (error) {
        xenvif_facts_destroy(&draft);
        return error;
    }
    if (draft.vm_uuid[0] || draft.older_root) {
        draft.hotplug_path = xenvif_hotplug_path(call, draft.vm_uuid, draft.older_root);
    }
    *facts = draft;
    return NULL;
}

struct error *
facts_describe_device(struct store *store, const struct facts_places *places, const char *device, struct xenvif_description *description)
{
    struct xenvif_call call;
    struct xenvif_facts facts;
    struct error *error = xenvif_call_of_device(device, XENVIF_SHOW, &call);

    error = error ? error : facts_read(store, places, &call, &facts);
    if (!error) {
        error = xenvif_describe(&call, &facts, description);
        xenvif_facts_destroy(&facts);
    }
    return error;
}
