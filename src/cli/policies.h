/* SPDX-License-Identifier: Apache-2.0
 *
 * The file that `cable rules compile --policies` reads: a JSON array of objects, one for each VIF, in the order of their ports.
 *
 *     [{"id": "web", "mode": "locked", "mac": "02:00:00:00:01:02", "ipv4": ["10.0.0.5"], "ipv6": ["2001:db8::/64"],
 *       "auto_lla": true, "vlans": null}, ...]
 *
 * `id`, `mode` and `mac` must be there; the lists are empty, `auto_lla` true and `vlans` null if they are not. Nothing is guessed: an
 * unknown key, a key or an id that is there twice, another type, and whatever vif/policy.h refuses is an error that names the
 * policy by number and id, and the key.
 */
#ifndef CLI_POLICIES_H
#define CLI_POLICIES_H

#include <stddef.h>

#include "vif/policy.h"

struct error;

struct policies_entry {
    char *id;
    struct vif_policy policy;
};

struct policies {
    struct policies_entry *entries;
    size_t n;
};

/* Reads 'text'. On failure '*policies' is untouched. */
struct error *policies_parse(const char *text, struct policies *policies);

/* The same with the file 'name', "-" being standard input. */
struct error *policies_load(const char *name, struct policies *policies);

void policies_destroy(struct policies *policies);

#endif
