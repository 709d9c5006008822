/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/generations.h"

#include <stdlib.h>

#include <util.h>

#include "rules/cookie.h"

void
generations_note(struct generations *generations, uint64_t raw)
{
    struct cookie cookie;

    if (!cookie_unpack(raw, &cookie)) {
        return;
    }
    if (generations->n >= generations->allocated) {
        generations->list = x2nrealloc(generations->list, &generations->allocated, sizeof *generations->list);
    }
    generations->list[generations->n++] = (struct generation) { cookie.ofport, cookie.generation };
}

static int
compare(const void *a_, const void *b_)
{
    const struct generation *a = a_, *b = b_;

    return a->ofport != b->ofport ? (a->ofport < b->ofport ? -1 : 1) : a->number - b->number;
}

void
generations_sort(struct generations *generations)
{
    struct generation *list = generations->list;
    size_t n = 0;

    if (generations->n) {
        qsort(list, generations->n, sizeof *list, compare);
    }
    for (size_t i = 0; i < generations->n; i++) {
        if (!n || compare(&list[n - 1], &list[i])) {
            list[n++] = list[i];
        }
    }
    generations->n = n;
}

void
generations_clear(struct generations *generations)
{
    generations->n = 0;
}

void
generations_destroy(struct generations *generations)
{
    free(generations->list);
}
