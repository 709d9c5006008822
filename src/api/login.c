/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "api/login.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openvswitch/list.h>
#include <openvswitch/poll-loop.h>
#include <openvswitch/vlog.h>
#include <timeval.h>
#include <util.h>

#include "api/call.h"
#include "api/delays.h"
#include "api/password.h"
#include "api/sessions.h"
#include "api/users.h"
#include "base/limits.h"
#include "base/quote.h"
#include "http/request.h"
#include "toolstack/toolstack.h"
#include "verbs/failure.h"
#include "xenapi/ref.h"

VLOG_DEFINE_THIS_MODULE(api_login);

struct logins {
    struct sessions *sessions;
    struct users *users;
    struct toolstack *toolstack;
    struct passwords *passwords;
    struct delays *delays;
    struct ovs_list logins;     /* struct login by 'node': those that have not been answered */
    size_t n;
};

struct login {
    struct ovs_list node;
    struct logins *logins;
    struct call *call;
    const char *user;           /* the call's */
    const char *originator;     /* likewise */
    char *hash;                 /* that the user had when the password was checked; NULL: there is no such user */
    char *address;
    bool is_checked;            /* the password is wrong */
    long long int answer_at;
};

struct logins *
logins_create(struct sessions *sessions, struct users *users, struct toolstack *toolstack)
{
    struct logins *logins = xmalloc(sizeof *logins);

    *logins = (struct logins) {
        .sessions = sessions, .users = users, .toolstack = toolstack, .passwords = passwords_create(), .delays = delays_create(),
    };
    ovs_list_init(&logins->logins);
    return logins;
}

static void
login_free(struct login *login)
{
    ovs_list_remove(&login->node);
    login->logins->n--;
    free(login->hash);
    free(login->address);
    free(login);
}

void
logins_destroy(struct logins *logins)
{
    struct login *login;

    if (logins) {
        passwords_destroy(logins->passwords);
        LIST_FOR_EACH_SAFE (login, node, &logins->logins) {
            call_destroy(login->call);
            login_free(login);
        }
        delays_destroy(logins->delays);
        free(logins);
    }
}

/* Where a client comes from: its address without the port, or who the kernel says it is. */
static char *
address_of(const struct http_peer *peer)
{
    const char *colon = strrchr(peer->address, ':');

    return peer->transport == HTTP_UNIX ? xasprintf("uid %u", peer->uid)
           : xmemdup0(peer->address, colon ? colon - peer->address : strlen(peer->address));
}

/* The outcome. */

static struct xenapi_reply
refusal(const char *user, const char *why)
{
    return xenapi_failure("SESSION_AUTHENTICATION_FAILED", user, why, NULL);
}

static struct xenapi_reply
session_open(struct logins *logins, const struct session_opening *opening)
{
    const struct session *session = sessions_open(logins->sessions, opening);
    char ref[XENAPI_REF_SIZE];

    xenapi_ref_format(session_uuid(session), ref);
    return xenapi_success(xenapi_string(ref));
}

static void
login_succeed(struct login *login)
{
    struct logins *logins = login->logins;
    const struct session_opening opening = {
        .user = login->user, .hash = login->hash, .originator = login->originator, .host = toolstack_host(logins->toolstack),
    };

    delays_succeed(logins->delays, login->user);
    VLOG_INFO("%s logs in from %s", quote(login->user).text, login->address);
    call_answer(login->call, session_open(logins, &opening));
    login_free(login);
}

static void
login_fail(struct login *login)
{
    static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(10, 20);
    const long long int now = time_msec();

    login->is_checked = true;
    login->answer_at = now + delays_fail(login->logins->delays, login->user, login->address, now);
    VLOG_WARN_RL(&rl, "a login as %s from %s failed", quote(login->user).text, login->address);
}

/* The user may have got another password, or have gone, while this one was checked. */
static bool
is_still_so(const struct login *login)
{
    const struct user *user = login->hash ? users_find(login->logins->users, login->user) : NULL;

    return user && !strcmp(user->hash, login->hash);
}

