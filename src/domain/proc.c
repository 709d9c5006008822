/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "domain/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openvswitch/poll-loop.h>
#include <util.h>

#include "base/error.h"

/* proc(5): the 22nd field of /proc/PID/stat; the name, in parentheses, may hold anything. False if there is no such process, or only
 * what its parent has to collect. */
static bool
read_began(pid_t pid, uint64_t *began)
{
    char path[64], text[1024];
    char state;

    snprintf(path, sizeof path, "/proc/%d/stat", (int) pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0) {
        close(fd);
    }
    if (n <= 0) {
        return false;
    }
    text[n] = '\0';
    const char *rest = strrchr(text, ')');
    return rest
           && sscanf(rest + 1, " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %"SCNu64, &state, began) == 2
           && state != 'Z' && state != 'X';
}

/* To give a descriptor its own number in the child is to keep it open when exec comes. */
static void
put_actions(posix_spawn_file_actions_t *actions, const struct proc_start *start)
{
    if (start->input < 0) {
        posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDWR, 0);
    } else {
        posix_spawn_file_actions_adddup2(actions, start->input, STDIN_FILENO);
    }
    posix_spawn_file_actions_adddup2(actions, start->output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(actions, start->output, STDERR_FILENO);
    for (size_t i = 0; i < start->n_fds; i++) {
        posix_spawn_file_actions_adddup2(actions, start->fds[i], start->fds[i]);
    }
}

static int
spawn(const struct proc_start *start, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;

    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    put_actions(&actions, start);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    int error = posix_spawn(pid, start->argv[0], &actions, &attributes, (char *const *) start->argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

/* A child's pid cannot be used again before it is waited for: what it names is the child, even if that has ended already. */
struct error *
proc_begin(const struct proc_start *start, struct proc *proc)
{
    int error = spawn(start, &proc->pid);

    proc->fd = -1;
    if (error) {
        return error_new(ERROR_REFUSED, "%s: cannot be begun: %s", start->argv[0], ovs_strerror(error));
    }
    proc->is_child = true;
    proc->fd = pidfd_open(proc->pid, 0);
    if (proc->fd < 0) {
        error = errno;
        kill(proc->pid, SIGKILL);
        waitpid(proc->pid, NULL, 0);
        return error_new(ERROR_REFUSED, "%s: cannot be watched: %s", start->argv[0], ovs_strerror(error));
    }
    if (!read_began(proc->pid, &proc->began)) {
        proc->began = 0;
    }
    return NULL;
}

/* The time is read when the pidfd is open, so that it is of the process that the pidfd is of: if that has ended in between, and another has
 * got its pid, the other began later. */
bool
proc_find(pid_t pid, uint64_t began, struct proc *proc)
{
    uint64_t found;

    *proc = (struct proc) { .pid = pid, .began = began, .fd = pid > 0 ? pidfd_open(pid, 0) : -1 };
    if (proc->fd >= 0 && (!read_began(pid, &found) || found != began)) {
        proc_close(proc);
    }
    return proc->fd >= 0;
}

bool
proc_has_ended(struct proc *proc, int *status)
{
    if (proc->is_child) {
        return waitpid(proc->pid, status, WNOHANG) == proc->pid;
    }
    struct pollfd pollfd = { .fd = proc->fd, .events = POLLIN };
    *status = -1;
    return poll(&pollfd, 1, 0) > 0;
}

void
proc_wait(const struct proc *proc)
{
    poll_fd_wait(proc->fd, POLLIN);
}

void
proc_signal(const struct proc *proc, int signal)
{
    pidfd_send_signal(proc->fd, signal, NULL, 0);
}

void
proc_close(struct proc *proc)
{
    if (proc->fd >= 0) {
        close(proc->fd);
    }
    *proc = PROC_NONE;
}

char *
proc_end_in_words(int status)
{
    if (status < 0) {
        return xstrdup("it has ended");
    }
    return WIFSIGNALED(status) ? xasprintf("killed by signal %d", WTERMSIG(status)) : xasprintf("exit status %d", WEXITSTATUS(status));
}
