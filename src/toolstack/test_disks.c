/* SPDX-License-Identifier: Apache-2.0
 *
 * SRs, VDIs and VBDs: verbs that are one change, what each replies, and what a client reads afterwards. Usage: with the schema
 * and test_pool.json, see objects/test_world.h.
 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "toolstack/test_desk.h"

/* The SR is the world's folder here. */
static int
setup_storage(void **state)
{
    int failed = world_setup(state);
    struct world *world = *state;
    char *operation = xasprintf("{\"op\": \"update\", \"table\": \"PBD\", \"where\": [], \"row\": {\"device_config\": [\"map\", [[\"location\", "
                                "\"%s\"]]]}}", world->folder);

    world_transact(world, operation);
    free(operation);
    return failed;
}

static off_t
size_of_made(const struct world *world, const char *ref)
{
    char *path = xasprintf("%s/%s.raw", world->folder, ref + strlen(XENAPI_REF_PREFIX));
    struct stat s;
    off_t size = stat(path, &s) ? -1 : s.st_size;

    free(path);
    return size;
}

#define VDI(SIZE) "[{\"SR\": \"" STORE "\", \"virtual_size\": \"" SIZE "\", \"type\": \"User\", \"name_label\": \"v\"}]"

static void
a_disk_is_a_file_as_long_as_it_has_a_row(void **state)
{
    struct desk desk = { .world = *state };
    char *made = desk_call(&desk, "VDI.create", VDI("5000000"));

    assert_string_equal(made, "made");
    free(made);
    assert_int_equal(size_of_made(desk.world, desk.made), 5001216);
    char *params = desk_with_made(&desk, "[\"$\"]");
    assert_string_equal(world_call(desk.world, "VDI.get_virtual_size", params), "success 5001216");
    assert_string_equal(world_call(desk.world, "VDI.get_type", params), "success \"user\"");
    char *reply = desk_call(&desk, "VDI.destroy", params);
    assert_string_equal(reply, "success void");
    assert_int_equal(size_of_made(desk.world, desk.made), -1);
    free(reply);
    free(params);
}

static void
a_disk_that_is_refused_leaves_no_file(void **state)
{
    static const struct exchange exchanges[] = {
        { "VDI.create", VDI("0"), "failure [\"INVALID_VALUE\", \"virtual_size\", \"0\"]" },
        { "VDI.create", VDI("-1"), "failure [\"INVALID_VALUE\", \"virtual_size\", \"-1\"]" },
        { "VDI.create", VDI("much"), "failure [\"INVALID_VALUE\", \"virtual_size\", \"much\"]" },
        { "VDI.create", "[{\"SR\": \"" NO_REF "\", \"virtual_size\": 1}]", "failure [\"HANDLE_INVALID\", \"SR\", \"" NO_REF "\"]" },
        { "VDI.create", "[{\"SR\": \"" STORE "\", \"virtual_size\": 1, \"type\": \"odd\"}]", "failure [\"INVALID_VALUE\", \"type\", \"odd\"]" },
        { "VDI.create", "[{\"SR\": \"" STORE "\", \"virtual_size\": 1, \"sm_config\": {\"format\": \"qcow2\"}}]",
          "failure [\"INVALID_VALUE\", \"sm_config:format\", *" },
        { "VDI.destroy", "[\"" DISK "\"]", "failure [\"VDI_IN_USE\", \"" DISK "\", \"destroy\"]" },
    };

    CONVERSE(exchanges);
    world_shell(*state, "! ls *.raw");
}

static void
a_scan_finds_what_is_there(void **state)
{
    static const struct exchange exchanges[] = {
        { "SR.scan", "[\"" STORE "\"]", "success void" },
        { "VDI.get_missing", "[\"" DISK "\"]", "success true" },
        { "VDI.get_by_name_label", "[\"ubuntu\"]", "success [\"OpaqueRef:*" },
        { "VDI.get_by_name_label", "[\"image\"]", "success [\"OpaqueRef:*" },
        { "VDI.get_by_name_label", "[\"link\"]", "success []" },
        { "VDI.get_by_name_label", "[\"notes\"]", "success []" },
        { "VDI.get_all_records_where", "[\"field \\\"virtual_size\\\" = \\\"1048576\\\"\"]", "success {\"OpaqueRef:*" },
        { "SR.scan", "[\"" STORE "\"]", "success void" },
        { "VDI.get_by_name_label", "[\"ubuntu\"]", "success [\"OpaqueRef:*" },
    };
    struct world *world = *state;

    world_shell(world, "truncate -s 1M ubuntu.raw && printf 'QFI\\373\\0\\0\\0\\003\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\020\\0\\0\\0\\0\\0\\020\\0\\0' "
                "> image.qcow2 && touch notes.txt && ln -s ubuntu.raw link.raw && printf x > bad.qcow2");
    CONVERSE(exchanges);

    struct xenapi_value vdis = world_value(world, "VDI.get_all", "[]");
    assert_int_equal(vdis.set.n, 3);                    /* the one of before, ubuntu and image */
    xenapi_value_destroy(&vdis);
}

