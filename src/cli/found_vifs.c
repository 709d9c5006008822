/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "cli/found_vifs.h"

#include <stdlib.h>
#include <string.h>

#include <smap.h>
#include <svec.h>
#include <util.h>

#include "base/error.h"
#include "cli/rows.h"
#include "switch/db.h"
#include "vif/description.h"
#include "xenstore/facts.h"
#include "xenstore/store.h"
#include "xenvif/call.h"
#include "xenvif/description.h"
#include "xenvif/old_rules.h"

/* How long a file that xenopsd is writing may take. */
enum { FILE_WAIT_MS = 1000 };

/* Ports that a script has made have the names that xenopsd gives; one without a VIF's uuid is somebody else's, unless it is a tap, to which older
 * scripts gave none. */
static bool
is_a_vif_s(const char *name, const struct smap *keys)
{
    struct xenvif_call call;
    struct error *error = xenvif_call_of_device(name, XENVIF_SHOW, &call);

    if (error) {
        error_free(error);
        return false;
    }
    return smap_get(keys, "xs-vif-uuid") || !strncmp(name, "tap", 3);
}

static void
look_at_port(const char *name, const struct switch_port *port, void *found_)
{
    struct found_vifs *found = found_;
    struct found_vif *vif;

    const bool described = port->keys && vif_description_is_there(port->keys);

    /* What has our mark and no description is the pool database's. */
    if (!port->keys || port->n_interfaces != 1 || (port->vif && !described) || !is_a_vif_s(name, port->keys)) {
        return;
    }
    if (found->n >= found->allocated) {
        found->list = x2nrealloc(found->list, &found->allocated, sizeof *found->list);
    }
    vif = &found->list[found->n++];
    *vif = (struct found_vif) { .ofport = port->ofport, .done = described };
    ovs_strlcpy(vif->device, name, sizeof vif->device);
    ovs_strlcpy(vif->bridge, port->bridge, sizeof vif->bridge);
}

static void
look_at_bridge(const char *name, void *found_)
{
    struct found_vifs *found = found_;

    switch_db_for_each_interface(found->db, name, look_at_port, found);
}

static int
compare_vifs(const void *a_, const void *b_)
{
    const struct found_vif *a = a_, *b = b_;
    int order = strcmp(a->bridge, b->bridge);

    return order ? order : strcmp(a->device, b->device);
}

/* The rate is netback's. The script's flows go when ours come. */
static void
describe(struct store *store, struct found_vif *vif)
{
    const char *root = getenv("CABLE_VIF_ROOT");
    const struct facts_places places = { .root = root ? root : "", .file_wait_ms = FILE_WAIT_MS };
    struct xenvif_description description;
    struct error *error = facts_describe_device(store, &places, vif->device, &description);

    if (error) {
        vif->error = xstrdup(error->text);
        error_free(error);
        return;
    }
    vif->wish = (struct vif_wish) { .attach = true, .replaces = true, .replaced_cookie = XENVIF_OLD_COOKIE };
    vif_policy_clone(&vif->wish.policy, &description.policy);
    xenvif_description_destroy(&description);
}

/* A host on which no VM runs needs no xenstore. */
static struct error *
describe_all(struct found_vifs *found)
{
    struct store *store = NULL;
    struct error *error = NULL;

    for (size_t i = 0; !error && i < found->n; i++) {
        struct found_vif *vif = &found->list[i];

        if (!vif->done && !store) {
            error = store_open(&store);
        }
        if (!vif->done && !error) {
            describe(store, vif);
        }
    }
    store_close(store);
    return error;
}

struct error *
found_vifs_look(const struct switch_db *db, struct found_vifs *found)
{
    *found = (struct found_vifs) { .db = db };
    switch_db_for_each_bridge(db, look_at_bridge, found);
    if (found->n) {
        qsort(found->list, found->n, sizeof *found->list, compare_vifs);
    }
    return describe_all(found);
}

void
found_vifs_destroy(struct found_vifs *found)
{
    for (size_t i = 0; i < found->n; i++) {
        vif_policy_destroy(&found->list[i].wish.policy);
        free(found->list[i].error);
    }
    free(found->list);
}

static const char *
what_happens(const struct found_vif *vif)
{
    return vif->done ? "described already" : vif->error ? "cannot be described" : "is taken over";
}

static void
put_policy(struct row *row, const struct vif_policy *policy)
{
    char text[PREFIX6_TEXT_SIZE], mac[MAC_TEXT_SIZE];
    struct svec ipv4 = SVEC_EMPTY_INITIALIZER, ipv6 = SVEC_EMPTY_INITIALIZER;

    mac_format(&policy->mac, mac);
    for (size_t i = 0; i < policy->n_ipv4; i++) {
        prefix4_format(&policy->ipv4[i], text);
        svec_add(&ipv4, text);
    }
    for (size_t i = 0; i < policy->n_ipv6; i++) {
        prefix6_format(&policy->ipv6[i], text);
        svec_add(&ipv6, text);
    }
    row_put_text(row, "mode", vif_mode_name(policy->mode));
    row_put_text(row, "mac", mac);
    row_put_words(row, "ipv4", ipv4.names, ipv4.n);
    row_put_words(row, "ipv6", ipv6.names, ipv6.n);
    svec_destroy(&ipv4);
    svec_destroy(&ipv6);
}

static void
put_vif(struct row *row, const struct found_vif *vif)
{
    static const char *const unknown[] = { "mode", "mac", "ipv4", "ipv6" };

    row_put_text(row, "device", vif->device);
    row_put_text(row, "bridge", vif->bridge);
    row_put_integer(row, "ofport", vif->ofport);
    if (found_vif_is_new(vif)) {
        put_policy(row, &vif->wish.policy);
    }
    for (size_t i = 0; !found_vif_is_new(vif) && i < ARRAY_SIZE(unknown); i++) {
        row_put_null(row, unknown[i]);
    }
    row_put_text(row, "what", what_happens(vif));
    row_put_text(row, "error", vif->error);
}

/* What happens to a bridge. One that is secure already is not flushed. */
static void
put_bridge(const struct found_vifs *found, struct row *row, const char *name)
{
    struct switch_bridge bridge = { .fail_mode = NULL };
    int64_t n = 0;

    switch_db_bridge(found->db, name, &bridge);
    for (size_t i = 0; i < found->n; i++) {
        n += !strcmp(found->list[i].bridge, name) && !found->list[i].error;
    }
    row_put_text(row, "bridge", name);
    row_put_text(row, "fail_mode", bridge.fail_mode);
    row_put_integer(row, "vifs", n);
    row_put_text(row, "what", bridge.guarded ? "guarded already" : "is guarded");
}

void
found_vifs_put(const struct found_vifs *found, struct row *row)
{
    struct rows *bridges = row_put_rows(row, "bridges"), *vifs = row_put_rows(row, "vifs");

    for (size_t i = 0; i < found->n; i++) {
        if (!i || strcmp(found->list[i].bridge, found->list[i - 1].bridge)) {
            put_bridge(found, rows_add(bridges), found->list[i].bridge);
        }
        put_vif(rows_add(vifs), &found->list[i]);
    }
}
