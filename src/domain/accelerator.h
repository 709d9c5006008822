/* SPDX-License-Identifier: Apache-2.0
 *
 * What executes a QEMU guest's code: KVM, or QEMU's own translator (TCG), which is slower and always there. That /dev/kvm is there does not say
 * that it works, inside another virtual machine above all: so a QEMU without a guest is begun with it, as the user whom guests run as.
 */
#ifndef DOMAIN_ACCELERATOR_H
#define DOMAIN_ACCELERATOR_H

#include "domain/proc.h"

enum accelerator_kind { ACCELERATOR_UNKNOWN, ACCELERATOR_KVM, ACCELERATOR_TCG };

struct accelerator {
    enum accelerator_kind kind;
    struct proc trial;
    long long int deadline;     /* of the trial */
};

struct svec;

/* 'name' is "kvm", "tcg", or NULL: try. */
void accelerator_init(struct accelerator *, const char *name);
void accelerator_uninit(struct accelerator *);

/* Begins the trial, if one is needed and has not begun. 'launch' is the command line up to QEMU's name. */
void accelerator_try(struct accelerator *, const struct svec *launch);
/* ACCELERATOR_UNKNOWN while it is being tried. */
enum accelerator_kind accelerator_run(struct accelerator *);
void accelerator_wait(const struct accelerator *);

#endif
