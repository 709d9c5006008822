/* SPDX-License-Identifier: Apache-2.0
 *
 * What went wrong, in words for a person and with a code for a program.
 *
 * A function that can refuse or fail returns a `struct error *`: NULL is success, anything else is owned by
 * the caller, who shows it, passes it on or frees it. The text names the object and the way out, begins in lower case
 * and has no full stop, so that it reads well behind "cable: ".
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <openvswitch/compiler.h>

enum error_code {
    ERROR_INVALID,              /* the input is malformed or out of range */
    ERROR_EXISTS,               /* something else has that name, number or device already */
    ERROR_NOT_FOUND,            /* the input names something that is not there */
    ERROR_IN_USE,               /* something else depends on the object */
    ERROR_LIMIT,                /* a size that comes from outside is over its limit (base/limits.h) */
    ERROR_UNREACHABLE,          /* a database, switch or daemon does not answer */
    ERROR_TIMEOUT,              /* what was waited for did not happen in time */
    ERROR_REFUSED,              /* a database, switch or kernel said no */
};

struct error {
    enum error_code code;
    char *text;
};

struct error *error_new(enum error_code, const char *format, ...) OVS_PRINTF_FORMAT(2, 3) OVS_WARN_UNUSED_RESULT;

/* Puts "<format>: " before the text of 'error', which is consumed and returned. */
struct error *error_prefix(struct error *error, const char *format, ...)
    OVS_PRINTF_FORMAT(2, 3) OVS_WARN_UNUSED_RESULT;

/* The name of 'code' for programs: "invalid", "exists", ... */
const char *error_code_name(enum error_code code);

void error_free(struct error *);

static inline void
error_cleanup(struct error **error)
{
    error_free(*error);
}

/* 'OWN_ERROR struct error *e = NULL;' frees what 'e' holds when the scope ends. */
#define OWN_ERROR __attribute__((cleanup(error_cleanup)))

#endif
