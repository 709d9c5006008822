/* SPDX-License-Identifier: Apache-2.0
 *
 * What the parts of the server share.
 */
#ifndef API_PRIVATE_H
#define API_PRIVATE_H

struct acts;
struct call;
struct events;
struct http_server;
struct logins;
struct objects;
struct pool;
struct sessions;
struct tasks;
struct toolstack;
struct users;

struct api {
    struct pool *pool;
    struct objects *objects;
    struct toolstack *toolstack;
    struct users *users;        /* NULL: there is no file */
    struct sessions *sessions;
    struct logins *logins;
    struct tasks *tasks;
    struct acts *acts;
    struct events *events;
    struct http_server *server;
};

/* dispatch.c: does what the call asks for and sees to its answer. 'call' is taken over. */
void api_dispatch(struct api *, struct call *);

#endif
