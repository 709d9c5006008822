/* SPDX-License-Identifier: Apache-2.0
 *
 * What XenServer's toolstack, xenopsd, has written of a VIF, as it was read: texts, none of them judged yet. xenstore/facts.h reads them,
 * xenvif/description.h makes sense of them.
 */
#ifndef XENVIF_FACTS_H
#define XENVIF_FACTS_H

#include <stdbool.h>

#include "vif/wish.h"
#include "xenvif/metadata.h"

struct xenvif_call;

enum xenvif_key {
#define XENVIF_KEY(NAME, PATH) XENVIF_KEY_##NAME,
#define XENVIF_OLDER_KEY(NAME, PATH) XENVIF_KEY_##NAME,
#include "xenvif/keys.def"
#undef XENVIF_KEY
#undef XENVIF_OLDER_KEY
    XENVIF_N_KEYS
};

struct xenvif_facts {
    char vm_uuid[UUID_TEXT_SIZE]; /* as the domain's home says */
    char *final_uuid;           /* of a domain that a VM migrates to; NULL: it is no such domain */
    bool older_root;            /* keys stand below /xapi/<domid>, not below /xapi/<vm uuid> */
    char *private_path;         /* where the keys stand */
    char *hotplug_path;         /* where the answers go */
    char *key[XENVIF_N_KEYS];   /* NULL: not there */
    char *frontend_mac;         /* NULL: not there, or not needed */
    bool has_metadata;
    struct xenvif_metadata metadata;
};

/* The path of a key below PRIVATE: "other-config/ethtool-rx". */
const char *xenvif_key_path(enum xenvif_key);

/* True if the key says what today's XenServer has in the file. */
bool xenvif_key_is_older(enum xenvif_key);

/* Where xenopsd's keys and ours stand: below the VM's uuid, or below the domain's number where XenServer is older. The caller frees
 * them. */
char *xenvif_private_path(const struct xenvif_call *, const char *vm_uuid, bool older_root);
char *xenvif_hotplug_path(const struct xenvif_call *, const char *vm_uuid, bool older_root);

/* The backend's and the frontend's folder. */
char *xenvif_backend_path(const struct xenvif_call *);
char *xenvif_frontend_path(const struct xenvif_call *);

/* Frees what the facts own, not 'facts' itself. */
void xenvif_facts_destroy(struct xenvif_facts *facts);

#endif
