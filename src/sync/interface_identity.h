/* SPDX-License-Identifier: Apache-2.0
 *
 * What an interface is known by, in its external_ids, as XenServer's hosts have it. A name that begins with `vif` is a VIF's backend, one
 * that begins with `tap` the emulated one of the same VIF, of the vif whose name ends as its own:
 *
 *     iface-id      the VIF's nicira-iface-id, or xs-vif-uuid itself; not there without xs-vif-uuid
 *     vm-id         the VM's nicira-vm-id, or xs-vm-uuid itself; not there without xs-vm-uuid
 *     attached-mac, xs-network-uuid, xs-vif-uuid, xs-vm-uuid
 *                   of a tap that has its vif: those of the vif
 *     iface-status  of a vif and a tap that have each other: `inactive` and `active`; of a vif alone: `active`; else not there, but that an
 *                   interface of another name keeps it on a host that follows no XAPI (Nova's scripts write it)
 *
 * An interface of another name is its own word for it: nobody is asked.
 *
 * The scope says whose identity this is. On a host that follows an XAPI, every interface's; otherwise that of those alone that carry
 * xs-vif-uuid, or whose vif does: the rest is some other program's. An interface that carries the mark `cabled-vif` has been given its keys
 * by whoever described it: a tap gets those of its vif that it lacks, and loses none.
 */
#ifndef SYNC_INTERFACE_IDENTITY_H
#define SYNC_INTERFACE_IDENTITY_H

#include <stdbool.h>

#include "sync/identity.h"

struct smap;

/* The keys that are decided here, in the order in which they are. */
enum interface_key {
    INTERFACE_ATTACHED_MAC,
    INTERFACE_NETWORK_UUID,
    INTERFACE_VIF_UUID,
    INTERFACE_VM_UUID,
    INTERFACE_IFACE_ID,
    INTERFACE_VM_ID,
    INTERFACE_IFACE_STATUS,
    N_INTERFACE_KEYS,
};

const char *interface_key_name(enum interface_key);

/* The name of the other of the two, which is there or not; NULL if the name is neither a vif's nor a tap's. The caller's to free. */
char *interface_partner(const char *name);

/* Whether the directory is asked about what an interface of that name carries. */
bool interface_is_looked_up(const char *name);

struct interface_facts {
    const char *name;
    const struct smap *ids;     /* its external_ids */
    const struct smap *partner; /* its partner's, or NULL if there is none */
    bool every;                 /* the scope */
};

/* False if the interface's identity is some other program's: nothing of it is to be changed. */
bool interface_is_in_scope(const struct interface_facts *);

/* What the directory is to be asked for: the value of xs-vif-uuid, or xs-vm-uuid, that the interface has or is to get; NULL: none. */
const char *interface_vif(const struct interface_facts *);
const char *interface_vm(const struct interface_facts *);

/* What it says. An id that stands and was made for another uuid does not outlive that uuid, even while the answer is not known. */
struct interface_answers {
    struct identity_source vif, vm;
    bool vif_is_new, vm_is_new;
};

struct interface_identity {
    struct identity_value values[N_INTERFACE_KEYS];
};

struct interface_identity interface_identity_decide(const struct interface_facts *, const struct interface_answers *);

#endif
