/* SPDX-License-Identifier: Apache-2.0
 *
 * The XenAPI's server: what clients send over HTTP comes in here, and what they asked for is done by those behind it: verbs by the toolstack,
 * everything that follows from the classes by the objects, sessions, tasks and events by this room.
 *
 * A reply is sent when what was asked for is done, so that whoever reads after it sees it. A call that takes time holds nothing else up.
 */
#ifndef API_API_H
#define API_API_H

#include <stddef.h>

struct api;
struct error;
struct http_address;
struct http_listener;
struct objects;
struct pool;
struct toolstack;

struct api_config {
    const struct http_listener *listeners;      /* at least one */
    size_t n_listeners;
    const char *users;          /* path of the file with the users; NULL: only those whom the kernel vouches for can log in */
};

/* The first three stay the caller's, who runs them before this in each turn. Error if it cannot listen or the users file is wrong. */
struct error *api_open(struct pool *, struct objects *, struct toolstack *, const struct api_config *, struct api **);

/* After toolstack_destroy(), before objects_destroy(): nobody may tell this room any more that a verb is done. */
void api_close(struct api *);

void api_run(struct api *);
void api_wait(struct api *);

/* Where listener 'i' of those given listens. */
const struct http_address *api_address(const struct api *, size_t i);

/* Calls that wait for events. */
size_t api_n_event_calls(const struct api *);

#endif
