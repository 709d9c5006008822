/* SPDX-License-Identifier: Apache-2.0
 *
 * What other programs know a bridge, a VIF or a VM by, and what is to become of one such value in the switch's database.
 */
#ifndef SYNC_IDENTITY_H
#define SYNC_IDENTITY_H

#include <stdbool.h>

#include "directory/directory.h"

/* What the directory says of one object. */
struct identity_source {
    enum directory_answer answer;
    struct directory_record record;     /* if KNOWN */
};

/* To be kept as it stands, whatever that is; or else to be 'text', NULL: not to be there. 'text' points into what was decided from. */
struct identity_value {
    bool keep;
    const char *text;
};

static inline struct identity_value
identity_keep(void)
{
    return (struct identity_value) { .keep = true };
}

static inline struct identity_value
identity_set(const char *text)
{
    return (struct identity_value) { .text = text };
}

/* What the object's other_config says under 'key'; NULL if there is no such object, or it says nothing: an empty word is none. */
const char *identity_override(const struct identity_source *, const char *key);

/* True if an id may be written down: not longer than LIMIT_IDENTITY_BYTES. */
bool identity_fits(const char *text);

#endif
