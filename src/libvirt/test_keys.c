/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openvswitch/dynamic-string.h>
#include <smap.h>
#include <util.h>

#include "base/error.h"
#include "base/test_error.h"
#include "libvirt/domain.h"
#include "libvirt/domain_xml.h"
#include "libvirt/keys.h"
#include "libvirt/ports.h"

/* A domain with an interface each of which libvirt has put on Open vSwitch, on a Linux bridge, on no bridge, and one without a device. */
#define DOMAIN(VIFS) \
    "<domain><name>web</name><metadata><vifs xmlns='" LIBVIRT_NAMESPACE "'>" VIFS "</vifs></metadata><devices>" \
    "<interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br0'/><virtualport type='openvswitch'/>" \
        "<target dev='vnet0'/><alias name='net0'/></interface>" \
    "<interface type='bridge'><mac address='52:54:00:00:00:02'/><source bridge='virbr0'/><target dev='vnet1'/><alias name='net1'/>" \
        "</interface>" \
    "<interface type='ethernet'><mac address='52:54:00:00:00:03'/><target dev='tap7' managed='no'/><alias name='ua-direct'/></interface>" \
    "<interface type='bridge'><mac address='52:54:00:00:00:04'/><virtualport type='openvswitch'/></interface>" \
    "<interface type='bridge'><mac address='52:54:00:00:00:05'/><virtualport type='openvswitch'/><target dev='vnet5'/></interface>" \
    "<interface type='bridge'><mac address='52:54:00:00:00:05'/><virtualport type='openvswitch'/><target dev='vnet6'/></interface>" \
    "</devices></domain>"

static struct libvirt_domain
read_domain(const char *text)
{
    struct libvirt_domain domain;
    OWN_ERROR struct error *error = libvirt_domain_read(text, strlen(text), &domain);

    if (error) {
        fail_msg("\"%s\" was refused: %s", text, error->text);
    }
    return domain;
}

/* The keys of a domain's ports, "DEVICE BRIDGE: key=value ...\n" each, sorted within a port. The caller's to free. */
static char *
shown(const char *text)
{
    struct libvirt_domain domain = read_domain(text);
    struct ds shown = DS_EMPTY_INITIALIZER;
    struct libvirt_ports ports;
    OWN_ERROR struct error *error = libvirt_ports_find(&domain, &ports);

    if (error) {
        fail_msg("\"%s\" was refused: %s", text, error->text);
    }
    for (size_t i = 0; i < ports.n; i++) {
        struct smap keys = SMAP_INITIALIZER(&keys);
        const struct smap_node **sorted;

        libvirt_keys(&ports.ports[i], &keys);
        sorted = smap_sort(&keys);
        ds_put_format(&shown, "%s%s%s:", ports.ports[i].device, *ports.ports[i].bridge ? " on " : "", ports.ports[i].bridge);
        for (size_t j = 0; j < smap_count(&keys); j++) {
            ds_put_format(&shown, " %s=%s", sorted[j]->key, sorted[j]->value);
        }
        ds_put_char(&shown, '\n');
        free(sorted);
        smap_destroy(&keys);
    }
    libvirt_ports_destroy(&ports);
    libvirt_domain_destroy(&domain);
    return ds_steal_cstr(&shown);
}

static void
assert_shown(const char *text, const char *expected)
{
    char *found = shown(text);

    assert_string_equal(found, expected);
    free(found);
}

static void
assert_refused(const char *text, enum error_code code, const char *part)
{
    struct libvirt_domain domain = read_domain(text);
    struct libvirt_ports ports = { .n = 77 };
    OWN_ERROR struct error *error = libvirt_ports_find(&domain, &ports);

    libvirt_domain_destroy(&domain);
    assert_error(error, code, part, text);
    assert_int_equal(ports.n, 77);
}

