/* SPDX-License-Identifier: Apache-2.0
 *
 * What a VM's domain is to be made of (domain/domain.h), as its rows say. The kind of guest is VM.platform["cabled-domain"]: "qemu", the
 * default, or "netns".
 */
#ifndef TOOLSTACK_GUEST_SPEC_H
#define TOOLSTACK_GUEST_SPEC_H

#include "domain/domain.h"

struct error;
struct poolrec_vif;
struct poolrec_vm;
struct vm_index;

/* What 'spec' points to is the rows' and this struct's. */
struct guest_spec {
    struct domain_spec spec;
    struct domain_vif *vifs;
    struct domain_disk *disks;
    char **paths;
    size_t n_paths;
};

/* Of a VM that has a domid: its VIFs and VBDs that are attached. Disks are in the folder 'storage'. Error if a row says what no domain can
 * have. On failure there is nothing to destroy. */
struct error *guest_spec_read(struct guest_spec *, const struct vm_index *, const struct poolrec_vm *, const char *storage);
void guest_spec_destroy(struct guest_spec *);

/* One VIF. */
struct error *guest_spec_read_vif(const struct poolrec_vif *, struct domain_vif *);

#endif
