/* SPDX-License-Identifier: Apache-2.0
 *
 * The XenAPI's datetime: seconds, UTC, written without dashes ("20260821T16:34:00Z"), which XML-RPC puts into an element of its own
 * and JSON-RPC into a string.
 */
#ifndef XENAPI_DATETIME_H
#define XENAPI_DATETIME_H

#include <stdbool.h>
#include <stdint.h>

/* The years 0 to 9999 in seconds since 1970: what four digits can say. */
#define XENAPI_DATETIME_MIN INT64_C(-62167219200)
#define XENAPI_DATETIME_MAX INT64_C(253402300799)

enum { XENAPI_DATETIME_SIZE = sizeof "20260821T16:34:00Z" };

/* Reads the form above, also with dashes in the date, with a fraction of the second (JavaScript; dropped, as the API has whole
 * seconds) or without the Z (Python's xmlrpc.client; UTC all the same). False, and '*seconds' untouched, if 'text' is anything else or
 * there is no such day or time. */
bool xenapi_datetime_parse(const char *text, int64_t *seconds);

void xenapi_datetime_format(int64_t seconds, char text[XENAPI_DATETIME_SIZE]);

#endif
