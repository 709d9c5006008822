/* SPDX-License-Identifier: Apache-2.0
 *
 * How long a login that failed waits for its answer: a second, and twice as long after each further failure of the same user or from the
 * same address, half a minute at most. A login that succeeds is never kept waiting. What happened longer than ten minutes ago is
 * forgotten, and so is, of more names and addresses than base/limits.h allows, the one that has been quiet for longest.
 *
 * No clock: 'now' is an argument, in milliseconds of a clock that does not go back.
 */
#ifndef API_DELAYS_H
#define API_DELAYS_H

enum { DELAYS_FIRST_MS = 1000, DELAYS_CEILING_MS = 30 * 1000, DELAYS_MEMORY_MS = 600 * 1000 };

struct delays;

struct delays *delays_create(void);
void delays_destroy(struct delays *);

/* A login as 'user' from 'address' has failed: how many milliseconds its answer is to wait. */
long long int delays_fail(struct delays *, const char *user, const char *address, long long int now);

/* One has succeeded: that user's failures are forgotten. Those from the address are not, or whoever has an account could try others'
 * passwords without delay. */
void delays_succeed(struct delays *, const char *user);

#endif
