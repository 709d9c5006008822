/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <smap.h>
#include <util.h>

#include "base/error.h"
#include "libvirt/hand.h"
#include "libvirt/keys.h"
#include "libvirt/ports.h"
#include "vif/hand.h"

#define VM "6b9e5b1d-0f6f-4a2c-8a3e-0d2f5a1f9c11"

static struct libvirt_port
port_with(struct vif_policy_words words, struct vif_rate rate)
{
    struct libvirt_port port = {
        .device = "tap7", .mac = "52:54:00:00:00:03", .handed = true, .described = true, .bridge = "br7", .rate = rate,
    };

    words.mac = port.mac;
    assert_null(vif_policy_parse(&words, &port.policy));
    return port;
}

/* The agent takes the text for what the port says. */
static void
assert_understood(struct libvirt_port port, const char *vm)
{
    char *text = libvirt_hand(&port, vm, 1500);
    struct vif_hand *hand;
    OWN_ERROR struct error *error = vif_hand_parse(text, &hand);

    if (error) {
        fail_msg("\"%s\" was refused: %s", text, error->text);
    }
    assert_string_equal(hand->wish.device, "tap7");
    assert_string_equal(hand->wish.network.bridge, "br7");
    assert_true(vif_policy_equals(&hand->wish.policy, &port.policy));
    assert_true(vif_rate_equals(&hand->wish.rate, &port.rate));
    assert_int_equal(hand->timeout_ms, 1500);
    assert_string_equal(smap_get(&hand->keys, LIBVIRT_MARK_KEY), LIBVIRT_MARK);
    assert_true(nullable_string_is_equal(smap_get(&hand->keys, "vm-id"), *vm ? vm : NULL));
    vif_hand_destroy(hand);
    vif_policy_destroy(&port.policy);
    free(text);
}

static void
what_is_handed_is_what_the_agent_reads(void **state)
{
    const char *const ipv4[] = { "10.0.0.5", "10.0.1.0/24", NULL }, *const ipv6[] = { "2001:db8::5", NULL };
    const struct vif_policy_words locked = { .mode = "locked", .ipv4 = ipv4, .ipv6 = ipv6, .auto_lla = true };
    const struct vif_policy_words without = { .mode = "locked", .ipv6 = ipv6 };
    const struct vif_rate none = { 0, 0 }, some = { 1000, 256 };

    assert_understood(port_with(locked, none), VM);
    assert_understood(port_with(without, some), "");
    assert_understood(port_with((struct vif_policy_words) { .mode = "disabled" }, none), VM);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_handed_is_what_the_agent_reads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
