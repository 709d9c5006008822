/* SPDX-License-Identifier: Apache-2.0
 *
 * VIFs that come to a domain and go from it. QEMU gets a tap in four steps, whose answers come in order: the last one decides. A guest must
 * let a device go, so that to take it away may fail by time.
 */
#include <config.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include <openvswitch/json.h>
#include <openvswitch/poll-loop.h>
#include <timeval.h>
#include <util.h>

#include "base/error.h"
#include "base/quote.h"
#include "domain/domain-private.h"
#include "domain/links.h"
#include "domain/qemu.h"
#include "domain/qmp.h"
#include "domain/tap.h"

/* Until a guest has let go of a device. Linux takes less than a second. */
enum { UNPLUG_MS = 10 * 1000 };

static struct json *
one_text(const char *name, const char *prefix, unsigned int devid)
{
    struct json *json = json_object_create();

    json_object_put_format(json, name, "%s%u", prefix, devid);
    return json;
}

static void
changed(struct domain *domain, unsigned int devid, bool is_there)
{
    const unsigned int bit = 1u << devid;

    domain->vifs = is_there ? domain->vifs | bit : domain->vifs & ~bit;
    domain->changing &= ~bit;
    domain->domains->seqno++;
}

/* The first of several reasons says most. */
static void
complain(struct domain *domain, unsigned int devid, const char *reason)
{
    if (!domain->error) {
        domain_set_error(domain, xasprintf("VIF %u: %s", devid, reason));
    }
}

static void
step_done(const struct json *result OVS_UNUSED, const char *refusal, unsigned int devid, void *domain)
{
    if (refusal) {
        complain(domain, devid, quote(refusal).text);
    }
}

/* What a plug that was refused has left; what it has not left is refused, and nobody minds. */
static void
undo_plug(struct domain *domain, unsigned int devid)
{
    qmp_command(domain->qmp, &(struct qmp_command) { .name = "netdev_del", .arguments = one_text("id", "net", devid), .fd = -1 });
    qmp_command(domain->qmp, &(struct qmp_command) { .name = "closefd", .arguments = one_text("fdname", "tap", devid), .fd = -1 });
}

static void
plugged(const struct json *result OVS_UNUSED, const char *refusal, unsigned int devid, void *domain_)
{
    struct domain *domain = domain_;

    if (refusal) {
        complain(domain, devid, quote(refusal).text);
        if (domain->record.backend == DOMAIN_QEMU) {
            undo_plug(domain, devid);
        }
    }
    changed(domain, devid, !refusal);
}

/* A backend without a device may be left from one that ended between the two steps of an unplug. */
static void
plug_into_qemu(struct domain *domain, const struct domain_vif *vif, int tap)
{
    const unsigned int devid = vif->devid;
    char name[16];

    snprintf(name, sizeof name, "tap%u", devid);
    undo_plug(domain, devid);
    qmp_command(domain->qmp, &(struct qmp_command) {
        .name = "getfd", .arguments = one_text("fdname", "tap", devid), .fd = tap, .done = step_done, .tag = devid });
    qmp_command(domain->qmp, &(struct qmp_command) {
        .name = "netdev_add", .arguments = qemu_netdev(devid, name), .fd = -1, .done = step_done, .tag = devid });
    qmp_command(domain->qmp, &(struct qmp_command) {
        .name = "device_add", .arguments = qemu_device(vif, domain->domains->offload), .fd = -1, .done = plugged, .tag = devid });
}

static void
plug_into_namespace(struct domain *domain, const struct domain_vif *vif)
{
    struct json *arguments = one_text("id", "vif", vif->devid);
    char mac[MAC_TEXT_SIZE];

    mac_format(&vif->mac, mac);
    json_object_put_string(arguments, "driver", "veth");
    json_object_put_string(arguments, "mac", mac);
    json_object_put(arguments, "host_mtu", json_integer_create(vif->mtu));
    qmp_command(domain->qmp, &(struct qmp_command) {
        .name = "device_add", .arguments = arguments, .fd = -1, .done = plugged, .tag = vif->devid });
}

