/* SPDX-License-Identifier: Apache-2.0
 *
 * What xenopsd and netback wait for: the keys that are written or removed after each action, in the order in which that happens. Keys
 * and values are those of XenServer's own scripts. What others wait for comes last.
 */
#ifndef XENVIF_ANSWERS_H
#define XENVIF_ANSWERS_H

#include <stddef.h>

struct xenvif_call;
struct xenvif_facts;

struct xenvif_answer {
    char *path;
    char *value;                /* NULL: the key is removed, if it is there */
};

enum { XENVIF_ANSWERS_MAX = 8 };

struct xenvif_answers {
    struct xenvif_answer list[XENVIF_ANSWERS_MAX];
    size_t n;
};

/* The VIF is wired, or disabled if 'ofport' is 0: XENVIF_ONLINE, XENVIF_MOVE, XENVIF_FILTER. */
struct xenvif_answers xenvif_answers_wired(const struct xenvif_call *, const struct xenvif_facts *, unsigned int ifindex,
                                           unsigned int ofport);

/* Port and rules are gone: XENVIF_REMOVE, XENVIF_CLEAR. */
struct xenvif_answers xenvif_answers_unwired(const struct xenvif_call *, const struct xenvif_facts *);

/* And the hook has been called: what lets xenopsd go on with XENVIF_REMOVE. */
struct xenvif_answers xenvif_answers_gone(const struct xenvif_call *, const struct xenvif_facts *);

void xenvif_answers_destroy(struct xenvif_answers *);

#endif
