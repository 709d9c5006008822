/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "source/told.h"

#include <stdlib.h>

#include <openvswitch/shash.h>
#include <sset.h>
#include <util.h>

#include "source/source.h"
#include "vif/wish.h"

struct told_vif {
    struct vif_wish *wish;
    struct source_report report; /* owns its strings; without the uuid. 'state' is NULL: none yet */
};

struct told {
    struct shash vifs;          /* of struct told_vif by uuid */
};

struct told *
told_create(void)
{
    struct told *told = xmalloc(sizeof *told);

    shash_init(&told->vifs);
    return told;
}

static void
report_clear(struct source_report *report)
{
    free(CONST_CAST(char *, report->state));
    free(CONST_CAST(char *, report->error));
    free(CONST_CAST(char *, report->policy));
    *report = (struct source_report) { .state = NULL };
}

static void
wish_free(struct vif_wish *wish)
{
    vif_wish_destroy(wish);
    free(wish);
}

static void
told_vif_free(struct told_vif *vif)
{
    report_clear(&vif->report);
    wish_free(vif->wish);
    free(vif);
}

void
told_destroy(struct told *told)
{
    struct shash_node *node;

    SHASH_FOR_EACH (node, &told->vifs) {
        told_vif_free(node->data);
    }
    shash_destroy(&told->vifs);
    free(told);
}

bool
told_wish(struct told *told, const struct vif_wish *wish)
{
    struct told_vif *vif = shash_find_data(&told->vifs, wish->uuid);

    if (!vif) {
        vif = xzalloc(sizeof *vif);
        shash_add(&told->vifs, wish->uuid, vif);
    } else if (vif_wish_equals(vif->wish, wish)) {
        return false;
    } else {
        wish_free(vif->wish);
    }
    vif->wish = vif_wish_clone(wish);
    return true;
}

void
told_withdraw(struct told *told, const char *uuid)
{
    struct told_vif *vif = shash_find_and_delete(&told->vifs, uuid);

    if (vif) {
        told_vif_free(vif);
    }
}

void
told_wished(const struct told *told, struct sset *uuids)
{
    struct shash_node *node;

    SHASH_FOR_EACH (node, &told->vifs) {
        sset_add(uuids, node->name);
    }
}

void
told_report(struct told *told, const struct source_report *report)
{
    struct told_vif *vif = shash_find_data(&told->vifs, report->uuid);

    if (vif) {
        report_clear(&vif->report);
        vif->report = (struct source_report) {
            .state = xstrdup(report->state),
            .error = xstrdup(report->error),
            .policy = xstrdup(report->policy),
            .ofport = report->ofport,
            .link_is_up = report->link_is_up,
        };
    }
}

const struct source_report *
told_last_report(const struct told *told, const char *uuid)
{
    const struct told_vif *vif = shash_find_data(&told->vifs, uuid);

    return vif && vif->report.state ? &vif->report : NULL;
}
