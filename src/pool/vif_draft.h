/* SPDX-License-Identifier: Apache-2.0
 *
 * What the row of a VIF will say: every value resolved and checked together with the others and with other VIFs. Inside of
 * the room: pool/vif.h is what others include.
 */
#ifndef POOL_VIF_DRAFT_H
#define POOL_VIF_DRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <svec.h>

#include "vif/policy.h"
#include "vif/rate.h"

struct error;
struct ovsdb_idl_txn;
struct pool;
struct pool_vif_words;
struct poolrec_host;
struct poolrec_network;
struct poolrec_vif;
struct poolrec_vm;
struct uuid;

struct vif_draft {
    const char *device;
    const struct poolrec_vif *self; /* NULL: new */
    const struct poolrec_network *network;
    const struct poolrec_host *host;
    const struct poolrec_vm *vm;
    bool made_vm;
    const char *mac;
    const char *mode;
    struct svec ipv4, ipv6;
    const int64_t *trunks;
    size_t n_trunks;
    int64_t mtu;
    bool auto_lla;
    struct vif_policy policy;   /* of all these */
    struct vif_rate_words rate_words;
    struct vif_rate rate;       /* of these */
};

void vif_draft_of_new(struct vif_draft *, const char *device);
void vif_draft_of_row(struct vif_draft *, const struct poolrec_vif *);
void vif_draft_destroy(struct vif_draft *);

/* Applies 'words' to the draft and checks it. A VM that is not there yet is made in 'txn'. */
struct error *vif_draft_make(struct pool *, struct ovsdb_idl_txn *txn, struct vif_draft *, const struct pool_vif_words *words,
                             const struct uuid *here);

#endif
