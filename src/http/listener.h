/* SPDX-License-Identifier: Apache-2.0
 *
 * Sockets that listen, and connections that come from them.
 */
#ifndef HTTP_LISTENER_H
#define HTTP_LISTENER_H

#include <sys/socket.h>
#include <sys/types.h>

#include "http/address.h"
#include "http/request.h"

struct error;

/* A socket that listens. */
struct listening {
    struct http_address address;        /* with the port that the kernel chose */
    int fd;
    dev_t device;                       /* HTTP_UNIX: which file it made, so that it removes no other one */
    ino_t inode;
};

/* A client's connection. */
struct accepted {
    int fd;
    struct sockaddr_storage name;
    socklen_t name_size;
    struct http_peer peer;
};

/* 'mode' is the permissions of a unix socket. */
struct error *listening_open(const struct http_address *, mode_t mode, struct listening *);
void listening_close(struct listening *);

/* Returns 0 and sets '*accepted', whose socket blocks nobody, or an errno value: EAGAIN if no client waits. */
int listening_accept(const struct listening *, struct accepted *);

#endif
