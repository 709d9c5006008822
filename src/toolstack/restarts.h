/* SPDX-License-Identifier: Apache-2.0
 *
 * How often a guest may be begun anew because it crashed or rebooted by itself: five times in ten minutes. One that does it more often does nothing
 * else, and is halted. Time is an argument, in milliseconds.
 */
#ifndef TOOLSTACK_RESTARTS_H
#define TOOLSTACK_RESTARTS_H

#include <stdbool.h>

enum { RESTARTS_MAX = 5, RESTARTS_WINDOW_MS = 10 * 60 * 1000 };

/* All zeros: there was none. */
struct restarts {
    long long int at[RESTARTS_MAX];     /* a ring; 0: none */
    unsigned int next;
};

/* True if there may be one more now. */
bool restarts_allow(const struct restarts *, long long int now);
void restarts_count(struct restarts *, long long int now);

#endif
