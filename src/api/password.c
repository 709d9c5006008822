/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "api/password.h"

#include <crypt.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fatal-signal.h>
#include <openssl/crypto.h>
#include <openvswitch/list.h>
#include <openvswitch/poll-loop.h>
#include <openvswitch/vlog.h>
#include <util.h>

#include "base/limits.h"

VLOG_DEFINE_THIS_MODULE(api_password);

/* Processor time after which the kernel ends a child: a hash with too many rounds must not hold a place for ever. */
enum { CHILD_SECONDS = 10 };

struct passwords {
    struct ovs_list waiting;    /* struct check by 'node': the oldest first */
    struct ovs_list running;
    size_t n_waiting, n_running;
};

struct check {
    struct ovs_list node;
    char *password, *hash;
    password_done_fn *done;
    void *aux;
    pid_t child;
    int fd;                     /* the child's verdict: a byte, 1 if the password has the hash */
};

struct passwords *
passwords_create(void)
{
    struct passwords *passwords = xzalloc(sizeof *passwords);

    ovs_list_init(&passwords->waiting);
    ovs_list_init(&passwords->running);
    return passwords;
}

static void
check_destroy(struct check *check)
{
    ovs_list_remove(&check->node);
    explicit_bzero(check->password, strlen(check->password));
    free(check->password);
    free(check->hash);
    free(check);
}

/* Ends the child, if it is not at its end, and takes note of it. */
static void
child_end(struct check *check)
{
    close(check->fd);
    kill(check->child, SIGKILL);
    while (waitpid(check->child, NULL, 0) < 0 && errno == EINTR) {
        continue;
    }
}

void
passwords_destroy(struct passwords *passwords)
{
    struct check *check;

    if (passwords) {
        LIST_FOR_EACH_SAFE (check, node, &passwords->running) {
            child_end(check);
            check_destroy(check);
        }
        LIST_FOR_EACH_SAFE (check, node, &passwords->waiting) {
            check_destroy(check);
        }
        free(passwords);
    }
}

bool
passwords_check(struct passwords *passwords, const char *password, const char *hash, password_done_fn *done, void *aux)
{
    if (passwords->n_waiting >= LIMIT_LOGINS) {
        return false;
    }
    struct check *check = xzalloc(sizeof *check);
    check->password = xstrdup(password);
    check->hash = xstrdup(hash);
    check->done = done;
    check->aux = aux;
    check->fd = -1;
    ovs_list_push_back(&passwords->waiting, &check->node);
    passwords->n_waiting++;
    return true;
}

/* In the child. */

static bool
password_has(const char *password, const char *hash)
{
    struct crypt_data data = { .initialized = 0 };
    const char *found = crypt_r(password, hash, &data);
    const size_t n = strlen(hash);

    /* crypt_r() of libxcrypt answers what it cannot do with "*0" or "*1", which is no hash. */
    return found && found[0] != '*' && strlen(found) == n && !CRYPTO_memcmp(found, hash, n);
}

/* Nothing of the parent's is left open, or a connection would last as long as this. */
static void
child_be_alone(int fd)
{
    const struct rlimit seconds = { CHILD_SECONDS, CHILD_SECONDS };

    fatal_signal_fork();
    signal(SIGTERM, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    signal(SIGALRM, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setrlimit(RLIMIT_CPU, &seconds);
    if (fd > 0) {
        close_range(0, fd - 1, 0);
    }
    close_range(fd + 1, ~0U, 0);
}

OVS_NO_RETURN static void
child_run(const struct check *check, int fd)
{
    child_be_alone(fd);
    const uint8_t verdict = password_has(check->password, check->hash);
    const ssize_t written = write(fd, &verdict, 1);
    _exit(written == 1 ? EXIT_SUCCESS : EXIT_FAILURE);
}

/* In the parent. */

static bool
child_start(struct check *check)
{
    int fds[2];

    if (pipe2(fds, O_CLOEXEC)) {
        return false;
    }
    check->child = fork();
    if (!check->child) {
        child_run(check, fds[1]);
    }
    close(fds[1]);
    check->fd = fds[0];
    if (check->child < 0) {
        close(fds[0]);
        return false;
    }
    return true;
}

static void
check_finish(struct check *check, bool matches)
{
    password_done_fn *done = check->done;
    void *aux = check->aux;

    check_destroy(check);
    done(matches, aux);
}

static void
check_start(struct passwords *passwords, struct check *check)
{
    static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(1, 5);

    passwords->n_waiting--;
    if (!child_start(check)) {
        VLOG_WARN_RL(&rl, "no process to check a password in: %s; the login is refused", ovs_strerror(errno));
        check_finish(check, false);
        return;
    }
    ovs_list_remove(&check->node);
    ovs_list_push_back(&passwords->running, &check->node);
    passwords->n_running++;
}

static bool
is_done(const struct check *check)
{
    struct pollfd pollfd = { .fd = check->fd, .events = POLLIN };

    return poll(&pollfd, 1, 0) > 0;
}

/* A child that was killed has written nothing. */
static bool
verdict_read(const struct check *check)
{
    uint8_t verdict = 0;

    return read(check->fd, &verdict, 1) == 1 && verdict == 1;
}

void
passwords_run(struct passwords *passwords)
{
    struct check *check;

    LIST_FOR_EACH_SAFE (check, node, &passwords->running) {
        if (is_done(check)) {
            const bool matches = verdict_read(check);

            child_end(check);
            passwords->n_running--;
            check_finish(check, matches);
        }
    }
    while (passwords->n_running < LIMIT_LOGIN_PROCESSES && !ovs_list_is_empty(&passwords->waiting)) {
        check_start(passwords, CONTAINER_OF(ovs_list_front(&passwords->waiting), struct check, node));
    }
}

void
passwords_wait(const struct passwords *passwords)
{
    const struct check *check;

    LIST_FOR_EACH (check, node, &passwords->running) {
        poll_fd_wait(check->fd, POLLIN);
    }
    if (passwords->n_running < LIMIT_LOGIN_PROCESSES && !ovs_list_is_empty(&passwords->waiting)) {
        poll_immediate_wake();
    }
}

/* Hashes. */

char *
password_hash(const char *password)
{
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];
    struct crypt_data data = { .initialized = 0 };

    if (!crypt_gensalt_rn(NULL, 0, NULL, 0, setting, sizeof setting)) {
        return NULL;
    }
    const char *hash = crypt_r(password, setting, &data);
    return hash && hash[0] != '*' ? xstrdup(hash) : NULL;
}

const char *
password_hash_of_nobody(void)
{
    return "$y$j9T$nobodynobodynobodynobo$nobodynobodynobodynobodynobodynobodynobod1";
}
