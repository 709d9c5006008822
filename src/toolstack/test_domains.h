/* SPDX-License-Identifier: Apache-2.0
 *
 * Domains for tests (domain/domain.h) that are no processes: each thing that is asked of one is done in a later turn. They outlive the struct
 * domains, as processes do, in a 'ground' that stays when the toolstack is killed.
 */
#ifndef TOOLSTACK_TEST_DOMAINS_H
#define TOOLSTACK_TEST_DOMAINS_H

#include <stdbool.h>

#include <openvswitch/list.h>

#include "domain/domain.h"

/* What stays. */
struct ground {
    struct ovs_list domains;
    const char *refuses;        /* why no domain can be begun, or NULL */
    bool is_deaf;               /* guests do not heed the power button */
    bool keeps_vifs;            /* guests do not let go of a VIF */
};

void ground_init(struct ground *);
void ground_destroy(struct ground *);

/* Whether a device of that name is there. */
bool ground_has_device(const struct ground *, const char *name);
size_t ground_count(const struct ground *);

/* What a guest does by itself, or what is done to it. */
void ground_turn(struct ground *, const struct uuid *vm, enum domain_state);

/* The only way to open them: what domains_open() would find is 'ground'. */
struct domains *test_domains_open(struct ground *);

#endif
