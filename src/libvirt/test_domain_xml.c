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
#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/test_error.h"
#include "libvirt/domain.h"
#include "libvirt/domain_xml.h"

#define VIFS(CONTENT) \
    "<domain><metadata><c:vifs xmlns:c='" LIBVIRT_NAMESPACE "'>" CONTENT "</c:vifs></metadata></domain>"

static struct libvirt_domain
read_domain(const char *text)
{
    struct libvirt_domain domain;
    OWN_ERROR struct error *error = libvirt_domain_read(text, strlen(text), &domain);

    if (error) {
        fail_msg("\"%.200s\" was refused: %s", text, error->text);
    }
    return domain;
}

static void
assert_refused_bytes(const char *text, size_t n, enum error_code code, const char *part)
{
    struct libvirt_domain domain = { .n_vifs = 77 };
    OWN_ERROR struct error *error = libvirt_domain_read(text, n, &domain);

    assert_error(error, code, part, text);
    assert_int_equal(domain.n_vifs, 77);
}

static void
assert_refused(const char *text, const char *part)
{
    assert_refused_bytes(text, strlen(text), ERROR_INVALID, part);
}

static void
interfaces_are_read_as_a_running_domain_has_them(void **state)
{
    struct libvirt_domain domain = read_domain(
        "<?xml version='1.0'?>\n"
        "<domain type='qemu' id='1' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>\n"
        "  <name>web &amp; more</name>\n  <uuid>6b9e5b1d-0f6f-4a2c-8a3e-0d2f5a1f9c11</uuid>\n"
        "  <devices>\n"
        "    <disk type='file'><target dev='vda'/><alias name='virtio-disk0'/></disk>\n"
        "    <interface type='bridge'>\n"
        "      <mac address='52:54:00:00:00:01'/><source bridge='br0'/>\n"
        "      <virtualport type='openvswitch'><parameters interfaceid='9d1f'/></virtualport>\n"
        "      <target dev='vnet0'/><model type='virtio'/><alias name='net0'/>\n"
        "    </interface>\n"
        "    <interface type='user'><backend><target dev='no'/></backend></interface>\n"
        "  </devices>\n"
        "  <qemu:commandline><qemu:arg value='-S'/></qemu:commandline>\n"
        "</domain>");

    assert_string_equal(domain.name, "web & more");
    assert_string_equal(domain.uuid, "6b9e5b1d-0f6f-4a2c-8a3e-0d2f5a1f9c11");
    assert_false(domain.described);
    assert_int_equal(domain.n_interfaces, 2);
    assert_string_equal(domain.interfaces[0].type, "bridge");
    assert_string_equal(domain.interfaces[0].mac, "52:54:00:00:00:01");
    assert_string_equal(domain.interfaces[0].bridge, "br0");
    assert_string_equal(domain.interfaces[0].virtual_port, "openvswitch");
    assert_string_equal(domain.interfaces[0].device, "vnet0");
    assert_string_equal(domain.interfaces[0].alias, "net0");
    assert_null(domain.interfaces[1].device);
    libvirt_domain_destroy(&domain);
}

static void
what_is_said_of_interfaces_is_read_whatever_the_prefix(void **state)
{
    static const char *const texts[] = {
        VIFS("<c:vif mac='52:54:00:00:00:01' mode='locked' auto-lla='no'>\n"
             "  <c:ipv4> 10.0.0.5 </c:ipv4><!-- and --><c:ipv4>10.0.1.0/24</c:ipv4>\n"
             "  <c:ipv6>2001:db8::5</c:ipv6><c:rate kbps='1000' burst='256'/>\n"
             "</c:vif><c:vif alias='ua-back' mode='unlocked'/>"),
        "<domain><metadata><other xmlns='urn:other'><vif mode='?'/></other><vifs xmlns='" LIBVIRT_NAMESPACE "'>"
            "<vif mac='52:54:00:00:00:01' mode='locked' auto-lla='no'><ipv4>10.0.0.5</ipv4><ipv4>10.0.1.0/24</ipv4>"
            "<ipv6>2001:db8::5</ipv6><rate kbps='1000' burst='256'/></vif><vif alias='ua-back' mode='unlocked'/></vifs></metadata>"
            "</domain>",
    };

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        struct libvirt_domain domain = read_domain(texts[i]);

        assert_true(domain.described);
        assert_int_equal(domain.n_vifs, 2);
        assert_string_equal(domain.vifs[0].mac, "52:54:00:00:00:01");
        assert_null(domain.vifs[0].alias);
        assert_string_equal(domain.vifs[0].mode, "locked");
        assert_string_equal(domain.vifs[0].auto_lla, "no");
        assert_int_equal(domain.vifs[0].ipv4.n, 2);
        assert_string_equal(domain.vifs[0].ipv4.names[0], "10.0.0.5");
        assert_string_equal(domain.vifs[0].ipv4.names[1], "10.0.1.0/24");
        assert_string_equal(domain.vifs[0].ipv6.names[0], "2001:db8::5");
        assert_string_equal(domain.vifs[0].kbps, "1000");
        assert_string_equal(domain.vifs[0].burst, "256");
        assert_string_equal(domain.vifs[1].alias, "ua-back");
        libvirt_domain_destroy(&domain);
    }
}

