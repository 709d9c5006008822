/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "sync/sync.h"

#include <stdlib.h>
#include <string.h>

#include <openvswitch/shash.h>
#include <openvswitch/vlog.h>
#include <smap.h>
#include <sset.h>
#include <util.h>

#include "directory/directory.h"
#include "switch/db.h"
#include "switch/identity.h"
#include "sync/bridge_identity.h"
#include "sync/interface_identity.h"
#include "sync/interfaces.h"

VLOG_DEFINE_THIS_MODULE(sync);

struct sync {
    struct directory *directory; /* NULL: nobody is followed */
    bool every;
    struct interfaces interfaces;
    struct sset bridges;        /* that are dirty */
    bool all_bridges;           /* all are */
    struct shash withheld;      /* of struct withheld by bridge */
};

/* Owned copies of struct sync_withheld. */
struct withheld {
    char *fail_mode, *in_band;
};

struct sync *
sync_create(void)
{
    struct sync *sync = xzalloc(sizeof *sync);

    interfaces_init(&sync->interfaces);
    sset_init(&sync->bridges);
    shash_init(&sync->withheld);
    return sync;
}

static void
forget_withheld(struct sync *sync, const char *bridge)
{
    struct withheld *withheld = shash_find_and_delete(&sync->withheld, bridge);

    if (withheld) {
        free(withheld->fail_mode);
        free(withheld->in_band);
        free(withheld);
    }
}

static void
forget_all_withheld(struct sync *sync)
{
    struct shash_node *node;

    SHASH_FOR_EACH_SAFE (node, &sync->withheld) {
        forget_withheld(sync, node->name);
    }
}

void
sync_destroy(struct sync *sync)
{
    if (sync) {
        directory_destroy(sync->directory);
        interfaces_destroy(&sync->interfaces);
        sset_destroy(&sync->bridges);
        forget_all_withheld(sync);
        shash_destroy(&sync->withheld);
        free(sync);
    }
}

static void
doubt_all(struct sync *sync)
{
    interfaces_mark_all(&sync->interfaces);
    sync->all_bridges = true;
}

void
sync_follow(struct sync *sync, struct directory *directory, bool every)
{
    directory_destroy(sync->directory);
    sync->directory = directory;
    sync->every = every;
    forget_all_withheld(sync);
    doubt_all(sync);
}

static void
directory_bridge_changed(const char *bridge, void *sync)
{
    sync_bridge_changed(sync, bridge);
}

static void
directory_vif_changed(const char *uuid, void *sync_)
{
    struct sync *sync = sync_;

    interfaces_mark_vif(&sync->interfaces, uuid);
}

static void
directory_vm_changed(const char *uuid, void *sync_)
{
    struct sync *sync = sync_;

    interfaces_mark_vm(&sync->interfaces, uuid);
}

static void
directory_pool_changed(void *sync_)
{
    struct sync *sync = sync_;

    sync->all_bridges = true;
}

static void
directory_all_changed(void *sync)
{
    doubt_all(sync);
}

void
sync_run(struct sync *sync)
{
    const struct directory_events events = {
        .bridge_changed = directory_bridge_changed,
        .vif_changed = directory_vif_changed,
        .vm_changed = directory_vm_changed,
        .pool_changed = directory_pool_changed,
        .all_changed = directory_all_changed,
        .aux = sync,
    };

    directory_run(sync->directory, &events);
}

void
sync_wait(struct sync *sync)
{
    directory_wait(sync->directory);
}

/* Whether the other of the pair is there decides about this one, and a tap has keys of its vif. */
static void
mark_partner(struct sync *sync, const char *name)
{
    char *partner = interface_partner(name);

    if (partner) {
        interfaces_mark(&sync->interfaces, partner);
        free(partner);
    }
}

void
sync_interface_changed(struct sync *sync, const struct switch_db *db, const char *name)
{
    if (switch_db_interface_ids(db, name)) {
        interfaces_add(&sync->interfaces, name);
        interfaces_mark(&sync->interfaces, name);
    } else {
        interfaces_remove(&sync->interfaces, name);
    }
    mark_partner(sync, name);
}

void
sync_bridge_changed(struct sync *sync, const char *bridge)
{
    sset_add(&sync->bridges, bridge);
}

