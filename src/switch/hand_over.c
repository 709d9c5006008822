/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/hand_over.h"

#include <stdlib.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <smap.h>
#include <svec.h>
#include <util.h>

#include "base/error.h"
#include "base/nearest.h"
#include "base/quote.h"
#include "switch/db-private.h"
#include "switch/former.h"
#include "switch/management.h"
#include "switch/prefixes.h"
#include "switch/visit.h"

/* So many VIFs are named when they stand in the way. */
enum { NAMED_VIFS = 3 };

static void
offer(const char *bridge, void *nearest)
{
    nearest_offer(nearest, bridge);
}

static struct error *
no_bridge(const struct switch_db *db, const char *name)
{
    struct nearest nearest = NEAREST_INITIALIZER(name);
    const char *word;

    switch_db_for_each_bridge(db, offer, &nearest);
    word = nearest_word(&nearest);
    return error_new(ERROR_NOT_FOUND, "this host's switch has no bridge %s: %s%s%s", quote(name).text,
                     word ? "did you mean '" : "`ovs-vsctl list-br` lists them", word ? word : "", word ? "'?" : "");
}

struct guard {
    const char *bridge, *foreign_ports;
    bool changed;
};

static bool
set_mark(const struct switchrec_bridge *row, const char *key, const char *value)
{
    bool changes = value && strcmp(smap_get_def(&row->external_ids, key, ""), value);

    if (changes) {
        switchrec_bridge_update_external_ids_setkey(row, key, value);
    }
    return changes;
}

static struct error *
mark(struct switch_db *db, void *guard_)
{
    struct guard *guard = guard_;
    const struct switchrec_bridge *row = find_bridge(db, guard->bridge);

    if (!row) {
        return no_bridge(db, guard->bridge);
    }
    guard->changed = set_mark(row, "cabled-guard", "true");
    guard->changed |= set_mark(row, "cabled-foreign-ports", guard->foreign_ports);
    return NULL;
}

struct error *
hand_over_guard(struct visit *visit, const char *bridge, const char *foreign_ports, bool *changed)
{
    struct guard guard = { .bridge = bridge, .foreign_ports = foreign_ports };
    int64_t cfg;
    struct error *error = visit_commit(visit, mark, &guard, &cfg);

    *changed = guard.changed;
    return error;
}

static bool
is_port_of_vif(const struct switchrec_port *port)
{
    return smap_get(&port->external_ids, "cabled-vif") || smap_get_bool(&port->external_ids, "cabled-adopted", false);
}

static void
list_vifs(const struct switch_db *db, const struct switchrec_bridge *row, struct svec *names)
{
    for (size_t i = 0; i < row->n_ports; i++) {
        const struct switchrec_port *port = nth_port(db, row, i);

        if (port && is_port_of_vif(port)) {
            svec_add(names, port->name);
        }
    }
    svec_sort(names);
}

static struct error *
vifs_in_the_way(const char *bridge, const struct svec *vifs)
{
    struct ds text = DS_EMPTY_INITIALIZER;
    struct error *error;

    for (size_t i = 0; i < MIN(vifs->n, NAMED_VIFS); i++) {
        ds_put_format(&text, "%s%s", i ? ", " : "", vifs->names[i]);
    }
    if (vifs->n > NAMED_VIFS) {
        ds_put_format(&text, " and %"PRIuSIZE" more", vifs->n - NAMED_VIFS);
    }
    error = error_new(ERROR_IN_USE, "bridge %s has the ports of %"PRIuSIZE" VIF%s (%s), which would be without rules: `cable vif unplug` "
                      "takes one off, --unplug all of them", bridge, vifs->n, vifs->n == 1 ? "" : "s", ds_cstr(&text));
    ds_destroy(&text);
    return error;
}

static struct error *
refuse(const struct switchrec_bridge *row, const struct svec *vifs, const struct hand_back *back)
{
    const char *network = smap_get(&row->external_ids, "cabled-network");

    if (vifs->n && smap_get_bool(&row->external_ids, "cabled-taken-over", false)) {
        return error_new(ERROR_IN_USE, "bridge %s was taken over from the scripts of XenServer, with VIFs that would stand open: `cable host "
                         "takeover --back` gives it back to them", row->name);
    } else if (back->unplug) {
        return NULL;
    } else if (vifs->n) {
        return vifs_in_the_way(row->name, vifs);
    } else if (network) {
        return error_new(ERROR_IN_USE, "bridge %s was made by Cabled for network %s: destroy the network, or give it another bridge with "
                         "`cable network set`; --unplug takes this one from it all the same", row->name, network);
    }
    return NULL;
}

static enum hand_back_from
come_from(const struct switchrec_bridge *row)
{
    if (smap_get_bool(&row->external_ids, "cabled-guard", false) || smap_get(&row->external_ids, "cabled-network")
        || former_is_known(row)) {
        return HAND_BACK_GUARDED;
    }
    return smap_get(&row->external_ids, "cabled-guard") ? HAND_BACK_DONE : HAND_BACK_UNGUARDED;
}