static void
drives_have_media(void **state)
{
    static const struct exchange exchanges[] = {
        { "VBD.create", "[{\"VM\": \"" DB "\", \"VDI\": \"" DISK "\", \"userdevice\": \"0\", \"bootable\": true, \"mode\": \"RW\", "
          "\"type\": \"disk\", \"empty\": false, \"other_config\": {}, \"qos_supported_algorithms\": []}]", "made" },
        { "VBD.get_type", "[\"$\"]", "success \"Disk\"" },
        { "VBD.plug", "[\"$\"]", "failure [\"VM_BAD_POWER_STATE\", \"" DB "\", \"running\", \"halted\"]" },
        { "VBD.unplug", "[\"" DISK_VBD "\"]", "failure [\"OPERATION_NOT_ALLOWED\", *" },
        { "VBD.eject", "[\"$\"]", "failure [\"VBD_NOT_REMOVABLE_MEDIA\", \"$\"]" },
        { "VBD.create", "[{\"VM\": \"" DB "\", \"VDI\": \"" DISK "\", \"userdevice\": \"0\"}]", "failure [\"DEVICE_ALREADY_EXISTS\", \"0\"]" },
        { "VBD.create", "[{\"VM\": \"" DB "\", \"VDI\": \"" NO_REF "\", \"userdevice\": \"1\"}]",
          "failure [\"HANDLE_INVALID\", \"VDI\", \"" NO_REF "\"]" },
        { "VBD.create", "[{\"VM\": \"" DB "\", \"VDI\": \"" DISK "\", \"userdevice\": \"first\"}]", "failure [\"INVALID_DEVICE\", \"first\"]" },
        { "VBD.create", "[{\"VM\": \"" DB "\", \"VDI\": \"\", \"empty\": true, \"type\": \"CD\", \"mode\": \"RO\", "
          "\"userdevice\": \"autodetect\"}]", "made" },
        { "VBD.get_userdevice", "[\"$\"]", "success \"1\"" },
        { "VBD.get_VDI", "[\"$\"]", "success \"OpaqueRef:NULL\"" },
        { "VBD.eject", "[\"$\"]", "failure [\"VBD_IS_EMPTY\", \"$\"]" },
        { "VBD.insert", "[\"$\", \"" DISK "\"]", "success void" },
        { "VBD.get_VDI", "[\"$\"]", "success \"" DISK "\"" },
        { "VBD.get_empty", "[\"$\"]", "success false" },
        { "VBD.insert", "[\"$\", \"" DISK "\"]", "failure [\"VBD_NOT_EMPTY\", \"$\"]" },
        { "VBD.eject", "[\"$\"]", "success void" },
        { "VBD.get_empty", "[\"$\"]", "success true" },
        { "VBD.destroy", "[\"" DISK_VBD "\"]", "failure [\"OPERATION_NOT_ALLOWED\", \"VBD '" DISK_VBD "' still attached to '" WEB "'\"]" },
        { "VBD.destroy", "[\"$\"]", "success void" },
        { "VM.get_allowed_VBD_devices", "[\"" DB "\"]", "success [\"1\", *" },
        { "VM.clone", "[\"" DB "\", \"d\"]", "failure [\"SR_OPERATION_NOT_SUPPORTED\", \"" STORE "\"]" },
    };

    CONVERSE(exchanges);
}

int
main(int argc, char *argv[])
{
#define IN_STORAGE(TEST) cmocka_unit_test_setup_teardown(TEST, setup_storage, world_teardown)
    const struct CMUnitTest tests[] = {
        IN_STORAGE(a_disk_is_a_file_as_long_as_it_has_a_row),
        IN_STORAGE(a_disk_that_is_refused_leaves_no_file),
        IN_STORAGE(a_scan_finds_what_is_there),
        IN_STORAGE(drives_have_media),
    };

    world_schema = argv[1];
    world_rows = argv[2];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
