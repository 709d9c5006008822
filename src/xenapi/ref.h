/* SPDX-License-Identifier: Apache-2.0
 *
 * References of the XenAPI: "OpaqueRef:" and the uuid of the object, or "OpaqueRef:NULL" for none. Clients know a reference by its
 * prefix and by nothing else.
 */
#ifndef XENAPI_REF_H
#define XENAPI_REF_H

#include <stdbool.h>

struct uuid;

#define XENAPI_REF_PREFIX "OpaqueRef:"
#define XENAPI_REF_NULL XENAPI_REF_PREFIX "NULL"

enum { XENAPI_REF_SIZE = sizeof XENAPI_REF_PREFIX "00000000-0000-0000-0000-000000000000" };

/* True if 'text' refers to nothing: "OpaqueRef:NULL", and the empty string, which Nova sends as VM.affinity. */
bool xenapi_ref_is_null(const char *text);

/* True if 'text' is a reference to an object, whose uuid is in '*uuid' then. A reference has one spelling: one with an upper-case
 * uuid was never given out. */
bool xenapi_ref_parse(const char *text, struct uuid *uuid);

void xenapi_ref_format(const struct uuid *uuid, char text[XENAPI_REF_SIZE]);

#endif
