/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "directory/pool.h"

#include <stdlib.h>
#include <string.h>

#include <hash.h>
#include <openvswitch/hmap.h>
#include <ovsdb-idl.h>
#include <sset.h>
#include <timeval.h>
#include <util.h>
#include <uuid.h>

#include "directory/directory.h"
#include "pool/replica.h"

/* A network and the bridge that it has, or had when it was looked at last: the replica tells of a change, and not of what was before. */
struct known_network {
    struct hmap_node by_uuid, by_bridge;
    struct uuid uuid;
    char text[UUID_LEN + 1];
    char *bridge;
};

struct directory_of_pool {
    struct directory up;
    struct pool *pool;
    char *toolstack;
    struct hmap networks, networks_by_bridge; /* of struct known_network */
    struct sset bridges, vifs, vms; /* to be told of in the next run */
    bool pools, all;            /* likewise */
    bool was_synced, is_reachable;
    long long int since_msec;
    char pool_text[UUID_LEN + 1];
};

static struct directory_of_pool *
cast(const struct directory *directory)
{
    return CONTAINER_OF(directory, struct directory_of_pool, up);
}

static struct ovsdb_idl *
idl(const struct directory_of_pool *directory)
{
    return pool_idl(directory->pool);
}

static struct known_network *
find_known(const struct directory_of_pool *directory, const struct uuid *uuid)
{
    struct known_network *known;

    HMAP_FOR_EACH_WITH_HASH (known, by_uuid, uuid_hash(uuid), &directory->networks) {
        if (uuid_equals(&known->uuid, uuid)) {
            return known;
        }
    }
    return NULL;
}

static void
forget_network(struct directory_of_pool *directory, struct known_network *known)
{
    hmap_remove(&directory->networks, &known->by_uuid);
    hmap_remove(&directory->networks_by_bridge, &known->by_bridge);
    free(known->bridge);
    free(known);
}

static void
know_network(struct directory_of_pool *directory, const struct poolrec_network *row)
{
    struct known_network *known = xmalloc(sizeof *known);

    known->uuid = row->header_.uuid;
    snprintf(known->text, sizeof known->text, UUID_FMT, UUID_ARGS(&known->uuid));
    known->bridge = xstrdup(row->bridge);
    hmap_insert(&directory->networks, &known->by_uuid, uuid_hash(&known->uuid));
    hmap_insert(&directory->networks_by_bridge, &known->by_bridge, hash_string(row->bridge, 0));
}

static void
note_network(struct directory_of_pool *directory, const struct poolrec_network *row)
{
    struct known_network *known = find_known(directory, &row->header_.uuid);

    if (known) {
        sset_add(&directory->bridges, known->bridge);
        forget_network(directory, known);
    }
    if (!poolrec_network_is_deleted(row)) {
        sset_add(&directory->bridges, row->bridge);
        know_network(directory, row);
    }
}

static void
note_networks_anew(struct directory_of_pool *directory)
{
    struct known_network *known;
    const struct poolrec_network *row;

    HMAP_FOR_EACH_SAFE (known, by_uuid, &directory->networks) {
        forget_network(directory, known);
    }
    POOLREC_NETWORK_FOR_EACH (row, idl(directory)) {
        know_network(directory, row);
    }
}

static void
note_networks(struct directory_of_pool *directory)
{
    const struct poolrec_network *row;

    POOLREC_NETWORK_FOR_EACH_TRACKED (row, idl(directory)) {
        if (poolrec_network_is_new(row) || poolrec_network_is_deleted(row)
            || poolrec_network_is_updated(row, POOLREC_NETWORK_COL_BRIDGE) || poolrec_network_is_updated(row, POOLREC_NETWORK_COL_VLAN)
            || poolrec_network_is_updated(row, POOLREC_NETWORK_COL_OTHER_CONFIG)) {
            note_network(directory, row);
        }
    }
}

static void
note_uuid(struct sset *set, const struct uuid *uuid)
{
    char text[UUID_LEN + 1];

    snprintf(text, sizeof text, UUID_FMT, UUID_ARGS(uuid));
    sset_add(set, text);
}

