/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/counts.h"

#include <stdlib.h>

#include <hash.h>
#include <util.h>

#include "rules/cookie.h"

void
counts_init(struct counts *counts)
{
    hmap_init(&counts->ports);
}

void
counts_clear(struct counts *counts)
{
    struct port_counts *port;

    HMAP_FOR_EACH_POP (port, node, &counts->ports) {
        free(port);
    }
}

void
counts_destroy(struct counts *counts)
{
    counts_clear(counts);
    hmap_destroy(&counts->ports);
}

static struct port_counts *
find_port(const struct counts *counts, uint32_t ofport)
{
    struct port_counts *port;

    HMAP_FOR_EACH_WITH_HASH (port, node, hash_int(ofport, 0), &counts->ports) {
        if (port->ofport == ofport) {
            return port;
        }
    }
    return NULL;
}

const struct port_counts *
counts_of_port(const struct counts *counts, uint32_t ofport)
{
    return find_port(counts, ofport);
}

static struct port_counts *
need_port(struct counts *counts, uint32_t ofport)
{
    struct port_counts *port = find_port(counts, ofport);

    if (!port) {
        port = xzalloc(sizeof *port);
        port->ofport = ofport;
        hmap_insert(&counts->ports, &port->node, hash_int(ofport, 0));
    }
    return port;
}

static uint64_t
known(uint64_t count)
{
    return count == UINT64_MAX ? 0 : count;
}

void
counts_add(struct counts *counts, uint64_t raw, uint64_t packets, uint64_t bytes)
{
    struct cookie cookie;
    size_t rule;

    if (cookie_unpack(raw, &cookie) && (rule = rules_index(cookie.rule)) < RULES_N) {
        struct port_counts *port = need_port(counts, cookie.ofport);

        port->present[rule] = true;
        port->of[rule].packets += known(packets);
        port->of[rule].bytes += known(bytes);
    }
}
