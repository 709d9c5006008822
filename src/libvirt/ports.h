/* SPDX-License-Identifier: Apache-2.0
 *
 * Which ports a domain of libvirt's has on a switch, and what each may send: its interfaces matched with what is said of them. Whatever is
 * said must be about one of the domain's interfaces, on a port that can be guarded; one of which nothing is said is let alone.
 */
#ifndef LIBVIRT_PORTS_H
#define LIBVIRT_PORTS_H

#include <stdbool.h>
#include <stddef.h>

#include "vif/device.h"
#include "vif/mac.h"
#include "vif/policy.h"
#include "vif/rate.h"

struct error;
struct libvirt_domain;

struct libvirt_port {
    char device[DEVICE_NAME_SIZE];
    char mac[MAC_TEXT_SIZE];
    bool handed;                /* libvirt puts it on no bridge (type ethernet): the agent is to */
    bool described;             /* otherwise nothing is said of it, and the rest is empty */
    char bridge[DEVICE_NAME_SIZE]; /* of one that is handed; otherwise "" */
    struct vif_policy policy;   /* owned */
    struct vif_rate rate;
};

struct libvirt_ports {
    struct libvirt_port *ports;
    size_t n;
    size_t n_described;
};

/* The ports of a domain whose devices are there. On success '*ports' is the caller's to destroy, on failure untouched. */
struct error *libvirt_ports_find(const struct libvirt_domain *, struct libvirt_ports *ports);

/* Refuses early what libvirt_ports_find() would refuse: for a domain that has neither devices nor aliases yet. */
struct error *libvirt_ports_check(const struct libvirt_domain *);

/* Of a domain that has ended: the ports that had been handed, which its devices are still named by. */
void libvirt_ports_find_handed(const struct libvirt_domain *, struct libvirt_ports *ports);

void libvirt_ports_destroy(struct libvirt_ports *);

#endif
