/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <openvswitch/json.h>
#include <svec.h>
#include <util.h>

#include "domain/domain.h"
#include "domain/qemu.h"

static struct svec
words_of(const struct domain_spec *spec, const struct qemu_fds *fds)
{
    struct svec words = SVEC_EMPTY_INITIALIZER;

    qemu_put_words(spec, fds, false, &words);
    return words;
}

/* Whether 'option' stands before 'value', or before something that begins with it. */
static bool
has(const struct svec *words, const char *option, const char *value)
{
    for (size_t i = 0; i + 1 < words->n; i++) {
        if (!strcmp(words->names[i], option) && !strncmp(words->names[i + 1], value, strlen(value))) {
            return true;
        }
    }
    return false;
}

static struct domain_spec
plain(void)
{
    return (struct domain_spec) {
        .domid = 7, .name = "web", .backend = DOMAIN_QEMU, .memory_bytes = 256 * 1048576, .vcpus = 2, .kernel = "", .ramdisk = "",
        .args = "",
    };
}

static void
machine_is_stopped_and_in_its_sandbox(void **state OVS_UNUSED)
{
    struct domain_spec spec = plain();
    struct svec words = words_of(&spec, &(struct qemu_fds) { .monitor = 5, .console = 6, .log = 7, .kernel = -1, .ramdisk = -1 });

    assert_true(svec_contains_unsorted(&words, "-S"));
    assert_true(svec_contains_unsorted(&words, "-nodefaults"));
    assert_true(has(&words, "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"));
    assert_true(has(&words, "-m", "256M"));
    assert_true(has(&words, "-smp", "2"));
    assert_true(has(&words, "-chardev", "socket,id=monitor,fd=5,"));
    assert_true(has(&words, "-chardev", "socket,id=console,fd=6,"));
    assert_false(svec_contains_unsorted(&words, "-kernel"));
    svec_destroy(&words);
}

static void
name_cannot_add_to_the_options(void **state OVS_UNUSED)
{
    struct domain_spec spec = plain();
    spec.name = "a,process=b";
    struct svec words = words_of(&spec, &(struct qemu_fds) { .kernel = -1, .ramdisk = -1 });

    assert_true(has(&words, "-name", "guest=a,,process=b"));
    svec_destroy(&words);
}

static void
kernel_is_opened_by_its_descriptor_and_its_arguments_are_one_word(void **state OVS_UNUSED)
{
    struct domain_spec spec = plain();
    spec.kernel = "/boot/vmlinuz";
    spec.args = "console=ttyS0 -nographic, quiet";
    struct svec words = words_of(&spec, &(struct qemu_fds) { .kernel = 11, .ramdisk = 12 });

    assert_true(has(&words, "-kernel", "/proc/self/fd/11"));
    assert_true(has(&words, "-initrd", "/proc/self/fd/12"));
    assert_true(has(&words, "-append", "console=ttyS0 -nographic, quiet"));
    svec_destroy(&words);
}

static void
disks_are_descriptors_of_their_format(void **state OVS_UNUSED)
{
    static const struct domain_disk disks[] = {
        { .path = "/a", .format = "raw" }, { .path = "/b", .format = "qcow2", .position = 1, .is_read_only = true },
        { .path = "/c", .format = "raw", .position = 3, .is_cd = true },
    };
    struct domain_spec spec = plain();
    spec.disks = disks;
    spec.n_disks = ARRAY_SIZE(disks);
    struct svec words = words_of(&spec, &(struct qemu_fds) { .kernel = -1, .ramdisk = -1, .disks = { 21, 22, 23 } });

    assert_true(has(&words, "-add-fd", "fd=22,set=3"));
    assert_true(has(&words, "-blockdev", "{\"driver\":\"raw\",\"file\":{\"driver\":\"file\",\"filename\":\"/dev/fdset/2\"},"
                                         "\"node-name\":\"disk0\",\"read-only\":false}"));
    assert_true(has(&words, "-blockdev", "{\"driver\":\"qcow2\",\"file\":{\"driver\":\"file\",\"filename\":\"/dev/fdset/3\"},"
                                         "\"node-name\":\"disk1\",\"read-only\":true}"));
    assert_true(has(&words, "-device", "virtio-blk-pci,drive=disk1,bootindex=2"));
    assert_true(has(&words, "-device", "ide-cd,drive=disk2,bus=ide.0,bootindex=4"));
    svec_destroy(&words);
}

static void
vif_is_a_tap_in_the_slot_of_its_number(void **state OVS_UNUSED)
{
    static const struct domain_vif vif = { .devid = 3, .mac = { { 2, 0, 0, 0, 1, 2 } }, .mtu = 1400 };
    struct domain_spec spec = plain();
    spec.vifs = &vif;
    spec.n_vifs = 1;
    struct svec words = words_of(&spec, &(struct qemu_fds) { .kernel = -1, .ramdisk = -1, .taps = { 31 } });

    assert_true(has(&words, "-netdev", "tap,id=net3,fd=31"));
    assert_true(has(&words, "-device", "pcie-root-port,id=slot3,"));
    svec_destroy(&words);

    struct json *device = qemu_device(&vif, true);
    char *text = json_to_string(device, JSSF_SORT);
    assert_string_equal(text, "{\"bus\":\"slot3\",\"driver\":\"virtio-net-pci\",\"host_mtu\":1400,\"id\":\"vif3\",\"mac\":"
                              "\"02:00:00:00:01:02\",\"netdev\":\"net3\",\"romfile\":\"\"}");
    free(text);
    json_destroy(device);
}

static void
guest_leaves_no_checksums_to_a_switch_that_does_not_make_them(void **state OVS_UNUSED)
{
    static const struct domain_vif vif = { .devid = 0, .mac = { { 2 } }, .mtu = 1500 };
    struct json *device = qemu_device(&vif, false);
    char *text = json_to_string(device, JSSF_SORT);

    assert_non_null(strstr(text, "\"csum\":false"));
    assert_non_null(strstr(text, "\"host_tso4\":false"));
    free(text);
    json_destroy(device);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(machine_is_stopped_and_in_its_sandbox),
        cmocka_unit_test(name_cannot_add_to_the_options),
        cmocka_unit_test(kernel_is_opened_by_its_descriptor_and_its_arguments_are_one_word),
        cmocka_unit_test(disks_are_descriptors_of_their_format),
        cmocka_unit_test(vif_is_a_tap_in_the_slot_of_its_number),
        cmocka_unit_test(guest_leaves_no_checksums_to_a_switch_that_does_not_make_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
