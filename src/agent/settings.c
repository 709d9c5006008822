/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "agent/settings.h"

#include <stdlib.h>
#include <string.h>

#include <util.h>
#include <uuid.h>
#include <smap.h>

#include "base/error.h"
#include "http/address.h"
#include "pool/remote.h"
#include "pool/replica.h"

/* Admission and six more tables must end before OpenFlow's last one, 254. */
enum { FIRST_TABLE_MAX = 247 };

static struct error *
parse_tables(const char *text, struct rules_layout *layout)
{
    int first;

    if (!text) {
        return NULL;
    }
    if (!str_to_int(text, 10, &first) || first < 1 || first > FIRST_TABLE_MAX) {
        return error_new(ERROR_INVALID, "cabled-tables is '%s': write the first table's number, 1 to %d", text,
                         FIRST_TABLE_MAX);
    }
    layout->first_table = first;
    return NULL;
}

static struct error *
parse_host(const char *text, struct uuid *host)
{
    if (text && !uuid_from_string(host, text)) {
        return error_new(ERROR_INVALID, "cabled-host is '%s': write this host's uuid in the pool database, or remove the key to get a "
                         "new one", text);
    }
    return NULL;
}

struct error *
settings_parse_foreign_ports(const char *text, bool *accept)
{
    if (text && strcmp(text, "accept") && strcmp(text, "dark")) {
        return error_new(ERROR_INVALID, "cabled-foreign-ports is '%s': write accept or dark", text);
    }
    *accept = !text || !strcmp(text, "accept");
    return NULL;
}

static bool
is_any_certificate(const char *key, const char *value)
{
    return !strcmp(key, "cabled-xapi-ca") && !strcmp(value, SETTINGS_ANY_CERTIFICATE);
}

static struct error *
check_xapi_address(const char *text)
{
    struct http_address address;
    struct error *error = text ? http_address_parse(text, &address) : NULL;

    return error ? error_prefix(error, "cabled-xapi") : NULL;
}

static struct error *
check_xapi(const struct smap *ids)
{
    static const char *const files[] = { "cabled-xapi-login", "cabled-xapi-ca", "cabled-xapi-cookie" };
    struct error *error = check_xapi_address(smap_get(ids, "cabled-xapi"));

    if (error) {
        return error;
    }

    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        const char *path = smap_get(ids, files[i]);

        if (path && path[0] != '/' && !is_any_certificate(files[i], path)) {
            return error_new(ERROR_INVALID, "%s is '%s': write the path of a file, from / on", files[i], path);
        }
    }
    return NULL;
}

static void
copy_xapi(const struct smap *ids, struct settings *settings)
{
    settings->xapi = nullable_xstrdup(smap_get(ids, "cabled-xapi"));
    settings->xapi_login = nullable_xstrdup(smap_get(ids, "cabled-xapi-login"));
    settings->xapi_ca = nullable_xstrdup(smap_get(ids, "cabled-xapi-ca"));
    settings->xapi_cookie = nullable_xstrdup(smap_get(ids, "cabled-xapi-cookie"));
}

struct error *
settings_parse(const struct smap *ids, struct settings *settings)
{
    struct settings parsed = { .layout = RULES_LAYOUT_DEFAULT, .variant = RULES_STRICT };
    const char *variant = smap_get(ids, "cabled-variant");
    const char *pool = smap_get_def(ids, "cabled-pool", POOL_DEFAULT_REMOTE);
    struct error *error = parse_host(smap_get(ids, "cabled-host"), &parsed.host);

    if (!error) {
        error = parse_tables(smap_get(ids, "cabled-tables"), &parsed.layout);
    }
    if (!error) {
        error = settings_parse_foreign_ports(smap_get(ids, "cabled-foreign-ports"), &parsed.accept_foreign_ports);
    }
    if (!error && variant) {
        error = rules_variant_parse(variant, &parsed.variant);
        error = error ? error_prefix(error, "cabled-variant") : NULL;
    }
    parsed.names_pool = smap_get(ids, "cabled-pool");
    parsed.no_pool = !strcmp(pool, "none");
    if (!error && !parsed.no_pool) {
        error = pool_remote_check(pool);
        error = error ? error_prefix(error, "cabled-pool") : NULL;
    }
    if (!error) {
        error = check_xapi(ids);
    }
    if (!error) {
        parsed.pool = xstrdup(pool);
        copy_xapi(ids, &parsed);
        *settings = parsed;
    }
    return error;
}

bool
settings_same_xapi(const struct settings *a, const struct settings *b)
{
    return nullable_string_is_equal(a->xapi, b->xapi) && nullable_string_is_equal(a->xapi_login, b->xapi_login)
           && nullable_string_is_equal(a->xapi_ca, b->xapi_ca) && nullable_string_is_equal(a->xapi_cookie, b->xapi_cookie);
}

bool
settings_equal(const struct settings *a, const struct settings *b)
{
    return !strcmp(a->pool, b->pool) && a->follows_pool == b->follows_pool && uuid_equals(&a->host, &b->host)
           && a->layout.first_table == b->layout.first_table
           && a->layout.hook_priority == b->layout.hook_priority && a->layout.reg == b->layout.reg && a->variant == b->variant
           && a->accept_foreign_ports == b->accept_foreign_ports;
}

void
settings_destroy(struct settings *settings)
{
    free(settings->pool);
    free(settings->xapi);
    free(settings->xapi_login);
    free(settings->xapi_ca);
    free(settings->xapi_cookie);
    *settings = (struct settings) { .pool = NULL };
}
