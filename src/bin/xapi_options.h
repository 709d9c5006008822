/* SPDX-License-Identifier: Apache-2.0
 *
 * The command line of cabled-xapi(8).
 */
#ifndef BIN_XAPI_OPTIONS_H
#define BIN_XAPI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include <uuid.h>

#include "base/limits.h"
#include "domain/domain.h"
#include "http/server.h"

struct xapi_options {
    const char *pool;           /* remote of the pool database */
    const char *control;        /* path of the control socket, or NULL for the usual one */
    struct http_listener listeners[LIMIT_HTTP_LISTENERS];
    size_t n_listeners;
    const char *users;
    struct uuid host;
    bool has_host;
    struct domains_config domains;
    const char *storage;
    unsigned int wire_seconds;
    bool has_test_clock;        /* ovs-appctl time/warp works */
};

/* Reads the command line; texts are its own. Ends the program where that asks only for a word (--help and the like) or is wrong. */
void xapi_options_parse(int argc, char *argv[], struct xapi_options *);

#endif
