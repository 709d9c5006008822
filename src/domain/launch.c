/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "domain/launch.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <util.h>

#include "base/error.h"

enum { FILES_MAX = 4096 };

bool
launch_await(int gate)
{
    ssize_t n;
    char byte;

    if (gate < 0) {
        return true;
    }
    do {
        n = read(gate, &byte, 1);
    } while (n < 0 && errno == EINTR);
    close(gate);
    return n == 1;
}

static unsigned int
next_kept(const int *fds, size_t n, unsigned int from)
{
    unsigned int next = UINT_MAX;

    for (size_t i = 0; i < n; i++) {
        if (fds[i] >= from && fds[i] < next) {
            next = fds[i];
        }
    }
    return next;
}

void
launch_close_others(const int *fds, size_t n)
{
    for (unsigned int from = STDERR_FILENO + 1; from != UINT_MAX; ) {
        unsigned int kept = next_kept(fds, n, from);

        if (kept > from) {
            close_range(from, kept == UINT_MAX ? UINT_MAX : kept - 1, 0);
        }
        from = kept == UINT_MAX ? UINT_MAX : kept + 1;
    }
}

/* No core: it would hold the guest's memory. */
static void
limit(void)
{
    setrlimit(RLIMIT_CORE, &(struct rlimit) { 0, 0 });
    setrlimit(RLIMIT_NOFILE, &(struct rlimit) { FILES_MAX, FILES_MAX });
}

/* What this was begun with is not the guest's to know. What a sanitizer is told is kept, for tests. */
static void
clear_environment(bool has_terminal)
{
    static const char *const kept[] = { "ASAN_OPTIONS", "UBSAN_OPTIONS" };
    char *values[ARRAY_SIZE(kept)];

    for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
        values[i] = nullable_xstrdup(getenv(kept[i]));
    }
    clearenv();
    for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
        if (values[i]) {
            setenv(kept[i], values[i], 1);
            free(values[i]);
        }
    }
    setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
    setenv("HOME", "/", 1);
    if (has_terminal) {
        setenv("TERM", "vt100", 1);
    }
}

struct error *
launch(const struct launch *launch, char *argv[])
{
    if (!launch_await(launch->gate)) {
        exit(EXIT_SUCCESS);
    }
    launch_close_others(launch->fds, launch->n_fds);
    if (launch->has_terminal) {
        ioctl(STDIN_FILENO, TIOCSCTTY, 0);
    }
    limit();
    clear_environment(launch->has_terminal);
    ignore(chdir("/"));

    struct error *error = privileges_drop(&launch->privileges);
    if (!error) {
        execvp(argv[0], argv);
        error = error_new(ERROR_NOT_FOUND, "%s: cannot be executed: %s", argv[0], ovs_strerror(errno));
    }
    return error;
}
