/* SPDX-License-Identifier: Apache-2.0
 *
 * The switch's own rows as a source of VIFs: a wish for each port whose Interface row describes it (vif/description.h), and for each
 * VIF that a program has handed to the agent (vif/hand.h).
 *
 * What is handed is held here until the row says the same, with our mark: from then on the row alone counts, and an agent that starts
 * finds the wish there. If the agent itself must delete such a port to add it anew, what the row said is held meanwhile. A handed VIF
 * goes when it is unhanded, or when somebody deletes its port.
 *
 * What became of a port that somebody else made is written to its row; of a handed one only the program that handed it is told.
 */
#ifndef SOURCE_ROWS_H
#define SOURCE_ROWS_H

#include <stdbool.h>

struct smap;
struct source;
struct switch_db;
struct vif_hand;

/* 'db' stays the caller's, and must outlive the source. */
struct source *source_rows_open(struct switch_db *db);

/* A VIF with these external_ids has iface-id, vm-id and iface-status of somebody else (sync/sync.h): they are not among what is handed. */
void source_rows_leave_ids(struct source *, bool (*leaves)(const struct smap *keys, void *aux), void *aux);

/* The port of that name has come, gone or changed; of all, nobody knows. */
void source_rows_note_port(struct source *, const char *port);
void source_rows_note_all(struct source *);

/* Owns 'hand' afterwards. It takes the place of what was handed or described for its device before; a VIF that has its port there
 * already keeps its uuid. */
void source_rows_hand(struct source *, struct vif_hand *hand);

/* How many are held here. */
unsigned int source_rows_n_held(const struct source *);

/* The uuid of the wish for that device, or NULL. */
const char *source_rows_find(const struct source *, const char *device);

/* Whether something is held for that device: the row does not say it yet. */
bool source_rows_holds(const struct source *, const char *device);

/* The external_ids that are to be written for a VIF that is held; NULL if none is. Valid until the next source_rows_hand(). */
const struct smap *source_rows_keys(const struct source *, const char *device);

/* The VIF's port is about to be deleted, and added anew: what its row says is held. */
void source_rows_hold(struct source *, const char *device);

/* Nobody wants the VIF on that device any more, whatever the row says, until its port has gone or it is handed again. */
void source_rows_unhand(struct source *, const char *device);

#endif
