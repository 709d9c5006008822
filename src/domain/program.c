/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "domain/program.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openvswitch/poll-loop.h>
#include <svec.h>
#include <util.h>

#include "base/error.h"
#include "domain/console.h"
#include "domain/first.h"
#include "domain/proc.h"

struct program {
    struct proc first;
    int leash;
    bool has_status;
    int status;                 /* of the program, as waitpid(2) has it */
};

/* Whether what is begun next comes into this process's own PID namespace, or is process 1 of a new one. The latter can be said only while the
 * former holds, and a second process could not be begun in a namespace whose first one has ended. */
static bool
expect_first(bool is_first)
{
    int own = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
    bool done = own >= 0 && !setns(own, CLONE_NEWPID) && !(is_first && unshare(CLONE_NEWPID));

    if (own >= 0) {
        close(own);
    }
    return done;
}

static void
put_words(struct svec *words, const struct program_config *config, int leash)
{
    const struct privileges *privileges = &config->privileges;

    svec_init(words);
    svec_add(words, "/proc/self/exe");
    svec_add(words, "first");
    svec_add_nocopy(words, xasprintf("--leash=%d", leash));
    svec_add_nocopy(words, xasprintf("--namespace=%d", config->network));
    if (privileges->has_user) {
        svec_add_nocopy(words, xasprintf("--uid=%u", privileges->uid));
        svec_add_nocopy(words, xasprintf("--gid=%u", privileges->gid));
    }
    svec_add(words, "--");
    for (size_t i = 0; config->argv[i]; i++) {
        svec_add(words, config->argv[i]);
    }
    svec_terminate(words);
}

static struct error *
begin_first(const struct program_config *config, int terminal, int leash, struct proc *first)
{
    const int fds[] = { leash, config->network };
    struct svec words;

    if (!expect_first(true)) {
        return error_new(ERROR_REFUSED, "cannot make a PID namespace: %s", ovs_strerror(errno));
    }
    put_words(&words, config, leash);
    struct error *error = proc_begin(&(struct proc_start) {
        .argv = (const char *const *) words.names, .input = terminal, .output = terminal, .fds = fds, .n_fds = ARRAY_SIZE(fds),
    }, first);
    expect_first(false);
    svec_destroy(&words);
    return error;
}

struct error *
program_begin(const struct program_config *config, struct program **programp)
{
    int terminal = console_open_terminal(config->console, config->privileges.has_user ? config->privileges.uid : getuid());
    int leash[2];

    if (terminal < 0) {
        return error_new(ERROR_REFUSED, "cannot make a terminal: %s", ovs_strerror(errno));
    }
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, leash)) {
        close(terminal);
        return error_new(ERROR_REFUSED, "cannot make a socket: %s", ovs_strerror(errno));
    }
    struct program *program = xzalloc(sizeof *program);
    struct error *error = begin_first(config, terminal, leash[1], &program->first);
    close(terminal);
    close(leash[1]);
    if (error) {
        close(leash[0]);
        free(program);
        return error;
    }
    program->leash = leash[0];
    *programp = program;
    return NULL;
}

static void
say(struct program *program, char word)
{
    ignore(send(program->leash, &word, 1, MSG_DONTWAIT | MSG_NOSIGNAL) > 0);
}

void
program_stop(struct program *program)
{
    say(program, FIRST_STOP);
}

void
program_resume(struct program *program)
{
    say(program, FIRST_CONTINUE);
}

void
program_terminate(struct program *program)
{
    say(program, FIRST_TERMINATE);
}

/* The first process says how the program ended, and ends itself; the kernel then kills what is left before that end is seen. */
bool
program_has_ended(struct program *program, bool was_asked, bool *is_crash)
{
    int status;

    if (!proc_has_ended(&program->first, &status)) {
        return false;
    }
    program->first.is_child = false;
    program->has_status = recv(program->leash, &program->status, sizeof program->status, MSG_DONTWAIT) == sizeof program->status;
    if (!program->has_status) {
        *is_crash = true;
    } else {
        *is_crash = WIFSIGNALED(program->status) && !(was_asked && WTERMSIG(program->status) == SIGTERM);
    }
    return true;
}

void
program_wait(const struct program *program)
{
    proc_wait(&program->first);
}

/* The wait is for the kernel only, which kills all processes of the namespace before process 1 of it ends. */
void
program_kill(struct program *program)
{
    if (!program) {
        return;
    }
    if (program->first.is_child) {
        proc_signal(&program->first, SIGKILL);
        waitpid(program->first.pid, NULL, 0);
    }
    proc_close(&program->first);
    close(program->leash);
    free(program);
}
