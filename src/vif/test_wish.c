/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <util.h>

#include "vif/wish.h"

static uint16_t vlans[] = { 100 };
static struct prefix4 ipv4[] = { { { 10, 0, 0, 5 }, 32 } };

static struct vif_wish
some_wish(void)
{
    return (struct vif_wish) {
        .uuid = "7a72ea95-3970-4df2-9905-9c46cf2e9c0d", .vm_uuid = "vm", .device = "vif1.0", .attach = true, .mtu = 1500,
        .network = { .uuid = "network", .bridge = "xapi0", .uplink = "eth1", .managed = true, .vlan = 20 },
        .policy = { .ipv4 = ipv4, .n_ipv4 = 1, .vlans = vlans, .n_vlans = 1 }, .rate = { 100, 128 },
    };
}

static void
free_wish(struct vif_wish *wish)
{
    vif_wish_destroy(wish);
    free(wish);
}

static void
wishes_are_equal_if_every_field_is(void **state)
{
    const struct vif_wish wish = some_wish(), same = some_wish();
    struct vif_wish others[13];
    size_t n = 0;

    for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
        others[i] = some_wish();
    }
    others[n++].uuid[0] = '8';
    others[n++].vm_uuid[0] = 'w';
    others[n++].device[3] = '2';
    others[n++].attach = false;
    others[n++].mtu = 1400;
    others[n++].network.uuid[0] = 'N';
    others[n++].network.bridge[4] = '1';
    others[n++].network.uplink[0] = 0;
    others[n++].network.managed = false;
    others[n++].network.vlan = 0;
    others[n++].policy.n_ipv4 = 0;
    others[n++].rate.burst_kbytes = 64;
    others[n++].refusal = CONST_CAST(char *, "no");
    assert_int_equal(n, ARRAY_SIZE(others));
    assert_true(vif_wish_equals(&wish, &same));
    for (size_t i = 0; i < n; i++) {
        assert_false(vif_wish_equals(&wish, &others[i]));
    }
}

static void
copy_says_the_same_and_owns_what_it_says(void **state)
{
    struct vif_wish wish = some_wish();
    struct vif_wish *copy, *second;

    wish.refusal = CONST_CAST(char *, "no");
    copy = vif_wish_clone(&wish);
    assert_true(vif_wish_equals(&wish, copy));
    assert_ptr_not_equal(copy->policy.ipv4, wish.policy.ipv4);
    assert_ptr_not_equal(copy->refusal, wish.refusal);
    second = vif_wish_clone(copy);
    free_wish(copy);
    assert_true(vif_wish_equals(&wish, second));
    free_wish(second);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wishes_are_equal_if_every_field_is),
        cmocka_unit_test(copy_says_the_same_and_owns_what_it_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
