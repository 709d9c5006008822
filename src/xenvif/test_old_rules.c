/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <svec.h>
#include <util.h>

#include "base/error.h"
#include "vif/policy.h"
#include "xenvif/old_rules.h"

static void
check(const char *mode, const char *const *ipv4, const char *const *ipv6, const char *const *expected)
{
    const struct vif_policy_words words = { .mode = mode, .mac = "02:00:00:00:00:05", .ipv4 = ipv4, .ipv6 = ipv6 };
    struct svec flows = SVEC_EMPTY_INITIALIZER;
    struct vif_policy policy;

    assert_null(vif_policy_parse(&words, &policy));
    xenvif_old_rules(&policy, 7, &flows);
    for (size_t i = 0; i < flows.n; i++) {
        assert_non_null(expected[i]);
        assert_string_equal(flows.names[i], expected[i]);
    }
    assert_null(expected[flows.n]);
    svec_destroy(&flows);
    vif_policy_destroy(&policy);
}

#define MINE "dl_src=02:00:00:00:00:05"

static void
locked_vif_has_the_script_s_flows(void **state)
{
    static const char *const ipv4[] = { "10.0.0.7", NULL }, *const ipv6[] = { "fd00::7", NULL };
    static const char *const flows[] = {
        "cookie=1,priority=8000,in_port=7,udp,"MINE",tp_dst=67,actions=normal",
        "cookie=1,priority=7000,in_port=7,arp,"MINE",arp_sha=02:00:00:00:00:05,nw_src=0.0.0.0,actions=normal",
        "cookie=1,priority=7000,in_port=7,arp,"MINE",arp_sha=02:00:00:00:00:05,nw_src=10.0.0.7,actions=normal",
        "cookie=1,priority=6000,in_port=7,ip,"MINE",nw_src=10.0.0.7,actions=normal",
        "cookie=1,priority=8000,in_port=7,icmp6,"MINE",ipv6_src=fd00::7,icmp_type=135,nd_sll=02:00:00:00:00:05,actions=normal",
        "cookie=1,priority=8000,in_port=7,icmp6,"MINE",ipv6_src=fd00::7,icmp_type=136,nd_target=fd00::7,actions=normal",
        "cookie=1,priority=5000,in_port=7,icmp6,"MINE",ipv6_src=fd00::7,actions=normal",
        "cookie=1,priority=5000,in_port=7,tcp6,"MINE",ipv6_src=fd00::7,actions=normal",
        "cookie=1,priority=5000,in_port=7,udp6,"MINE",ipv6_src=fd00::7,actions=normal",
        "cookie=1,priority=7000,in_port=7,icmp6,icmp_type=135,actions=drop",
        "cookie=1,priority=7000,in_port=7,icmp6,icmp_type=136,actions=drop",
        "cookie=1,priority=6000,in_port=7,icmp6,icmp_type=134,actions=drop",
        "cookie=1,priority=6000,in_port=7,icmp6,icmp_type=137,actions=drop",
        "cookie=1,priority=6000,in_port=7,icmp6,icmp_type=146,actions=drop",
        "cookie=1,priority=6000,in_port=7,icmp6,icmp_type=147,actions=drop",
        "cookie=1,priority=6000,in_port=7,icmp6,icmp_type=151,actions=drop",
        "cookie=1,priority=6000,in_port=7,icmp6,icmp_type=152,actions=drop",
        "cookie=1,priority=6000,in_port=7,icmp6,icmp_type=153,actions=drop",
        "cookie=1,priority=4000,in_port=7,actions=drop",
        NULL,
    };

    check("locked", ipv4, ipv6, flows);
}

static void
unlocked_vif_has_none(void **state)
{
    check("unlocked", NULL, NULL, (const char *const[]) { NULL });
}

static void
disabled_vif_is_shut_out(void **state)
{
    check("disabled", NULL, NULL, (const char *const[]) { "cookie=1,priority=4000,in_port=7,actions=drop", NULL });
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(locked_vif_has_the_script_s_flows),
        cmocka_unit_test(unlocked_vif_has_none),
        cmocka_unit_test(disabled_vif_is_shut_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
