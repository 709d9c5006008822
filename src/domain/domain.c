/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>

#include <openvswitch/poll-loop.h>
#include <openvswitch/vlog.h>
#include <timeval.h>
#include <util.h>

#include "base/error.h"
#include "domain/domain-private.h"
#include "domain/links.h"
#include "domain/namespace.h"
#include "domain/qmp.h"

VLOG_DEFINE_THIS_MODULE(domain);

enum {
    BUILD_MS = 60 * 1000,       /* until its process answers */
    QUIT_MS = 2000,             /* until one that was asked to quit has ended */
    RECONNECT_MS = 1000,
};

struct domain *
domain_create(struct domains *domains, const struct uuid *vm, const struct record *record)
{
    struct domain *domain = xzalloc(sizeof *domain);

    domain->domains = domains;
    domain->vm = *vm;
    domain->record = *record;
    domain->folder = record_folder(domains->run_folder, vm);
    domain->qmp_path = record_path(domain->folder, "qmp.sock");
    domain->console_log = record_path(domain->folder, "console.log");
    domain->console_socket = record_path(domain->folder, "console.sock");
    domain->state = DOMAIN_BUILDING;
    domain->ended = DOMAIN_RUNNING;
    domain->proc = PROC_NONE;
    domain->deadline = time_msec() + BUILD_MS;
    domain->reconnect = domain->reset_until = LLONG_MAX;
    hmap_insert(&domains->all, &domain->node, uuid_hash(vm));
    domains->seqno++;
    ovs_list_init(&domain->awake);
    domain_wake(domain);
    return domain;
}

static void
hang_up(struct domain *domain)
{
    if (domain->qmp) {
        domain_unwatch(domain, qmp_fd(domain->qmp));
        qmp_close(domain->qmp);
    }
    domain->qmp = NULL;
    domain->is_ready = domain->is_resetting = false;
    domain->reset_until = LLONG_MAX;
    domain->changing = 0;
}

static void
let_go(struct domain *domain)
{
    domain_unwatch(domain, domain->proc.fd);
    proc_close(&domain->proc);
}

void
domain_free(struct domain *domain)
{
    hmap_remove(&domain->domains->all, &domain->node);
    domain->domains->seqno++;
    ovs_list_remove(&domain->awake);
    hang_up(domain);
    let_go(domain);
    start_free(domain->start);
    free(domain->error);
    free(domain->console_socket);
    free(domain->console_log);
    free(domain->qmp_path);
    free(domain->folder);
    free(domain);
}

void
domain_set_state(struct domain *domain, enum domain_state state)
{
    if (domain->state == state) {
        return;
    }
    if (domain->state == DOMAIN_BUILDING && state != DOMAIN_GONE) {
        domain->times.built = domain->times.begun ? time_usec() : 0;
        domain->deadline = domain->is_leaving ? domain->deadline : LLONG_MAX;
    }
    domain->state = state;
    domain->domains->seqno++;
}

void
domain_set_error(struct domain *domain, char *error)
{
    if (error || domain->error) {
        domain->domains->seqno++;
    }
    free(domain->error);
    domain->error = error;
}

/* All that is left of it: the devices of a keeper that was killed, and its namespace's name, would stay. */
static void
remove_all(struct domain *domain)
{
    struct error *error = links_remove(domain->record.domid);

    if (error) {
        VLOG_WARN("domain %u: %s", domain->record.domid, error->text);
        error_free(error);
    }
    if (domain->record.backend == DOMAIN_NETNS) {
        namespace_remove_name(domain->record.domid);
    }
    record_remove_folder(domain->folder);
    domain->vifs = 0;
    domain_set_state(domain, DOMAIN_GONE);
}

static void
process_ended(struct domain *domain, int status)
{
    char *end = proc_end_in_words(status), *words = record_last_words(domain->folder);

    let_go(domain);
    hang_up(domain);
    if (!domain->is_leaving) {
        domain_set_error(domain, words ? xasprintf("its process has ended (%s): %s", end, words)
                                       : xasprintf("its process has ended (%s)", end));
        VLOG_WARN("domain %u of VM "UUID_FMT": %s", domain->record.domid, UUID_ARGS(&domain->vm), domain->error);
    }
    free(words);
    free(end);
    remove_all(domain);
}

/* A process that does not answer as it should cannot be controlled, but its guest may be well: it is left alone and asked again. */
static void
talk(struct domain *domain)
{
    if (domain->qmp && qmp_run(domain->qmp)) {
        domain_talk_run(domain);
    } else if (domain->qmp) {
        VLOG_INFO("domain %u: %s", domain->record.domid, qmp_error(domain->qmp));
        hang_up(domain);
        domain->reconnect = time_msec() + RECONNECT_MS;
    } else if (!domain->qmp && time_msec() >= domain->reconnect) {
        struct error *error = domain_connect(domain);

        domain->reconnect = error ? time_msec() + RECONNECT_MS : LLONG_MAX;
        error_free(error);
    }
}

static void
meet_deadline(struct domain *domain)
{
    if (time_msec() < domain->deadline) {
        return;
    }
    if (!domain->is_leaving) {
        domain_set_error(domain, xasprintf("its process has not answered within %d s", BUILD_MS / 1000));
        domain->is_leaving = true;
    }
    domain->deadline = LLONG_MAX;
    proc_signal(&domain->proc, SIGKILL);
}

void
domain_run(struct domain *domain)
{
    int status;

    if (domain->state == DOMAIN_GONE) {
        return;
    }
    if (domain->start) {
        domain_begin(domain);
    }
    if (domain->proc.fd >= 0) {
        talk(domain);
        domain_vifs_run(domain);
        meet_deadline(domain);
        if (proc_has_ended(&domain->proc, &status)) {
            process_ended(domain, status);
        }
    }
}

void
domain_wait(const struct domain *domain)
{
    if (domain->state == DOMAIN_GONE || domain->proc.fd < 0) {
        return;
    }
    if (domain->qmp) {
        qmp_wait(domain->qmp);
    }
    proc_wait(&domain->proc);
    domain_vifs_wait(domain);
    const long long int next = MIN(MIN(domain->deadline, domain->reconnect), domain->reset_until);
    if (next != LLONG_MAX) {
        poll_timer_wait_until(next);
    }
}

/* To quit is to leave disks' files complete; who cannot be told is killed. */
void
domain_destroy(struct domain *domain)
{
    if (domain->state == DOMAIN_GONE) {
        return;
    }
    domain->is_leaving = true;
    domain_wake(domain);
    if (domain->proc.fd < 0) {
        start_free(domain->start);
        domain->start = NULL;
        remove_all(domain);
    } else if (domain->is_ready) {
        qmp_command(domain->qmp, &(struct qmp_command) { .name = "quit", .fd = -1 });
        domain->deadline = time_msec() + QUIT_MS;
    } else {
        domain->deadline = LLONG_MAX;
        proc_signal(&domain->proc, SIGKILL);
    }
}

void
domain_forget(struct domain *domain)
{
    ovs_assert(domain->state == DOMAIN_GONE);
    domain_free(domain);
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
    return domain->record.domid;
}

enum domain_backend
domain_backend(const struct domain *domain)
{
    return domain->record.backend;
}

const char *
domain_error(const struct domain *domain)
{
    return domain->error;
}

struct domain_times
domain_times(const struct domain *domain)
{
    return domain->times;
}

const char *
domain_console_log(const struct domain *domain)
{
    return domain->console_log;
}

const char *
domain_console_socket(const struct domain *domain)
{
    return domain->console_socket;
}