static void
elements_of_the_same_names_elsewhere_mean_nothing(void **state)
{
    struct libvirt_domain domain = read_domain(
        "<domain><metadata><vifs><vif mode='locked'/></vifs>"
        "<snapshot xmlns='urn:other'><domain><devices><interface type='bridge'/></devices></domain></snapshot></metadata>"
        "<devices><hub><interface type='bridge'/></hub></devices><name>a</name></domain>");

    assert_false(domain.described);
    assert_int_equal(domain.n_vifs, 0);
    assert_int_equal(domain.n_interfaces, 0);
    libvirt_domain_destroy(&domain);
}

static void
words_that_are_misspelt_in_our_elements_are_refused_with_their_line(void **state)
{
    assert_refused(VIFS("\n<c:vif mac='52:54:00:00:00:01' modes='locked'/>"), "line 2: attribute 'modes' is not known");
    assert_refused(VIFS("<c:vif mac='52:54:00:00:00:01'><c:ipv5>10.0.0.5</c:ipv5></c:vif>"), "element 'ipv5' is not known");
    assert_refused(VIFS("<c:vif mac='52:54:00:00:00:01'><ipv4>10.0.0.5</ipv4></c:vif>"), "element 'ipv4' is not known");
    assert_refused(VIFS("<c:vif mac='52:54:00:00:00:01'>10.0.0.5</c:vif>"), "text '10.0.0.5' has no place");
    assert_refused(VIFS("stray<c:vif mac='52:54:00:00:00:01'/>"), "text 'stray' has no place");
    assert_refused(VIFS("<c:vif><c:ipv4 address='10.0.0.5'/></c:vif>"), "attribute 'address'");
    assert_refused(VIFS("<c:vif><c:ipv4>10.0.0.5<c:ipv4/></c:ipv4></c:vif>"), "element 'ipv4' is not known");
    assert_refused(VIFS("<c:vif c:mac='52:54:00:00:00:01'/>"), "attribute 'mac' is not known");
    assert_refused(VIFS("<c:ipv4>10.0.0.5</c:ipv4>"), "element 'ipv4' is not known");
    assert_refused("<domain><metadata><vif xmlns='" LIBVIRT_NAMESPACE "'/></metadata></domain>", "element 'vif' is not known");
    assert_refused("<domain><metadata><vifs xmlns='" LIBVIRT_NAMESPACE "'/><vifs xmlns='" LIBVIRT_NAMESPACE "'/></metadata></domain>",
                   "two elements vifs");
}

static void
what_is_no_domain_is_refused(void **state)
{
    assert_refused("", "malformed");
    assert_refused("<domain>", "malformed");
    assert_refused("<network/>", "begins with the element 'network'");
    assert_refused("<domain xmlns='urn:other'/>", "begins with the element 'domain'");
    assert_refused("<domain/><domain/>", "malformed");
    assert_refused("{}", "malformed");
}

static void
document_types_are_refused_and_with_them_entities(void **state)
{
    assert_refused("<!DOCTYPE domain [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><domain><name>&a;</name></domain>", "a document type");
    assert_refused("<!DOCTYPE domain [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]><domain/>", "a document type");
    assert_refused("<domain><name>&a;</name></domain>", "malformed");
}

/* 'before', then n times 'part', then 'after'. */
static char *
repeated(const char *before, const char *part, size_t n, const char *after)
{
    struct ds text = DS_EMPTY_INITIALIZER;

    ds_put_cstr(&text, before);
    while (n--) {
        ds_put_cstr(&text, part);
    }
    ds_put_cstr(&text, after);
    return ds_steal_cstr(&text);
}

static void
assert_limit(char *text, const char *part)
{
    assert_refused_bytes(text, strlen(text), ERROR_LIMIT, part);
    free(text);
}

static void
sizes_have_limits(void **state)
{
    assert_limit(repeated("<domain>", "<a>", LIMIT_LIBVIRT_DEPTH, ""), "deep within each other");
    assert_limit(repeated("<domain><devices>", "<interface/>", LIMIT_LIBVIRT_INTERFACES + 1, "</devices></domain>"), "interfaces");
    assert_limit(repeated("<domain><metadata><vifs xmlns='" LIBVIRT_NAMESPACE "'>", "<vif/>",
                 LIMIT_LIBVIRT_INTERFACES + 1, ""), "interfaces");
    assert_limit(repeated("<domain><metadata><vifs xmlns='" LIBVIRT_NAMESPACE "'><vif>", "<ipv4>10.0.0.1</ipv4>",
                 LIMIT_VIF_ADDRESSES + 1, ""),
                 "addresses");
    assert_limit(repeated("<domain><name>", "0123456789abcdef", LIMIT_DESCRIPTION_BYTES / 16 + 1, "</name></domain>"), "a text is longer");
    assert_limit(repeated("<domain><devices><interface type='", "x",
                 LIMIT_NAME_BYTES + 1, "'/></devices></domain>"), "attribute type is longer");
    assert_limit(repeated("<domain>", "                ", LIMIT_LIBVIRT_XML_BYTES / 16, "</domain>"), "XML is longer");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(interfaces_are_read_as_a_running_domain_has_them),
        cmocka_unit_test(what_is_said_of_interfaces_is_read_whatever_the_prefix),
        cmocka_unit_test(elements_of_the_same_names_elsewhere_mean_nothing),
        cmocka_unit_test(words_that_are_misspelt_in_our_elements_are_refused_with_their_line),
        cmocka_unit_test(what_is_no_domain_is_refused),
        cmocka_unit_test(document_types_are_refused_and_with_them_entities),
        cmocka_unit_test(sizes_have_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
