/* SPDX-License-Identifier: Apache-2.0
 *
 * How a domain is built. All that its process will be handed over is opened first, so that what is wrong is said before anything has begun.
 * Then the process begins, behind a gate that opens when its record is written: no process is there that nobody would find.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <timeval.h>
#include <util.h>

#include "base/error.h"
#include "base/quote.h"
#include "domain/domain-private.h"
#include "domain/links.h"
#include "domain/qemu.h"
#include "domain/tap.h"

static void
start_add_fd(struct start *start, int fd)
{
    ovs_assert(start->n_fds < ARRAY_SIZE(start->fds));
    start->fds[start->n_fds++] = fd;
}

void
start_free(struct start *start)
{
    if (start) {
        for (size_t i = 0; i < start->n_fds; i++) {
            close(start->fds[i]);
        }
        svec_destroy(&start->argv);
        free(start);
    }
}

static void
put_user(const struct domains *domains, struct svec *words)
{
    if (domains->user.has_user) {
        svec_add_nocopy(words, xasprintf("--uid=%u", domains->user.uid));
        svec_add_nocopy(words, xasprintf("--gid=%u", domains->user.gid));
    }
}

void
domains_put_launch(const struct domains *domains, struct svec *words)
{
    svec_add(words, domains->keeper);
    svec_add(words, "exec");
    put_user(domains, words);
    svec_add(words, "--group-of=/dev/kvm");
    svec_add(words, "--");
    svec_add(words, domains->qemu);
}

/* What is wrong whatever the host has. */
static struct error *
check_numbers(const struct domain_spec *spec)
{
    if (spec->domid < 1 || spec->domid > DOMAIN_MAX_ID) {
        return error_new(ERROR_INVALID, "domain id %u is not in 1 to %d", spec->domid, DOMAIN_MAX_ID);
    } else if (spec->n_vifs > LIMIT_DOMAIN_VIFS || spec->n_disks > LIMIT_DOMAIN_DISKS) {
        return error_new(ERROR_LIMIT, "a domain has at most %d VIFs and %d disks", LIMIT_DOMAIN_VIFS, LIMIT_DOMAIN_DISKS);
    } else if (strlen(spec->args) > LIMIT_DOMAIN_ARGUMENTS_BYTES) {
        return error_new(ERROR_LIMIT, "a kernel's arguments have at most %d bytes", LIMIT_DOMAIN_ARGUMENTS_BYTES);
    } else if (spec->backend == DOMAIN_QEMU && (spec->vcpus < 1 || spec->vcpus > LIMIT_DOMAIN_VCPUS)) {
        return error_new(ERROR_LIMIT, "%u is not a number of processors from 1 to %d", spec->vcpus, LIMIT_DOMAIN_VCPUS);
    }
    uint64_t mib = spec->memory_bytes / 1048576;
    if (spec->backend == DOMAIN_QEMU && (mib < LIMIT_DOMAIN_MEMORY_MIB_MIN || mib > LIMIT_DOMAIN_MEMORY_MIB)) {
        return error_new(ERROR_LIMIT, "a domain has %d to %d MiB of memory", LIMIT_DOMAIN_MEMORY_MIB_MIN, LIMIT_DOMAIN_MEMORY_MIB);
    }
    return NULL;
}

static struct error *
check_vifs(const struct domain_spec *spec)
{
    unsigned int devids = 0;

    for (size_t i = 0; i < spec->n_vifs; i++) {
        const struct domain_vif *vif = &spec->vifs[i];

        if (vif->devid >= LIMIT_DOMAIN_VIFS || devids & 1u << vif->devid) {
            return error_new(ERROR_INVALID, "VIF %u: a domain's VIFs are 0 to %d, each once", vif->devid, LIMIT_DOMAIN_VIFS - 1);
        } else if (vif->mtu < LIMIT_MTU_MIN || vif->mtu > LIMIT_MTU_MAX) {
            return error_new(ERROR_INVALID, "VIF %u: MTU %u is not in %d to %d", vif->devid, vif->mtu, LIMIT_MTU_MIN, LIMIT_MTU_MAX);
        }
        devids |= 1u << vif->devid;
    }
    return NULL;
}

static struct error *
check(const struct domains *domains, const struct domain_spec *spec)
{
    if (domains_find(domains, &spec->vm)) {
        return error_new(ERROR_EXISTS, "VM "UUID_FMT" has a domain already", UUID_ARGS(&spec->vm));
    } else if (domains_has_id(domains, spec->domid)) {
        return error_new(ERROR_EXISTS, "there is a domain %u, or a device of one", spec->domid);
    }
    struct error *error = check_numbers(spec);
    return error ? error : check_vifs(spec);
}

