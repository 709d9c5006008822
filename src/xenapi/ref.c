/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenapi/ref.h"

#include <stdio.h>
#include <string.h>

#include <uuid.h>

bool
xenapi_ref_is_null(const char *text)
{
    return !*text || !strcmp(text, XENAPI_REF_NULL);
}

bool
xenapi_ref_parse(const char *text, struct uuid *uuid)
{
    const size_t prefix = strlen(XENAPI_REF_PREFIX);
    char again[XENAPI_REF_SIZE];
    struct uuid parsed;

    if (strncmp(text, XENAPI_REF_PREFIX, prefix) || !uuid_from_string(&parsed, text + prefix)) {
        return false;
    }
    xenapi_ref_format(&parsed, again);
    if (strcmp(text, again)) {
        return false;
    }
    *uuid = parsed;
    return true;
}

void
xenapi_ref_format(const struct uuid *uuid, char text[XENAPI_REF_SIZE])
{
    snprintf(text, XENAPI_REF_SIZE, XENAPI_REF_PREFIX UUID_FMT, UUID_ARGS(uuid));
}
