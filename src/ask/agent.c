/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "ask/agent.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <dirs.h>
#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "ask/reply.h"
#include "base/error.h"
#include "base/limits.h"
#include "xenapi/json_writer.h"

long long int
ask_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Waits for 'events' on 'fd'. Returns 0, or ETIMEDOUT at the deadline. */
static int
wait_for(int fd, short int events, long long int deadline)
{
    struct pollfd pollfd = { .fd = fd, .events = events };
    long long int left;
    int n;

    do {
        left = deadline - ask_now();
        n = left <= 0 ? 0 : poll(&pollfd, 1, MIN(left, INT_MAX));
    } while (n < 0 && errno == EINTR);
    return n > 0 ? 0 : n < 0 ? errno : ETIMEDOUT;
}

/* '*fd' is -1 on failure. Of a listener whose queue is full the kernel says EAGAIN: it is tried again. */
static int
connect_to(const char *path, long long int deadline, int *fd)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int error;

    *fd = -1;
    if (strlen(path) >= sizeof address.sun_path) {
        return ENAMETOOLONG;
    }
    ovs_strlcpy(address.sun_path, path, sizeof address.sun_path);
    *fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*fd < 0) {
        return errno;
    }
    while ((error = connect(*fd, (const struct sockaddr *) &address, sizeof address) ? errno : 0) == EAGAIN && ask_now() < deadline) {
        poll(NULL, 0, 1);
    }
    if (error) {
        close(*fd);
        *fd = -1;
    }
    return error == EAGAIN ? ETIMEDOUT : error;
}

static int
send_all(int fd, const struct ds *text, long long int deadline)
{
    size_t sent = 0;
    int error = 0;

    while (!error && sent < text->length) {
        ssize_t n = send(fd, text->string + sent, text->length - sent, MSG_NOSIGNAL);

        if (n >= 0) {
            sent += n;
        } else {
            error = errno == EAGAIN ? wait_for(fd, POLLOUT, deadline) : errno == EINTR ? 0 : errno;
        }
    }
    return error;
}

/* Reads until 'text' holds a whole object. */
static int
receive_object(int fd, struct ds *text, long long int deadline)
{
    char buffer[4096];
    int error = 0;

    while (!error && !ask_reply_is_whole(ds_cstr(text))) {
        error = wait_for(fd, POLLIN, deadline);
        if (!error) {
            ssize_t n = recv(fd, buffer, sizeof buffer, 0);

            if (n > 0 && text->length + n <= LIMIT_AGENT_REPLY_BYTES && !memchr(buffer, '\0', n)) {
                ds_put_buffer(text, buffer, n);
            } else {
                error = n > 0 ? EPROTO : !n ? ECONNRESET : errno == EAGAIN || errno == EINTR ? 0 : errno;
            }
        }
    }
    return error;
}

static void
put_request(const char *command, const char *argument, struct ds *request)
{
    ds_put_cstr(request, "{\"id\":0,\"method\":");
    xenapi_json_put_string(command, request);
    ds_put_cstr(request, ",\"params\":[");
    if (argument) {
        xenapi_json_put_string(argument, request);
    }
    ds_put_cstr(request, "]}");
}

static struct error *
failed(const char *path, int error)
{
    if (error == ETIMEDOUT) {
        return error_new(ERROR_TIMEOUT, "the agent at %s does not answer in time: its log says what it does", path);
    }
    return error_new(ERROR_UNREACHABLE, "the agent at %s does not answer (%s): is cabled running?", path, ovs_strerror(error));
}

static struct error *
exchange(const char *path, const char *command, const char *argument, long long int deadline, char **reply)
{
    struct ds request = DS_EMPTY_INITIALIZER, text = DS_EMPTY_INITIALIZER;
    struct error *error;
    int fd, code = connect_to(path, deadline, &fd);

    put_request(command, argument, &request);
    code = code ? code : send_all(fd, &request, deadline);
    code = code ? code : receive_object(fd, &text, deadline);
    error = code ? failed(path, code) : ask_reply_parse(ds_cstr(&text), reply);
    if (fd >= 0) {
        close(fd);
    }
    ds_destroy(&request);
    ds_destroy(&text);
    return error;
}

/* As ovs-appctl finds a daemon. */
static struct error *
socket_find(char **path)
{
    char *pidfile = xasprintf("%s/cabled.pid", ovs_rundir());
    FILE *file = fopen(pidfile, "re");
    long int pid = 0;
    struct error *error = NULL;

    if (!file || fscanf(file, "%ld", &pid) != 1 || pid <= 0) {
        error = error_new(ERROR_UNREACHABLE, "no agent runs on this machine (%s%s%s): start cabled", pidfile, file ? "" : ": ",
                          file ? "" : ovs_strerror(errno));
    } else {
        *path = xasprintf("%s/cabled.%ld.ctl", ovs_rundir(), pid);
    }
    if (file) {
        fclose(file);
    }
    free(pidfile);
    return error;
}

struct error *
ask_agent(const char *socket, const char *command, const char *argument, long long int deadline, char **reply)
{
    char *found = NULL;
    struct error *error = socket ? NULL : socket_find(&found);

    *reply = NULL;
    error = error ? error : exchange(socket ? socket : found, command, argument, deadline, reply);
    free(found);
    return error;
}
