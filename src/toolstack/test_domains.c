/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/test_domains.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openvswitch/poll-loop.h>
#include <timeval.h>
#include <util.h>
#include <uuid.h>

#include "base/error.h"

enum { DEVIDS = 16 };

struct domain {
    struct ovs_list node;
    struct ground *ground;
    struct uuid vm;
    unsigned int domid;
    enum domain_backend backend;
    enum domain_state state, next;      /* 'next' is what it is after the next turn */
    bool has_vif[DEVIDS], next_vif[DEVIDS];
    struct domain_times times;
};

struct domains {
    struct ground *ground;
    unsigned int seqno;
};

void
ground_init(struct ground *ground)
{
    *ground = (struct ground) { .refuses = NULL };
    ovs_list_init(&ground->domains);
}

static void
domain_delete(struct domain *domain)
{
    ovs_list_remove(&domain->node);
    free(domain);
}

void
ground_destroy(struct ground *ground)
{
    struct domain *domain;

    LIST_FOR_EACH_SAFE (domain, node, &ground->domains) {
        domain_delete(domain);
    }
}

bool
ground_has_device(const struct ground *ground, const char *name)
{
    struct domain *domain;

    LIST_FOR_EACH (domain, node, &ground->domains) {
        for (unsigned int devid = 0; devid < DEVIDS; devid++) {
            char own[32];

            snprintf(own, sizeof own, "vif%u.%u", domain->domid, devid);
            if (domain->has_vif[devid] && !strcmp(own, name)) {
                return true;
            }
        }
    }
    return false;
}

size_t
ground_count(const struct ground *ground)
{
    struct domain *domain;
    size_t n = 0;

    LIST_FOR_EACH (domain, node, &ground->domains) {
        n += domain->state != DOMAIN_GONE;
    }
    return n;
}

static struct domain *
ground_find(const struct ground *ground, const struct uuid *vm)
{
    struct domain *domain;

    LIST_FOR_EACH (domain, node, &ground->domains) {
        if (uuid_equals(&domain->vm, vm)) {
            return domain;
        }
    }
    return NULL;
}

void
ground_turn(struct ground *ground, const struct uuid *vm, enum domain_state state)
{
    ground_find(ground, vm)->next = state;
}

struct domains *
test_domains_open(struct ground *ground)
{
    struct domains *domains = xzalloc(sizeof *domains);
    struct domain *domain;

    domains->ground = ground;
    LIST_FOR_EACH_SAFE (domain, node, &ground->domains) {
        if (domain->state == DOMAIN_GONE) {
            domain_delete(domain);
        }
    }
    return domains;
}

void
domains_close(struct domains *domains)
{
    free(domains);
}

static bool
is_to_turn(const struct domain *domain)
{
    return domain->state != domain->next || memcmp(domain->has_vif, domain->next_vif, sizeof domain->has_vif);
}

static void
domain_turn(struct domain *domain)
{
    if (domain->next == DOMAIN_GONE) {
        memset(domain->next_vif, 0, sizeof domain->next_vif);
    }
    domain->state = domain->next;
    memcpy(domain->has_vif, domain->next_vif, sizeof domain->has_vif);
}

void
domains_run(struct domains *domains)
{
    struct domain *domain;

    LIST_FOR_EACH (domain, node, &domains->ground->domains) {
        if (is_to_turn(domain)) {
            domain_turn(domain);
            domains->seqno++;
        }
    }
}

void
domains_wait(struct domains *domains)
{
    struct domain *domain;

    LIST_FOR_EACH (domain, node, &domains->ground->domains) {
        if (is_to_turn(domain)) {
            poll_immediate_wake();
        }
    }
}

struct domain *
domains_find(const struct domains *domains, const struct uuid *vm)
{
    return ground_find(domains->ground, vm);
}

struct domain *
domains_first(const struct domains *domains)
{
    struct domain *domain;

    LIST_FOR_EACH (domain, node, &domains->ground->domains) {
        return domain;
    }
    return NULL;
}

struct domain *
domains_next(const struct domains *domains, const struct domain *domain)
{
    struct ovs_list *next = domain->node.next;

    return next == &domains->ground->domains ? NULL : CONTAINER_OF(next, struct domain, node);
}

unsigned int
domains_seqno(const struct domains *domains)
{
    return domains->seqno;
}

bool
domains_has_id(const struct domains *domains, unsigned int domid)
{
    struct domain *domain;

    LIST_FOR_EACH (domain, node, &domains->ground->domains) {
        if (domain->domid == domid) {
            return true;
        }
    }
    return false;
}

struct error *
domain_build(struct domains *domains, const struct domain_spec *spec, struct domain **domainp)
{
    struct domain *domain;

    if (domains->ground->refuses || domains_find(domains, &spec->vm)) {
        return error_new(ERROR_REFUSED, "%s", domains->ground->refuses ? domains->ground->refuses : "the VM has a domain");
    }
    domain = xzalloc(sizeof *domain);
    domain->ground = domains->ground;
    domain->vm = spec->vm;
    domain->domid = spec->domid;
    domain->backend = spec->backend;
    domain->state = DOMAIN_BUILDING;
    domain->next = DOMAIN_PAUSED;
    for (size_t i = 0; i < spec->n_vifs; i++) {
        domain->next_vif[spec->vifs[i].devid] = true;
    }
    domain->times.begun = time_usec();
    ovs_list_push_back(&domains->ground->domains, &domain->node);
    domains->seqno++;
    *domainp = domain;
    return NULL;
}

enum domain_state
domain_state(const struct domain *domain)
{
    return domain->state;
}

const struct uuid *
domain_vm(const struct domain *domain)
{
    return &domain->vm;
}

unsigned int
domain_domid(const struct domain *domain)
{
    return domain->domid;
}

const char *
domain_error(const struct domain *domain)
{
    return domain->state == DOMAIN_GONE ? "it was ended" : NULL;
}

struct domain_times
domain_times(const struct domain *domain)
{
    return domain->times;
}

void
domain_unpause(struct domain *domain)
{
    domain->next = DOMAIN_RUNNING;
    domain->times.unpaused = time_usec();
}

void
domain_pause(struct domain *domain)
{
    domain->next = DOMAIN_PAUSED;
}

void
domain_press_power_button(struct domain *domain)
{
    if (!domain->ground->is_deaf) {
        domain->next = DOMAIN_STOPPED;
    }
}

void
domain_reset(struct domain *domain)
{
    domain->next = DOMAIN_RUNNING;
}

void
domain_destroy(struct domain *domain)
{
    domain->next = DOMAIN_GONE;
}

void
domain_plug(struct domain *domain, const struct domain_vif *vif)
{
    domain->next_vif[vif->devid] = true;
}

void
domain_unplug(struct domain *domain, unsigned int devid)
{
    if (!domain->ground->keeps_vifs) {
        domain->next_vif[devid] = false;
    }
}

bool
domain_has_vif(const struct domain *domain, unsigned int devid)
{
    return devid < DEVIDS && domain->has_vif[devid];
}

bool
domain_is_changing_vif(const struct domain *domain, unsigned int devid)
{
    return devid < DEVIDS && domain->has_vif[devid] != domain->next_vif[devid];
}

void
domain_forget(struct domain *domain)
{
    domain_delete(domain);
}
