/* SPDX-License-Identifier: Apache-2.0
 *
 * How long to wait before something that failed is tried again: 100 ms after the first failure, twice as long after each further one, 10 s
 * at most. What goes well ends it, and so does quiet: a failure that comes more than 10 s after the last wait was over counts as the
 * first again.
 *
 * No clock: 'now' is an argument, in milliseconds of a clock that does not go back.
 */
#ifndef BASE_BACKOFF_H
#define BASE_BACKOFF_H

#include <stdbool.h>

enum { BACKOFF_FIRST_MS = 100, BACKOFF_CEILING_MS = 10000 };

/* All zeros: nothing has failed. */
struct backoff {
    unsigned int n;             /* failures in a row */
    long long int wait;         /* after the last one, in ms */
    long long int until;        /* not before this is it tried again; 0 if nothing has failed */
};

void backoff_fail(struct backoff *, long long int now);

/* The same where the first failure costs no wait: what may happen once by chance is made good at once. */
void backoff_fail_once_free(struct backoff *, long long int now);

/* It went well, or is not wanted any more. */
void backoff_reset(struct backoff *);

bool backoff_holds(const struct backoff *, long long int now);

#endif
