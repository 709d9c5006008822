/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "stop/stop.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <openvswitch/util.h>
#include <unixctl.h>
#include <util.h>

/* The one place with state of its own outside of bin/: a hook that had to be handed a struct would be more than a word in the code that
 * it watches. It is in no product. */
static struct {
    const char *const *words;
    size_t n;
    const char *table;
    int times_to_go[STOP_STEPS_MAX];    /* 0: no stop is wanted there */
} steps;

static bool
stop_set(const char *word, int times)
{
    for (size_t i = 0; i < steps.n; i++) {
        if (!strcmp(steps.words[i], word) && times > 0) {
            steps.times_to_go[i] = times;
            return true;
        }
    }
    return false;
}

static void
stop_command(struct unixctl_conn *conn, int argc, const char *argv[], void *aux OVS_UNUSED)
{
    if (stop_set(argv[1], argc > 2 ? atoi(argv[2]) : 1)) {
        unixctl_command_reply(conn, NULL);
    } else {
        char *said = xasprintf("no such step (%s), or not a number of times from 1", steps.table);

        unixctl_command_reply_error(conn, said);
        free(said);
    }
}

/* STEP[:N] */
static void
stop_set_wanted(const char *wanted)
{
    char *word = xstrdup(wanted);
    char *times = strchr(word, ':');

    if (times) {
        *times++ = '\0';
    }
    if (!stop_set(word, times ? atoi(times) : 1)) {
        ovs_fatal(0, "CABLED_STOP_AT: '%s' is no STEP[:N] of %s", wanted, steps.table);
    }
    free(word);
}

void
stop_register(const char *const words[], size_t n, const char *table)
{
    const char *wanted = getenv("CABLED_STOP_AT");

    ovs_assert(n <= STOP_STEPS_MAX);
    steps.words = words;
    steps.n = n;
    steps.table = table;
    unixctl_command_register("stop/at", "STEP [N]", 1, 2, stop_command, NULL);
    if (wanted) {
        stop_set_wanted(wanted);
    }
}

void
stop_at(size_t step)
{
    if (steps.times_to_go[step] && !--steps.times_to_go[step]) {
        raise(SIGSTOP);
    }
}
