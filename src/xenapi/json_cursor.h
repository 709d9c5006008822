/* SPDX-License-Identifier: Apache-2.0
 *
 * A place in a JSON text that is being read.
 */
#ifndef XENAPI_JSON_CURSOR_H
#define XENAPI_JSON_CURSOR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct xenapi_json_cursor {
    const char *begin, *at, *end;
    size_t depth, max_depth;    /* of arrays and objects within each other */
};

/* Refuses what stands at the cursor; the place goes before the words. */
struct error *xenapi_json_refuse(const struct xenapi_json_cursor *, enum error_code, const char *format, ...)
    OVS_PRINTF_FORMAT(3, 4);

/* The same where 'wanted' should stand. */
struct error *xenapi_json_refuse_other(const struct xenapi_json_cursor *, const char *wanted);

/* The byte at the cursor, 0 at the end. (A null byte has no place in JSON either.) */
char xenapi_json_peek(const struct xenapi_json_cursor *);

/* True if 'byte' stands at the cursor, which is behind it then. */
bool xenapi_json_take(struct xenapi_json_cursor *, char byte);

void xenapi_json_skip_blanks(struct xenapi_json_cursor *);

#endif