/* The sockets and the log that each process has. QEMU takes a descriptor for what it would open for writing only if it is that and no more. */
static struct error *
open_ports(const struct domain *domain, struct start *start, struct qemu_fds *fds)
{
    struct error *error = record_listen(domain->qmp_path, &fds->monitor);

    if (error) {
        return error;
    }
    start_add_fd(start, fds->monitor);
    error = record_listen(domain->console_socket, &fds->console);
    if (error) {
        return error;
    }
    start_add_fd(start, fds->console);
    fds->log = open(domain->console_log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fds->log < 0) {
        return error_new(ERROR_REFUSED, "%s: cannot open it: %s", domain->console_log, ovs_strerror(errno));
    }
    start_add_fd(start, fds->log);
    return NULL;
}

static struct error *
open_kernel(const struct domains *domains, const struct domain_spec *spec, struct start *start, struct qemu_fds *fds)
{
    struct error *error = NULL;

    fds->kernel = fds->ramdisk = -1;
    if (spec->kernel[0]) {
        error = disk_open_for(spec->kernel, &domains->user, &fds->kernel);
        if (!error) {
            start_add_fd(start, fds->kernel);
        }
    }
    if (!error && spec->kernel[0] && spec->ramdisk[0]) {
        error = disk_open_for(spec->ramdisk, &domains->user, &fds->ramdisk);
        if (!error) {
            start_add_fd(start, fds->ramdisk);
        }
    }
    return error;
}

static struct error *
open_disks(const struct domain_spec *spec, struct start *start, struct qemu_fds *fds)
{
    struct error *error = NULL;

    for (size_t i = 0; i < spec->n_disks && !error; i++) {
        error = disk_open(&spec->disks[i], &fds->disks[i]);
        if (!error) {
            start_add_fd(start, fds->disks[i]);
        }
    }
    return error;
}

static struct error *
make_taps(const struct domain_spec *spec, struct start *start, struct qemu_fds *fds)
{
    struct error *error = NULL;

    for (size_t i = 0; i < spec->n_vifs && !error; i++) {
        error = tap_make(link_name(spec->domid, spec->vifs[i].devid).text, spec->vifs[i].mtu, &fds->taps[i]);
        if (!error) {
            start_add_fd(start, fds->taps[i]);
        }
    }
    return error;
}

static struct error *
prepare_qemu(struct domain *domain, const struct domain_spec *spec, struct start *start)
{
    struct domains *domains = domain->domains;
    struct qemu_fds fds;
    struct error *error = open_kernel(domains, spec, start, &fds);

    error = error ? error : open_disks(spec, start, &fds);
    error = error ? error : open_ports(domain, start, &fds);
    error = error ? error : make_taps(spec, start, &fds);
    if (error) {
        return error;
    }
    domain->times.devices = time_usec();
    domains_put_launch(domains, &start->argv);
    accelerator_try(&domains->accelerator, &start->argv);
    qemu_put_words(spec, &fds, domains->offload, &start->argv);
    return NULL;
}

static struct error *
check_program(const char *path)
{
    if (path[0] && (path[0] != '/' || access(path, X_OK))) {
        return error_new(ERROR_NOT_FOUND, "program %s is not there, or cannot be executed", quote(path).text);
    }
    return NULL;
}

static void
put_words(const char *text, struct svec *words)
{
    while (*(text += strspn(text, " "))) {
        size_t length = strcspn(text, " ");

        svec_add_nocopy(words, xmemdup0(text, length));
        text += length;
    }
}

static struct error *
prepare_namespace(struct domain *domain, const struct domain_spec *spec, struct start *start)
{
    struct svec *words = &start->argv;
    struct qemu_fds fds;
    struct error *error = check_program(spec->kernel);

    error = error ? error : open_ports(domain, start, &fds);
    if (error) {
        return error;
    }
    svec_add(words, domain->domains->keeper);
    svec_add(words, "keep");
    put_user(domain->domains, words);
    svec_add_nocopy(words, xasprintf("--domid=%u", spec->domid));
    svec_add_nocopy(words, xasprintf("--monitor=%d", fds.monitor));
    svec_add_nocopy(words, xasprintf("--console=%d", fds.console));
    svec_add_nocopy(words, xasprintf("--log=%d", fds.log));
    for (size_t i = 0; i < spec->n_vifs; i++) {
        char mac[MAC_TEXT_SIZE];

        mac_format(&spec->vifs[i].mac, mac);
        svec_add_nocopy(words, xasprintf("--vif=%u,%s,%u", spec->vifs[i].devid, mac, spec->vifs[i].mtu));
    }
    svec_add(words, "--");
    if (spec->kernel[0]) {
        svec_add(words, spec->kernel);
        put_words(spec->args, words);
    }
    return NULL;
}

