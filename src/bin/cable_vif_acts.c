/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "bin/cable_vif_acts.h"

#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include <util.h>

#include "ask/agent.h"
#include "base/error.h"
#include "bin/cable_vif_host.h"
#include "vif/hand.h"
#include "xenstore/store.h"
#include "xenvif/answers.h"
#include "xenvif/call.h"
#include "xenvif/description.h"
#include "xenvif/handover.h"

enum {
    AGENT_ABSENT_MS = 10 * 1000,        /* how long there may be no agent: one that is updated comes back in a second */
    AGENT_ABSENT_REMOVE_MS = 3 * 1000,  /* when nothing but a port is to go, which can go without it */
    AGENT_LATE_MS = 2000,               /* how much later than it was told the agent may answer */
    ASK_AGAIN_MS = 50,
    STORE_MS = 10 * 1000,               /* for what is done in xenstore in one go */
    SCRIPT_MS = 2 * HOST_SCRIPT_MS,     /* for other people's scripts, which have a limit of their own */
};

static void
begin_store(const struct acts *acts, const char *step, int more_ms)
{
    acts->begin(step, MIN(STORE_MS, acts->timeout_ms) + more_ms);
}

static void
begin_script(const struct acts *acts, const char *step)
{
    acts->begin(step, SCRIPT_MS);
}

/* No agent, one that has ended meanwhile, or one that was started a moment ago. */
static bool
is_absent(const struct error *error)
{
    return error->code == ERROR_UNREACHABLE
           || (error->code == ERROR_REFUSED && !strncmp(error->text, VIF_HAND_NOT_YET, strlen(VIF_HAND_NOT_YET)));
}

/* Asks the agent; if it is absent, again, for as long as 'absent_ms' says: what is asked may be asked twice. */
static struct error *
agent_ask(const struct acts *acts, const char *command, const char *argument, int absent_ms, char **reply)
{
    long long int begin = ask_now(), deadline = begin + acts->timeout_ms + AGENT_LATE_MS;
    struct error *error;

    acts->begin("waiting for the agent", acts->timeout_ms + 2 * AGENT_LATE_MS);
    error = ask_agent(acts->socket, command, argument, deadline, reply);

    while (error && is_absent(error) && ask_now() - begin < MIN(absent_ms, acts->timeout_ms)) {
        error_free(error);
        nanosleep(&(struct timespec) { .tv_nsec = ASK_AGAIN_MS * 1000 * 1000 }, NULL);
        error = ask_agent(acts->socket, command, argument, deadline, reply);
    }
    return error;
}

static struct error *
hand(const struct acts *acts, const struct xenvif_description *description, struct xenvif_wired *wired)
{
    char *json = xenvif_handover(description, acts->timeout_ms), *reply;
    struct error *error = agent_ask(acts, "vif/hand", json, AGENT_ABSENT_MS, &reply);

    if (!error) {
        error = xenvif_answer_parse(reply, wired);
        free(reply);
    }
    free(json);
    return error;
}

/* Tells 'answers', which are destroyed. */
static struct error *
answers_write(const struct acts *acts, struct xenvif_answers answers)
{
    struct error *error = NULL;

    for (size_t i = 0; !error && i < answers.n; i++) {
        const struct xenvif_answer *answer = &answers.list[i];

        error = answer->value ? store_write(acts->store, answer->path, answer->value) : store_remove(acts->store, answer->path);
    }
    xenvif_answers_destroy(&answers);
    return error;
}

static struct error *
wire_described(const struct acts *acts, const struct xenvif_call *call, const struct xenvif_facts *facts,
               const struct xenvif_description *description)
{
    struct xenvif_wired wired;
    struct error *error;

    if (call->action == XENVIF_MOVE) {
        begin_script(acts, "waiting for the script of the PVS proxy");
        host_pvs_call("remove", call, facts);
    }
    error = hand(acts, description, &wired);
    if (error) {
        return error;
    }
    begin_script(acts, "waiting for the script of the PVS proxy");
    if (call->action == XENVIF_ONLINE && call->type == XENVIF_VIF) {
        host_offloads_set(call, facts);
    }
    if (call->action != XENVIF_FILTER && wired.ofport) {
        host_pvs_call("add", call, facts);
    }
    begin_store(acts, "writing to xenstore", 0);
    return answers_write(acts, xenvif_answers_wired(call, facts, wired.ifindex, wired.ofport));
}

/* A move and a change of rules are asked for vif and tap, whichever there are; and while there is no device there is nothing to do: when it
 * comes, it comes with what is written by then. */
static bool
is_for_later(const struct xenvif_call *call)
{
    return call->action != XENVIF_ONLINE && !if_nametoindex(call->device);
}

