/* SPDX-License-Identifier: Apache-2.0
 *
 * The input is external_ids and columns of a row, KEY=VALUE a line each: what is no key of vif/description.h but `vlan_mode`, `tag` or
 * `trunks` is the Port's.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <smap.h>
#include <util.h>

#include "base/limits.h"
#include "check.h"
#include "vif/description.h"
#include "vif/wish.h"

enum { TRUNKS_MAX = 128 };

struct row {
    struct smap keys;
    struct vif_port_vlans vlans;
    int64_t tag, trunks[TRUNKS_MAX];
};

static void
read_line(struct row *row, char *line)
{
    const char *key = strsep(&line, "=");

    if (!line) {
        return;
    } else if (!strcmp(key, "vlan_mode")) {
        row->vlans.mode = line;
    } else if (!strcmp(key, "tag")) {
        row->tag = atoi(line) & 4095;               /* the schema allows no other */
        row->vlans.tag = &row->tag;
    } else if (!strcmp(key, "trunks") && row->vlans.n_trunks < TRUNKS_MAX) {
        row->trunks[row->vlans.n_trunks++] = atoi(line) & 4095;
    } else {
        smap_replace(&row->keys, key, line);
    }
}

/* What was read can be put, and reads back the same: a VIF that is handed over is found again so. */
static void
check_wish(const struct vif_wish *wish, const struct vif_port_vlans *vlans)
{
    struct smap keys = SMAP_INITIALIZER(&keys);
    struct vif_wish again = { .mtu = 0 };

    check_policy(&wish->policy);
    ovs_assert(!wish->replaces || wish->replaced_cookie >> 48 != 0xf17e);
    vif_description_put(wish, &keys);
    ovs_assert(vif_description_is_there(&keys));
    ovs_assert(!vif_description_parse(&keys, vlans, &again));
    ovs_strlcpy(again.vm_uuid, wish->vm_uuid, sizeof again.vm_uuid);
    ovs_strlcpy(again.network.uuid, wish->network.uuid, sizeof again.network.uuid);
    ovs_assert(vif_wish_equals(wish, &again));
    vif_wish_destroy(&again);
    smap_destroy(&keys);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char *text = check_string(bytes, n), *rest = text, *line;
    struct row row = { .keys = SMAP_INITIALIZER(&row.keys), .vlans = { .trunks = row.trunks } };
    struct vif_wish wish = { .mtu = 0 };

    while ((line = strsep(&rest, "\n")) != NULL) {
        read_line(&row, line);
    }
    if (vif_description_is_there(&row.keys)) {
        struct error *error = vif_description_parse(&row.keys, &row.vlans, &wish);

        if (!error) {
            check_wish(&wish, &row.vlans);
            vif_wish_destroy(&wish);
        }
        check_error(error);
    }
    smap_destroy(&row.keys);
    free(text);
    return 0;
}
