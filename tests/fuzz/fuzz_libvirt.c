/* SPDX-License-Identifier: Apache-2.0
 *
 * The input is the XML of a libvirt domain. What comes of it, the agent understands as it was meant.
 */
#include <config.h>

#include <stdlib.h>

#include <smap.h>
#include <util.h>

#include "base/error.h"
#include "check.h"
#include "libvirt/domain.h"
#include "libvirt/domain_xml.h"
#include "libvirt/hand.h"
#include "libvirt/keys.h"
#include "libvirt/ports.h"
#include "vif/description.h"
#include "vif/hand.h"

static void
check_meaning(const struct libvirt_port *port, const struct vif_wish *wish)
{
    ovs_assert(vif_policy_equals(&port->policy, &wish->policy));
    ovs_assert(vif_rate_equals(&port->rate, &wish->rate));
}

static void
check_keys(const struct libvirt_port *port)
{
    const struct vif_port_vlans vlans = { .mode = NULL };
    struct smap keys = SMAP_INITIALIZER(&keys);
    struct vif_wish wish = { .mtu = 0 };

    libvirt_keys(port, &keys);
    ovs_assert(smap_is_empty(&keys) == !port->described);
    if (port->described) {
        ovs_assert(!vif_description_parse(&keys, &vlans, &wish));
        check_meaning(port, &wish);
        check_policy(&port->policy);
        vif_policy_destroy(&wish.policy);
    }
    smap_destroy(&keys);
}

static void
check_hand(const struct libvirt_port *port, const char *vm)
{
    char *text = libvirt_hand(port, vm, 1000);
    struct vif_hand *hand;
    struct error *error = vif_hand_parse(text, &hand);

    if (!error) {
        check_meaning(port, &hand->wish);
        vif_hand_destroy(hand);
    }
    check_error(error);
    free(text);
}

static void
check_domain(const struct libvirt_domain *domain)
{
    struct libvirt_ports ports;
    struct error *error = libvirt_ports_find(domain, &ports);

    check_error(libvirt_ports_check(domain));
    for (size_t i = 0; !error && i < ports.n; i++) {
        check_keys(&ports.ports[i]);
        if (ports.ports[i].described && ports.ports[i].handed) {
            check_hand(&ports.ports[i], domain->uuid);
        }
    }
    if (!error) {
        libvirt_ports_destroy(&ports);
    }
    check_error(error);
    libvirt_ports_find_handed(domain, &ports);
    libvirt_ports_destroy(&ports);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct libvirt_domain domain;
    struct error *error = libvirt_domain_read((const char *) bytes, n, &domain);

    if (!error) {
        check_domain(&domain);
        libvirt_domain_destroy(&domain);
    }
    check_error(error);
    return 0;
}
