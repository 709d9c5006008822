/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "sync/identity.h"

#include <string.h>

#include <smap.h>

#include "base/limits.h"

const char *
identity_override(const struct identity_source *source, const char *key)
{
    const char *text = source->answer == DIRECTORY_KNOWN ? smap_get(source->record.other_config, key) : NULL;

    return text && text[0] ? text : NULL;
}

bool
identity_fits(const char *text)
{
    return strlen(text) <= LIMIT_IDENTITY_BYTES;
}
