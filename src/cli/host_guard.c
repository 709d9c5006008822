/* SPDX-License-Identifier: Apache-2.0
 *
 * cable host guard and unguard: which bridges of this host's switch the agent guards. They go by the switch's database alone, so that a
 * host is reached again when nothing else of ours works.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <openvswitch/json.h>
#include <timeval.h>
#include <util.h>

#include "base/error.h"
#include "base/nearest.h"
#include "base/quote.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/nouns.h"
#include "cli/reply.h"
#include "cli/rows.h"
#include "switch/hand_over.h"
#include "switch/visit.h"

/* How long a switch and an agent may take to carry it out if nobody says. */
enum { WAIT_MS = 30000 };

static void
tell_wait(const char *what)
{
    fprintf(stderr, "cable: waiting for %s\n", what);
}

static struct error *
read_foreign_ports(struct cli *cli, const char **word)
{
    struct nearest nearest = NEAREST_INITIALIZER("");

    *word = given_value(&cli->given, "foreign-ports");
    if (!*word) {
        return NULL;
    }
    nearest.word = *word;
    for (const char *const *known = command_foreign_ports; *known; known++) {
        if (!strcmp(*known, *word)) {
            return NULL;
        }
        nearest_offer(&nearest, *known);
    }

    const char *meant = nearest_word(&nearest);
    return cli_usage(cli, error_new(ERROR_INVALID, "--foreign-ports %s is not known: %s%s%s", quote(*word).text,
                                    meant ? "did you mean '" : "write accept or dark", meant ? meant : "", meant ? "'?" : ""));
}

static const struct json *
find_bridge(const struct json *status, const char *name)
{
    const struct json *bridges = reply_member(status, "bridges");

    for (size_t i = 0; i < reply_length(bridges); i++) {
        const struct json *bridge = reply_element(bridges, i);

        if (!strcmp(reply_string(bridge, "name"), name)) {
            return bridge;
        }
    }
    return NULL;
}

/* What the agent makes of the bridge. */
struct agent_view {
    bool there;
    bool guarded;
    char *state, *error;        /* owned, or NULL */
};

static void
agent_view_clear(struct agent_view *view)
{
    free(view->state);
    free(view->error);
    *view = (struct agent_view) { .there = false };
}

static void
ask_agent(struct cli *cli, const char *name, struct agent_view *view)
{
    struct json *reply;
    struct error *error = rpc_ask_agent(cli->agent_socket, "status", NULL, cli_timeout(cli, CLI_TIMEOUT_MS), &reply);
    const struct json *bridge;

    agent_view_clear(view);
    if (error) {
        view->there = error->code != ERROR_UNREACHABLE;
        view->error = xstrdup(error->text);
        error_free(error);
        return;
    }
    bridge = find_bridge(reply, name);
    view->there = true;
    view->guarded = reply_truth(bridge, "guarded");
    view->state = xstrdup(reply_string(bridge, "state"));
    view->error = xstrdup(reply_string(bridge, "error"));
    json_destroy(reply);
}

/* Waits until an agent, if one runs, has guarded the bridge. */
static struct error *
await_agent(struct cli *cli, struct visit *visit, const char *name, struct agent_view *view)
{
    long long int since = time_msec();

    for (;;) {
        ask_agent(cli, name, view);
        if (view->guarded || !view->there) {
            return NULL;
        }

        struct error *error = visit_pause(visit, &since, "the agent to guard the bridge");
        if (error) {
            error_free(error);
            return error_new(ERROR_TIMEOUT, "bridge %s is marked, but the agent has not guarded it in time: its state is %s%s%s; `cable "
                             "status` tells more, --timeout gives it longer", name,
                             view->state && *view->state ? view->state : "not known", view->error && *view->error ? ": " : "",
                             view->error ? view->error : "");
        }
    }
}

