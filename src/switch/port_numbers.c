/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/port_numbers.h"

#include <flow.h>
#include <openvswitch/ofp-msgs.h>
#include <openvswitch/ofp-port.h>
#include <openvswitch/ofpbuf.h>
#include <util.h>

void
port_numbers_init(struct port_numbers *ports)
{
    *ports = (struct port_numbers) { .seqno = 0 };
    shash_init(&ports->known);
    shash_init(&ports->coming);
}

void
port_numbers_destroy(struct port_numbers *ports)
{
    shash_destroy(&ports->known);
    shash_destroy(&ports->coming);
}

struct ofpbuf *
port_numbers_encode_ask(struct port_numbers *ports)
{
    struct ofpbuf *request = ofputil_encode_port_desc_stats_request(OFP14_VERSION, OFPP_ANY);

    ports->awaited = ((struct ofp_header *) request->data)->xid;
    shash_clear(&ports->coming);
    return request;
}

void
port_numbers_hear(struct port_numbers *ports, struct ofpbuf *reply)
{
    const struct ofp_header *header = reply->data;
    bool more = ofpmp_more(header);
    struct ofputil_phy_port port;

    if (header->xid != ports->awaited || ofptype_pull(&(enum ofptype) { 0 }, reply)) {
        return;
    }
    while (!ofputil_pull_phy_port(OFP14_VERSION, reply, &port)) {
        shash_replace(&ports->coming, port.name, (void *) (uintptr_t) ofp_to_u16(port.port_no));
    }
    if (!more) {
        shash_swap(&ports->known, &ports->coming);
        shash_clear(&ports->coming);
        ports->seqno++;
    }
}

uint32_t
port_numbers_find(const struct port_numbers *ports, const char *name)
{
    return (uintptr_t) shash_find_data(&ports->known, name);
}
