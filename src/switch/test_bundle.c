/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rules/compile.h"
#include "rules/cookie.h"
#include "switch/bundle.h"

enum { FIRST_PORT = 32768, N_PORTS = 32, N_GENERATIONS = 3, N_ROUNDS = 500 };

static const struct rules_layout layout = RULES_LAYOUT_DEFAULT;

static void
test_deletes_of_neighbouring_ports_become_one(void **state)
{
    struct bundle bundle;

    (void) state;
    bundle_init(&bundle, &layout);
    for (uint32_t port = FIRST_PORT + N_PORTS; port-- > FIRST_PORT; ) {
        bundle_delete_generation(&bundle, port, 7);
    }
    bundle_merge_deletes(&bundle);
    assert_int_equal(bundle.n_deletes, 1);
    assert_int_equal(bundle.deletes[0].cookie, cookie_pack(&(struct cookie) { .ofport = FIRST_PORT, .generation = 7 }));
    assert_int_equal(bundle.deletes[0].mask, COOKIE_MAGIC_MASK | (COOKIE_OFPORT_MASK & ~((N_PORTS - UINT64_C(1)) << 24)) | COOKIE_GENERATION_MASK);
    bundle_destroy(&bundle);
}

static void
test_one_that_is_missing_leaves_few(void **state)
{
    struct bundle bundle;

    (void) state;
    bundle_init(&bundle, &layout);
    for (uint32_t port = FIRST_PORT; port < FIRST_PORT + N_PORTS; port++) {
        if (port != FIRST_PORT + 11) {
            bundle_delete_generation(&bundle, port, 7);
        }
    }
    bundle_merge_deletes(&bundle);
    assert_int_equal(bundle.n_deletes, 5);      /* of 16, 8, 4, 2 and 1 */
    bundle_destroy(&bundle);
}

static bool
deletes(const struct bundle *bundle, uint64_t cookie)
{
    for (size_t i = 0; i < bundle->n_deletes; i++) {
        if (!((cookie ^ bundle->deletes[i].cookie) & bundle->deletes[i].mask)) {
            return true;
        }
    }
    return false;
}

/* Numbers that look like chance and are the same each time. */
static uint32_t
next_number(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 16;
}

static void
check_round(uint32_t *seed)
{
    bool gone[N_PORTS][N_GENERATIONS] = { { false } };
    const uint32_t density = 1 + next_number(seed) % 8;
    struct bundle bundle;

    bundle_init(&bundle, &layout);
    for (uint32_t port = 0; port < N_PORTS; port++) {
        for (uint8_t generation = 0; generation < N_GENERATIONS; generation++) {
            if (next_number(seed) % 8 < density) {
                gone[port][generation] = true;
                bundle_delete_generation(&bundle, FIRST_PORT + port, generation);
            }
        }
    }
    bundle_merge_deletes(&bundle);
    for (uint32_t port = 0; port < N_PORTS; port++) {
        for (uint8_t generation = 0; generation < N_GENERATIONS; generation++) {
            const struct cookie cookie = { .ofport = FIRST_PORT + port, .generation = generation, .rule = 7, .address = 1 };

            assert_int_equal(deletes(&bundle, cookie_pack(&cookie)), gone[port][generation]);
        }
    }
    bundle_destroy(&bundle);
}

static void
test_merged_deletes_delete_neither_more_nor_less(void **state)
{
    uint32_t seed = 1;

    (void) state;
    for (int i = 0; i < N_ROUNDS; i++) {
        check_round(&seed);
    }
}

static void
test_rules_and_generations_stay_apart(void **state)
{
    struct bundle bundle;

    (void) state;
    bundle_init(&bundle, &layout);
    bundle_delete_rule(&bundle, FIRST_PORT, 7);
    bundle_delete_generation(&bundle, FIRST_PORT + 1, 7);
    bundle_delete_rule(&bundle, FIRST_PORT + 1, 8);
    bundle_delete_generation(&bundle, FIRST_PORT, 8);
    bundle_merge_deletes(&bundle);
    assert_int_equal(bundle.n_deletes, 4);
    bundle_destroy(&bundle);
}

/* Their port is a match, of which no bits can be left out. */
static void
test_deletes_of_others_are_not_merged(void **state)
{
    struct bundle bundle;

    (void) state;
    bundle_init(&bundle, &layout);
    bundle_delete_others(&bundle, 1, 4);
    bundle_delete_others(&bundle, 1, 5);
    bundle_delete_generation(&bundle, 4, 7);
    bundle_delete_generation(&bundle, 5, 7);
    bundle_merge_deletes(&bundle);
    assert_int_equal(bundle.n_deletes, 3);
    for (size_t i = 1; i < 3; i++) {
        assert_int_equal(bundle.deletes[i].cookie, 1);
        assert_int_equal(bundle.deletes[i].mask, UINT64_MAX);
        assert_int_equal(bundle.deletes[i].in_port, 3 + i);
    }
    bundle_destroy(&bundle);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_deletes_of_neighbouring_ports_become_one),
        cmocka_unit_test(test_one_that_is_missing_leaves_few),
        cmocka_unit_test(test_merged_deletes_delete_neither_more_nor_less),
        cmocka_unit_test(test_rules_and_generations_stay_apart),
        cmocka_unit_test(test_deletes_of_others_are_not_merged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
