/* SPDX-License-Identifier: Apache-2.0
 *
 * Somebody who calls verbs and methods one after the other, against a real pool database (objects/test_world.h), and compares the replies.
 */
#ifndef TOOLSTACK_TEST_DESK_H
#define TOOLSTACK_TEST_DESK_H

#include <stddef.h>

#include <util.h>

#include "objects/test_world.h"
#include "xenapi/ref.h"

#define NO_REF "OpaqueRef:70000000-dead-4000-8000-000000000000"

/* A call and its reply, in the notation of xenapi/test_show.h. In both, $ is the reference that was made last; a reply "made" is one that is new.
 * What ends with * is the beginning of what is wanted. */
struct exchange {
    const char *method, *params, *reply;
};

struct desk {
    struct world *world;
    char made[XENAPI_REF_SIZE];
};

/* 'text' with the reference for each $; the caller's. */
char *desk_with_made(const struct desk *, const char *text);

/* The reply, as text; the caller's. */
char *desk_call(struct desk *, const char *method, const char *params);

/* Fails the test at the first reply that is not what is wanted. 'state' is the world's. */
void converse(void **state, const struct exchange *exchanges, size_t n);

#define CONVERSE(EXCHANGES) converse(state, EXCHANGES, ARRAY_SIZE(EXCHANGES))

#endif
