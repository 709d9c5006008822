/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "http/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <openvswitch/util.h>
#include <util.h>

#include "base/error.h"
#include "base/quote.h"

enum {
    BACKLOG = 128,

    /* A client whose machine has gone without a word is found out after two minutes, even while its request waits. */
    KEEPALIVE_IDLE_S = 60,
    KEEPALIVE_INTERVAL_S = 15,
    KEEPALIVE_N = 4,
};

union name {
    struct sockaddr sa;
    struct sockaddr_un un;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    struct sockaddr_storage storage;
};

static void
option_set(int fd, int level, int option, int value)
{
    setsockopt(fd, level, option, &value, sizeof value);
}

/* The system's word about 'address', with what to do about it. */
static struct error *
errno_error(const struct http_address *address, const char *what, int status)
{
    const char *way_out =
        status == EADDRINUSE ? ": something else listens there: stop it, or choose another port"
        : status == EADDRNOTAVAIL ? ": no device of this host has that address: choose one that `ip address` shows, or 0.0.0.0 or [::] for all"
        : status == EACCES && address->transport != HTTP_UNIX ? ": ports below 1024 are for root and for CAP_NET_BIND_SERVICE"
        : status == EACCES ? ": choose a folder that this user may write to"
        : status == ENOENT ? ": make its folder first"
        : "";

    return error_new(status == EADDRINUSE ? ERROR_IN_USE : ERROR_REFUSED, "listener %s: %s: %s%s",
                     quote(http_address_text(address).text).text, what, ovs_strerror(status), way_out);
}

/* Unix sockets. */

static union name
unix_name(const struct http_address *address)
{
    union name name = { .un = { .sun_family = AF_UNIX } };

    ovs_strlcpy(name.un.sun_path, address->path, sizeof name.un.sun_path);
    return name;
}

/* Returns 0 if somebody listens at 'name', ECONNREFUSED if nobody does, or another errno value. */
static int
unix_probe(const union name *name)
{
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int status = fd < 0 || connect(fd, &name->sa, sizeof name->un) ? errno : 0;

    if (fd >= 0) {
        close(fd);
    }
    return status == EAGAIN ? 0 : status;       /* so many are waiting there that its queue is full */
}

/* Makes room for a socket where a file is: takes a socket away that nobody listens at. */
static struct error *
unix_clear(const struct http_address *address, const union name *name)
{
    struct quote text = quote(http_address_text(address).text);
    struct stat st;

    if (lstat(address->path, &st)) {
        return errno == ENOENT ? NULL : errno_error(address, "its path", errno);
    }
    if (!S_ISSOCK(st.st_mode)) {
        return error_new(ERROR_EXISTS, "listener %s: a file that is no socket is there: choose another path, or remove it", text.text);
    }

    const int status = unix_probe(name);
    if (!status) {
        return error_new(ERROR_IN_USE, "listener %s: a program listens there: stop it, or choose another path", text.text);
    }
    if (status != ECONNREFUSED && status != ENOENT) {
        return errno_error(address, "the socket that is there", status);
    }
    return unlink(address->path) && errno != ENOENT ? errno_error(address, "the socket that is left there", errno) : NULL;
}

static struct error *
unix_bind(struct listening *listening, mode_t mode)
{
    const union name name = unix_name(&listening->address);
    struct error *error = NULL;
    struct stat st;

    int failed = bind(listening->fd, &name.sa, sizeof name.un);
    if (failed && errno == EADDRINUSE) {
        error = unix_clear(&listening->address, &name);
        if (error) {
            return error;
        }
        failed = bind(listening->fd, &name.sa, sizeof name.un);
    }
    /* Nobody can connect before listen(), whatever the umask made of it. */
    if (failed || chmod(listening->address.path, mode) || lstat(listening->address.path, &st)) {
        return errno_error(&listening->address, "its path", errno);
    }
    listening->device = st.st_dev;
    listening->inode = st.st_ino;
    return NULL;
}

/* TCP. */