/* A port that somebody else made and that its row describes stays, and is his. */
static void
take_off(const struct switchrec_bridge *row, const struct switchrec_port *port)
{
    if (port_is_its_describers(port)) {
        release_port(port);
    } else {
        switchrec_bridge_update_ports_delvalue(row, port->header_.uuid);
    }
}

static void
take_off_ports(const struct switch_db *db, const struct switchrec_bridge *row, const struct svec *names)
{
    for (size_t i = 0; i < row->n_ports; i++) {
        const struct switchrec_port *port = nth_port(db, row, i);

        if (port && svec_contains(names, port->name)) {
            take_off(row, port);
        }
    }
}

/* From the moment on that this is written the agent lets go of the bridge: whatever it had prepared for it is refused, because the row has
 * changed, and a port that it added before is among those that go. */
static void
write_let_go(struct switch_db *db, const struct switchrec_bridge *row, const struct svec *vifs, const struct hand_back *back)
{
    switchrec_bridge_verify_ports(row);
    switchrec_bridge_verify_external_ids(row);
    if (back->from == HAND_BACK_GUARDED) {
        former_note_defaults(row);
        speak_openflow14(row);  /* for management_clear() */
    }
    switchrec_bridge_update_external_ids_setkey(row, "cabled-guard", "false");
    take_off_ports(db, row, vifs);
    db->bump_next_cfg = true;
}

static struct error *
let_go(struct switch_db *db, void *back_)
{
    struct hand_back *back = back_;
    const struct switchrec_bridge *row = find_bridge(db, back->bridge);
    struct svec vifs = SVEC_EMPTY_INITIALIZER;
    struct error *error;

    if (!row) {
        return no_bridge(db, back->bridge);
    }
    list_vifs(db, row, &vifs);
    error = refuse(row, &vifs, back);
    if (!error) {
        back->from = come_from(row);
        back->n_unplugged = vifs.n;
        write_let_go(db, row, &vifs, back);
    }
    svec_destroy(&vifs);
    return error;
}

static struct error *
restore_mode(struct switch_db *db, void *back_)
{
    const struct hand_back *back = back_;
    const struct switchrec_bridge *row = find_bridge(db, back->bridge);

    if (row) {
        former_restore_mode(row);
        db->bump_next_cfg = true;
    }
    return NULL;
}

static struct error *
restore_rest(struct switch_db *db, void *back_)
{
    const struct hand_back *back = back_;
    const struct switchrec_bridge *row = find_bridge(db, back->bridge);

    if (row) {
        former_restore_protocols(row);
        former_forget(row);
        prefixes_forget(row);
        switchrec_bridge_update_external_ids_delkey(row, "cabled-foreign-ports");
        switchrec_bridge_update_external_ids_delkey(row, "cabled-taken-over");
        if (smap_get(&row->external_ids, "cabled-network")) {
            switchrec_bridge_update_external_ids_delkey(row, "cabled-network");
            switchrec_bridge_update_external_ids_delkey(row, "xs-network-uuids");
        }
        db->bump_next_cfg = true;
    }
    return NULL;
}

/* Sees to it that ovs-vswitchd, if it runs, has carried out what was committed. */
static struct error *
await(struct visit *visit, struct hand_back *back, int64_t cfg)
{
    back->switch_runs = management_is_there(back->bridge);
    return back->switch_runs ? visit_await(visit, cfg) : NULL;
}

static struct error *
commit(struct visit *visit, visit_change *change, struct hand_back *back)
{
    int64_t cfg;
    struct error *error = visit_commit(visit, change, back, &cfg);

    return error ? error : await(visit, back, cfg);
}

static struct error *
half_way(struct error *error, const char *bridge)
{
    return error ? error_prefix(error, "bridge %s is given back only in part (it has no VIFs any more, and the agent lets it alone): the "
                                "same command goes on from here", bridge)
                 : NULL;
}

/* Our flows go when the bridge forwards without them, unless it was secure before as well: then the others' are all that it ever had.
 * `protocols` comes last, because OpenFlow 1.4 may not be among them. */
static struct error *
restore(struct visit *visit, struct hand_back *back)
{
    struct error *error = commit(visit, restore_mode, back);

    if (!error && back->switch_runs) {
        error = management_clear(back->bridge, visit->deadline);
    }
    return error ? error : commit(visit, restore_rest, back);
}

struct error *
hand_over_unguard(struct visit *visit, struct hand_back *back)
{
    int64_t cfg;
    struct error *error = visit_commit(visit, let_go, back, &cfg);

    if (error) {
        return error;
    }
    error = await(visit, back, cfg);
    if (!error && back->from == HAND_BACK_GUARDED) {
        error = restore(visit, back);
    }
    return half_way(error, back->bridge);
}