static void
add_interface(const char *name, void *sync_)
{
    struct sync *sync = sync_;

    interfaces_add(&sync->interfaces, name);
}

static bool
is_gone(const char *name, void *db)
{
    return !switch_db_interface_ids(db, name);
}

void
sync_all_changed(struct sync *sync, const struct switch_db *db)
{
    interfaces_remove_if(&sync->interfaces, is_gone, CONST_CAST(struct switch_db *, db));
    switch_db_for_each_interface_name(db, add_interface, sync);
    doubt_all(sync);
}

static void
ask_vif(struct sync *sync, const char *uuid, struct identity_source *source)
{
    source->answer = directory_vif(sync->directory, uuid, &source->record);
}

static void
ask_vm(struct sync *sync, const char *uuid, struct identity_source *source)
{
    source->answer = directory_vm(sync->directory, uuid, &source->record);
}

static bool
same_text(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

static bool
is_news(const struct identity_value *value, const char *stands)
{
    return !value->keep && !same_text(value->text, stands);
}

static void
write_identity(struct switch_db *db, const struct interface_facts *facts, const struct interface_identity *identity)
{
    for (enum interface_key key = 0; key < N_INTERFACE_KEYS; key++) {
        const struct identity_value *value = &identity->values[key];

        if (is_news(value, smap_get(facts->ids, interface_key_name(key)))) {
            VLOG_DBG("interface %s: %s becomes %s", facts->name, interface_key_name(key), value->text ? value->text : "(nothing)");
            switch_db_set_interface_id(db, facts->name, interface_key_name(key), value->text);
        }
    }
}

/* Asks for what the interface carries, and remembers whom it was asked for. */
static void
ask_for_interface(struct sync *sync, struct interface *interface, const struct interface_facts *facts, struct interface_answers *answers)
{
    const char *vif = interface_vif(facts), *vm = interface_vm(facts);

    interfaces_set_uuids(&sync->interfaces, interface, vif, vm);
    if (interface_is_looked_up(facts->name)) {
        if (vif) {
            ask_vif(sync, vif, &answers->vif);
        }
        if (vm) {
            ask_vm(sync, vm, &answers->vm);
        }
    }
    interface->vif_is_new &= answers->vif.answer == DIRECTORY_UNREACHABLE;
    interface->vm_is_new &= answers->vm.answer == DIRECTORY_UNREACHABLE;
    answers->vif_is_new = interface->vif_is_new;
    answers->vm_is_new = interface->vm_is_new;
}

static const struct smap *
partner_ids(const struct sync *sync, const struct switch_db *db, const char *name)
{
    char *partner = interface_partner(name);
    const struct smap *ids = partner && interfaces_find(&sync->interfaces, partner) ? switch_db_interface_ids(db, partner) : NULL;

    free(partner);
    return ids;
}

static void
write_interface(struct sync *sync, struct switch_db *db, struct interface *interface)
{
    const struct interface_facts facts = {
        .name = interface->name,
        .ids = switch_db_interface_ids(db, interface->name),
        .partner = partner_ids(sync, db, interface->name),
        .every = sync->every,
    };
    struct interface_answers answers = { .vif.answer = DIRECTORY_UNKNOWN, .vm.answer = DIRECTORY_UNKNOWN };

    if (!facts.ids) {
        return;
    }
    if (!interface_is_in_scope(&facts)) {
        interfaces_set_uuids(&sync->interfaces, interface, NULL, NULL);
        return;
    }
    ask_for_interface(sync, interface, &facts, &answers);

    const struct interface_identity identity = interface_identity_decide(&facts, &answers);
    write_identity(db, &facts, &identity);
}

static void
note_withheld(struct sync *sync, const char *bridge, const struct bridge_identity *identity)
{
    forget_withheld(sync, bridge);
    if (identity->withheld_fail_mode || identity->withheld_in_band) {
        struct withheld *withheld = xmalloc(sizeof *withheld);

        withheld->fail_mode = nullable_xstrdup(identity->withheld_fail_mode);
        withheld->in_band = nullable_xstrdup(identity->withheld_in_band);
        shash_add(&sync->withheld, bridge, withheld);
    }
}

static void
write_bridge_columns(struct switch_db *db, const char *name, const struct switch_bridge_identity *row,
                     const struct bridge_identity *identity)
{
    if (is_news(&identity->fail_mode, row->fail_mode)) {
        switch_db_set_fail_mode(db, name, identity->fail_mode.text);
    }
    if (is_news(&identity->in_band, row->in_band)) {
        switch_db_set_in_band(db, name, identity->in_band.text);
    }
    if (is_news(&identity->id, smap_get(row->ids, "bridge-id"))) {
        switch_db_set_bridge_id(db, name, identity->id.text);
    }
}

static void
write_bridge(struct sync *sync, struct switch_db *db, const char *name)
{
    struct bridge_facts facts = { .network.answer = DIRECTORY_UNKNOWN, .pool.answer = DIRECTORY_UNKNOWN };
    struct switch_bridge_identity row;

    if (!switch_db_bridge_identity(db, name, &row)) {
        forget_withheld(sync, name);
        return;
    }
    facts.network_uuids = smap_get(row.ids, "xs-network-uuids");
    facts.guarded = row.guarded;
    if (!sync->every && !facts.network_uuids) {
        forget_withheld(sync, name);
        return;
    }
    facts.network.answer = directory_network(sync->directory, name, &facts.network.record);
    facts.pool.answer = directory_pool(sync->directory, &facts.pool.record);

    const struct bridge_identity identity = bridge_identity_decide(&facts);
    if (identity.strange_in_band) {
        static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(1, 1);

        VLOG_WARN_RL(&rl, "bridge %s: its network says '%s' under "DIRECTORY_NETWORK_IN_BAND": write true or false; it stays as it is",
                     name, identity.strange_in_band);
    }
    note_withheld(sync, name, &identity);
    write_bridge_columns(db, name, &row, &identity);
}

struct writing {
    struct sync *sync;
    struct switch_db *db;
};

static void
write_each_bridge(const char *name, void *writing_)
{
    const struct writing *writing = writing_;

    write_bridge(writing->sync, writing->db, name);
}

static void
write_bridges(struct sync *sync, struct switch_db *db)
{
    const char *name;

    if (sync->all_bridges) {
        struct writing writing = { sync, db };

        forget_all_withheld(sync);
        switch_db_for_each_bridge(db, write_each_bridge, &writing);
    } else {
        SSET_FOR_EACH (name, &sync->bridges) {
            write_bridge(sync, db, name);
        }
    }
    sset_clear(&sync->bridges);
    sync->all_bridges = false;
}

void
sync_write(struct sync *sync, struct switch_db *db)
{
    struct interface *interface;

    if (!sync->directory) {
        return;
    }
    write_bridges(sync, db);
    while ((interface = interfaces_pop(&sync->interfaces))) {
        write_interface(sync, db, interface);
    }
}

void
sync_flush(struct sync *sync)
{
    directory_flush(sync->directory);
    doubt_all(sync);
}

/* Without anybody to follow, a uuid is its own id. */
static const char *
first_id(const struct sync *sync, const char *interface, const char *uuid, const struct identity_source *source, const char *key)
{
    if (!sync->directory || !interface_is_looked_up(interface)) {
        return uuid;
    }
    if (source->answer == DIRECTORY_UNREACHABLE) {
        return NULL;
    }

    const char *override = identity_override(source, key);
    const char *id = override ? override : uuid;
    return identity_fits(id) ? id : NULL;
}

const char *
sync_iface_id(struct sync *sync, const char *interface, const char *vif)
{
    struct identity_source source;

    ask_vif(sync, vif, &source);
    return first_id(sync, interface, vif, &source, DIRECTORY_VIF_ID);
}

const char *
sync_vm_id(struct sync *sync, const char *interface, const char *vm)
{
    struct identity_source source;

    ask_vm(sync, vm, &source);
    return first_id(sync, interface, vm, &source, DIRECTORY_VM_ID);
}

bool
sync_status(const struct sync *sync, struct directory_status *status)
{
    if (sync->directory) {
        sync->directory->class->status(sync->directory, status);
    }
    return sync->directory;
}

bool
sync_follows_every(const struct sync *sync)
{
    return sync->every;
}

struct sync_withheld
sync_withheld(const struct sync *sync, const char *bridge)
{
    const struct withheld *withheld = shash_find_data(&sync->withheld, bridge);

    return withheld ? (struct sync_withheld) { withheld->fail_mode, withheld->in_band } : (struct sync_withheld) { NULL, NULL };
}
