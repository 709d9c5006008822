/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "libvirt/domain.h"

#include <stdlib.h>

static void
interface_destroy(struct libvirt_interface *interface)
{
    free(interface->type);
    free(interface->mac);
    free(interface->alias);
    free(interface->device);
    free(interface->bridge);
    free(interface->virtual_port);
}

static void
vif_destroy(struct libvirt_vif *vif)
{
    free(vif->mac);
    free(vif->alias);
    free(vif->mode);
    free(vif->auto_lla);
    free(vif->bridge);
    free(vif->kbps);
    free(vif->burst);
    svec_destroy(&vif->ipv4);
    svec_destroy(&vif->ipv6);
}

void
libvirt_domain_destroy(struct libvirt_domain *domain)
{
    for (size_t i = 0; i < domain->n_interfaces; i++) {
        interface_destroy(&domain->interfaces[i]);
    }
    for (size_t i = 0; i < domain->n_vifs; i++) {
        vif_destroy(&domain->vifs[i]);
    }
    free(domain->interfaces);
    free(domain->vifs);
    free(domain->name);
    free(domain->uuid);
}
