/* SPDX-License-Identifier: Apache-2.0
 *
 * Maps and records of the XenAPI: what is put in and looked up by key.
 */
#ifndef XENAPI_MAP_H
#define XENAPI_MAP_H

#include "xenapi/value.h"

/* Gives 'key', which is copied, the value 'value', which is taken over; destroys the one that it had. Cheap if keys come in order. */
void xenapi_map_put(struct xenapi_value *map, const char *key, struct xenapi_value value);

/* The value of 'key', NULL if there is none; it is the map's, and gone with the map's next change. */
const struct xenapi_value *xenapi_map_get(const struct xenapi_value *map, const char *key);

/* True if 'map' has 'key': its value is in '*value' then, and the caller's. The map has the key still, but void. */
bool xenapi_map_take(struct xenapi_value *map, const char *key, struct xenapi_value *value);

/* For decoders, whose keys come in any order and may come twice: appends a member, taking over both 'key' and 'value'. Until
 * xenapi_map_sort() has returned NULL, the map is good for more of the same and for being destroyed. */
void xenapi_map_append(struct xenapi_value *map, char *key, struct xenapi_value value);

/* Ends a row of xenapi_map_append(). NULL if 'map' is a map now; otherwise a key that it has twice, which is the map's. */
const char *xenapi_map_sort(struct xenapi_value *map);

#endif
