/* SPDX-License-Identifier: Apache-2.0
 *
 * Which domains have something to do. A host has hundreds that do nothing but run: they are not looked at and not waited for one by one, since
 * their descriptors are in one epoll(7). A domain is awake from when it was asked for something, or something came from its process, until
 * all of that is done.
 */
#include <config.h>

#include <errno.h>
#include <limits.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <openvswitch/poll-loop.h>
#include <util.h>

#include "base/error.h"
#include "domain/domain-private.h"
#include "domain/qmp.h"

struct error *
domains_open_rest(struct domains *domains)
{
    ovs_list_init(&domains->awake);
    domains->epoll = epoll_create1(EPOLL_CLOEXEC);
    return domains->epoll < 0 ? error_new(ERROR_REFUSED, "cannot make an epoll: %s", ovs_strerror(errno)) : NULL;
}

void
domain_wake(struct domain *domain)
{
    if (ovs_list_is_empty(&domain->awake)) {
        ovs_list_push_back(&domain->domains->awake, &domain->awake);
    }
}

static void
sleep_if_at_rest(struct domain *domain)
{
    bool has_deadline = MIN(MIN(domain->deadline, domain->reconnect), domain->reset_until) != LLONG_MAX || domain->changing;
    bool is_quiet = !domain->qmp || qmp_is_quiet(domain->qmp);

    if (domain->state == DOMAIN_GONE || (!domain->start && !has_deadline && is_quiet)) {
        ovs_list_remove(&domain->awake);
        ovs_list_init(&domain->awake);
    }
}

void
domain_watch(struct domain *domain, int fd)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = domain };

    domain_wake(domain);
    ovs_assert(!epoll_ctl(domain->domains->epoll, EPOLL_CTL_ADD, fd, &event));
}

/* Not left to close(2): a child may have the descriptor open a moment longer, and the event would name a domain that has been freed. */
void
domain_unwatch(struct domain *domain, int fd)
{
    if (fd >= 0) {
        epoll_ctl(domain->domains->epoll, EPOLL_CTL_DEL, fd, NULL);
    }
}

static void
hear(struct domains *domains)
{
    struct epoll_event events[64];
    int n = epoll_wait(domains->epoll, events, ARRAY_SIZE(events), 0);

    for (int i = 0; i < n; i++) {
        domain_wake(events[i].data.ptr);
    }
}

void
domains_run_awake(struct domains *domains)
{
    struct domain *domain;

    hear(domains);
    LIST_FOR_EACH_SAFE (domain, awake, &domains->awake) {
        domain_run(domain);
        sleep_if_at_rest(domain);
    }
}

void
domains_wait_awake(const struct domains *domains)
{
    const struct domain *domain;

    poll_fd_wait(domains->epoll, POLLIN);
    LIST_FOR_EACH (domain, awake, &domains->awake) {
        domain_wait(domain);
    }
}
