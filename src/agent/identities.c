/* SPDX-License-Identifier: Apache-2.0
 *
 * Whose word bridges, VIFs and VMs are known by in the switch's database: that of an XAPI if the settings name one, else that of the pool
 * database if there is one, else nobody's. sync/ does the rest.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <openvswitch/json.h>
#include <openvswitch/vlog.h>
#include <smap.h>
#include <timeval.h>
#include <unixctl.h>
#include <util.h>

#include "agent/agent-private.h"
#include "agent/identities.h"
#include "agent/settings.h"
#include "base/error.h"
#include "directory/awaited.h"
#include "directory/directory.h"
#include "directory/pool.h"
#include "source/pool.h"
#include "source/rows.h"
#include "source/source.h"
#include "switch/db.h"
#include "sync/sync.h"
#include "xapi/follower.h"

VLOG_DEFINE_THIS_MODULE(identities);

/* XAPI makes it when it has started, and says nothing useful before. */
static const char cookie_path[] = "/var/run/xapi_init_complete.cookie";

/* XAPI's own sockets, of today and of old: where they are, so is the cookie. */
static const char *const own_sockets[] = { "unix:/var/lib/xcp/xapi", "unix:/var/xapi/xapi" };

static void
flush(struct unixctl_conn *conn, int argc OVS_UNUSED, const char *argv[] OVS_UNUSED, void *agent_)
{
    struct agent *agent = agent_;

    sync_flush(agent->sync);
    unixctl_command_reply(conn, NULL);
}

/* True if an interface with these external_ids has its ids from whom identities follow: what else is said of them does not count. */
static bool
ids_are_kept(const struct smap *keys, void *agent_)
{
    const struct agent *agent = agent_;
    struct directory_status status;

    return sync_status(agent->sync, &status) && (sync_follows_every(agent->sync) || smap_get(keys, "xs-vif-uuid"));
}

void
identities_create(struct agent *agent)
{
    agent->sync = sync_create();
    source_rows_leave_ids(agent->rows, ids_are_kept, agent);
    unixctl_command_register("flush-cache", "", 0, 0, flush, agent);
}

void
identities_destroy(struct agent *agent)
{
    sync_destroy(agent->sync);
    free(agent->root_prefix);
}

static bool
is_own_socket(const char *address)
{
    for (size_t i = 0; i < ARRAY_SIZE(own_sockets); i++) {
        if (!strcmp(address, own_sockets[i])) {
            return true;
        }
    }
    return false;
}

/* The file that is awaited before XAPI is asked, or NULL. The caller's to free. */
static char *
find_cookie(const struct agent *agent)
{
    if (agent->settings.xapi_cookie) {
        return xstrdup(agent->settings.xapi_cookie);
    }
    return agent->root_prefix || is_own_socket(agent->settings.xapi)
           ? xasprintf("%s%s", agent->root_prefix ? agent->root_prefix : "", cookie_path) : NULL;
}

/* The settings have been checked: there is an address. */
static struct directory *
open_follower(const struct settings *settings)
{
    const bool is_trusted = settings->xapi_ca && !strcmp(settings->xapi_ca, SETTINGS_ANY_CERTIFICATE);
    const struct xapi_follower_config config = {
        .address = settings->xapi,
        .login = settings->xapi_login,
        .ca = is_trusted ? NULL : settings->xapi_ca,
        .is_trusted = is_trusted,
    };
    struct directory *directory = NULL;
    struct error *error = xapi_follower_open(&config, &directory);

    if (error) {
        VLOG_ERR("cabled-xapi: %s", error->text);
        error_free(error);
    }
    return directory;
}

static struct directory *
open_xapi(const struct agent *agent)
{
    struct directory *directory = open_follower(&agent->settings);
    char *cookie = find_cookie(agent);

    VLOG_INFO("identities follow XAPI at %s", agent->settings.xapi);
    if (cookie && directory) {
        directory = directory_awaited_open(cookie, directory);
    }
    free(cookie);
    return directory;
}

static void
pool_seen(bool anew, void *directory)
{
    directory_pool_note(directory, anew);
}

static struct directory *
open_pool(struct agent *agent)
{
    struct directory *directory = directory_pool_open(source_pool_replica(agent->pool), agent->settings.pool);

    source_pool_observe(agent->pool, pool_seen, directory);
    return directory;
}

void
identities_let_go(struct agent *agent)
{
    sync_follow(agent->sync, NULL, false);
    if (agent->pool) {
        source_pool_observe(agent->pool, NULL, NULL);
    }
}

void
identities_follow(struct agent *agent)
{
    identities_let_go(agent);
    if (agent->settings.xapi) {
        sync_follow(agent->sync, open_xapi(agent), true);
    } else if (agent->pool) {
        sync_follow(agent->sync, open_pool(agent), false);
    }
}

void
identities_run(struct agent *agent)
{
    sync_run(agent->sync);
    if (agent_can_write(agent)) {
        sync_write(agent->sync, agent->db);
    }
}

void
identities_wait(const struct agent *agent)
{
    sync_wait(agent->sync);
}

void
identities_set_first(const struct agent_vif *vif, struct switch_vif_row *row)
{
    const char *vif_uuid = row->vif, *vm_uuid = row->vm[0] ? row->vm : NULL;

    if (row->leaves_identity) {
        const bool are_kept = row->keys && ids_are_kept(row->keys, vif->agent);

        vif_uuid = are_kept ? smap_get(row->keys, "xs-vif-uuid") : NULL;
        vm_uuid = are_kept ? smap_get(row->keys, "xs-vm-uuid") : NULL;
    }
    row->iface_id = vif_uuid ? sync_iface_id(vif->agent->sync, row->name, vif_uuid) : NULL;
    row->vm_id = vm_uuid ? sync_vm_id(vif->agent->sync, row->name, vm_uuid) : NULL;
}

static void
put_withheld(struct json *withheld, const char *bridge, const char *column, const char *asked)
{
    if (asked) {
        struct json *json = json_object_create();

        json_object_put_string(json, "bridge", bridge);
        json_object_put_string(json, "what", column);
        json_object_put_string(json, "asked", asked);
        json_array_add(withheld, json);
    }
}

struct look {
    const struct sync *sync;
    struct json *withheld;
};

static void
look_at_bridge(const char *bridge, void *look_)
{
    const struct look *look = look_;
    const struct sync_withheld withheld = sync_withheld(look->sync, bridge);

    put_withheld(look->withheld, bridge, "fail_mode", withheld.fail_mode);
    put_withheld(look->withheld, bridge, "disable-in-band", withheld.in_band);
}

struct json *
identities_json(const struct agent *agent)
{
    struct json *json = json_object_create();
    struct look look = { agent->sync, json_array_create_empty() };
    struct directory_status status;

    if (sync_status(agent->sync, &status)) {
        json_object_put_string(json, "toolstack", status.toolstack);
        json_object_put(json, "reachable", json_boolean_create(status.is_reachable));
        json_object_put(json, "since", json_integer_create(status.since_msec));
        json_object_put_string(json, "error", status.error ? status.error : "");
        json_object_put(json, "every", json_boolean_create(sync_follows_every(agent->sync)));
    } else {
        json_object_put_string(json, "toolstack", "");
    }
    switch_db_for_each_bridge(agent->db, look_at_bridge, &look);
    json_object_put(json, "withheld", look.withheld);
    return json;
}
