/* SPDX-License-Identifier: Apache-2.0
 *
 * What a program beside the agent says of a port, which it or somebody else has added: keys in external_ids of its Interface row. The agent
 * guards a port by them.
 */
#ifndef SWITCH_PORT_KEYS_H
#define SWITCH_PORT_KEYS_H

struct error;
struct smap;
struct switch_db;

/* Writes 'keys' into the row of the port 'device', in the open transaction, and removes those keys that 'names' (NULL-terminated) has and
 * 'keys' has not. ERROR_NOT_FOUND if there is no such port. */
struct error *port_keys_write(struct switch_db *, const char *device, const struct smap *keys, const char *const *names);

/* What the row has under 'key', or NULL. */
const char *port_keys_get(const struct switch_db *, const char *device, const char *key);

#endif
