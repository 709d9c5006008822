/* SPDX-License-Identifier: Apache-2.0
 *
 * What bridges and interfaces are known by to other programs, as the switch's database has it, and the columns beside it that a toolstack
 * decides. Any row may be changed here, whoever made it: sync/ says which and why. Reads are as in switch/db.h; changes go into the turn's
 * transaction.
 */
#ifndef SWITCH_IDENTITY_H
#define SWITCH_IDENTITY_H

#include <stdbool.h>

struct smap;
struct switch_db;

/* The interface's external_ids, or NULL if there is none of that name. */
const struct smap *switch_db_interface_ids(const struct switch_db *, const char *name);

/* Sets the key, or takes it away if 'value' is NULL. Nothing happens if there is no such interface. */
void switch_db_set_interface_id(struct switch_db *, const char *name, const char *key, const char *value);

/* Calls 'each' with the name of every interface. */
void switch_db_for_each_interface_name(const struct switch_db *, void (*each)(const char *name, void *aux), void *aux);

struct switch_bridge_identity {
    const char *fail_mode;      /* NULL: there is none */
    const char *in_band;        /* other_config:disable-in-band, or NULL */
    const struct smap *ids;     /* external_ids */
    bool guarded;               /* or not yet as it was before it was guarded (switch/former.h) */
};

/* False if there is no such bridge. */
bool switch_db_bridge_identity(const struct switch_db *, const char *name, struct switch_bridge_identity *identity);

/* Each sets its column or key, NULL takes it away; the bridge is there. Of the latter two nothing of the transaction is written if somebody
 * changes the bridge's external_ids meanwhile: it may be guarded then. */
void switch_db_set_bridge_id(struct switch_db *, const char *name, const char *value);
void switch_db_set_fail_mode(struct switch_db *, const char *name, const char *value);
void switch_db_set_in_band(struct switch_db *, const char *name, const char *value);

#endif