/* The agent's own reports change rows of VIFs all the time: only what is answered from counts. */
static void
note_vifs_and_vms(struct directory_of_pool *directory)
{
    const struct poolrec_vif *vif;
    const struct poolrec_vm *vm;

    POOLREC_VIF_FOR_EACH_TRACKED (vif, idl(directory)) {
        if (poolrec_vif_is_new(vif) || poolrec_vif_is_deleted(vif) || poolrec_vif_is_updated(vif, POOLREC_VIF_COL_OTHER_CONFIG)) {
            note_uuid(&directory->vifs, &vif->header_.uuid);
        }
    }
    POOLREC_VM_FOR_EACH_TRACKED (vm, idl(directory)) {
        if (poolrec_vm_is_new(vm) || poolrec_vm_is_deleted(vm) || poolrec_vm_is_updated(vm, POOLREC_VM_COL_OTHER_CONFIG)) {
            note_uuid(&directory->vms, &vm->header_.uuid);
        }
    }
}

static void
note_all(struct directory_of_pool *directory)
{
    note_networks_anew(directory);
    directory->was_synced = true;
    directory->all = true;
}

void
directory_pool_note(struct directory *directory_, bool anew)
{
    struct directory_of_pool *directory = cast(directory_);

    if (!pool_is_synced(directory->pool)) {
        return;
    }
    if (anew || !directory->was_synced) {
        note_all(directory);
        return;
    }
    note_networks(directory);
    note_vifs_and_vms(directory);
    directory->pools |= poolrec_pool_track_get_first(idl(directory)) != NULL;
}

static void
note_reachability(struct directory_of_pool *directory)
{
    const bool now = pool_is_synced(directory->pool) && pool_is_connected(directory->pool);

    if (now != directory->is_reachable) {
        directory->is_reachable = now;
        directory->since_msec = time_wall_msec();
    }
}

static void
tell_each(struct sset *names, void (*tell)(const char *name, void *aux), void *aux)
{
    const char *name;

    SSET_FOR_EACH (name, names) {
        tell(name, aux);
    }
}

static void
directory_of_pool_run(struct directory *directory_, const struct directory_events *events)
{
    struct directory_of_pool *directory = cast(directory_);

    note_reachability(directory);
    if (directory->all) {
        events->all_changed(events->aux);
    } else {
        tell_each(&directory->bridges, events->bridge_changed, events->aux);
        tell_each(&directory->vifs, events->vif_changed, events->aux);
        tell_each(&directory->vms, events->vm_changed, events->aux);
        if (directory->pools) {
            events->pool_changed(events->aux);
        }
    }
    sset_clear(&directory->bridges);
    sset_clear(&directory->vifs);
    sset_clear(&directory->vms);
    directory->pools = directory->all = false;
}

/* Whoever keeps the replica waits for it. */
static void
directory_of_pool_wait(struct directory *directory OVS_UNUSED)
{
}

static void
directory_of_pool_destroy(struct directory *directory_)
{
    struct directory_of_pool *directory = cast(directory_);
    struct known_network *known;

    HMAP_FOR_EACH_SAFE (known, by_uuid, &directory->networks) {
        forget_network(directory, known);
    }
    hmap_destroy(&directory->networks);
    hmap_destroy(&directory->networks_by_bridge);
    sset_destroy(&directory->bridges);
    sset_destroy(&directory->vifs);
    sset_destroy(&directory->vms);
    free(directory->toolstack);
    free(directory);
}

static int
vlan_of(const struct poolrec_network *row)
{
    return row->n_vlan ? row->vlan[0] : 0;
}

static bool
goes_before(const struct poolrec_network *row, const struct poolrec_network *best)
{
    if (!vlan_of(row) != !vlan_of(best)) {
        return !vlan_of(row);
    }
    return uuid_compare_3way(&row->header_.uuid, &best->header_.uuid) < 0;
}

