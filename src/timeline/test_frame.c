/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <util.h>

#include "timeline/frame.h"

enum { DISCOVER = 1, REQUEST = 3, ACK = 5 };

struct bytes {
    uint8_t data[512];
    size_t n;
};

static void
put(struct bytes *bytes, const void *data, size_t n)
{
    memcpy(bytes->data + bytes->n, data, n);
    bytes->n += n;
}

static void
put_zeros(struct bytes *bytes, size_t n)
{
    memset(bytes->data + bytes->n, 0, n);
    bytes->n += n;
}

static void
put_be16(struct bytes *bytes, unsigned int value)
{
    const uint8_t two[] = { value >> 8, value };

    put(bytes, two, sizeof two);
}

/* A frame up to its UDP header. */
static struct bytes
udp(unsigned int from, unsigned int to)
{
    static const uint8_t ipv4[] = { 0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17, 0, 0 };
    struct bytes bytes = { .n = 0 };

    put_zeros(&bytes, 12);
    put_be16(&bytes, 0x0800);
    put(&bytes, ipv4, sizeof ipv4);
    put_zeros(&bytes, 8);
    put_be16(&bytes, from);
    put_be16(&bytes, to);
    put_zeros(&bytes, 4);
    return bytes;
}

static struct bytes
dhcp(unsigned int from, unsigned int to, uint8_t type)
{
    const uint8_t options[] = { 99, 130, 83, 99, 0, 61, 2, 1, 1, 53, 1, type, 255 };
    struct bytes bytes = udp(from, to);

    put_zeros(&bytes, 236);
    put(&bytes, options, sizeof options);
    return bytes;
}

static struct bytes
arp(uint8_t last)
{
    static const uint8_t head[] = { 0, 1, 8, 0, 6, 4, 0, 1 };
    const uint8_t address[] = { 10, 0, 0, last };
    struct bytes bytes = { .n = 0 };

    put_zeros(&bytes, 12);
    put_be16(&bytes, 0x0806);
    put(&bytes, head, sizeof head);
    put_zeros(&bytes, 6);
    if (last) {
        put(&bytes, address, sizeof address);
    } else {
        put_zeros(&bytes, sizeof address);
    }
    put_zeros(&bytes, 10);
    return bytes;
}

static struct bytes
icmpv6(uint8_t type)
{
    static const uint8_t head[] = { 0x60, 0, 0, 0, 0, 24, 58, 255 };
    struct bytes bytes = { .n = 0 };

    put_zeros(&bytes, 12);
    put_be16(&bytes, 0x86dd);
    put(&bytes, head, sizeof head);
    put_zeros(&bytes, 32);
    put(&bytes, &type, 1);
    put_zeros(&bytes, 23);
    return bytes;
}

#define assert_kind(KIND, BYTES)                                \
    do {                                                        \
        const struct bytes b = BYTES;                           \
        assert_int_equal(frame_kind(b.data, b.n), KIND);        \
    } while (0)

static void
dhcp_is_told_by_its_message_type_and_direction(void **state)
{
    assert_kind(FRAME_DHCP_DISCOVER, dhcp(68, 67, DISCOVER));
    assert_kind(FRAME_DHCP_ACK, dhcp(67, 68, ACK));
    assert_kind(FRAME_OTHER, dhcp(68, 67, REQUEST));
    assert_kind(FRAME_OTHER, dhcp(68, 67, ACK));
    assert_kind(FRAME_OTHER, dhcp(67, 68, DISCOVER));
    assert_kind(FRAME_OTHER, dhcp(53, 68, ACK));
}

static void
fragment_is_not_taken_for_dhcp(void **state)
{
    struct bytes bytes = dhcp(68, 67, DISCOVER);

    bytes.data[20] = 0x20;      /* more fragments */
    assert_kind(FRAME_OTHER, bytes);
    bytes.data[20] = 0x40;      /* don't fragment */
    assert_kind(FRAME_DHCP_DISCOVER, bytes);
}

static void
arp_probe_claims_no_address(void **state)
{
    assert_kind(FRAME_ARP, arp(7));
    assert_kind(FRAME_OTHER, arp(0));
}

static void
of_icmpv6_an_advertisement_counts(void **state)
{
    assert_kind(FRAME_NEIGHBOUR_ADVERTISEMENT, icmpv6(136));
    assert_kind(FRAME_OTHER, icmpv6(135));
    assert_kind(FRAME_OTHER, icmpv6(133));
}

/* Each in memory of just its size, so that a sanitizer sees a byte that is read too many. */
static void
frame_that_is_cut_short_is_no_frame_of_its_kind(void **state)
{
    const struct bytes frames[] = { dhcp(68, 67, DISCOVER), dhcp(67, 68, ACK), arp(7), icmpv6(136) };
    const size_t needed[] = { 14 + 20 + 8 + 236 + 4 + 8, 14 + 20 + 8 + 236 + 4 + 8, 42, 55 };

    for (size_t i = 0; i < ARRAY_SIZE(frames); i++) {
        for (size_t n = 0; n <= frames[i].n; n++) {
            uint8_t *copy = xmemdup(frames[i].data, MAX(n, 1));

            assert_int_equal(frame_kind(copy, n) != FRAME_OTHER, n >= needed[i]);
            free(copy);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dhcp_is_told_by_its_message_type_and_direction),
        cmocka_unit_test(fragment_is_not_taken_for_dhcp),
        cmocka_unit_test(arp_probe_claims_no_address),
        cmocka_unit_test(of_icmpv6_an_advertisement_counts),
        cmocka_unit_test(frame_that_is_cut_short_is_no_frame_of_its_kind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