static union name
inet_name(const struct http_address *address)
{
    union name name;

    memset(&name, 0, sizeof name);
    if (strchr(address->host, ':')) {
        name.in6.sin6_family = AF_INET6;
        name.in6.sin6_port = htons(address->port);
        inet_pton(AF_INET6, address->host, &name.in6.sin6_addr);
    } else {
        name.in.sin_family = AF_INET;
        name.in.sin_port = htons(address->port);
        inet_pton(AF_INET, address->host, &name.in.sin_addr);
    }
    return name;
}

static socklen_t
inet_name_size(const union name *name)
{
    return name->sa.sa_family == AF_INET6 ? sizeof name->in6 : sizeof name->in;
}

static uint16_t
inet_name_port(const union name *name)
{
    return ntohs(name->sa.sa_family == AF_INET6 ? name->in6.sin6_port : name->in.sin_port);
}

static struct error *
inet_bind(struct listening *listening)
{
    union name name = inet_name(&listening->address);
    socklen_t size = inet_name_size(&name);

    /* Not kept from starting by connections of a process before this one. */
    option_set(listening->fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (name.sa.sa_family == AF_INET6) {
        option_set(listening->fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    }
    if (bind(listening->fd, &name.sa, size) || getsockname(listening->fd, &name.sa, &size)) {
        return errno_error(&listening->address, "cannot be had", errno);
    }
    listening->address.port = inet_name_port(&name);
    return NULL;
}

/* Both. */

static int
family(const struct http_address *address)
{
    return address->transport == HTTP_UNIX ? AF_UNIX : strchr(address->host, ':') ? AF_INET6 : AF_INET;
}

struct error *
listening_open(const struct http_address *address, mode_t mode, struct listening *listening)
{
    struct error *error;

    *listening = (struct listening) { .address = *address };
    listening->fd = socket(family(address), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listening->fd < 0) {
        return errno_error(address, "no socket", errno);
    }
    error = address->transport == HTTP_UNIX ? unix_bind(listening, mode) : inet_bind(listening);
    if (!error && listen(listening->fd, BACKLOG)) {
        error = errno_error(address, "cannot be listened at", errno);
    }
    if (error) {
        listening_close(listening);
    }
    return error;
}

void
listening_close(struct listening *listening)
{
    struct stat st;

    if (listening->inode && !lstat(listening->address.path, &st)
        && st.st_dev == listening->device && st.st_ino == listening->inode) {
        unlink(listening->address.path);
    }
    close(listening->fd);
}

static void
unix_peer(int fd, struct http_peer *peer)
{
    struct ucred cred = { .pid = 0, .uid = -1, .gid = -1 };
    socklen_t size = sizeof cred;

    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &size);
    peer->pid = cred.pid;
    peer->uid = cred.uid;
    peer->gid = cred.gid;
}

static void
inet_peer(int fd, const union name *name, struct http_peer *peer)
{
    const bool v6 = name->sa.sa_family == AF_INET6;
    char host[HTTP_HOST_SIZE];

    inet_ntop(name->sa.sa_family, v6 ? (const void *) &name->in6.sin6_addr : &name->in.sin_addr, host, sizeof host);
    snprintf(peer->address, sizeof peer->address, v6 ? "[%s]:%u" : "%s:%u", host, inet_name_port(name));
    option_set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    option_set(fd, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE_S);
    option_set(fd, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_INTERVAL_S);
    option_set(fd, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_N);
}

int
listening_accept(const struct listening *listening, struct accepted *accepted)
{
    union name name;

    memset(&name, 0, sizeof name);
    *accepted = (struct accepted) { .name_size = sizeof name };
    accepted->fd = accept4(listening->fd, &name.sa, &accepted->name_size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted->fd < 0) {
        return errno;
    }
    accepted->name = name.storage;
    accepted->peer.transport = listening->address.transport;
    accepted->peer.listener = listening->address;
    if (listening->address.transport == HTTP_UNIX) {
        unix_peer(accepted->fd, &accepted->peer);
    } else {
        inet_peer(accepted->fd, &name, &accepted->peer);
    }
    return 0;
}
