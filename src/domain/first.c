/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "domain/first.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <svec.h>
#include <util.h>

#include "base/error.h"
#include "domain/launch.h"
#include "domain/proc.h"

/* Names of namespaces that go outside go here too: a copy of such a mount would keep the namespace. Where a container lets nobody mount a
 * /proc, its own must do. */
static struct error *
enter(int network)
{
    if (setns(network, CLONE_NEWNET) || unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL)) {
        return error_new(ERROR_REFUSED, "cannot enter the namespace: %s", ovs_strerror(errno));
    }
    ignore(!mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL));
    ignore(!mount("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, NULL));
    return NULL;
}

static struct error *
begin(const struct first *first, char *argv[], struct proc *program)
{
    struct svec words = SVEC_EMPTY_INITIALIZER;

    svec_add(&words, "/proc/self/exe");
    svec_add(&words, "exec");
    svec_add(&words, "--terminal");
    svec_add(&words, "--network");
    if (first->privileges.has_user) {
        svec_add_nocopy(&words, xasprintf("--uid=%u", first->privileges.uid));
        svec_add_nocopy(&words, xasprintf("--gid=%u", first->privileges.gid));
    }
    svec_add(&words, "--");
    for (size_t i = 0; argv[i]; i++) {
        svec_add(&words, argv[i]);
    }
    svec_terminate(&words);

    struct proc_start start = { .argv = (const char *const *) words.names, .input = STDIN_FILENO, .output = STDOUT_FILENO };
    struct error *error = proc_begin(&start, program);
    svec_destroy(&words);
    return error;
}

/* kill(-1) reaches all processes of the namespace but this one, and none can be begun meanwhile: it holds the lock that fork(2) needs. */
static void
obey(int leash, const struct proc *program)
{
    char word;

    if (recv(leash, &word, 1, MSG_DONTWAIT) <= 0) {
        exit(EXIT_SUCCESS);
    }
    if (word == FIRST_TERMINATE) {
        proc_signal(program, SIGTERM);
    } else if (word == FIRST_STOP) {
        kill(-1, SIGSTOP);
    } else if (word == FIRST_CONTINUE) {
        kill(-1, SIGCONT);
    }
}

/* Process 1 inherits whoever has lost its parent. True when the program itself has ended. */
static bool
collect(const struct proc *program, int *status)
{
    for (;;) {
        pid_t pid = waitpid(-1, status, WNOHANG);

        if (pid == program->pid) {
            return true;
        } else if (pid <= 0) {
            return false;
        }
    }
}

static void
watch(int leash, const struct proc *program, int children)
{
    struct pollfd fds[] = { { .fd = leash, .events = POLLIN }, { .fd = children, .events = POLLIN } };
    struct signalfd_siginfo information;
    int status;

    while (!collect(program, &status)) {
        if (poll(fds, ARRAY_SIZE(fds), -1) < 0) {
            continue;
        }
        if (fds[0].revents) {
            obey(leash, program);
        }
        if (fds[1].revents) {
            ignore(read(children, &information, sizeof information) > 0);
        }
    }
    ignore(send(leash, &status, sizeof status, MSG_NOSIGNAL) > 0);
}

struct error *
first_run(const struct first *first, char *argv[])
{
    struct proc program;
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    int children = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);

    launch_close_others((int[]) { first->network, first->leash, children }, 3);
    fcntl(first->leash, F_SETFD, FD_CLOEXEC);
    struct error *error = enter(first->network);
    close(first->network);
    error = error ? error : begin(first, argv, &program);
    if (!error) {
        watch(first->leash, &program, children);
    }
    return error;
}
