/* SPDX-License-Identifier: Apache-2.0
 *
 * Keeps the identities of bridges and interfaces in the switch's database as a toolstack has them (bridge_identity.h,
 * interface_identity.h). Each row that may have to change is remembered as dirty, whether the row itself changed or what the toolstack says of
 * it; a turn that can write decides them anew and writes what differs. So the work is proportional to the change, and what could not be
 * written is neither forgotten nor remembered as written: it is decided again. Between turns nothing but names is kept.
 */
#ifndef SYNC_SYNC_H
#define SYNC_SYNC_H

#include <stdbool.h>

struct directory;
struct directory_status;
struct switch_db;
struct sync;

struct sync *sync_create(void);
void sync_destroy(struct sync *);

/* Whom to follow from now on; NULL: nobody, and everything stays as it is. Owns 'directory' afterwards, and has done with the one of before.
 * 'every': the identity of every bridge and interface is the toolstack's, and not only that of those which carry its keys. */
void sync_follow(struct sync *, struct directory *, bool every);

/* Takes in what the toolstack has told. */
void sync_run(struct sync *);
void sync_wait(struct sync *);

/* What has changed in the switch's database: rows that came or went, and any whose columns of identity are others. */
void sync_interface_changed(struct sync *, const struct switch_db *, const char *interface);
void sync_bridge_changed(struct sync *, const char *bridge);

/* The same of all rows. Of those that are there no more nobody need tell. */
void sync_all_changed(struct sync *, const struct switch_db *);

/* Writes what has to be written into the turn's transaction, which is open. If that comes to nothing, sync_all_changed(). */
void sync_write(struct sync *, struct switch_db *);

/* Everything is asked anew. */
void sync_flush(struct sync *);

/* The iface-id or vm-id that an interface of that name is to have from the first: not known now, NULL. 'vif' and 'vm' are what its xs-vif-uuid
 * and xs-vm-uuid are to be. Valid until the next sync_run(). */
const char *sync_iface_id(struct sync *, const char *interface, const char *vif);
const char *sync_vm_id(struct sync *, const char *interface, const char *vm);

/* False if nobody is followed. */
bool sync_status(const struct sync *, struct directory_status *status);
bool sync_follows_every(const struct sync *);

/* What the toolstack asks of a bridge in so many words and guarding does not allow. Valid until the next sync_write(). */
struct sync_withheld {
    const char *fail_mode;      /* what it asks, or NULL */
    const char *in_band;        /* the same of disable-in-band */
};

/* Both NULL if there is nothing. */
struct sync_withheld sync_withheld(const struct sync *, const char *bridge);

#endif