static const char *
cannot_change(const struct domain *domain, unsigned int devid)
{
    if (devid >= LIMIT_DOMAIN_VIFS) {
        return "there is no place for it";
    } else if (!domain->is_ready) {
        return "the domain's process does not answer";
    }
    return domain->changing & 1u << devid ? "it is being plugged or unplugged" : NULL;
}

void
domain_plug(struct domain *domain, const struct domain_vif *vif)
{
    const char *reason = cannot_change(domain, vif->devid);
    OWN_ERROR struct error *error = NULL;
    int tap = -1;

    domain_set_error(domain, NULL);
    if (reason || domain->vifs & 1u << vif->devid) {
        complain(domain, vif->devid, reason ? reason : "it is there already");
        return;
    }
    if (domain->record.backend == DOMAIN_NETNS) {
        plug_into_namespace(domain, vif);
    } else if ((error = tap_make(link_name(domain->record.domid, vif->devid).text, vif->mtu, &tap))) {
        complain(domain, vif->devid, error->text);
        return;
    } else {
        plug_into_qemu(domain, vif, tap);
    }
    domain_wake(domain);
    domain->changing |= 1u << vif->devid;
    domain->unplug_deadlines[vif->devid] = LLONG_MAX;
    domain->domains->seqno++;
}

static void
unplug_begun(const struct json *result OVS_UNUSED, const char *refusal, unsigned int devid, void *domain_)
{
    struct domain *domain = domain_;

    if (refusal && domain->changing & 1u << devid) {
        complain(domain, devid, quote(refusal).text);
        changed(domain, devid, true);
    }
}

void
domain_unplug(struct domain *domain, unsigned int devid)
{
    const char *reason = cannot_change(domain, devid);

    domain_set_error(domain, NULL);
    if (reason) {
        complain(domain, devid, reason);
    } else if (domain->vifs & 1u << devid) {
        qmp_command(domain->qmp, &(struct qmp_command) {
            .name = "device_del", .arguments = one_text("id", "vif", devid), .fd = -1, .done = unplug_begun, .tag = devid });
        domain->changing |= 1u << devid;
        domain->unplug_deadlines[devid] = time_msec() + UNPLUG_MS;
        domain_wake(domain);
        domain->domains->seqno++;
    }
}

/* The tap is closed by now. */
static void
backend_deleted(const struct json *result OVS_UNUSED, const char *refusal, unsigned int devid, void *domain_)
{
    struct domain *domain = domain_;

    if (refusal) {
        complain(domain, devid, quote(refusal).text);
    }
    changed(domain, devid, false);
}

void
domain_vif_deleted(struct domain *domain, const char *id)
{
    unsigned int devid;

    if (!id || !ovs_scan(id, "vif%u", &devid) || devid >= LIMIT_DOMAIN_VIFS) {
        return;
    }
    if (domain->record.backend == DOMAIN_NETNS) {
        changed(domain, devid, false);
    } else {
        qmp_command(domain->qmp, &(struct qmp_command) {
            .name = "netdev_del", .arguments = one_text("id", "net", devid), .fd = -1, .done = backend_deleted, .tag = devid });
    }
}

static bool
is_awaited(const struct domain *domain, unsigned int devid)
{
    return domain->changing & 1u << devid && domain->unplug_deadlines[devid] != LLONG_MAX;
}

void
domain_vifs_run(struct domain *domain)
{
    for (unsigned int devid = 0; devid < LIMIT_DOMAIN_VIFS && domain->changing; devid++) {
        if (is_awaited(domain, devid) && time_msec() >= domain->unplug_deadlines[devid]) {
            complain(domain, devid, "the guest has not let go of it");
            changed(domain, devid, true);
        }
    }
}

void
domain_vifs_wait(const struct domain *domain)
{
    for (unsigned int devid = 0; devid < LIMIT_DOMAIN_VIFS && domain->changing; devid++) {
        if (is_awaited(domain, devid)) {
            poll_timer_wait_until(domain->unplug_deadlines[devid]);
        }
    }
}

bool
domain_has_vif(const struct domain *domain, unsigned int devid)
{
    return devid < LIMIT_DOMAIN_VIFS && domain->vifs & 1u << devid;
}

bool
domain_is_changing_vif(const struct domain *domain, unsigned int devid)
{
    return devid < LIMIT_DOMAIN_VIFS && domain->changing & 1u << devid;
}
