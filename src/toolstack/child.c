/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openvswitch/dynamic-string.h>
#include <openvswitch/poll-loop.h>
#include <util.h>

#include "base/error.h"
#include "base/quote.h"

enum {
    MAX_OUTPUT = 64 * 1024,
    REAP_MS = 5,                /* one that has closed its output is about to end */
};

struct child {
    pid_t pid;
    int output;                 /* -1: it has closed it */
    bool has_ended;
    int status;
    struct ds said;
};

/* Signals are as a program expects them, whatever this one does with them. */
static int
spawn(char *const argv[], int output, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t all, none;
    int error;

    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
    error = posix_spawnp(pid, argv[0], &actions, &attributes, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return error;
}

struct error *
child_begin(char *const argv[], struct child **childp)
{
    struct child *child;
    int fds[2], error;
    pid_t pid;

    if (pipe2(fds, O_CLOEXEC | O_NONBLOCK)) {
        return error_new(ERROR_REFUSED, "%s cannot be run: %s", quote(argv[0]).text, ovs_strerror(errno));
    }
    error = spawn(argv, fds[1], &pid);
    close(fds[1]);
    if (error) {
        close(fds[0]);
        return error_new(ERROR_REFUSED, "%s cannot be run: %s", quote(argv[0]).text, ovs_strerror(error));
    }
    child = xzalloc(sizeof *child);
    child->pid = pid;
    child->output = fds[0];
    ds_init(&child->said);
    *childp = child;
    return NULL;
}

static void
read_output(struct child *child)
{
    char buffer[4096];
    ssize_t n;

    while ((n = read(child->output, buffer, sizeof buffer)) > 0) {
        ds_put_buffer(&child->said, buffer, MIN(n, MAX_OUTPUT - child->said.length));
    }
    if (!n || (errno != EAGAIN && errno != EINTR)) {
        close(child->output);
        child->output = -1;
    }
}

bool
child_run(struct child *child)
{
    if (child->output >= 0) {
        read_output(child);
    }
    if (!child->has_ended && child->output < 0 && waitpid(child->pid, &child->status, WNOHANG)) {
        child->has_ended = true;
    }
    return child->has_ended;
}

void
child_wait(const struct child *child)
{
    if (child->has_ended) {
        poll_immediate_wake();
    } else if (child->output >= 0) {
        poll_fd_wait(child->output, POLLIN);
    } else {
        poll_timer_wait(REAP_MS);
    }
}

bool
child_succeeded(const struct child *child)
{
    return WIFEXITED(child->status) && !WEXITSTATUS(child->status);
}

const char *
child_output(const struct child *child)
{
    return ds_cstr_ro(&child->said);
}

void
child_destroy(struct child *child)
{
    if (!child) {
        return;
    }
    if (!child->has_ended) {
        kill(child->pid, SIGKILL);
        waitpid(child->pid, &child->status, 0);
    }
    if (child->output >= 0) {
        close(child->output);
    }
    ds_destroy(&child->said);
    free(child);
}
