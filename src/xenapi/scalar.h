/* SPDX-License-Identifier: Apache-2.0
 *
 * What a client means by a scalar. The wires and their clients do not agree: an int comes as a number (JSON) or as decimal text (Nova,
 * npm's XML), a double as an int if it is whole (JavaScript), a datetime as text (JSON), and a map's values as whatever their author
 * had at hand.
 */
#ifndef XENAPI_SCALAR_H
#define XENAPI_SCALAR_H

#include <stdbool.h>
#include <stdint.h>

struct xenapi_value;

/* True if 'value' can be taken for an int, a double or a datetime, which is in '*result' then. */
bool xenapi_value_to_int(const struct xenapi_value *value, int64_t *result);
bool xenapi_value_to_double(const struct xenapi_value *value, double *result);
bool xenapi_value_to_datetime(const struct xenapi_value *value, int64_t *result);

/* 'value' as text, which is the caller's: as a map of strings holds it and as filters compare it. Numbers are decimal, booleans "true" and
 * "false", void is "". NULL if it is no scalar: nil, a set, a map, bytes that are no text. */
char *xenapi_value_to_text(const struct xenapi_value *value);

#endif
