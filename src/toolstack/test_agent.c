/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/test_agent.h"

#include <string.h>

#include <util.h>

#include "base/error.h"
#include "pool/commit.h"
#include "pool/replica.h"
#include "toolstack/test_domains.h"

enum { UUID_TEXT = 36, WRITE_MS = 10000 };

void
test_agent_open(struct test_agent *agent, const char *remote, struct ground *ground)
{
    *agent = (struct test_agent) { .pool = pool_open_whole(remote), .ground = ground };
    sset_init(&agent->ports);
}

void
test_agent_close(struct test_agent *agent)
{
    pool_commit_destroy(agent->commit);
    pool_close(agent->pool);
    sset_destroy(&agent->ports);
}

static bool
is_wished(const struct poolrec_vif *vif)
{
    return vif->host && strlen(vif->interface) < UUID_TEXT;
}

/* What it would tell of a VIF. */
static const char *
state_of(const struct test_agent *agent, const struct poolrec_vif *vif)
{
    if (!vif->currently_attached) {
        return "detached";
    }
    if (!ground_has_device(agent->ground, vif->interface)) {
        return "no-device";
    }
    return agent->refuses ? "failed" : "wired";
}

static bool
is_wanted(const struct test_agent *agent, const char *port)
{
    const struct poolrec_vif *vif;

    POOLREC_VIF_FOR_EACH (vif, pool_idl(agent->pool)) {
        if (is_wished(vif) && !strcmp(vif->interface, port) && !strcmp(state_of(agent, vif), "wired")) {
            return true;
        }
    }
    return false;
}

static void
move_ports(struct test_agent *agent)
{
    const struct poolrec_vif *vif;
    const char *port;

    SSET_FOR_EACH_SAFE (port, &agent->ports) {
        if (!is_wanted(agent, port)) {
            sset_find_and_delete(&agent->ports, port);
        }
    }
    POOLREC_VIF_FOR_EACH (vif, pool_idl(agent->pool)) {
        if (is_wished(vif) && !strcmp(state_of(agent, vif), "wired")) {
            sset_add(&agent->ports, vif->interface);
        }
    }
}

static struct error *
tell(struct pool *pool, struct ovsdb_idl_txn *txn, void *agent_)
{
    struct test_agent *agent = agent_;
    const struct poolrec_vif *vif;

    POOLREC_VIF_FOR_EACH (vif, pool_idl(pool)) {
        if (is_wished(vif)) {
            const char *state = state_of(agent, vif);

            poolrec_vif_verify_interface(vif);
            poolrec_vif_set_wire_state(vif, state);
            poolrec_vif_set_wire_error(vif, !strcmp(state, "failed") ? agent->refuses : "");
        }
    }
    return NULL;
}

static bool
has_news(const struct test_agent *agent)
{
    const struct poolrec_vif *vif;

    POOLREC_VIF_FOR_EACH (vif, pool_idl(agent->pool)) {
        if (is_wished(vif) && strcmp(vif->wire_state, state_of(agent, vif))) {
            return true;
        }
    }
    return false;
}

void
test_agent_run(struct test_agent *agent)
{
    struct error *error;

    pool_run(agent->pool);
    if (agent->commit && pool_commit_run(agent->commit, &error)) {
        agent->commit = NULL;
        error_free(error);
    }
    if (agent->sleeps) {
        return;
    }
    move_ports(agent);
    if (!agent->commit && has_news(agent)) {
        agent->commit = pool_commit_begin(agent->pool, tell, agent, WRITE_MS);
    }
}

void
test_agent_wait(struct test_agent *agent)
{
    pool_wait(agent->pool);
    if (agent->commit) {
        pool_commit_wait(agent->commit);
    }
}
