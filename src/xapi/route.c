/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xapi/route.h"

#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "base/error.h"
#include "base/quote.h"

enum {
    /* Masters that are followed from one to the next, before it is the pool that is taken to be wrong. */
    MAX_MOVES = 3,

    /* A server on this host costs nothing to be tried, and whoever starts it anew waits for it. */
    UNIX_CEILING_MS = 1000,
};

void
xapi_route_init(struct xapi_route *route, const struct http_address *configured)
{
    *route = (struct xapi_route) { .configured = *configured, .next = *configured };
}

long long int
xapi_route_when(const struct xapi_route *route)
{
    return route->backoff.until;
}

void
xapi_route_expire(struct xapi_route *route, long long int now)
{
    backoff_fail_once_free(&route->backoff, now);
    if (route->next.transport == HTTP_UNIX) {
        route->backoff.until = MIN(route->backoff.until, now + UNIX_CEILING_MS);
    }
    route->is_other_wire = false;
}

void
xapi_route_fail(struct xapi_route *route, long long int now)
{
    xapi_route_expire(route, now);
    route->next = route->configured;
    route->n_moves = 0;
}

bool
xapi_route_change_wire(struct xapi_route *route)
{
    if (route->is_other_wire) {
        return false;
    }
    route->wire = route->wire == XAPI_JSON ? XAPI_XML : XAPI_JSON;
    route->is_other_wire = true;
    return true;
}

static struct error *
master_address(const struct xapi_route *route, const char *host, struct http_address *master)
{
    const char *prefix = route->next.transport == HTTP_TLS ? "tls" : "tcp";
    char *text = xasprintf(strchr(host, ':') ? "%s:[%s]:%u" : "%s:%s:%u", prefix, host, (unsigned int) route->next.port);
    struct error *error = http_address_parse(text, master);

    free(text);
    return error ? error_prefix(error, "the master is said to be %s", quote(host).text) : NULL;
}

struct error *
xapi_route_move(struct xapi_route *route, const char *host)
{
    struct http_address master;
    struct error *error = NULL;

    if (route->next.transport == HTTP_UNIX) {
        return error_new(ERROR_REFUSED, "it is not the master of its pool, and does not pass calls on to it");
    } else if (route->n_moves >= MAX_MOVES) {
        return error_new(ERROR_REFUSED, "hosts name each other as the master of their pool");
    }
    error = master_address(route, host, &master);
    if (!error) {
        route->next = master;
        route->n_moves++;
        route->is_other_wire = false;
    }
    return error;
}

void
xapi_route_succeed(struct xapi_route *route)
{
    route->n_moves = 0;
    route->is_other_wire = false;
}

char *
xapi_route_name(const struct xapi_route *route, const struct http_address *now)
{
    const struct http_address_text configured = http_address_text(&route->configured), text = http_address_text(now);

    return strcmp(configured.text, text.text) ? xasprintf("%s, the master of %s", text.text, configured.text) : xstrdup(text.text);
}
