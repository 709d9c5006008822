/* SPDX-License-Identifier: Apache-2.0
 *
 * Whom the agent follows, by the settings as they are: a pool database, an XAPI for identities, or the switch's own rows alone.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openvswitch/vlog.h>
#include <smap.h>
#include <util.h>
#include <uuid.h>

#include "agent/agent-private.h"
#include "agent/identities.h"
#include "base/error.h"
#include "pool/replica.h"
#include "source/pool.h"
#include "source/several.h"
#include "source/source.h"
#include "switch/db.h"

VLOG_DEFINE_THIS_MODULE(agent_follow);

/* A host that has a uuid in a pool database belongs to one, whether that answers or not. Any other belongs to the one that is served in the
 * usual place, if one is. */
static bool
belongs_to_pool(const struct settings *settings)
{
    static const char usual[] = POOL_DEFAULT_REMOTE;

    if (settings->no_pool) {
        return false;
    }
    return settings->names_pool || !uuid_is_zero(&settings->host) || !access(usual + strlen("unix:"), F_OK);
}

/* Nothing is carried out before the next pool database has told of its VIFs: those that it knows too go on as they are. */
static void
follow_pool(struct agent *agent, const struct settings *settings)
{
    if (settings->follows_pool) {
        VLOG_INFO("following pool database %s as host "UUID_FMT, settings->pool, UUID_ARGS(&settings->host));
    } else {
        VLOG_INFO("there is no pool database: VIFs are what the switch's rows describe");
    }
    agent->pool = settings->follows_pool ? source_pool_open(settings->pool, &settings->host) : NULL;
    source_several_set_pool(agent->source, agent->pool);
}

static bool
pool_is_another(const struct settings *a, const struct settings *b)
{
    return a->follows_pool != b->follows_pool || strcmp(a->pool, b->pool) || !uuid_equals(&a->host, &b->host);
}

static void
begin_anew(struct agent *agent)
{
    struct shash_node *node;

    SHASH_FOR_EACH (node, &agent->bridges) {
        agent_bridge_restart(node->data);
    }
    agent_wake_all(agent);
}

static void
apply_settings(struct agent *agent, struct settings *settings)
{
    const struct settings *before = &agent->settings;
    const bool other_pool = !agent->source || pool_is_another(before, settings);
    const bool other_identities = other_pool || !settings_same_xapi(before, settings);
    const bool other = other_pool || !settings_equal(before, settings);

    if (!agent->source) {
        agent->source = source_several_open(agent->rows);
    }
    if (other_pool) {
        identities_let_go(agent);
        follow_pool(agent, settings);
    }
    settings_destroy(&agent->settings);
    agent->settings = *settings;
    if (other_identities) {
        identities_follow(agent);
    }
    if (other) {
        begin_anew(agent);
    }
}

static void
name_host(struct agent *agent)
{
    struct uuid uuid;
    char text[UUID_LEN + 1];

    if (agent_can_write(agent)) {
        uuid_generate(&uuid);
        snprintf(text, sizeof text, UUID_FMT, UUID_ARGS(&uuid));
        VLOG_INFO("this host has no uuid yet: it gets %s", text);
        switch_db_set_setting(agent->db, "cabled-host", text);
    }
}

void
follow_settings(struct agent *agent)
{
    const struct smap *ids = switch_db_settings(agent->db);
    struct settings settings;

    if (!ids) {
        return;
    }

    struct error *error = settings_parse(ids, &settings);
    if (error) {
        if (!agent->settings_error || strcmp(agent->settings_error, error->text)) {
            VLOG_WARN("external_ids of the switch: %s", error->text);
        }
        free(agent->settings_error);
        agent->settings_error = xstrdup(error->text);
        error_free(error);
        return;
    }
    free(agent->settings_error);
    agent->settings_error = NULL;
    settings.follows_pool = belongs_to_pool(&settings);
    if (settings.follows_pool && uuid_is_zero(&settings.host)) {
        name_host(agent);
        settings_destroy(&settings);
    } else {
        apply_settings(agent, &settings);
    }
}
