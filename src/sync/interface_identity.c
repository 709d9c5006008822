/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "sync/interface_identity.h"

#include <string.h>

#include <smap.h>
#include <util.h>

static const char *const key_names[N_INTERFACE_KEYS] = {
    [INTERFACE_ATTACHED_MAC] = "attached-mac",
    [INTERFACE_NETWORK_UUID] = "xs-network-uuid",
    [INTERFACE_VIF_UUID] = "xs-vif-uuid",
    [INTERFACE_VM_UUID] = "xs-vm-uuid",
    [INTERFACE_IFACE_ID] = "iface-id",
    [INTERFACE_VM_ID] = "vm-id",
    [INTERFACE_IFACE_STATUS] = "iface-status",
};

const char *
interface_key_name(enum interface_key key)
{
    return key_names[key];
}

static bool
is_vif(const char *name)
{
    return !strncmp(name, "vif", 3);
}

static bool
is_tap(const char *name)
{
    return !strncmp(name, "tap", 3);
}

bool
interface_is_looked_up(const char *name)
{
    return is_vif(name) || is_tap(name);
}

char *
interface_partner(const char *name)
{
    return interface_is_looked_up(name) ? xasprintf("%s%s", is_vif(name) ? "tap" : "vif", name + 3) : NULL;
}

static bool
is_tap_of_vif(const struct interface_facts *facts)
{
    return is_tap(facts->name) && facts->partner;
}

static bool
is_described(const struct interface_facts *facts)
{
    return smap_get(facts->ids, "cabled-vif");
}

bool
interface_is_in_scope(const struct interface_facts *facts)
{
    const char *key = key_names[INTERFACE_VIF_UUID];

    return facts->every || smap_get(facts->ids, key) || (is_tap_of_vif(facts) && smap_get(facts->partner, key));
}

/* What a key that taps have of their vifs is to be. */
static struct identity_value
decide_copy(const struct interface_facts *facts, enum interface_key key)
{
    if (!is_tap_of_vif(facts)) {
        return identity_keep();
    }

    const char *of_vif = smap_get(facts->partner, key_names[key]);
    const bool stays = is_described(facts) && (!of_vif || smap_get(facts->ids, key_names[key]));
    return stays ? identity_keep() : identity_set(of_vif);
}

static const char *
uuid_to_be(const struct interface_facts *facts, enum interface_key key)
{
    const struct identity_value copy = decide_copy(facts, key);
    const char *uuid = copy.keep ? smap_get(facts->ids, key_names[key]) : copy.text;

    return uuid && uuid[0] ? uuid : NULL;
}

const char *
interface_vif(const struct interface_facts *facts)
{
    return uuid_to_be(facts, INTERFACE_VIF_UUID);
}

const char *
interface_vm(const struct interface_facts *facts)
{
    return uuid_to_be(facts, INTERFACE_VM_UUID);
}

static struct identity_value
decide_id(const char *name, const char *uuid, bool uuid_is_new, const struct identity_source *source, const char *override_key)
{
    const char *id = uuid;

    if (uuid && interface_is_looked_up(name)) {
        if (source->answer == DIRECTORY_UNREACHABLE) {
            return uuid_is_new ? identity_set(NULL) : identity_keep();
        }
        const char *override = identity_override(source, override_key);
        id = override ? override : uuid;
    }
    return id && !identity_fits(id) ? identity_keep() : identity_set(id);
}

static struct identity_value
decide_status(const struct interface_facts *facts)
{
    if (is_vif(facts->name)) {
        return identity_set(facts->partner ? "inactive" : "active");
    }
    if (is_tap_of_vif(facts)) {
        return identity_set("active");
    }
    /* Whoever wires a tap on a host without XAPI has said what it is; and what has another name is not the toolstack's there. */
    return !facts->every && (is_described(facts) || !interface_is_looked_up(facts->name)) ? identity_keep() : identity_set(NULL);
}

struct interface_identity
interface_identity_decide(const struct interface_facts *facts, const struct interface_answers *answers)
{
    struct interface_identity identity;

    for (enum interface_key key = 0; key <= INTERFACE_VM_UUID; key++) {
        identity.values[key] = decide_copy(facts, key);
    }
    identity.values[INTERFACE_IFACE_ID] = decide_id(facts->name, interface_vif(facts), answers->vif_is_new, &answers->vif,
                                                    DIRECTORY_VIF_ID);
    identity.values[INTERFACE_VM_ID] = decide_id(facts->name, interface_vm(facts), answers->vm_is_new, &answers->vm, DIRECTORY_VM_ID);
    identity.values[INTERFACE_IFACE_STATUS] = decide_status(facts);
    return identity;
}
