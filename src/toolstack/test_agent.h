/* SPDX-License-Identifier: Apache-2.0
 *
 * An agent for tests: one that has no switch, but reads and writes VIF rows as cabled does. Its ports are a set of device names.
 */
#ifndef TOOLSTACK_TEST_AGENT_H
#define TOOLSTACK_TEST_AGENT_H

#include <stdbool.h>

#include <sset.h>

struct ground;
struct pool;
struct pool_commit;

struct test_agent {
    struct pool *pool;          /* a replica of its own, as it is a program of its own */
    struct ground *ground;
    struct pool_commit *commit;
    struct sset ports;
    const char *refuses;        /* why no VIF can be wired, or NULL */
    bool sleeps;                /* it does nothing */
};

void test_agent_open(struct test_agent *, const char *remote, struct ground *);
void test_agent_close(struct test_agent *);
void test_agent_run(struct test_agent *);
void test_agent_wait(struct test_agent *);

#endif
