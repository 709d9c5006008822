/* SPDX-License-Identifier: Apache-2.0
 *
 * cable vif wait: until the pool database says that a VIF is in a state. The replica's updates wake it up.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openvswitch/dynamic-string.h>
#include <openvswitch/poll-loop.h>
#include <timeval.h>
#include <util.h>

#include "base/error.h"
#include "base/nearest.h"
#include "base/quote.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/nouns.h"
#include "cli/progress.h"
#include "cli/records.h"
#include "cli/rows.h"
#include "pool/host.h"
#include "pool/replica.h"
#include "pool/vif.h"
#include "vif/policy.h"
#include "vif/wish.h"

enum {
    DEFAULT_MS = 30000,
};

struct wait {
    struct cli *cli;
    const char *word;
    const char *state;
    const struct uuid *here;
    long long int start, deadline;
    bool was_there;
    struct progress progress;
};

static struct error *
check_state(const char *state)
{
    struct nearest nearest = NEAREST_INITIALIZER(state);
    struct ds words = DS_EMPTY_INITIALIZER;
    struct error *error;

    for (const char *const *word = command_wait_states; *word; word++) {
        if (!strcmp(*word, state)) {
            ds_destroy(&words);
            return NULL;
        }
        nearest_offer(&nearest, *word);
        ds_put_format(&words, "%s%s", words.length ? ", " : "", *word);
    }
    error = nearest_word(&nearest)
        ? error_new(ERROR_INVALID, "state %s is not known: did you mean '%s'?", quote(state).text, nearest_word(&nearest))
        : error_new(ERROR_INVALID, "state %s is not known: write one of %s", quote(state).text, ds_cstr(&words));
    ds_destroy(&words);
    return error;
}

static const char *
state_of(const struct poolrec_vif *vif)
{
    return vif ? vif->wire_state : "gone";
}

/* True if what the agent reports to be in force is the policy as the row has it now: a state of before a change does not count. */
static bool
policy_is_in_force(const struct poolrec_vif *vif)
{
    struct vif_policy policy;
    struct vif_rate rate;
    OWN_ERROR struct error *error = pool_vif_rate(vif, &rate);

    if (!error) {
        error = pool_vif_policy(vif, &policy);
    }
    if (error) {
        return false;
    }

    char *wanted = vif_allowance_describe(&policy, &rate);
    bool in_force = !strcmp(vif->wire_policy, wanted);

    free(wanted);
    vif_policy_destroy(&policy);
    return in_force;
}

static bool
is_reached(const struct wait *wait, const struct poolrec_vif *vif)
{
    const char *state = state_of(vif);

    return !strcmp(state, wait->state)
           && ((strcmp(state, "wired") && strcmp(state, "disabled")) || policy_is_in_force(vif));
}

/* What a state without error means to somebody who waits for another one. */
static const char *
state_hint(const char *state)
{
    return !strcmp(state, "no-device") ? ": its host has no such device yet"
        : !strcmp(state, "waiting") ? ": `cable status` on its host shows what is wrong with the bridge"
        : "";
}

/* Why it is not as it should be, in words that go behind ": ". */
static char *
describe(const struct wait *wait, const struct poolrec_vif *vif)
{
    if (!pool_is_connected(wait->cli->pool)) {
        return xstrdup("the pool database does not answer any more");
    } else if (!vif) {
        return xstrdup("there is no such VIF");
    } else if (!vif->currently_attached && strcmp(wait->state, "gone") && strcmp(wait->state, "detached")) {
        return xasprintf("it is unplugged: `cable vif plug %s` has it plugged", vif->interface);
    } else if (!*vif->wire_state) {
        return xasprintf("no agent has reported on it: is cabled running on host %s?",
                         vif->host ? quote(pool_host_name(vif->host)).text : "(none)");
    }
    if (!strcmp(vif->wire_state, wait->state)) {
        return xasprintf("its rules are still those of before (%s)", vif->wire_policy);
    }
    return *vif->wire_error ? xasprintf("its state is %s: %s", vif->wire_state, vif->wire_error)
        : xasprintf("its state is %s%s", vif->wire_state, state_hint(vif->wire_state));
}

static void
show_progress(struct wait *wait, const struct poolrec_vif *vif)
{
    const char *state = !strcmp(state_of(vif), wait->state) ? "still the rules of before" : state_of(vif);
    const long long int again = progress_show(&wait->progress, "%s: %s, waiting for %s", wait->word, *state ? state : "no report",
                                              wait->state);

    if (again >= 0) {
        poll_timer_wait(again);
    }
}

static void
show_reached(const struct wait *wait, const struct poolrec_vif *vif)
{
    struct row row = ROW_INITIALIZER;
    char *sentence = xasprintf("VIF %s is %s", vif ? vif->interface : wait->word, wait->state);

    if (vif) {
        record_vif(vif, &row);
    } else {
        row_put_text(&row, "device", wait->word);
        row_put_state(&row, "state", wait->state);
    }
    wait->cli->output.class->done(&wait->cli->output, &row, sentence);
    row_destroy(&row);
    free(sentence);
}

static struct error *
timed_out(const struct wait *wait, const struct poolrec_vif *vif)
{
    char *reason = describe(wait, vif);
    struct error *error = error_new(ERROR_TIMEOUT, "VIF %s is not %s after %g s: %s", quote(wait->word).text, wait->state,
                                    (wait->deadline - wait->start) / 1000.0, reason);

    free(reason);
    return error;
}

enum outcome { REACHED, FAILED, NOT_YET };

static enum outcome
look(struct wait *wait, struct error **error)
{
    const struct poolrec_vif *vif;

    *error = pool_vif_find(wait->cli->pool, wait->word, wait->here, &vif);
    if (*error && (*error)->code == ERROR_NOT_FOUND && (wait->was_there || !strcmp(wait->state, "gone"))) {
        error_free(*error);
        *error = NULL;
    }
    if (*error) {
        return FAILED;
    } else if (is_reached(wait, vif)) {
        progress_clear(&wait->progress);
        show_reached(wait, vif);
        return REACHED;
    } else if (!vif) {
        *error = error_new(ERROR_NOT_FOUND, "VIF %s was destroyed while it was waited for", quote(wait->word).text);
        return FAILED;
    } else if (time_msec() >= wait->deadline) {
        *error = timed_out(wait, vif);
        return FAILED;
    }
    wait->was_there = true;
    show_progress(wait, vif);
    return NOT_YET;
}

struct error *
vif_wait(struct cli *cli)
{
    const char *state = given_value(&cli->given, "state");
    struct wait wait = {
        .cli = cli,
        .word = cli->given.arguments[0],
        .state = state ? state : "wired",
        .start = time_msec(),
    };
    struct pool *pool;
    struct error *error = check_state(wait.state);

    error = error ? error : cli_pool(cli, &pool);
    if (error) {
        return error;
    }
    wait.here = cli_here(cli);
    progress_begin(&wait.progress);
    wait.deadline = wait.start + cli_timeout(cli, DEFAULT_MS);
    while (look(&wait, &error) == NOT_YET) {
        pool_wait(pool);
        poll_timer_wait_until(wait.deadline);
        poll_block();
        pool_run(pool);
    }
    progress_clear(&wait.progress);
    return error;
}