/* Where the options for cabled-guest itself go: behind its path and the word that says what it is to do. */
static void
put_inherited(struct start *start, int gate)
{
    struct svec all = SVEC_EMPTY_INITIALIZER;

    for (size_t i = 0; i < start->argv.n; i++) {
        svec_add(&all, start->argv.names[i]);
        if (i == 1) {
            svec_add_nocopy(&all, xasprintf("--gate=%d", gate));
            for (size_t j = 0; j < start->n_fds; j++) {
                svec_add_nocopy(&all, xasprintf("--fd=%d", start->fds[j]));
            }
        }
    }
    svec_destroy(&start->argv);
    start->argv = all;
    svec_terminate(&start->argv);
}

static struct error *
begin_process(struct domain *domain, struct start *start, int gate, int log)
{
    int fds[ARRAY_SIZE(start->fds) + 1];

    memcpy(fds, start->fds, start->n_fds * sizeof *fds);
    fds[start->n_fds] = gate;
    put_inherited(start, gate);
    struct error *error = proc_begin(&(struct proc_start) {
        .argv = (const char *const *) start->argv.names, .input = -1, .output = log, .fds = fds, .n_fds = start->n_fds + 1,
    }, &domain->proc);
    if (!error) {
        domain->record.pid = domain->proc.pid;
        domain->record.began = domain->proc.began;
        domain_watch(domain, domain->proc.fd);
    }
    return error;
}

/* If the record cannot be written the gate is closed, and the process ends. */
static struct error *
begin_and_record(struct domain *domain, struct start *start, int gate[2])
{
    char *path = record_path(domain->folder, "process.log");
    int log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    struct error *error = log < 0 ? error_new(ERROR_REFUSED, "%s: cannot open it: %s", path, ovs_strerror(errno))
                                  : begin_process(domain, start, gate[0], log);

    if (log >= 0) {
        close(log);
    }
    free(path);
    error = error ? error : record_write(domain->folder, &domain->record);
    if (!error) {
        ignore(write(gate[1], "", 1) == 1);
    }
    return error;
}

static struct error *
begin(struct domain *domain)
{
    struct accelerator *accelerator = &domain->domains->accelerator;
    const bool is_qemu = domain->record.backend == DOMAIN_QEMU;
    struct start *start = domain->start;
    int gate[2];

    if (is_qemu && accelerator_run(accelerator) == ACCELERATOR_UNKNOWN) {
        return NULL;
    }
    if (is_qemu) {
        qemu_put_accelerator(accelerator->kind, &start->argv);
    }
    if (pipe2(gate, O_CLOEXEC)) {
        return error_new(ERROR_REFUSED, "cannot make a pipe: %s", ovs_strerror(errno));
    }
    domain->times.begun = time_usec();
    struct error *error = begin_and_record(domain, start, gate);
    /* While we have the sockets open ourselves, a process that has ended already is one that hangs up. */
    error = error ? error : domain_connect(domain);
    close(gate[0]);
    close(gate[1]);
    domain->start = NULL;
    start_free(start);
    return error;
}

void
domain_begin(struct domain *domain)
{
    OWN_ERROR struct error *error = begin(domain);

    if (error) {
        domain_set_error(domain, xstrdup(error->text));
        domain_destroy(domain);
    }
}

/* After an error nothing is left; taps go with their descriptors. */
static struct error *
prepare(struct domain *domain, const struct domain_spec *spec)
{
    struct error *error = record_make_folder(domain->folder);

    if (error) {
        return error;
    }
    domain->start = xzalloc(sizeof *domain->start);
    svec_init(&domain->start->argv);
    error = spec->backend == DOMAIN_QEMU ? prepare_qemu(domain, spec, domain->start) : prepare_namespace(domain, spec, domain->start);
    error = error ? error : record_write(domain->folder, &domain->record);
    if (error) {
        record_remove_folder(domain->folder);
    }
    return error;
}

struct error *
domain_build(struct domains *domains, const struct domain_spec *spec, struct domain **domainp)
{
    struct record record = { .backend = spec->backend, .domid = spec->domid };
    struct error *error = check(domains, spec);

    if (error) {
        return error;
    }
    struct domain *domain = domain_create(domains, &spec->vm, &record);
    error = prepare(domain, spec);
    if (error) {
        domain_free(domain);
        return error;
    }
    domain_begin(domain);
    *domainp = domain;
    return NULL;
}