static enum directory_answer
directory_of_pool_network(struct directory *directory_, const char *bridge, struct directory_record *record)
{
    const struct directory_of_pool *directory = cast(directory_);
    const struct poolrec_network *best = NULL;
    const struct known_network *known;

    HMAP_FOR_EACH_WITH_HASH (known, by_bridge, hash_string(bridge, 0), &directory->networks_by_bridge) {
        const struct poolrec_network *row = poolrec_network_get_for_uuid(idl(directory), &known->uuid);

        if (row && !strcmp(known->bridge, bridge) && (!best || goes_before(row, best))) {
            best = row;
            *record = (struct directory_record) { known->text, &row->other_config };
        }
    }
    return best ? DIRECTORY_KNOWN : directory->was_synced ? DIRECTORY_UNKNOWN : DIRECTORY_UNREACHABLE;
}

static enum directory_answer
directory_of_pool_pool(struct directory *directory_, struct directory_record *record)
{
    struct directory_of_pool *directory = cast(directory_);
    const struct poolrec_pool *row = poolrec_pool_first(idl(directory));

    if (!directory->was_synced) {
        return DIRECTORY_UNREACHABLE;
    }
    if (!row || poolrec_pool_next(row)) {
        return DIRECTORY_UNKNOWN;
    }
    snprintf(directory->pool_text, sizeof directory->pool_text, UUID_FMT, UUID_ARGS(&row->header_.uuid));
    *record = (struct directory_record) { directory->pool_text, &row->other_config };
    return DIRECTORY_KNOWN;
}

/* 'other_config' NULL: there is no row. */
static enum directory_answer
answer(const struct directory_of_pool *directory, const char *uuid, const struct smap *other_config, struct directory_record *record)
{
    if (!directory->was_synced) {
        return DIRECTORY_UNREACHABLE;
    }
    if (!other_config) {
        return DIRECTORY_UNKNOWN;
    }
    *record = (struct directory_record) { uuid, other_config };
    return DIRECTORY_KNOWN;
}

static enum directory_answer
directory_of_pool_vif(struct directory *directory_, const char *text, struct directory_record *record)
{
    const struct directory_of_pool *directory = cast(directory_);
    struct uuid uuid;

    if (!uuid_from_string(&uuid, text)) {
        return DIRECTORY_UNKNOWN;
    }
    const struct poolrec_vif *row = poolrec_vif_get_for_uuid(idl(directory), &uuid);
    return answer(directory, text, row ? &row->other_config : NULL, record);
}

static enum directory_answer
directory_of_pool_vm(struct directory *directory_, const char *text, struct directory_record *record)
{
    const struct directory_of_pool *directory = cast(directory_);
    struct uuid uuid;

    if (!uuid_from_string(&uuid, text)) {
        return DIRECTORY_UNKNOWN;
    }
    const struct poolrec_vm *row = poolrec_vm_get_for_uuid(idl(directory), &uuid);
    return answer(directory, text, row ? &row->other_config : NULL, record);
}

static void
directory_of_pool_flush(struct directory *directory)
{
    cast(directory)->all = true;
}

static void
directory_of_pool_status(const struct directory *directory_, struct directory_status *status)
{
    const struct directory_of_pool *directory = cast(directory_);

    *status = (struct directory_status) {
        .toolstack = directory->toolstack,
        .is_reachable = directory->is_reachable,
        .since_msec = directory->since_msec,
        .error = directory->is_reachable ? NULL : "it does not answer",
    };
}

static const struct directory_class directory_of_pool_class = {
    .name = "pool",
    .destroy = directory_of_pool_destroy,
    .run = directory_of_pool_run,
    .wait = directory_of_pool_wait,
    .network = directory_of_pool_network,
    .pool = directory_of_pool_pool,
    .vif = directory_of_pool_vif,
    .vm = directory_of_pool_vm,
    .flush = directory_of_pool_flush,
    .status = directory_of_pool_status,
};

struct directory *
directory_pool_open(struct pool *pool, const char *remote)
{
    struct directory_of_pool *directory = xzalloc(sizeof *directory);

    directory->up.class = &directory_of_pool_class;
    directory->pool = pool;
    directory->toolstack = xasprintf("pool database at %s", remote);
    hmap_init(&directory->networks);
    hmap_init(&directory->networks_by_bridge);
    sset_init(&directory->bridges);
    sset_init(&directory->vifs);
    sset_init(&directory->vms);
    if (pool_is_synced(pool)) {
        note_all(directory);
    }
    return &directory->up;
}