static char *
guard_sentence(const char *bridge, const char *foreign_ports, bool changed, const struct agent_view *view)
{
    if (!view->there) {
        return xasprintf("bridge %s is marked to be guarded, which takes effect when an agent starts: %s", bridge, view->error);
    } else if (!changed) {
        return xasprintf("bridge %s is guarded already", bridge);
    }
    return xasprintf("bridge %s is guarded%s%s", bridge, foreign_ports ? ", foreign ports: " : "", foreign_ports ? foreign_ports : "");
}

static void
show_guard(struct cli *cli, const char *bridge, const char *foreign_ports, bool changed, const struct agent_view *view)
{
    char *sentence = guard_sentence(bridge, foreign_ports, changed, view);
    struct row row = ROW_INITIALIZER;

    row_put_text(&row, "bridge", bridge);
    row_put_truth(&row, "guarded", view->guarded);
    row_put_truth(&row, "changed", changed);
    row_put_state(&row, "agent", view->there ? "connected" : "unreachable");
    cli->output.class->done(&cli->output, &row, sentence);
    row_destroy(&row);
    free(sentence);
}

struct error *
host_guard(struct cli *cli)
{
    const char *bridge = cli->given.arguments[0];
    struct agent_view view = { .there = false };
    const char *foreign_ports;
    struct visit visit;
    bool changed;
    struct error *error = read_foreign_ports(cli, &foreign_ports);

    error = error ? error : visit_open(&visit, cli_timeout(cli, WAIT_MS), tell_wait);
    if (error) {
        return error;
    }
    error = hand_over_guard(&visit, bridge, foreign_ports, &changed);
    error = error ? error : await_agent(cli, &visit, bridge, &view);
    if (!error) {
        show_guard(cli, bridge, foreign_ports, changed, &view);
    }
    agent_view_clear(&view);
    visit_close(&visit);
    return error;
}

static char *
unguard_sentence(const struct hand_back *back)
{
    struct ds text = DS_EMPTY_INITIALIZER;

    switch (back->from) {
    case HAND_BACK_GUARDED:
        ds_put_format(&text, "bridge %s is the host's again, as it was before it was guarded", back->bridge);
        break;
    case HAND_BACK_UNGUARDED:
        ds_put_format(&text, "bridge %s was not guarded, and is marked now so that it stays so", back->bridge);
        break;
    case HAND_BACK_DONE:
        ds_put_format(&text, "bridge %s has been given back already", back->bridge);
        break;
    }
    if (back->n_unplugged) {
        ds_put_format(&text, "; the port%s of %"PRIuSIZE" VIF%s taken off", back->n_unplugged == 1 ? "" : "s", back->n_unplugged,
                      back->n_unplugged == 1 ? " was" : "s were");
    }
    if (!back->switch_runs) {
        ds_put_cstr(&text, "; ovs-vswitchd does not run here: it takes effect when that starts");
    }
    return ds_steal_cstr(&text);
}

static void
show_unguard(struct cli *cli, const struct hand_back *back)
{
    char *sentence = unguard_sentence(back);
    struct row row = ROW_INITIALIZER;

    row_put_text(&row, "bridge", back->bridge);
    row_put_truth(&row, "guarded", false);
    row_put_truth(&row, "changed", back->from != HAND_BACK_DONE);
    row_put_integer(&row, "unplugged", back->n_unplugged);
    row_put_truth(&row, "switch_runs", back->switch_runs);
    cli->output.class->done(&cli->output, &row, sentence);
    row_destroy(&row);
    free(sentence);
}

struct error *
host_unguard(struct cli *cli)
{
    struct hand_back back = { .bridge = cli->given.arguments[0], .unplug = given_flag(&cli->given, "unplug") };
    struct visit visit;
    struct error *error = visit_open(&visit, cli_timeout(cli, WAIT_MS), tell_wait);

    if (error) {
        return error;
    }
    error = hand_over_unguard(&visit, &back);
    if (!error) {
        show_unguard(cli, &back);
    }
    visit_close(&visit);
    return error;
}
