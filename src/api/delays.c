/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "api/delays.h"

#include <stdlib.h>
#include <string.h>

#include <hash.h>
#include <openvswitch/hmap.h>
#include <util.h>

#include "base/limits.h"

struct delays {
    struct hmap failures;       /* struct failure by 'node' */
};

/* Of a user or an address. */
struct failure {
    struct hmap_node node;
    char *whose;                /* "user NAME", "address ADDRESS" */
    unsigned int n;
    long long int last;
};

struct delays *
delays_create(void)
{
    struct delays *delays = xmalloc(sizeof *delays);

    hmap_init(&delays->failures);
    return delays;
}

static void
failure_forget(struct delays *delays, struct failure *failure)
{
    hmap_remove(&delays->failures, &failure->node);
    free(failure->whose);
    free(failure);
}

void
delays_destroy(struct delays *delays)
{
    struct failure *failure;

    if (delays) {
        HMAP_FOR_EACH_SAFE (failure, node, &delays->failures) {
            failure_forget(delays, failure);
        }
        hmap_destroy(&delays->failures);
        free(delays);
    }
}

static struct failure *
failure_find(const struct delays *delays, const char *whose)
{
    struct failure *failure;

    HMAP_FOR_EACH_WITH_HASH (failure, node, hash_string(whose, 0), &delays->failures) {
        if (!strcmp(failure->whose, whose)) {
            return failure;
        }
    }
    return NULL;
}

static void
make_room(struct delays *delays)
{
    struct failure *failure, *oldest = NULL;

    if (hmap_count(&delays->failures) < LIMIT_LOGIN_FAILURES) {
        return;
    }
    HMAP_FOR_EACH (failure, node, &delays->failures) {
        oldest = !oldest || failure->last < oldest->last ? failure : oldest;
    }
    failure_forget(delays, oldest);
}

static struct failure *
failure_add(struct delays *delays, const char *whose)
{
    struct failure *failure;

    make_room(delays);
    failure = xzalloc(sizeof *failure);
    failure->whose = xstrdup(whose);
    hmap_insert(&delays->failures, &failure->node, hash_string(whose, 0));
    return failure;
}

/* Counts one more, and tells how many there are. 'whose' is consumed. */
static unsigned int
count(struct delays *delays, char *whose, long long int now)
{
    struct failure *failure = failure_find(delays, whose);

    if (!failure) {
        failure = failure_add(delays, whose);
    } else if (now - failure->last > DELAYS_MEMORY_MS) {
        failure->n = 0;
    }
    free(whose);
    failure->last = now;
    return ++failure->n;
}

long long int
delays_fail(struct delays *delays, const char *user, const char *address, long long int now)
{
    const unsigned int n_user = count(delays, xasprintf("user %s", user), now);
    const unsigned int n_address = count(delays, xasprintf("address %s", address), now);
    long long int delay = DELAYS_FIRST_MS;

    for (unsigned int n = MAX(n_user, n_address); n > 1 && delay < DELAYS_CEILING_MS; n--) {
        delay *= 2;
    }
    return MIN(delay, DELAYS_CEILING_MS);
}

void
delays_succeed(struct delays *delays, const char *user)
{
    char *whose = xasprintf("user %s", user);
    struct failure *failure = failure_find(delays, whose);

    if (failure) {
        failure_forget(delays, failure);
    }
    free(whose);
}
