/* SPDX-License-Identifier: Apache-2.0
 *
 * What a libvirt domain says of its interfaces and of what they may send, as far as Cabled has to know: the words of its XML
 * (libvirt's "Domain XML format", elements interface and metadata), taken out and not yet judged.
 */
#ifndef LIBVIRT_DOMAIN_H
#define LIBVIRT_DOMAIN_H

#include <stdbool.h>
#include <stddef.h>

#include <svec.h>

/* The namespace of our elements below <metadata>; libvirt keeps what stands there as it is. */
#define LIBVIRT_NAMESPACE "urn:cabled:libvirt:1"

/* One <interface>. Each text is owned, and NULL if the XML does not have it. */
struct libvirt_interface {
    char *type;                 /* "bridge", "ethernet" ... */
    char *mac;
    char *alias;                /* "net0", "ua-front" ... */
    char *device;               /* <target dev>: there once libvirt has made the device */
    char *bridge;               /* <source bridge> */
    char *virtual_port;         /* <virtualport type>: "openvswitch" ... */
};

/* One <vif> of ours: what one interface may send. Owned likewise. */
struct libvirt_vif {
    unsigned long int line;     /* where it begins */
    char *mac, *alias;          /* which interface: one of the two */
    char *mode;
    char *auto_lla;             /* "yes" or "no" */
    char *bridge;               /* of an interface that libvirt puts on none */
    char *kbps, *burst;         /* <rate> */
    struct svec ipv4, ipv6;
};

struct libvirt_domain {
    char *name, *uuid;          /* "" if the XML does not have it; owned */
    struct libvirt_interface *interfaces;
    size_t n_interfaces;
    bool described;             /* there is a <vifs> of ours */
    struct libvirt_vif *vifs;
    size_t n_vifs;
};

/* Frees what the domain owns. */
void libvirt_domain_destroy(struct libvirt_domain *);

#endif
