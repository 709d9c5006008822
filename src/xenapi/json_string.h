/* SPDX-License-Identifier: Apache-2.0
 *
 * Strings of JSON (RFC 8259 section 7).
 */
#ifndef XENAPI_JSON_STRING_H
#define XENAPI_JSON_STRING_H

struct error;
struct xenapi_json_cursor;

/* Reads the string at the cursor, which stands in a text that is UTF-8, and moves behind it. On success '*text' is the caller's. */
struct error *xenapi_json_string_read(struct xenapi_json_cursor *, char **text);

#endif
