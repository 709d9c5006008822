/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/stop.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <openvswitch/util.h>
#include <unixctl.h>
#include <util.h>

static const char *const words[] = {
#define STEP(NAME, WORD) WORD,
#include "toolstack/steps.def"
#undef STEP
};

/* The one place with state of its own outside of bin/: a hook that had to be handed a struct would be more than a word in the code that
 * it watches. It is in no product. */
static int times_to_go[ARRAY_SIZE(words)]; /* 0: no stop is wanted there */

static bool
stop_set(const char *word, int times)
{
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (!strcmp(words[i], word) && times > 0) {
            times_to_go[i] = times;
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
        unixctl_command_reply_error(conn, "no such step (src/toolstack/steps.def), or not a number of times from 1");
    }
}

void
toolstack_stop_register(void)
{
    const char *wanted = getenv("CABLED_STOP_AT");

    unixctl_command_register("stop/at", "STEP [N]", 1, 2, stop_command, NULL);
    if (wanted) {
        char *word = xstrdup(wanted);
        char *times = strchr(word, ':');

        if (times) {
            *times++ = '\0';
        }
        if (!stop_set(word, times ? atoi(times) : 1)) {
            ovs_fatal(0, "CABLED_STOP_AT: '%s' is no STEP[:N] of src/toolstack/steps.def", wanted);
        }
        free(word);
    }
}

void
toolstack_stop_at(enum toolstack_step step)
{
    if (times_to_go[step] && !--times_to_go[step]) {
        raise(SIGSTOP);
    }
}
