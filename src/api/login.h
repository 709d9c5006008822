/* SPDX-License-Identifier: Apache-2.0
 *
 * Logging in. Whoever comes over a unix socket as root, or as whom this server runs as, is an admin whatever name and password they give: the
 * kernel says who they are, and they could do all of it anyway. Everybody else needs a password (api/users.h).
 *
 * A wrong one is answered late (api/delays.h), in the same words as an unknown user.
 */
#ifndef API_LOGIN_H
#define API_LOGIN_H

struct call;
struct logins;
struct sessions;
struct toolstack;
struct users;

/* 'users' may be NULL: nobody has a password. */
struct logins *logins_create(struct sessions *, struct users *, struct toolstack *);
void logins_destroy(struct logins *);

/* session.login_with_password and session.slave_local_login_with_password, which are the same here, with as many parameters as they take. 'call'
 * is taken over. */
void logins_begin(struct logins *, struct call *);

void logins_run(struct logins *);
void logins_wait(const struct logins *);

#endif
