/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xapi/event.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/quote.h"
#include "directory/directory.h"
#include "xenapi/map.h"

/* The kinds of objects, and what is kept of their other_config. */
static const struct {
    const char *name;
    const char *keys[4];        /* up to a NULL */
} kinds[] = {
    [XAPI_POOL] = { "pool", { DIRECTORY_NETWORK_FAIL_MODE } },
    [XAPI_NETWORK] = { "network", { DIRECTORY_NETWORK_FAIL_MODE, DIRECTORY_NETWORK_IN_BAND, DIRECTORY_NETWORK_ID } },
    [XAPI_VIF] = { "VIF", { DIRECTORY_VIF_ID } },
    [XAPI_VM] = { "VM", { DIRECTORY_VM_ID } },
};

const char *
xapi_kind_name(enum xapi_kind kind)
{
    return kinds[kind].name;
}

struct error *
xapi_config_read(enum xapi_kind kind, const struct xenapi_value *map, struct smap *config)
{
    if (map->type != XENAPI_MAP) {
        return error_new(ERROR_INVALID, "the `other_config` of a %s is no map", kinds[kind].name);
    }
    for (const char *const *key = kinds[kind].keys; *key; key++) {
        const struct xenapi_value *value = xenapi_map_get(map, *key);

        if (value && value->type != XENAPI_STRING) {
            return error_new(ERROR_INVALID, "%s in the `other_config` of a %s is no text", *key, kinds[kind].name);
        } else if (value && strlen(value->string) > LIMIT_TEXT_BYTES) {
            return error_new(ERROR_LIMIT, "%s in the `other_config` of a %s is longer than %d bytes", *key, kinds[kind].name,
                             LIMIT_TEXT_BYTES);
        } else if (value) {
            smap_replace(config, *key, value->string);
        }
    }
    return NULL;
}

/* The member 'name' of 'map', if it is text of at most LIMIT_NAME_BYTES; it is the map's. */
static struct error *
text_read(const struct xenapi_value *map, const char *name, const char **text)
{
    const struct xenapi_value *value = xenapi_map_get(map, name);

    if (!value || value->type != XENAPI_STRING) {
        return error_new(ERROR_INVALID, "an event has no text `%s`", name);
    } else if (strlen(value->string) > LIMIT_NAME_BYTES) {
        return error_new(ERROR_LIMIT, "the `%s` of an event is longer than %d bytes", name, LIMIT_NAME_BYTES);
    }
    *text = value->string;
    return NULL;
}

/* XAPI writes classes in lower case here, and else with capitals. */
static enum xapi_kind
kind_of(const char *name)
{
    for (enum xapi_kind kind = 0; kind < ARRAY_SIZE(kinds); kind++) {
        if (!strcasecmp(name, kinds[kind].name)) {
            return kind;
        }
    }
    return XAPI_OTHER;
}

static struct error *
uuid_read(const struct xenapi_value *snapshot, char uuid[UUID_LEN + 1])
{
    const char *text = NULL;
    struct uuid read;
    struct error *error = text_read(snapshot, "uuid", &text);

    if (!error && !uuid_from_string(&read, text)) {
        error = error_new(ERROR_INVALID, "the `uuid` of an event is %s, which is none", quote(text).text);
    }
    if (!error) {
        snprintf(uuid, UUID_LEN + 1, UUID_FMT, UUID_ARGS(&read));
    }
    return error;
}

static struct error *
snapshot_read(const struct xenapi_value *value, struct xapi_event *event)
{
    const struct xenapi_value *snapshot = xenapi_map_get(value, "snapshot");
    const struct xenapi_value *config = snapshot && snapshot->type == XENAPI_MAP ? xenapi_map_get(snapshot, "other_config") : NULL;
    const char *bridge = NULL;
    struct error *error;

    if (!config) {
        return error_new(ERROR_INVALID, "an event of a %s has no record with `other_config`", kinds[event->kind].name);
    }
    error = uuid_read(snapshot, event->uuid);
    if (!error && event->kind == XAPI_NETWORK) {
        error = text_read(snapshot, "bridge", &bridge);
    }
    error = error ? error : xapi_config_read(event->kind, config, &event->other_config);
    event->bridge = nullable_xstrdup(bridge);
    return error;
}

struct error *
xapi_event_read(const struct xenapi_value *value, struct xapi_event *event)
{
    struct xapi_event read = { .kind = XAPI_OTHER, .other_config = SMAP_INITIALIZER(&read.other_config) };
    const char *class = NULL, *operation = NULL, *ref = NULL;
    struct error *error;

    if (value->type != XENAPI_MAP) {
        return error_new(ERROR_INVALID, "an event is no record");
    }
    error = text_read(value, "class", &class);
    error = error ? error : text_read(value, "operation", &operation);
    error = error ? error : text_read(value, "ref", &ref);
    if (error) {
        return error;
    }
    read.kind = kind_of(class);
    read.is_gone = !strcmp(operation, "del");
    read.ref = xstrdup(ref);
    if (read.kind != XAPI_OTHER && !read.is_gone) {
        error = snapshot_read(value, &read);
    }
    if (error) {
        xapi_event_destroy(&read);
        return error;
    }
    *event = read;
    hmap_moved(&event->other_config.map);
    return NULL;
}

void
xapi_event_destroy(struct xapi_event *event)
{
    free(event->ref);
    free(event->bridge);
    smap_destroy(&event->other_config);
}