/* Refused by both, as early as libvirt asks. */
static void
assert_refused_early(const char *text, enum error_code code, const char *part)
{
    struct libvirt_domain domain = read_domain(text);
    OWN_ERROR struct error *error = libvirt_ports_check(&domain);

    libvirt_domain_destroy(&domain);
    assert_error(error, code, part, text);
    assert_refused(text, code, part);
}

#define OTHERS "tap7:\n" MORE
#define MORE "vnet5:\nvnet6:\n"

static void
locked_interface_gets_the_keys_of_its_description(void **state)
{
    assert_shown(DOMAIN("<vif mac='52:54:00:00:00:01' mode='locked'><ipv4>10.0.0.5</ipv4><ipv4>10.0.1.0/24</ipv4><ipv6>2001:DB8::5</ipv6>"
                        "<rate kbps='1000' burst='256'/></vif>"),
                 "vnet0: attached-mac=52:54:00:00:00:01 cabled-ipv4=10.0.0.5,10.0.1.0/24 cabled-ipv6=2001:db8::5 "
                 "cabled-locking-mode=locked cabled-rate-burst-kb=256 cabled-rate-kbps=1000 described-by=cable-libvirt\n" OTHERS);
}

static void
interface_can_be_named_by_its_alias_and_its_mac_in_another_case(void **state)
{
    assert_shown(DOMAIN("<vif alias='net0' mode='disabled' auto-lla='no'/>"),
                 "vnet0: attached-mac=52:54:00:00:00:01 cabled-auto-lla=false cabled-locking-mode=disabled "
                 "described-by=cable-libvirt\n" OTHERS);
    assert_shown("<domain><metadata><vifs xmlns='" LIBVIRT_NAMESPACE "'><vif mac='52:54:00:AA:bb:01' mode='unlocked'/></vifs></metadata>"
                 "<devices>"
                 "<interface type='bridge'><mac address='52:54:00:aa:bb:01'/><virtualport type='openvswitch'/><target dev='vnet0'/>"
                 "</interface>"
                 "</devices></domain>",
                 "vnet0: attached-mac=52:54:00:aa:bb:01 cabled-locking-mode=unlocked described-by=cable-libvirt\n");
}

static void
interface_of_type_ethernet_is_put_on_the_bridge_that_is_named(void **state)
{
    assert_shown(DOMAIN("<vif alias='ua-direct' mode='unlocked' bridge='br7'/>"),
                 "tap7 on br7: attached-mac=52:54:00:00:00:03 cabled-locking-mode=unlocked described-by=cable-libvirt\n"
                 "vnet0:\n" MORE);
    assert_refused(DOMAIN("<vif alias='ua-direct' mode='unlocked'/>"), ERROR_INVALID, "write bridge='NAME'");
    assert_refused_early(DOMAIN("<vif mac='52:54:00:00:00:03' mode='unlocked' bridge='a b'/>"), ERROR_INVALID, "bridge name 'a b'");
    assert_refused_early(DOMAIN("<vif mac='52:54:00:00:00:01' mode='unlocked' bridge='br7'/>"), ERROR_INVALID,
                         "bridge is for interfaces of type");
}

static void
interfaces_of_which_nothing_is_said_have_no_keys(void **state)
{
    assert_shown(DOMAIN(""), "vnet0:\n" OTHERS);
}

static void
description_must_be_about_one_interface_on_open_vswitch(void **state)
{
    assert_refused_early(DOMAIN("<vif mac='52:54:00:00:00:09' mode='locked'/>"), ERROR_NOT_FOUND, "no such interface");
    assert_refused(DOMAIN("<vif alias='net9' mode='locked'/>"), ERROR_NOT_FOUND, "no such interface");
    assert_refused_early(DOMAIN("<vif mac='52:54:00:00:00:02' mode='locked'/>"), ERROR_INVALID, "not on Open vSwitch but on 'virbr0'");
    assert_refused_early(DOMAIN("<vif mac='52:54:00:00:00:05' mode='locked'/>"), ERROR_INVALID, "two interfaces");
    assert_refused(DOMAIN("<vif mac='52:54:00:00:00:04' mode='locked'/>"), ERROR_INVALID, "no device");
    assert_refused(DOMAIN("<vif alias='net0' mode='locked'/><vif mac='52:54:00:00:00:01' mode='locked'/>"), ERROR_INVALID, "twice");
}

