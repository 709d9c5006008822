/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <util.h>

#include "base/error.h"
#include "base/test_error.h"
#include "xenvif/call.h"

#define UUID "0a1b2c3d-0000-4000-8000-00000000abcd"

enum { ARGS_MAX = 8 };

/* Splits 'line' at spaces. The texts are static: one call at a time. */
static struct error *
parse(const char *line, const struct xenvif_environment *environment, struct xenvif_call *call)
{
    static char text[256];
    const char *args[ARGS_MAX + 1];
    const char *name;
    size_t n = 0;

    ovs_strlcpy(text, line, sizeof text);
    name = strtok(text, " ");
    while ((args[n] = strtok(NULL, " ")) != NULL) {
        n++;
    }
    return xenvif_call_parse(name, args, environment, call);
}

/* 'wanted' is "device word action-number". */
static void
assert_call(const char *line, struct xenvif_environment environment, enum xenvif_action action, const char *device)
{
    struct xenvif_call call = { .action = XENVIF_SHOW };
    OWN_ERROR struct error *error = parse(line, &environment, &call);

    if (error) {
        fail_msg("\"%s\" was refused: %s", line, error->text);
    }
    assert_int_equal(call.action, action);
    if (action != XENVIF_NOTHING) {
        assert_string_equal(call.device, device);
        assert_int_equal(call.type, device[0] == 'v' ? XENVIF_VIF : XENVIF_TAP);
    }
}

static void
assert_refused(const char *line, struct xenvif_environment environment, const char *part)
{
    struct xenvif_call call;
    OWN_ERROR struct error *error = parse(line, &environment, &call);

    assert_error(error, ERROR_INVALID, part, line);
}

static void
udev_names_a_vif_by_its_backend_and_a_tap_by_its_device(void **state)
{
    struct xenvif_environment vif = { .xenbus_type = "vif", .xenbus_path = "backend/vif/5/0", .udev_call = "1" };
    struct xenvif_environment tap = { .interface = "tap5.1", .udev_call = "1" };

    assert_call("vif online type_if=vif", vif, XENVIF_ONLINE, "vif5.0");
    assert_call("vif remove type_if=vif", vif, XENVIF_REMOVE, "vif5.0");
    assert_call("vif add type_if=vif", vif, XENVIF_NOTHING, "");
    assert_call("vif offline type_if=vif", vif, XENVIF_NOTHING, "");
    assert_call("vif add type_if=tap", tap, XENVIF_ONLINE, "tap5.1");
    assert_call("vif remove type_if=tap", tap, XENVIF_REMOVE, "tap5.1");
    assert_call("vif change type_if=tap", tap, XENVIF_NOTHING, "");
}

static void
xenopsd_names_both_by_the_environment_and_may_leave_the_type_to_it(void **state)
{
    struct xenvif_environment vif = { .xenbus_type = "vif", .xenbus_path = "backend/vif/5/0", .interface = "vif5.0" };
    struct xenvif_environment tap = { .xenbus_type = "tap", .xenbus_path = "backend/vif/5/0", .interface = "tap5.0" };
    struct xenvif_environment tap_alone = { .xenbus_type = "tap", .xenbus_path = "backend/tap/5/0" };

    assert_call("vif move type_if=vif", vif, XENVIF_MOVE, "vif5.0");
    assert_call("vif move type_if=tap", tap, XENVIF_MOVE, "tap5.0");
    assert_call("vif online", vif, XENVIF_ONLINE, "vif5.0");
    assert_call("vif remove", tap, XENVIF_REMOVE, "tap5.0");
    assert_call("vif add", tap_alone, XENVIF_ONLINE, "tap5.0");
    assert_call("vif online type_if=vif 5 0", (struct xenvif_environment) { NULL }, XENVIF_ONLINE, "vif5.0");
}

static void
the_worker_s_arguments_say_all(void **state)
{
    assert_call("vif-real vif 5 0 online", (struct xenvif_environment) { NULL }, XENVIF_ONLINE, "vif5.0");
    assert_call("vif-real tap 32751 255 remove", (struct xenvif_environment) { NULL }, XENVIF_REMOVE, "tap32751.255");
    assert_call("cable-vif vif-real vif 5 0 move", (struct xenvif_environment) { NULL }, XENVIF_MOVE, "vif5.0");
}

static void
rules_are_set_up_by_new_and_old_arguments(void **state)
{
    assert_call("setup-vif-rules classic vif5.0 " UUID " 0 filter", (struct xenvif_environment) { NULL }, XENVIF_FILTER, "vif5.0");
    assert_call("setup-vif-rules classic tap5.0 " UUID " 0 clear", (struct xenvif_environment) { NULL }, XENVIF_CLEAR, "tap5.0");
    assert_call("setup-vif-rules vif 5 0 filter", (struct xenvif_environment) { NULL }, XENVIF_FILTER, "vif5.0");
}

static void
a_tap_of_another_program_is_nobody_s_vif(void **state)
{
    assert_call("vif add type_if=tap", (struct xenvif_environment) { .interface = "tap0" }, XENVIF_NOTHING, "");
    assert_call("vif remove type_if=tap", (struct xenvif_environment) { .interface = "tapc4f4a6e2-1b" }, XENVIF_NOTHING, "");
}

static void
what_makes_no_sense_is_refused_in_words(void **state)
{
    struct xenvif_environment none = { NULL };

    assert_refused("cable-vif", none, "the name is missing");
    assert_refused("cable-vif frobnicate", none, "'frobnicate'");
    assert_refused("vif", none, "action is missing");
    assert_refused("vif online type_if=bridge", none, "'bridge' is unknown");
    assert_refused("vif online vif", none, "write type_if=vif or type_if=tap");
    assert_refused("vif onlin type_if=vif", none, "action 'onlin' is unknown");
    assert_refused("vif online type_if=vif", none, "XENBUS_PATH is set");
    assert_refused("vif online", (struct xenvif_environment) { .xenbus_path = "backend/vbd/5/51712" }, "names no backend of a VIF");
    assert_refused("vif online", (struct xenvif_environment) { .xenbus_path = "backend/vif/5" }, "device number ''");
    assert_refused("vif online", (struct xenvif_environment) { .xenbus_path = "backend/vif/5/0/x" }, "device number '0/x'");
    assert_refused("vif remove type_if=tap", (struct xenvif_environment) { .interface = "vif5.0" }, "is no tap");
    assert_refused("vif-real vif 5 0", none, "four arguments");
    assert_refused("vif-real vif 05 0 online", none, "domain number '05'");
    assert_refused("vif-real vif 32752 0 online", none, "from 0 to 32751");
    assert_refused("vif-real vif 5 256 online", none, "from 0 to 255");
    assert_refused("setup-vif-rules classic vif5.0 " UUID " 1 filter", none, "which is meant?");
    assert_refused("setup-vif-rules classic vif5.0 ../../etc 0 filter", none, "is no uuid");
    assert_refused("setup-vif-rules classic eth0 " UUID " 0 filter", none, "is no VIF's");
    assert_refused("setup-vif-rules classic vif5.0 " UUID " 0 drop", none, "filter or clear");
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(udev_names_a_vif_by_its_backend_and_a_tap_by_its_device),
        cmocka_unit_test(xenopsd_names_both_by_the_environment_and_may_leave_the_type_to_it),
        cmocka_unit_test(the_worker_s_arguments_say_all),
        cmocka_unit_test(rules_are_set_up_by_new_and_old_arguments),
        cmocka_unit_test(a_tap_of_another_program_is_nobody_s_vif),
        cmocka_unit_test(what_makes_no_sense_is_refused_in_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
