/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "api/sessions.h"

#include <stdlib.h>
#include <string.h>

#include <openvswitch/hmap.h>
#include <openvswitch/poll-loop.h>
#include <openvswitch/vlog.h>
#include <timeval.h>
#include <util.h>

#include "api/users.h"
#include "base/limits.h"
#include "base/quote.h"
#include "objects/objects.h"
#include "xenapi/ref.h"

VLOG_DEFINE_THIS_MODULE(api_sessions);

/* session.last_active is written at most so often, as in XAPI: each write is a change of an object. */
enum { LAST_ACTIVE_EVERY_MS = 600 * 1000 };

/* How often those that are not used are looked for. One that is shown when its time is over does not count, found or not. */
enum { SWEEP_EVERY_MS = 60 * 1000 };

struct sessions {
    struct objects *objects;
    struct users *users;
    struct hmap sessions;       /* struct session by 'node', in its uuid's place */
    void (*ended)(const struct session *, void *aux);
    void *aux;
    long long int next_sweep;
};

struct session {
    struct hmap_node node;
    struct uuid uuid;
    struct object *object;
    char *user;
    char *hash;                 /* NULL: the kernel vouches for it */
    enum user_role role;
    long long int used;         /* when it was last used */
    long long int told;         /* when last_active was last written */
};

struct sessions *
sessions_create(struct objects *objects, struct users *users, void (*ended)(const struct session *, void *), void *aux)
{
    struct sessions *sessions = xmalloc(sizeof *sessions);

    *sessions = (struct sessions) { .objects = objects, .users = users, .ended = ended, .aux = aux };
    hmap_init(&sessions->sessions);
    return sessions;
}

static void
session_free(struct sessions *sessions, struct session *session)
{
    hmap_remove(&sessions->sessions, &session->node);
    objects_release(sessions->objects, session->object);
    free(session->user);
    free(session->hash);
    free(session);
}

void
sessions_destroy(struct sessions *sessions)
{
    struct session *session;

    if (sessions) {
        HMAP_FOR_EACH_SAFE (session, node, &sessions->sessions) {
            session_free(sessions, session);
        }
        hmap_destroy(&sessions->sessions);
        free(sessions);
    }
}

void
sessions_close(struct sessions *sessions, struct session *session)
{
    sessions->ended(session, sessions->aux);
    session_free(sessions, session);
}

/* The record. */

static void
set(struct sessions *sessions, struct session *session, enum xenapi_field_id field, struct xenapi_value value)
{
    objects_hold_set(sessions->objects, session->object, field, value);
}

static void
set_last_active(struct sessions *sessions, struct session *session)
{
    session->told = session->used;
    set(sessions, session, XENAPI_session_last_active, xenapi_datetime(time_wall()));
}

static struct xenapi_value
ref_of(const struct uuid *uuid)
{
    char ref[XENAPI_REF_SIZE];

    xenapi_ref_format(uuid, ref);
    return xenapi_string(ref);
}

static void
record_fill(struct sessions *sessions, struct session *session, const struct session_opening *opening)
{
    set(sessions, session, XENAPI_session_this_host, ref_of(opening->host));
    set(sessions, session, XENAPI_session_is_local_superuser, xenapi_bool(session->role == USER_ADMIN));
    set(sessions, session, XENAPI_session_validation_time, xenapi_datetime(time_wall()));
    set(sessions, session, XENAPI_session_auth_user_name, xenapi_string(opening->user));
    set(sessions, session, XENAPI_session_originator, xenapi_string(opening->originator));
    set_last_active(sessions, session);
}

/* Opening. */

/* Of the user's sessions the one that was used longest ago, and how many there are. */
static struct session *
oldest_of(const struct sessions *sessions, const char *user, size_t *n)
{
    struct session *session, *oldest = NULL;

    *n = 0;
    HMAP_FOR_EACH (session, node, &sessions->sessions) {
        if (!strcmp(session->user, user)) {
            ++*n;
            oldest = !oldest || session->used < oldest->used ? session : oldest;
        }
    }
    return oldest;
}

