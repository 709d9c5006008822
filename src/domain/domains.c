/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openvswitch/poll-loop.h>
#include <openvswitch/vlog.h>
#include <timeval.h>
#include <util.h>

#include "base/error.h"
#include "base/quote.h"
#include "domain/domain-private.h"
#include "domain/links.h"
#include "domain/namespace.h"

VLOG_DEFINE_THIS_MODULE(domains);

/* How often it is looked whether a guest has said too much. */
enum { TRIM_MS = 2000 };

/* The folder and those above it. */
static void
make_folders(const char *path)
{
    char *copy = xstrdup(path);

    for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(copy, 0755);
        *slash = '/';
    }
    mkdir(copy, 0711);
    free(copy);
}

static struct error *
take_folder(struct domains *domains)
{
    char *path = record_path(domains->run_folder, "lock");
    struct error *error = NULL;

    make_folders(domains->run_folder);
    domains->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (domains->lock < 0) {
        error = error_new(ERROR_REFUSED, "%s: cannot open it: %s", path, ovs_strerror(errno));
    } else if (flock(domains->lock, LOCK_EX | LOCK_NB)) {
        error = error_new(ERROR_IN_USE, "%s: the domains of this folder are another program's, which runs", path);
    }
    free(path);
    return error;
}

static struct error *
find_user(struct domains *domains, const char *name)
{
    const struct passwd *user = name ? getpwnam(name) : NULL;

    if (name && !user) {
        return error_new(ERROR_NOT_FOUND, "there is no user %s whom guests could run as", quote(name).text);
    } else if (user && !user->pw_uid) {
        return error_new(ERROR_INVALID, "guests cannot run as %s, who is root", quote(name).text);
    } else if (user) {
        domains->user = (struct reader) { .has_user = true, .uid = user->pw_uid, .gid = user->pw_gid };
    }
    return NULL;
}

/* Its process has ended while nobody looked. */
static void
remove_leftover(const char *folder, const struct record *record)
{
    if (record->domid) {
        error_free(links_remove(record->domid));
        namespace_remove_name(record->domid);
    }
    record_remove_folder(folder);
}

static void
take_over(struct domains *domains, const struct uuid *vm)
{
    char *folder = record_folder(domains->run_folder, vm);
    struct record record = { .pid = 0 };
    struct error *error = record_read(folder, &record);
    struct proc proc;

    if (!error && proc_find(record.pid, record.began, &proc)) {
        struct domain *domain = domain_create(domains, vm, &record);

        domain->proc = proc;
        domain_watch(domain, proc.fd);
        error = domain_connect(domain);
        VLOG_INFO("domain %u of VM "UUID_FMT" is there, as process %d", record.domid, UUID_ARGS(vm), (int) record.pid);
    } else {
        VLOG_INFO("the domain of VM "UUID_FMT" has ended while nobody looked: what is left of it is removed", UUID_ARGS(vm));
        remove_leftover(folder, &record);
    }
    if (error) {
        VLOG_WARN("VM "UUID_FMT": %s", UUID_ARGS(vm), error->text);
        error_free(error);
    }
    free(folder);
}

static void
take_over_all(struct domains *domains)
{
    DIR *directory = opendir(domains->run_folder);
    const struct dirent *entry;

    while (directory && (entry = readdir(directory))) {
        struct uuid vm;

        if (uuid_from_string(&vm, entry->d_name)) {
            take_over(domains, &vm);
        }
    }
    if (directory) {
        closedir(directory);
    }
}

struct error *
domains_open(const struct domains_config *config, struct domains **domainsp)
{
    struct domains *domains = xzalloc(sizeof *domains);

    domains->run_folder = xstrdup(config->run_folder);
    domains->qemu = xstrdup(config->qemu);
    domains->keeper = xstrdup(config->keeper);
    domains->offload = config->offload;
    domains->lock = domains->epoll = -1;
    hmap_init(&domains->all);
    accelerator_init(&domains->accelerator, config->accelerator);
    struct error *error = domains_open_rest(domains);
    error = error ? error : find_user(domains, config->user);
    error = error ? error : take_folder(domains);
    if (error) {
        domains_close(domains);
        return error;
    }
    take_over_all(domains);
    *domainsp = domains;
    return NULL;
}

void
domains_close(struct domains *domains)
{
    struct domain *domain;

    if (!domains) {
        return;
    }
    HMAP_FOR_EACH_SAFE (domain, node, &domains->all) {
        domain_free(domain);
    }
    hmap_destroy(&domains->all);
    accelerator_uninit(&domains->accelerator);
    if (domains->lock >= 0) {
        close(domains->lock);
    }
    if (domains->epoll >= 0) {
        close(domains->epoll);
    }
    free(domains->keeper);
    free(domains->qemu);
    free(domains->run_folder);
    free(domains);
}

static void
trim_consoles(struct domains *domains)
{
    const struct domain *domain;

    if (time_msec() < domains->next_trim) {
        return;
    }
    domains->next_trim = time_msec() + TRIM_MS;
    HMAP_FOR_EACH (domain, node, &domains->all) {
        record_trim_console(domain->folder);
    }
}

void
domains_run(struct domains *domains)
{
    accelerator_run(&domains->accelerator);
    domains_run_awake(domains);
    trim_consoles(domains);
}

void
domains_wait(struct domains *domains)
{
    accelerator_wait(&domains->accelerator);
    domains_wait_awake(domains);
    if (!hmap_is_empty(&domains->all)) {
        poll_timer_wait_until(domains->next_trim);
    }
}

struct domain *
domains_find(const struct domains *domains, const struct uuid *vm)
{
    struct domain *domain;

    HMAP_FOR_EACH_WITH_HASH (domain, node, uuid_hash(vm), &domains->all) {
        if (uuid_equals(&domain->vm, vm)) {
            return domain;
        }
    }
    return NULL;
}

static struct domain *
from_node(const struct hmap_node *node)
{
    return node ? CONTAINER_OF(node, struct domain, node) : NULL;
}

struct domain *
domains_first(const struct domains *domains)
{
    return from_node(hmap_first(&domains->all));
}

struct domain *
domains_next(const struct domains *domains, const struct domain *domain)
{
    return from_node(hmap_next(&domains->all, &domain->node));
}

unsigned int
domains_seqno(const struct domains *domains)
{
    return domains->seqno;
}

/* Without the kernel's word no id is free. */
bool
domains_has_id(const struct domains *domains, unsigned int domid)
{
    const struct domain *domain;
    unsigned int devids;

    HMAP_FOR_EACH (domain, node, &domains->all) {
        if (domain->record.domid == domid) {
            return true;
        }
    }
    struct error *error = links_of(domid, &devids);
    bool has = error || devids;
    error_free(error);
    return has;
}
