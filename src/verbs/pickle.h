/* SPDX-License-Identifier: Apache-2.0
 *
 * Python's pickles, as far as os_xenapi sends them to a plugin and reads them from it: text, numbers, booleans, None, lists, tuples and dictionaries
 * with text as keys. No code is ever run: what makes an object is refused, as are texts that are not UTF-8.
 *
 * It comes as text (protocol 0, which Python 2 and a patched Python 3 send) or as bytes (up to protocol 4). It goes as text.
 */
#ifndef VERBS_PICKLE_H
#define VERBS_PICKLE_H

#include <stdbool.h>
#include <stddef.h>

struct xenapi_value;

/* Reads 'n' bytes. On success '*value' is the caller's; otherwise it is untouched. None is nil, a tuple is a set. */
bool pickle_read(const void *data, size_t n, struct xenapi_value *value);

/* A pickle of 'text', which the caller frees. */
char *pickle_of_text(const char *text);

#endif