static void
make_room(struct sessions *sessions, const char *user)
{
    static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(1, 5);
    size_t n;
    struct session *oldest = oldest_of(sessions, user, &n);

    if (n >= LIMIT_SESSIONS_OF_USER) {
        VLOG_WARN_RL(&rl, "user %s has %"PRIuSIZE" sessions: the one that was used longest ago ends", quote(user).text, n);
        sessions_close(sessions, oldest);
    }
}

static enum user_role
role_of(const struct sessions *sessions, const struct session_opening *opening)
{
    const struct user *user = opening->hash && sessions->users ? users_find(sessions->users, opening->user) : NULL;

    return user ? user->role : opening->hash ? USER_READ_ONLY : USER_ADMIN;
}

struct session *
sessions_open(struct sessions *sessions, const struct session_opening *opening)
{
    struct session *session = xzalloc(sizeof *session);

    make_room(sessions, opening->user);
    uuid_generate(&session->uuid);
    session->user = xstrdup(opening->user);
    session->hash = nullable_xstrdup(opening->hash);
    session->role = role_of(sessions, opening);
    session->used = time_msec();
    session->object = objects_hold(sessions->objects, XENAPI_CLASS_session, &session->uuid);
    hmap_insert(&sessions->sessions, &session->node, uuid_hash(&session->uuid));
    record_fill(sessions, session, opening);
    return session;
}

/* Using. */

static bool
is_idle(const struct session *session)
{
    return time_msec() - session->used > LIMIT_SESSION_IDLE_MS;
}

/* False if the session's time is over or its user may not be logged in any more. */
static bool
is_good(struct sessions *sessions, struct session *session)
{
    if (!session->hash) {
        return !is_idle(session);
    }
    const struct user *user = users_find(sessions->users, session->user);
    if (!user || strcmp(user->hash, session->hash) || is_idle(session)) {
        return false;
    }
    if (user->role != session->role) {
        session->role = user->role;
        set(sessions, session, XENAPI_session_is_local_superuser, xenapi_bool(user->role == USER_ADMIN));
    }
    return true;
}

struct session *
sessions_look_up(struct sessions *sessions, const struct uuid *uuid)
{
    struct session *session;

    HMAP_FOR_EACH_WITH_HASH (session, node, uuid_hash(uuid), &sessions->sessions) {
        if (uuid_equals(&session->uuid, uuid)) {
            return session;
        }
    }
    return NULL;
}

struct session *
sessions_find(struct sessions *sessions, const char *ref)
{
    struct uuid uuid;
    struct session *session = xenapi_ref_parse(ref, &uuid) ? sessions_look_up(sessions, &uuid) : NULL;

    if (!session) {
        return NULL;
    }
    if (!is_good(sessions, session)) {
        VLOG_INFO("a session of %s ends: it was not used for long, or the users file has another password or no such user",
                  quote(session->user).text);
        sessions_close(sessions, session);
        return NULL;
    }
    session->used = time_msec();
    if (session->used - session->told >= LAST_ACTIVE_EVERY_MS) {
        set_last_active(sessions, session);
    }
    return session;
}

/* Expiry. */

void
sessions_run(struct sessions *sessions)
{
    const long long int now = time_msec();
    struct session *session;

    if (now < sessions->next_sweep) {
        return;
    }
    sessions->next_sweep = now + SWEEP_EVERY_MS;
    HMAP_FOR_EACH_SAFE (session, node, &sessions->sessions) {
        if (is_idle(session)) {
            sessions_close(sessions, session);
        }
    }
}

void
sessions_wait(const struct sessions *sessions)
{
    if (!hmap_is_empty(&sessions->sessions)) {
        poll_timer_wait_until(sessions->next_sweep);
    }
}

const struct uuid *
session_uuid(const struct session *session)
{
    return &session->uuid;
}

const char *
session_user(const struct session *session)
{
    return session->user;
}

bool
session_only_reads(const struct session *session)
{
    return session->role == USER_READ_ONLY;
}
