/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is logged in. A session is an object (XenAPI class session), and its reference is all that a client has to show: a random uuid, which
 * nobody is told but who has logged in. Sessions live in memory and end with this process.
 *
 * One ends when its client says so, when it was not used for a day, when its user has more than base/limits.h allows (the one that was used longest
 * ago goes), and when its user is taken from the users file or gets another password. A user who gets another role has it at once.
 */
#ifndef API_SESSIONS_H
#define API_SESSIONS_H

#include <stdbool.h>

#include <uuid.h>

#include "api/user_list.h"

struct objects;
struct sessions;
struct users;

/* Whom a session is opened for. Texts are copied. */
struct session_opening {
    const char *user;           /* the name that was given */
    const char *hash;           /* of the password that was given; NULL: the kernel vouches for who it is, and that is an admin */
    const char *originator;     /* what the client calls itself */
    const struct uuid *host;    /* this one */
};

struct session;

/* 'ended' is called for each session that ends before the server does. 'users' may be NULL: there are none. */
struct sessions *sessions_create(struct objects *, struct users *, void (*ended)(const struct session *, void *aux), void *aux);
void sessions_destroy(struct sessions *);

struct session *sessions_open(struct sessions *, const struct session_opening *);
void sessions_close(struct sessions *, struct session *);

/* The session of that reference, which counts as used now; NULL if there is none, or none any more. Valid until sessions_run() or the
 * next call of sessions_find(). */
struct session *sessions_find(struct sessions *, const char *ref);

/* The same without being used: for who remembers one. */
struct session *sessions_look_up(struct sessions *, const struct uuid *);

/* Ends those that were not used for a day. */
void sessions_run(struct sessions *);
void sessions_wait(const struct sessions *);

const struct uuid *session_uuid(const struct session *);
const char *session_user(const struct session *);
bool session_only_reads(const struct session *);

#endif
