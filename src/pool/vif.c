/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "pool/vif.h"

#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "base/error.h"
#include "base/quote.h"
#include "pool/host.h"
#include "pool/lookup.h"
#include "pool/replica.h"
#include "vif/policy.h"
#include "vif/rate.h"

/* The VIF with the device 'word' on the host with uuid 'here'. */
static const struct poolrec_vif *
vif_here(struct pool *pool, const char *word, const struct uuid *here)
{
    const struct poolrec_vif *vif;

    POOLREC_VIF_FOR_EACH (vif, pool_idl(pool)) {
        if (vif->host && uuid_equals(&vif->host->header_.uuid, here) && !strcmp(vif->interface, word)) {
            return vif;
        }
    }
    return NULL;
}

struct error *
pool_vif_find(struct pool *pool, const char *word, const struct uuid *here, const struct poolrec_vif **vif)
{
    const struct ovsdb_idl_row *row;
    struct pool_lookup lookup;
    const struct poolrec_vif *v;
    struct error *error;

    *vif = here ? vif_here(pool, word, here) : NULL;
    if (*vif) {
        return NULL;
    }
    pool_lookup_init(&lookup, "VIF", word, "`cable vif list` shows the VIFs, `cable vif create` makes one");
    POOLREC_VIF_FOR_EACH (v, pool_idl(pool)) {
        pool_lookup_offer(&lookup, &v->header_, v->interface, v->host ? pool_host_name(v->host) : NULL);
    }
    error = pool_lookup_finish(&lookup, &row);
    *vif = error ? NULL : poolrec_vif_get_for_uuid(pool_idl(pool), &row->uuid);
    return error;
}

const struct poolrec_vif *
pool_vif_with_device(struct pool *pool, const char *name)
{
    const struct poolrec_vif *vif;

    POOLREC_VIF_FOR_EACH (vif, pool_idl(pool)) {
        if (!strcmp(vif->interface, name)) {
            return vif;
        }
    }
    return NULL;
}

bool
pool_vif_has_auto_lla(const struct poolrec_vif *vif)
{
    return smap_get_bool(&vif->other_config, POOL_VIF_AUTO_LLA_KEY, true);
}

/* The database's sets as NULL-terminated lists. */
static const char **
words_list(char **set, size_t n)
{
    const char **list = xcalloc(n + 1, sizeof *list);

    for (size_t i = 0; i < n; i++) {
        list[i] = set[i];
    }
    return list;
}

struct error *
pool_vif_policy(const struct poolrec_vif *vif, struct vif_policy *policy)
{
    const char **ipv4 = words_list(vif->ipv4_allowed, vif->n_ipv4_allowed);
    const char **ipv6 = words_list(vif->ipv6_allowed, vif->n_ipv6_allowed);
    struct vif_policy_words words = {
        .mode = vif->locking_mode,
        .network_default = vif->network ? vif->network->default_locking_mode : NULL,
        .mac = vif->MAC,
        .ipv4 = ipv4,
        .ipv6 = ipv6,
        .auto_lla = pool_vif_has_auto_lla(vif),
        .vlans = vif->trunks,
        .n_vlans = vif->n_trunks,
    };
    struct error *error = vif_policy_parse(&words, policy);

    free(ipv4);
    free(ipv6);
    return error;
}

struct error *
pool_vif_rate(const struct poolrec_vif *vif, struct vif_rate *rate)
{
    return vif_rate_parse(&(struct vif_rate_words) {
        .algorithm = vif->qos_algorithm_type,
        .kbps = smap_get(&vif->qos_algorithm_params, POOL_VIF_RATE_KEY),
        .burst = smap_get(&vif->qos_algorithm_params, POOL_VIF_BURST_KEY),
    }, rate);
}

/* The database takes a change of a row that has just been removed, and does nothing. What is verified makes it refuse. */
void
pool_vif_attach(const struct poolrec_vif *vif, bool attached)
{
    poolrec_vif_verify_interface(vif);
    poolrec_vif_set_currently_attached(vif, attached);
}

void
pool_vif_destroy(const struct poolrec_vif *vif)
{
    poolrec_vif_verify_interface(vif);
    poolrec_vif_delete(vif);
}

enum { NAMES_SHOWN = 8 };

void
pool_vif_names_add(struct pool_vif_names *names, const struct poolrec_vif *vif)
{
    if (names->n++ < NAMES_SHOWN) {
        ds_put_format(&names->text, "%s%s", names->n > 1 ? ", " : "", vif->interface);
    }
}

char *
pool_vif_names_finish(struct pool_vif_names *names)
{
    if (names->n > NAMES_SHOWN) {
        ds_put_format(&names->text, " and %"PRIuSIZE" more", names->n - NAMES_SHOWN);
    }
    return ds_steal_cstr(&names->text);
}
