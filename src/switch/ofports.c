/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/ofports.h"

#include <stdlib.h>
#include <string.h>

#include <bitmap.h>
#include <hash.h>
#include <openvswitch/hmap.h>
#include <openvswitch/shash.h>
#include <util.h>

enum { N_OFPORTS = OFPORT_LAST - OFPORT_FIRST + 1 };

struct noted_port;

/* What keeps a number from being reserved. */
struct claim {
    struct hmap_node node;      /* in 'claims', if 'ofport' is not 0 */
    uint32_t ofport;
    const struct noted_port *port;
};

struct noted_port {
    struct claim has, asks;
};

struct ofports {
    unsigned long *reserved;
    size_t next;                /* where the search begins */
    struct shash ports;         /* of struct noted_port by interface: those with a claim */
    struct hmap claims;         /* of struct claim by number */
};

struct ofports *
ofports_create(void)
{
    struct ofports *ofports = xmalloc(sizeof *ofports);

    ofports->reserved = bitmap_allocate(N_OFPORTS);
    ofports->next = 0;
    shash_init(&ofports->ports);
    hmap_init(&ofports->claims);
    return ofports;
}

void
ofports_destroy(struct ofports *ofports)
{
    if (ofports) {
        ofports_forget_ports(ofports);
        shash_destroy(&ofports->ports);
        hmap_destroy(&ofports->claims);
        free(ofports->reserved);
        free(ofports);
    }
}

bool
ofports_is_reservable(uint32_t ofport)
{
    return ofport >= OFPORT_FIRST && ofport <= OFPORT_LAST;
}

static bool
is_taken(const struct ofports *ofports, uint32_t ofport)
{
    const struct claim *claim;

    if (bitmap_is_set(ofports->reserved, ofport - OFPORT_FIRST)) {
        return true;
    }
    HMAP_FOR_EACH_WITH_HASH (claim, node, hash_int(ofport, 0), &ofports->claims) {
        if (claim->ofport == ofport) {
            return true;
        }
    }
    return false;
}

uint32_t
ofports_reserve(struct ofports *ofports)
{
    for (size_t n = 0; n < N_OFPORTS; n++) {
        const size_t i = (ofports->next + n) % N_OFPORTS;

        if (!is_taken(ofports, OFPORT_FIRST + i)) {
            bitmap_set1(ofports->reserved, i);
            ofports->next = (i + 1) % N_OFPORTS;
            return OFPORT_FIRST + i;
        }
    }
    return 0;
}

/* What was given back is not reserved again soon by an agent either that has not seen it given back. */
static void
search_behind(struct ofports *ofports, uint32_t ofport)
{
    const size_t i = ofport - OFPORT_FIRST;

    if (i >= ofports->next) {
        ofports->next = (i + 1) % N_OFPORTS;
    }
}

void
ofports_take(struct ofports *ofports, uint32_t ofport)
{
    if (ofports_is_reservable(ofport)) {
        bitmap_set1(ofports->reserved, ofport - OFPORT_FIRST);
        search_behind(ofports, ofport);
    }
}

void
ofports_release(struct ofports *ofports, uint32_t ofport)
{
    if (ofports_is_reservable(ofport)) {
        bitmap_set0(ofports->reserved, ofport - OFPORT_FIRST);
    }
}

static void
set_claim(struct ofports *ofports, struct claim *claim, uint32_t ofport)
{
    if (claim->ofport == ofport) {
        return;
    }
    if (claim->ofport) {
        hmap_remove(&ofports->claims, &claim->node);
    }
    claim->ofport = ofport;
    if (ofport) {
        hmap_insert(&ofports->claims, &claim->node, hash_int(ofport, 0));
        search_behind(ofports, ofport);
    }
}

static struct noted_port *
need_port(struct ofports *ofports, const char *interface)
{
    struct noted_port *port = shash_find_data(&ofports->ports, interface);

    if (!port) {
        port = xzalloc(sizeof *port);
        port->has.port = port->asks.port = port;
        shash_add(&ofports->ports, interface, port);
    }
    return port;
}

static void
forget_port(struct ofports *ofports, struct shash_node *node)
{
    struct noted_port *port = node->data;

    set_claim(ofports, &port->has, 0);
    set_claim(ofports, &port->asks, 0);
    free(port);
    shash_delete(&ofports->ports, node);
}

void
ofports_note_port(struct ofports *ofports, const char *interface, int64_t has, uint32_t asks)
{
    const uint32_t number = has > 0 && ofports_is_reservable(has) ? has : 0;
    const uint32_t request = ofports_is_reservable(asks) ? asks : 0;

    if (number || request) {
        struct noted_port *port = need_port(ofports, interface);

        set_claim(ofports, &port->has, number);
        set_claim(ofports, &port->asks, request);
    } else {
        struct shash_node *node = shash_find(&ofports->ports, interface);

        if (node) {
            forget_port(ofports, node);
        }
    }
}

void
ofports_forget_ports(struct ofports *ofports)
{
    struct shash_node *node;

    SHASH_FOR_EACH_SAFE (node, &ofports->ports) {
        forget_port(ofports, node);
    }
}

bool
ofports_is_anothers(const struct ofports *ofports, uint32_t ofport, const char *interface)
{
    const struct noted_port *own = shash_find_data(&ofports->ports, interface);
    const struct claim *claim;

    HMAP_FOR_EACH_WITH_HASH (claim, node, hash_int(ofport, 0), &ofports->claims) {
        if (claim->ofport == ofport && claim == &claim->port->has && claim->port != own) {
            return true;
        }
    }
    return false;
}
