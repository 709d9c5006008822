/* SPDX-License-Identifier: Apache-2.0
 *
 * A VIF of a XenServer host as Cabled needs it: what xenopsd has written, checked. Which text says what, and which ones there must be:
 *
 *   bridge, MTU, bridge-MAC     PRIVATE; each is needed
 *   trunks                      PRIVATE; needed, but for older XenServer, which has none
 *   vif-uuid, network-uuid      PRIVATE, or else the file's extra_private_keys; needed
 *   MAC, policy, addresses      the file; older XenServer has none, and no key xenopsd-backend: PRIVATE, and the frontend's mac
 *   xs-vm-uuid                  the VM's final-uuid if it has one, else its uuid
 */
#ifndef XENVIF_DESCRIPTION_H
#define XENVIF_DESCRIPTION_H

#include "vif/device.h"
#include "vif/policy.h"
#include "vif/wish.h"

struct error;
struct xenvif_call;
struct xenvif_facts;

struct xenvif_description {
    char device[DEVICE_NAME_SIZE];
    char bridge[DEVICE_NAME_SIZE]; /* as XAPI names it: it may be a fake bridge of a VLAN, see ask/bridge.h */
    char vm_uuid[UUID_TEXT_SIZE]; /* the VM's own, also while it migrates */
    char vif_uuid[UUID_TEXT_SIZE];
    char network_uuid[UUID_TEXT_SIZE];
    int mtu;
    struct vif_policy policy;   /* with the trunks; owned */
};

/* On failure '*description' is untouched, and the error names the key or member. ERROR_NOT_FOUND: a key is missing. */
struct error *xenvif_describe(const struct xenvif_call *, const struct xenvif_facts *, struct xenvif_description *description);

/* Frees what it owns, not 'description' itself. */
void xenvif_description_destroy(struct xenvif_description *description);

#endif
