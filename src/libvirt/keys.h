/* SPDX-License-Identifier: Apache-2.0
 *
 * What is written into the Interface row of a libvirt domain's port, so that the agent guards it: keys of external_ids.
 */
#ifndef LIBVIRT_KEYS_H
#define LIBVIRT_KEYS_H

struct libvirt_port;
struct smap;
struct svec;

/* Marks a row as described from here; what somebody else has described is let alone. Keys that begin with "cabled-" are the agent's to
 * give. */
#define LIBVIRT_MARK_KEY "described-by"
#define LIBVIRT_MARK "cable-libvirt"

/* Adds the names of all keys that are ours to write, and a NULL behind them: those that libvirt_keys() does not give are removed. */
void libvirt_key_names(struct svec *names);

/* Adds the keys of a port to 'keys', which is empty; nothing if it is not described. */
void libvirt_keys(const struct libvirt_port *port, struct smap *keys);

#endif
