/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether a password has a hash (crypt(3)). That takes a good part of a second by design, so it is done in child processes, a few at a time;
 * the rest waits for its turn.
 */
#ifndef API_PASSWORD_H
#define API_PASSWORD_H

#include <stdbool.h>

struct passwords;

struct passwords *passwords_create(void);

/* Forgets what is under way: nobody is told. */
void passwords_destroy(struct passwords *);

typedef void password_done_fn(bool matches, void *aux);

/* Finds out whether 'password' has 'hash'; 'done' is called once, from passwords_run(). Both are copied. False, and 'done' is never called,
 * if too many wait already. */
bool passwords_check(struct passwords *, const char *password, const char *hash, password_done_fn *done, void *aux);

void passwords_run(struct passwords *);
void passwords_wait(const struct passwords *);

/* A new hash of 'password', which the caller frees, by the method that this system's crypt(3) thinks best; NULL, and errno, if there is none. */
char *password_hash(const char *password);

/* A hash that no password has, and that costs as much to check as one of password_hash(): for users that are not there, so that the time
 * that an answer takes does not tell who is. */
const char *password_hash_of_nobody(void);

#endif
