/* SPDX-License-Identifier: Apache-2.0
 *
 * A client of cabled-xapi, or of any XenAPI server: JSON-RPC 2.0 over HTTP, by libcurl. Calls block until they are answered.
 *
 * On a unix socket the server lets whoever may write to it log in without a password. Over TCP and TLS it wants one.
 */
#ifndef CLI_XAPI_H
#define CLI_XAPI_H

#include <stdbool.h>

#include "xenapi/value.h"

struct error;
struct xapi;

#define XAPI_DEFAULT_ADDRESS "unix:/run/cabled/xapi"

/* Strings must live as long as the client. */
struct xapi_config {
    const char *address;        /* as http/address.h reads it */
    const char *login;          /* a file whose first line is "user:password"; NULL: no name, no password */
    const char *ca;             /* a file with the certificates that the server's must be signed by; NULL: the system's */
    long long int timeout_ms;   /* of a call that the server answers at once */
};

/* Logs in. ERROR_INVALID if the address or the login file is wrong; ERROR_UNREACHABLE if no server answers there; ERROR_REFUSED if it
 * does not let us in. */
struct error *xapi_open(const struct xapi_config *, struct xapi **);

/* Logs out. NULL is fine. */
void xapi_close(struct xapi *);

/* An empty list of parameters. */
struct xenapi_value xapi_params(void);

/* Calls 'method' with the session and 'params', which are taken over, and waits up to 'more_ms' longer for the answer than for others. On success
 * '*result' is the caller's; NULL: it is of no interest. What the server refuses is told in words (cli/xapi_failure.h). */
struct error *xapi_call_long(struct xapi *, const char *method, struct xenapi_value params, long long int more_ms,
                             struct xenapi_value *result);
struct error *xapi_call(struct xapi *, const char *method, struct xenapi_value params, struct xenapi_value *result);

/* The same with parameters that are texts, which NULL ends. */
struct error *xapi_ask(struct xapi *, const char *method, struct xenapi_value *result, ...) __attribute__((sentinel));

/* From now on long waits do not look for signals: the program is carrying out what it does because of one, and a second look would end
 * it. */
void xapi_ignore_signals(struct xapi *);
bool xapi_ignores_signals(const struct xapi *);

/* A result that is of another type than it must be. */
struct error *xapi_strange(const struct xapi *, const char *method);

#endif
