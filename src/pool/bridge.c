/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "pool/bridge.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <util.h>

#include "base/error.h"
#include "base/quote.h"
#include "pool/network.h"
#include "pool/replica.h"
#include "pool/vif.h"

const struct poolrec_network *
network_sharer(struct pool *pool, const struct poolrec_network *self, const char *bridge)
{
    const struct poolrec_network *other;

    POOLREC_NETWORK_FOR_EACH (other, pool_idl(pool)) {
        if (other != self && !strcmp(other->bridge, bridge)) {
            return other;
        }
    }
    return NULL;
}

/* Names that udev gives to the backends of guests. A bridge of such a name would be taken for a VIF. */
static bool
is_backend_name(const char *name)
{
    unsigned int domid, devid;
    int n = 0;

    return (sscanf(name, "vif%u.%u%n", &domid, &devid, &n) == 2 || sscanf(name, "tap%u.%u%n", &domid, &devid, &n) == 2)
        && !name[n];
}

struct error *
network_place_check_bridge(struct pool *pool, const struct network_place *place)
{
    const struct poolrec_network *other;
    struct error *error = device_name_check("bridge", place->bridge);

    if (error) {
        return error;
    } else if (is_backend_name(place->bridge)) {
        return error_new(ERROR_INVALID, "bridge name %s has the form of a guest's device: choose another one",
                         quote(place->bridge).text);
    }
    other = pool_network_with_uplink(pool, place->bridge);
    if (other) {
        return error_new(ERROR_EXISTS, "bridge %s has the name of the uplink of network %s: choose another one",
                         quote(place->bridge).text, quote(other->name_label).text);
    } else if (pool_vif_with_device(pool, place->bridge)) {
        return error_new(ERROR_EXISTS, "bridge %s has the name of a VIF's device: choose another one",
                         quote(place->bridge).text);
    }
    return NULL;
}

/* A network that has 'uplink' in another bridge than 'bridge'. */
static const struct poolrec_network *
uplink_elsewhere(struct pool *pool, const struct poolrec_network *self, const char *uplink, const char *bridge)
{
    const struct poolrec_network *other;

    POOLREC_NETWORK_FOR_EACH (other, pool_idl(pool)) {
        if (other != self && other->uplink && !strcmp(other->uplink, uplink) && strcmp(other->bridge, bridge)) {
            return other;
        }
    }
    return NULL;
}

struct error *
network_place_check_uplink(struct pool *pool, const struct poolrec_network *self, const struct network_place *place)
{
    const char *uplink = place->uplink;
    const struct poolrec_network *other;
    struct error *error = *uplink ? device_name_check("uplink", uplink) : NULL;

    if (error || !*uplink) {
        return error;
    }
    other = uplink_elsewhere(pool, self, uplink, place->bridge);
    if (other) {
        return error_new(ERROR_EXISTS,
                         "uplink %s belongs to network %s already: a device can be in one bridge only; choose another "
                         "one, or share bridge %s with --bridge and --vlan",
                         quote(uplink).text, quote(other->name_label).text, quote(other->bridge).text);
    } else if (!strcmp(uplink, place->bridge) || pool_network_with_bridge(pool, uplink)) {
        return error_new(ERROR_INVALID, "uplink %s is a network's bridge: give the device that leads out of the host, like eth1",
                         quote(uplink).text);
    } else if (pool_vif_with_device(pool, uplink)) {
        return error_new(ERROR_INVALID, "uplink %s is a VIF's device: give the device that leads out of the host, like eth1",
                         quote(uplink).text);
    }
    return NULL;
}

static struct error *
refuse_double(const struct poolrec_network *self, const struct poolrec_network *other, const struct network_place *place)
{
    if (place->vlan) {
        return error_new(ERROR_EXISTS, "VLAN %"PRId64" of bridge %s belongs to network %s already: choose another VLAN or bridge",
                         place->vlan, quote(place->bridge).text, quote(other->name_label).text);
    }
    return error_new(ERROR_EXISTS,
                     "bridge %s belongs to network %s already: choose another one, share it by giving a VLAN with --vlan%s",
                     quote(place->bridge).text, quote(other->name_label).text,
                     self ? "" : ", or leave --bridge out to get the next free xapi<N>");
}

static struct error *
check_agreement(const struct poolrec_network *other, const struct network_place *place)
{
    const char *uplink = other->uplink ? other->uplink : "";

    if (strcmp(uplink, place->uplink)) {
        return error_new(ERROR_IN_USE,
                         "networks that share a bridge share its uplink, but on bridge %s network %s has %s and this one %s: say "
                         "the same with --uplink, or choose another bridge",
                         quote(place->bridge).text, quote(other->name_label).text, *uplink ? quote(uplink).text : "none",
                         *place->uplink ? quote(place->uplink).text : "none");
    } else if (other->managed != place->managed) {
        return error_new(ERROR_IN_USE,
                         "networks that share a bridge are all managed or all unmanaged, but on bridge %s network %s is %s and "
                         "this one is not: say the same of both, or choose another bridge",
                         quote(place->bridge).text, quote(other->name_label).text, other->managed ? "managed" : "unmanaged");
    }
    return NULL;
}

struct error *
network_place_check_sharing(struct pool *pool, const struct poolrec_network *self, const struct network_place *place)
{
    const struct poolrec_network *other;

    POOLREC_NETWORK_FOR_EACH (other, pool_idl(pool)) {
        if (other != self && !strcmp(other->bridge, place->bridge)) {
            struct error *error = (other->n_vlan ? other->vlan[0] : 0) == place->vlan
                ? refuse_double(self, other, place) : check_agreement(other, place);

            if (error) {
                return error;
            }
            poolrec_network_verify_bridge(other);
            poolrec_network_verify_uplink(other);
            poolrec_network_verify_managed(other);
        }
    }
    return NULL;
}

struct error *
pool_network_check_sharing(struct pool *pool, const struct poolrec_network *network)
{
    const struct network_place place = {
        .bridge = network->bridge, .uplink = network->uplink ? network->uplink : "", .managed = network->managed,
    };
    const struct poolrec_network *other;
    struct error *error = NULL;

    POOLREC_NETWORK_FOR_EACH (other, pool_idl(pool)) {
        if (!error && other != network && !strcmp(other->bridge, network->bridge)) {
            error = check_agreement(other, &place);
        }
    }
    return error ? error_prefix(error, "network %s", quote(network->name_label).text) : NULL;
}

void
network_place_next_free_bridge(struct pool *pool, char bridge[DEVICE_NAME_SIZE])
{
    unsigned int n = 0;

    do {
        snprintf(bridge, DEVICE_NAME_SIZE, "xapi%u", n++);
    } while (pool_network_with_bridge(pool, bridge) || pool_network_with_uplink(pool, bridge)
             || pool_vif_with_device(pool, bridge));
}
