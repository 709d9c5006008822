/* SPDX-License-Identifier: Apache-2.0
 *
 * The file with the users (api/user_list.h), read anew when it changes.
 *
 * What others could write would let anybody in, so such a file is refused. If what has changed cannot be read, the users of before stay: an
 * editor that writes half a file locks nobody out. A file that has gone leaves no users.
 */
#ifndef API_USERS_H
#define API_USERS_H

#include "api/user_list.h"

struct error;
struct users;

/* Reads the file 'path'; one that is not there yet has no users. */
struct error *users_open(const char *path, struct users **);
void users_close(struct users *);

/* Reads the file again if it is another than before. */
void users_refresh(struct users *);

/* NULL if there is none of that name; valid until users_refresh(). */
const struct user *users_find(const struct users *, const char *name);

/* A user, whose hash costs as much to check as anybody's; NULL if there are none. */
const struct user *users_any(const struct users *);

#endif
