/* SPDX-License-Identifier: Apache-2.0
 *
 * QEMU's states (qapi/run-state.json) are ours but for one thing: of a guest that has ended, "shutdown" does not say whether it wants to be
 * begun anew. Its last event does, so that is remembered; whoever was not there to hear it takes a reboot for an end.
 */
#include <config.h>

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openvswitch/json.h>
#include <timeval.h>
#include <util.h>

#include "base/error.h"
#include "base/quote.h"
#include "domain/domain-private.h"
#include "domain/qmp.h"
#include "domain/qmp_message.h"

/* Until the firmware has taken over the machine after a reset, under TCG on a busy host too. */
enum { RESET_MS = 5000 };

static void
say_to(struct domain *domain, const char *command, struct json *arguments, qmp_done_fn *done)
{
    qmp_command(domain->qmp, &(struct qmp_command) { .name = command, .arguments = arguments, .fd = -1, .done = done });
}

static void
answered(const struct json *result OVS_UNUSED, const char *refusal, unsigned int tag OVS_UNUSED, void *domain_)
{
    struct domain *domain = domain_;

    if (refusal) {
        domain_set_error(domain, xstrdup(quote(refusal).text));
    }
}

static void
status_told(const struct json *result, const char *refusal OVS_UNUSED, unsigned int tag OVS_UNUSED, void *domain_)
{
    struct domain *domain = domain_;
    const char *status = qmp_text(result, "status");

    if (!status) {
        return;
    } else if (!strcmp(status, "running")) {
        domain_set_state(domain, DOMAIN_RUNNING);
    } else if (!strcmp(status, "prelaunch") || !strcmp(status, "paused") || !strcmp(status, "suspended")) {
        domain_set_state(domain, DOMAIN_PAUSED);
    } else if (!strcmp(status, "shutdown")) {
        domain_set_state(domain, domain->ended == DOMAIN_REBOOTING ? DOMAIN_REBOOTING : DOMAIN_STOPPED);
    } else if (!strcmp(status, "guest-panicked")) {
        domain_set_error(domain, xstrdup("the guest has panicked"));
        domain_set_state(domain, DOMAIN_CRASHED);
    } else if (!strcmp(status, "internal-error")) {
        domain_set_error(domain, xstrdup("KVM cannot execute what the guest does"));
        domain_set_state(domain, DOMAIN_CRASHED);
    } else if (!strcmp(status, "io-error")) {
        domain_set_error(domain, xstrdup("a disk cannot be read or written"));
        domain_set_state(domain, DOMAIN_PAUSED);
    }
}

static void
ask_status(struct domain *domain)
{
    say_to(domain, "query-status", NULL, status_told);
}

/* [{"name": "vif0", "type": ...}, ...]: what is plugged. */
static void
devices_told(const struct json *result, const char *refusal OVS_UNUSED, unsigned int tag OVS_UNUSED, void *domain_)
{
    struct domain *domain = domain_;

    domain->vifs = 0;
    for (size_t i = 0; result && result->type == JSON_ARRAY && i < result->array.n; i++) {
        const char *name = qmp_text(result->array.elems[i], "name");
        unsigned int devid;

        if (name && ovs_scan(name, "vif%u", &devid) && devid < LIMIT_DOMAIN_VIFS) {
            domain->vifs |= 1u << devid;
        }
    }
    domain->domains->seqno++;
}

/* QEMU was told to take a guest's reset for its end, and does so with our own as well. */
static void
set_reboot_action(struct domain *domain, const char *action)
{
    if (domain->record.backend == DOMAIN_QEMU) {
        struct json *arguments = json_object_create();

        json_object_put_string(arguments, "reboot", action);
        say_to(domain, "set-action", arguments, answered);
    }
}

static void
ready(void *domain_)
{
    struct domain *domain = domain_;
    struct json *arguments = json_object_create();

    if (domain->times.begun && !domain->times.devices) {
        domain->times.devices = time_usec();
    }
    domain->is_ready = true;
    set_reboot_action(domain, "shutdown");
    json_object_put_string(arguments, "path", "/machine/peripheral");
    say_to(domain, "qom-list", arguments, devices_told);
    ask_status(domain);
}

/* The one event after which the state need not be asked for. */
static void
resumed(struct domain *domain)
{
    domain->ended = DOMAIN_RUNNING;
    if (!domain->times.unpaused && domain->times.built) {
        domain->times.unpaused = time_usec();
    }
    domain_set_state(domain, DOMAIN_RUNNING);
}

static void
was_reset(struct domain *domain)
{
    domain->ended = DOMAIN_RUNNING;
    if (domain->is_resetting) {
        domain->is_resetting = false;
        say_to(domain, "cont", NULL, answered);
    }
    if (domain->reset_until != LLONG_MAX) {
        domain->reset_until = time_msec() + RESET_MS;
    }
}

void
domain_talk_run(struct domain *domain)
{
    if (time_msec() >= domain->reset_until) {
        domain->reset_until = LLONG_MAX;
        set_reboot_action(domain, "shutdown");
    }
}

static void
event(const char *name, const struct json *data, void *domain_)
{
    struct domain *domain = domain_;

    if (!strcmp(name, "SHUTDOWN")) {
        const char *reason = qmp_text(data, "reason");

        domain->ended = reason && !strcmp(reason, "guest-reset") ? DOMAIN_REBOOTING : DOMAIN_STOPPED;
    } else if (!strcmp(name, "RESUME")) {
        resumed(domain);
        return;
    } else if (!strcmp(name, "RESET")) {
        was_reset(domain);
    } else if (!strcmp(name, "DEVICE_DELETED")) {
        domain_vif_deleted(domain, qmp_text(data, "device"));
        return;
    } else if (strcmp(name, "STOP") && strcmp(name, "GUEST_PANICKED")) {
        return;
    }
    ask_status(domain);
}

struct error *
domain_connect(struct domain *domain)
{
    const struct qmp_events events = { .ready = ready, .event = event, .aux = domain };
    struct error *error = qmp_connect(domain->qmp_path, &events, &domain->qmp);

    if (!error) {
        domain_watch(domain, qmp_fd(domain->qmp));
    }
    return error;
}

static void
order(struct domain *domain, const char *command, struct json *arguments)
{
    if (!domain->is_ready) {
        json_destroy(arguments);
        domain_set_error(domain, xstrdup("its process does not answer"));
        return;
    }
    domain_set_error(domain, NULL);
    domain_wake(domain);
    say_to(domain, command, arguments, answered);
}

void
domain_unpause(struct domain *domain)
{
    order(domain, "cont", NULL);
}

void
domain_pause(struct domain *domain)
{
    order(domain, "stop", NULL);
}

void
domain_press_power_button(struct domain *domain)
{
    order(domain, "system_powerdown", NULL);
}

/* SeaBIOS, begun a second time, resets the machine once more by itself. So a reset by the guest is none of its own while ours is not long ago,
 * and QEMU does what it asks for. */
void
domain_reset(struct domain *domain)
{
    if (domain->is_ready) {
        set_reboot_action(domain, "reset");
        domain->is_resetting = true;
        domain->reset_until = time_msec() + RESET_MS;
    }
    order(domain, "system_reset", NULL);
}