static void
login_checked(bool matches, void *login_)
{
    struct login *login = login_;

    if (!matches || !is_still_so(login)) {
        login_fail(login);
    } else if (login->call->request) {
        login_succeed(login);
    } else {
        call_destroy(login->call);
        login_free(login);
    }
}

/* The beginning. */

static const char *
hash_to_check(const struct logins *logins, const struct login *login)
{
    const struct user *any = logins->users ? users_any(logins->users) : NULL;

    return login->hash ? login->hash : any ? any->hash : password_hash_of_nobody();
}

static struct login *
login_create(struct logins *logins, struct call *call)
{
    struct login *login = xzalloc(sizeof *login);
    const struct user *user;

    login->logins = logins;
    login->call = call;
    login->user = call_text(call, 0);
    login->originator = call->up.params.set.n > 3 ? call_text(call, 3) : "";
    login->address = address_of(call->request->peer);
    login->answer_at = LLONG_MAX;
    user = logins->users ? users_find(logins->users, login->user) : NULL;
    login->hash = user ? xstrdup(user->hash) : NULL;
    ovs_list_push_back(&logins->logins, &login->node);
    logins->n++;
    return login;
}

static void
login_check(struct login *login, const char *password)
{
    struct logins *logins = login->logins;

    if (!passwords_check(logins->passwords, password, hash_to_check(logins, login), login_checked, login)) {
        call_answer(login->call, refusal(login->user, "too many logins are under way; try again"));
        login_free(login);
    }
}

/* Those of one address that have not been answered: so many passwords can it try at a time. */
static size_t
n_from(const struct logins *logins, const char *address)
{
    const struct login *login;
    size_t n = 0;

    LIST_FOR_EACH (login, node, &logins->logins) {
        n += !strcmp(login->address, address);
    }
    return n;
}

static bool
is_vouched_for(const struct http_peer *peer)
{
    return peer->transport == HTTP_UNIX && (!peer->uid || peer->uid == geteuid());
}

/* NULL if the parameters can be those of a login; otherwise what is wrong. */
static const char *
parameter_wrong(const struct call *call)
{
    const char *user = call_text(call, 0), *password = call_text(call, 1);

    if (!user || strlen(user) > LIMIT_USER_NAME_BYTES) {
        return "uname";
    }
    if (!password || strlen(password) > LIMIT_PASSWORD_BYTES) {
        return "pwd";
    }
    for (size_t i = 2; i < call->up.params.set.n; i++) {
        if (!call_text(call, i) || strlen(call_text(call, i)) > LIMIT_ORIGINATOR_BYTES) {
            return i == 2 ? "version" : "originator";
        }
    }
    return NULL;
}

void
logins_begin(struct logins *logins, struct call *call)
{
    const char *wrong = parameter_wrong(call);

    if (wrong) {
        call_answer(call, failure_value(wrong, "it is no text, or too long"));
        return;
    }
    struct login *login = login_create(logins, call);
    if (is_vouched_for(call->request->peer)) {
        free(login->hash);
        login->hash = NULL;
        login_succeed(login);
    } else if (logins->n > LIMIT_LOGINS || n_from(logins, login->address) > LIMIT_LOGINS_OF_ADDRESS) {
        call_answer(call, refusal(login->user, "too many logins are under way; try again"));
        login_free(login);
    } else {
        login_check(login, call_text(call, 1));
    }
}

/* A login whose client has gone keeps its place all the same, or whoever closes the connection at once would not have to wait. */
void
logins_run(struct logins *logins)
{
    const long long int now = time_msec();
    struct login *login;

    passwords_run(logins->passwords);
    LIST_FOR_EACH_SAFE (login, node, &logins->logins) {
        if (login->is_checked && now >= login->answer_at) {
            call_answer(login->call, refusal(login->user, "Authentication failure"));
            login_free(login);
        }
    }
}

void
logins_wait(const struct logins *logins)
{
    const struct login *login;

    passwords_wait(logins->passwords);
    LIST_FOR_EACH (login, node, &logins->logins) {
        if (login->is_checked) {
            poll_timer_wait_until(login->answer_at);
        }
    }
}
