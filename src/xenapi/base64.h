/* SPDX-License-Identifier: Apache-2.0
 *
 * Base64 (RFC 4648 section 4), in which XML-RPC carries bytes.
 */
#ifndef XENAPI_BASE64_H
#define XENAPI_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ds;

/* Decodes 'text', which may have white space anywhere and must end with its padding. On success '*data' is the caller's. False, and
 * nothing changed, if 'text' is anything else. */
bool xenapi_base64_decode(const char *text, uint8_t **data, size_t *n);

/* Appends 'n' bytes of 'data', encoded in one line. */
void xenapi_base64_encode(const uint8_t *data, size_t n, struct ds *);

#endif
