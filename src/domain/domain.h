/* SPDX-License-Identifier: Apache-2.0
 *
 * The domains of this host: guests that run or are being built, each for a VM, by one of two backends. `qemu`: a QEMU process, unprivileged and
 * with its sandbox on, controlled by QMP. `netns`: a network namespace with a process in it, kept by cabled-guest(8), which answers to
 * the same protocol.
 *
 * Nothing here blocks: what is asked for is begun, and what has become of it is seen in domain_status(). Domains live as processes of their
 * own and outlive this one: domains_open() finds those that are there by their folders under the run folder (RUN/<uuid of VM>/) and takes
 * them over. No VM's record is looked at here: who owns a domain that nobody asked for is the caller's to decide.
 *
 * A device of VIF <devid> is called vif<domid>.<devid>. It is made here, down, without addresses; all else about it is the agent's.
 */
#ifndef DOMAIN_DOMAIN_H
#define DOMAIN_DOMAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uuid.h>

#include "vif/mac.h"

struct domain;
struct domains;
struct error;

enum domain_backend { DOMAIN_QEMU, DOMAIN_NETNS };

/* What a new domain is made of. Texts are copied. */
struct domain_vif {
    unsigned int devid;
    struct mac mac;
    unsigned int mtu;
};

struct domain_disk {
    const char *path;
    const char *format;         /* "raw" or "qcow2" */
    unsigned int position;      /* VBD.userdevice */
    bool is_read_only;
    bool is_cd;
};

struct domain_spec {
    struct uuid vm;
    unsigned int domid;         /* 1 to DOMAIN_MAX_ID, of no other domain */
    const char *name;           /* VM.name_label: for people */
    enum domain_backend backend;
    uint64_t memory_bytes;
    unsigned int vcpus;
    const char *kernel, *ramdisk, *args;    /* netns: 'kernel' is a program, 'args' its arguments; "" is none */
    const struct domain_disk *disks;
    size_t n_disks;
    const struct domain_vif *vifs;
    size_t n_vifs;
};

/* 15 bits, as Xen's; vif<domid>.<devid> then fits into a device's name. */
enum { DOMAIN_MAX_ID = 32751 };

struct domains_config {
    const char *run_folder;     /* "/run/cabled/guests" */
    const char *qemu;           /* "qemu-system-x86_64" */
    const char *keeper;         /* path of cabled-guest */
    const char *user;           /* whom guests run as; NULL: whoever this is, who is not root then */
    const char *accelerator;    /* "kvm" or "tcg"; NULL: KVM if QEMU can be begun with it here, which is tried for the first guest */
    bool offload;               /* guests may leave checksums and segments to the switch: its datapath must make them, as the kernel's does */
};

enum domain_state {
    DOMAIN_BUILDING,            /* begun; its devices may be there */
    DOMAIN_PAUSED,              /* built, all its devices are there, no guest code runs */
    DOMAIN_RUNNING,
    DOMAIN_STOPPED,             /* the guest has switched itself off; the domain is still there */
    DOMAIN_REBOOTING,           /* the guest wants to be begun anew; the same */
    DOMAIN_CRASHED,             /* the guest has panicked; the same */
    DOMAIN_GONE,                /* its process has ended or could not be started: domain_error() says why, and all of it has been removed */
};

/* Finds the domains that are there, and removes what is left of others. Error if the run folder cannot be used, or somebody else uses it, or
 * there is no such user. */
struct error *domains_open(const struct domains_config *, struct domains **);
/* Domains live on. */
void domains_close(struct domains *);
void domains_run(struct domains *);
void domains_wait(struct domains *);

struct domain *domains_find(const struct domains *, const struct uuid *vm);
struct domain *domains_first(const struct domains *);
struct domain *domains_next(const struct domains *, const struct domain *);

/* Changes whenever something that is told of some domain has changed. */
unsigned int domains_seqno(const struct domains *);

/* Whether a device vif<domid>.* or a domain of that id is there. */
bool domains_has_id(const struct domains *, unsigned int domid);

/* Begins to build a domain, paused. Error, and nothing begun, if the spec is wrong (no such kernel, disk, program) or the VM has a domain. */
struct error *domain_build(struct domains *, const struct domain_spec *, struct domain **);

enum domain_state domain_state(const struct domain *);
const struct uuid *domain_vm(const struct domain *);
unsigned int domain_domid(const struct domain *);
enum domain_backend domain_backend(const struct domain *);
/* In words, why the last thing that was asked failed, or why the domain is gone or crashed; NULL if nothing did. The domain's. */
const char *domain_error(const struct domain *);
/* CLOCK_MONOTONIC, microseconds: when its process was begun, its devices were there, it was built; 0: not yet, or not known after a takeover. */
struct domain_times { int64_t begun, devices, built, unpaused; };
struct domain_times domain_times(const struct domain *);
/* The console's log, and where a person can connect to it (unix socket). */
const char *domain_console_log(const struct domain *);
const char *domain_console_socket(const struct domain *);

/* All are seen in domain_state(). */
void domain_unpause(struct domain *);
void domain_pause(struct domain *);
void domain_press_power_button(struct domain *);        /* the guest may heed it, and is STOPPED then */
/* Begins the guest anew, at once; a REBOOTING or STOPPED one too. In the 5 s after that a reset by the guest is not told, but done. */
void domain_reset(struct domain *);
void domain_destroy(struct domain *);                   /* at once; it is GONE when its devices are */

/* Of a domain that is built. The VIF is there, or not any more, when domain_has_vif() says so; otherwise domain_error(). */
void domain_plug(struct domain *, const struct domain_vif *);
void domain_unplug(struct domain *, unsigned int devid);
bool domain_has_vif(const struct domain *, unsigned int devid);
bool domain_is_changing_vif(const struct domain *, unsigned int devid);

/* Forgets a domain that is GONE. */
void domain_forget(struct domain *);

#endif
