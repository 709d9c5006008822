/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openvswitch/dynamic-string.h>

#include "rules/compile.h"
#include "rules/flow.h"

#define EXACT { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }
#define TERM(FIELD, ...) { .field = RULES_FIELD_##FIELD, .value = { __VA_ARGS__ }, .mask = EXACT }
#define FLOW(...) ((struct rules_flow) { .n_terms = sizeof (struct rules_term[]) { __VA_ARGS__ } / sizeof (struct rules_term), \
                                         .terms = { __VA_ARGS__ } })

static void
assert_formatted(const struct rules_flow *flow, const char *expected)
{
    const struct rules_layout layout = { .first_table = 100, .hook_priority = 7, .reg = 3 };
    struct ds text = DS_EMPTY_INITIALIZER;

    rules_flow_format(flow, &layout, &text);
    assert_string_equal(ds_cstr(&text), expected);
    ds_destroy(&text);
}

static void
actions_are_those_of_ovs_ofctl(void **state)
{
    struct rules_flow flow = { .table = 199, .priority = 300, .cookie = UINT64_C(0xf17e00000100fe00) };

    assert_formatted(&flow, "cookie=0xf17e00000100fe00,table=199,priority=300 actions=drop");
    flow.action = RULES_ACTION_GOTO;
    flow.goto_table = 200;
    assert_formatted(&flow, "cookie=0xf17e00000100fe00,table=199,priority=300 actions=goto_table:200");
    flow.action = RULES_ACTION_ACCEPT;
    assert_formatted(&flow, "cookie=0xf17e00000100fe00,table=199,priority=300 actions=load:1->NXM_NX_REG3[0],resubmit(,0)");
    flow.action = RULES_ACTION_NORMAL;
    assert_formatted(&flow, "cookie=0xf17e00000100fe00,table=199,priority=300 actions=NORMAL");
}

static void
local_port_has_its_name(void **state)
{
    assert_formatted(&FLOW(TERM(IN_PORT, 0xff, 0xfe)), "cookie=0x0,table=0,priority=0,in_port=LOCAL actions=drop");
    assert_formatted(&FLOW(TERM(IN_PORT, 0xfe, 0xff)), "cookie=0x0,table=0,priority=0,in_port=65279 actions=drop");
}

static void
protocols_have_short_names(void **state)
{
    assert_formatted(&FLOW(TERM(DL_TYPE, 8, 6), TERM(ARP_OP, 0, 2)), "cookie=0x0,table=0,priority=0,arp,arp_op=2 actions=drop");
    assert_formatted(&FLOW(TERM(DL_TYPE, 0x80, 0x35)), "cookie=0x0,table=0,priority=0,rarp actions=drop");
    assert_formatted(&FLOW(TERM(DL_TYPE, 8, 0), TERM(NW_PROTO, 17), TERM(TP_DST, 0, 68)),
                     "cookie=0x0,table=0,priority=0,udp,tp_dst=68 actions=drop");
    assert_formatted(&FLOW(TERM(DL_TYPE, 8, 0), TERM(NW_PROTO, 2)), "cookie=0x0,table=0,priority=0,ip,nw_proto=2 actions=drop");
    assert_formatted(&FLOW(TERM(DL_TYPE, 0x86, 0xdd), TERM(NW_PROTO, 58), TERM(ICMPV6_TYPE, 135), TERM(ICMPV6_CODE, 0)),
                     "cookie=0x0,table=0,priority=0,icmp6,icmp_type=135,icmp_code=0 actions=drop");
    assert_formatted(&FLOW(TERM(DL_TYPE, 0x86, 0xdd), TERM(NW_PROTO, 0)),
                     "cookie=0x0,table=0,priority=0,ipv6,nw_proto=0 actions=drop");
    assert_formatted(&FLOW(TERM(DL_TYPE, 0x86, 0xdd), TERM(NW_TTL, 255)),
                     "cookie=0x0,table=0,priority=0,ipv6,nw_ttl=255 actions=drop");
    assert_formatted(&FLOW(TERM(DL_TYPE, 0x88, 0xb5)), "cookie=0x0,table=0,priority=0,dl_type=0x88b5 actions=drop");
}

static void
fragments_have_words(void **state)
{
    assert_formatted(&FLOW(TERM(DL_TYPE, 8, 0), TERM(IP_FRAG, RULES_FRAG_NO)),
                     "cookie=0x0,table=0,priority=0,ip,ip_frag=no actions=drop");
    assert_formatted(&FLOW(TERM(DL_TYPE, 8, 0), TERM(IP_FRAG, RULES_FRAG_FIRST)),
                     "cookie=0x0,table=0,priority=0,ip,ip_frag=first actions=drop");
}

static void
masks_are_written_as_the_field_wants_them(void **state)
{
    assert_formatted(&FLOW({ .field = RULES_FIELD_REG, .mask = { 0, 0, 0, 1 } }),
                     "cookie=0x0,table=0,priority=0,reg3=0x0/0x1 actions=drop");
    assert_formatted(&FLOW({ .field = RULES_FIELD_VLAN_TCI, .value = { 0x10, 0x64 }, .mask = { 0x1f, 0xff } }),
                     "cookie=0x0,table=0,priority=0,vlan_tci=0x1064/0x1fff actions=drop");
    assert_formatted(&FLOW({ .field = RULES_FIELD_DL_SRC, .value = { 0x02 }, .mask = { 0x02 } }),
                     "cookie=0x0,table=0,priority=0,dl_src=02:00:00:00:00:00/02:00:00:00:00:00 actions=drop");
    assert_formatted(&FLOW({ .field = RULES_FIELD_NW_SRC, .value = { 10, 9 }, .mask = { 0xff, 0xff, 0xfe } }),
                     "cookie=0x0,table=0,priority=0,nw_src=10.9.0.0/23 actions=drop");
    assert_formatted(&FLOW({ .field = RULES_FIELD_ND_TARGET, .value = { 0x20, 1, 0xd, 0xb8 }, .mask = { 0xff, 0xff, 0xff, 0xff } }),
                     "cookie=0x0,table=0,priority=0,nd_target=2001:db8::/32 actions=drop");
    assert_formatted(&FLOW(TERM(IPV6_DST, 0xff, 2, [15] = 2)), "cookie=0x0,table=0,priority=0,ipv6_dst=ff02::2 actions=drop");
}

static void
every_field_has_a_size_and_a_name(void **state)
{
    for (int field = 0; field < RULES_N_FIELDS; field++) {
        struct rules_flow flow = { .n_terms = 1, .terms = { { .field = field, .mask = EXACT } } };
        struct ds text = DS_EMPTY_INITIALIZER;
        const struct rules_layout layout = RULES_LAYOUT_DEFAULT;

        assert_in_range(rules_field_size(field), 1, 16);
        rules_flow_format(&flow, &layout, &text);
        assert_null(strstr(ds_cstr(&text), "(null)"));
        ds_destroy(&text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(actions_are_those_of_ovs_ofctl),
        cmocka_unit_test(local_port_has_its_name),
        cmocka_unit_test(protocols_have_short_names),
        cmocka_unit_test(fragments_have_words),
        cmocka_unit_test(masks_are_written_as_the_field_wants_them),
        cmocka_unit_test(every_field_has_a_size_and_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