static void
description_must_be_a_policy(void **state)
{
    static const struct {
        const char *text;
        enum error_code code;
        const char *part;
    } cases[] = {
        { DOMAIN("<vif mode='locked'/>"), ERROR_INVALID, "by its mac or by its alias" },
        { DOMAIN("<vif mac='52:54:00:00:00:01' alias='net0' mode='locked'/>"), ERROR_INVALID, "one of the two" },
        { DOMAIN("<vif mac='52:54:00:00:00:01'/>"), ERROR_INVALID, "mode is missing" },
        { DOMAIN("<vif mac='52:54:00:00:00:01' mode='network_default'/>"), ERROR_INVALID, "mode is not for libvirt" },
        { DOMAIN("<vif mac='52:54:00:00:00:01' mode='lock'/>"), ERROR_INVALID, "mode 'lock' is unknown" },
        { DOMAIN("<vif mac='52:54:00:00:00:01' mode='locked' auto-lla='true'/>"), ERROR_INVALID, "write yes or no" },
        { DOMAIN("<vif mac='52:54:00:00:00:01' mode='locked'><ipv4>10.0.0.300</ipv4></vif>"), ERROR_INVALID, "10.0.0.300" },
        { DOMAIN("<vif mac='52:54:00:00:00:01' mode='locked'><ipv4/></vif>"), ERROR_INVALID, "IPv4" },
        { DOMAIN("<vif mac='52:54:00:00:00:01' mode='locked'><ipv6>10.0.0.3</ipv6></vif>"), ERROR_INVALID, "10.0.0.3" },
        { DOMAIN("<vif mac='52:54:00:00:00:01' mode='locked'><rate kbps='fast'/></vif>"), ERROR_INVALID, "fast" },
        { DOMAIN("<vif mac='52:54:00:00:00:01' mode='locked'><rate burst='256'/></vif>"), ERROR_INVALID, "needs kbps" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_refused_early(cases[i].text, cases[i].code, cases[i].part);
    }
    assert_refused_early(DOMAIN("\n\n<vif mac='52:54:00:00:00:01' mode='lock'/>"), ERROR_INVALID,
                         "line 3: vif of interface '52:54:00:00:00:01': ");
}

/* Before libvirt has made devices and aliases. */
static void
domain_that_is_not_prepared_yet_is_taken(void **state)
{
    struct libvirt_domain domain = read_domain(
        "<domain><metadata><vifs xmlns='" LIBVIRT_NAMESPACE "'><vif mac='52:54:00:00:00:01' mode='locked'/>"
        "<vif alias='net1' mode='locked'/></vifs>"
        "</metadata><devices><interface type='bridge'><mac address='52:54:00:00:00:01'/><virtualport type='openvswitch'/></interface>"
        "<interface type='bridge'><mac address='52:54:00:00:00:02'/><virtualport type='openvswitch'/></interface></devices></domain>");
    OWN_ERROR struct error *error = libvirt_ports_check(&domain);

    assert_null(error);
    libvirt_domain_destroy(&domain);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(locked_interface_gets_the_keys_of_its_description),
        cmocka_unit_test(interface_can_be_named_by_its_alias_and_its_mac_in_another_case),
        cmocka_unit_test(interface_of_type_ethernet_is_put_on_the_bridge_that_is_named),
        cmocka_unit_test(interfaces_of_which_nothing_is_said_have_no_keys),
        cmocka_unit_test(description_must_be_about_one_interface_on_open_vswitch),
        cmocka_unit_test(description_must_be_a_policy),
        cmocka_unit_test(domain_that_is_not_prepared_yet_is_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