static struct error *
wire(const struct acts *acts, const struct xenvif_call *call)
{
    struct xenvif_description description;
    struct xenvif_facts facts;
    struct error *error;

    if (is_for_later(call)) {
        syslog(LOG_INFO, "vif=%s: %s: there is no such device, so nothing is to be done", call->device, call->word);
        return NULL;
    }
    begin_store(acts, "reading xenstore and xenopsd's file", acts->places.file_wait_ms);
    error = facts_read(acts->store, &acts->places, call, &facts);
    if (error) {
        return error;
    }
    error = xenvif_describe(call, &facts, &description);
    if (!error) {
        error = wire_described(acts, call, &facts, &description);
        if (!error && call->action == XENVIF_ONLINE && call->type == XENVIF_VIF) {
            begin_script(acts, "waiting for /etc/xapi.d/vif-hotplug");
            host_hook_call(acts->places.root, call, &facts, description.vif_uuid);
        }
        xenvif_description_destroy(&description);
    }
    xenvif_facts_destroy(&facts);
    return error;
}

/* A VM that ends does not wait for an agent that is not there or hangs; and a port that XenServer's scripts have made before they were
 * replaced, of which the agent knows nothing, goes as they would have made it go. */
static struct error *
unhand(const struct acts *acts, const struct xenvif_call *call)
{
    char *reply;
    struct error *error;

    error = agent_ask(acts, "vif/unhand", call->device, AGENT_ABSENT_REMOVE_MS, &reply);
    free(reply);
    if (error) {
        syslog(LOG_WARNING, "vif=%s: %s; its port is deleted without it", call->device, error->text);
        error_free(error);
        begin_script(acts, "waiting for ovs-vsctl");
        error = host_port_delete(call->device);
    }
    return error;
}

/* What was written of a VIF that is gone may be gone too: then there is nothing to take back. */
static struct error *
unwire_known(const struct acts *acts, const struct xenvif_call *call, const struct xenvif_facts *facts)
{
    struct error *error;

    begin_script(acts, "waiting for the script of the PVS proxy");
    host_pvs_call("remove", call, facts);
    error = unhand(acts, call);
    if (error || !facts->hotplug_path) {
        return error;
    }
    begin_store(acts, "writing to xenstore", 0);
    error = answers_write(acts, xenvif_answers_unwired(call, facts));
    if (error || call->action == XENVIF_CLEAR) {
        return error;
    }
    if (call->type == XENVIF_VIF) {
        begin_script(acts, "waiting for /etc/xapi.d/vif-hotplug");
        host_hook_call(acts->places.root, call, facts, facts->key[XENVIF_KEY_VIF_UUID]);
    }
    begin_store(acts, "writing to xenstore", 0);
    return answers_write(acts, xenvif_answers_gone(call, facts));
}

static struct error *
unwire(const struct acts *acts, const struct xenvif_call *call)
{
    struct xenvif_facts facts;
    struct error *error;

    begin_store(acts, "reading xenstore", 0);
    error = facts_read_rest(acts->store, call, &facts);
    if (!error) {
        error = unwire_known(acts, call, &facts);
        xenvif_facts_destroy(&facts);
    }
    return error;
}

static struct error *
show(const struct acts *acts, const struct xenvif_call *call)
{
    struct xenvif_description description;
    struct error *error;

    begin_store(acts, "reading xenstore and xenopsd's file", acts->places.file_wait_ms);
    error = facts_describe_device(acts->store, &acts->places, call->device, &description);

    if (!error) {
        char *json = xenvif_handover(&description, acts->timeout_ms);

        puts(json);
        free(json);
        xenvif_description_destroy(&description);
    }
    return error;
}

struct error *
acts_do(const struct acts *acts, const struct xenvif_call *call)
{
    switch (call->action) {
    case XENVIF_NOTHING:
        return NULL;
    case XENVIF_ONLINE:
    case XENVIF_MOVE:
    case XENVIF_FILTER:
        return wire(acts, call);
    case XENVIF_REMOVE:
    case XENVIF_CLEAR:
        return unwire(acts, call);
    case XENVIF_SHOW:
        return show(acts, call);
    }
    OVS_NOT_REACHED();
}

void
acts_tell_failure(const struct acts *acts, const struct xenvif_call *call, const char *text)
{
    char *folder = xenvif_backend_path(call), *path = xasprintf("%s/hotplug-error", folder);
    char **names;
    size_t n;
    struct error *error;

    begin_store(acts, "writing to xenstore", 0);
    error = store_list(acts->store, folder, &names, &n);

    if (!error && names) {
        error = store_write(acts->store, path, text);
    }
    if (error) {
        syslog(LOG_ERR, "vif=%s: %s", call->device, error->text);
        error_free(error);
    }
    free(names);
    free(path);
    free(folder);
}
