/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests that live through very many random histories, each made from a number, so that the one that fails can be lived through again:
 * CABLED_HISTORIES=N lives through so many, CABLED_HISTORY=N through that one alone.
 */
#ifndef BASE_TEST_HISTORIES_H
#define BASE_TEST_HISTORIES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct histories {
    unsigned int n;             /* unless the environment says otherwise */
    void (*live_through)(uint32_t seed);
    unsigned int now;           /* which is lived through */
};

/* A number below 'n', another one each time. */
static inline unsigned int
below(uint32_t *seed, unsigned int n)
{
    *seed = *seed * 1664525 + 1013904223;
    return (*seed >> 8) % n;
}

/* A test's body; '*histories' is a struct histories. */
static inline void
live_through_all(void **histories_)
{
    const char *wanted = getenv("CABLED_HISTORIES"), *only = getenv("CABLED_HISTORY");
    struct histories *histories = *histories_;
    const unsigned int n = wanted ? atoi(wanted) : histories->n;

    if (only) {
        histories->live_through(atoi(only));
        return;
    }
    for (histories->now = 0; histories->now < n; histories->now++) {
        histories->live_through(histories->now);
    }
}

/* What is main()'s to return; 'failed' is what cmocka_run_group_tests() has returned. */
static inline int
histories_end(const struct histories *histories, int failed)
{
    if (failed) {
        fprintf(stderr, "in the one that CABLED_HISTORY=%u lives through alone\n", histories->now);
    }
    return failed;
}

#endif
