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

#include "base/error.h"
#include "base/limits.h"
#include "directory/directory.h"
#include "xapi/event.h"
#include "xenapi/json_reader.h"
#include "xenapi/value.h"

#define UUID "00000000-0000-4000-8000-00000000000A"

static struct error *
read_text(const char *text, struct xapi_event *event)
{
    struct xenapi_value value;

    assert_null(xenapi_json_read(text, strlen(text), 64, &value));
    struct error *error = xapi_event_read(&value, event);
    xenapi_value_destroy(&value);
    return error;
}

static void
an_event_is_what_is_kept_of_it(void **state)
{
    struct xapi_event event;

    assert_null(read_text("{\"id\":\"7\",\"class\":\"network\",\"operation\":\"mod\",\"ref\":\"OpaqueRef:x\",\"snapshot\":"
                          "{\"uuid\":\"" UUID "\",\"bridge\":\"xenbr0\",\"MTU\":1500,\"other_config\":{\"nicira-bridge-id\":\"id\",\"other\":\"y\","
                          "\"vswitch-disable-in-band\":\"true\"}}}", &event));
    assert_int_equal(event.kind, XAPI_NETWORK);
    assert_false(event.is_gone);
    assert_string_equal(event.ref, "OpaqueRef:x");
    assert_string_equal(event.uuid, "00000000-0000-4000-8000-00000000000a");
    assert_string_equal(event.bridge, "xenbr0");
    assert_int_equal(smap_count(&event.other_config), 2);
    assert_string_equal(smap_get(&event.other_config, DIRECTORY_NETWORK_ID), "id");
    assert_string_equal(smap_get(&event.other_config, DIRECTORY_NETWORK_IN_BAND), "true");
    xapi_event_destroy(&event);
}

static void
each_kind_has_its_own_keys(void **state)
{
    static const struct {
        const char *class;
        enum xapi_kind kind;
        size_t n_keys;
    } kinds[] = {
        { "pool", XAPI_POOL, 1 }, { "vif", XAPI_VIF, 1 }, { "VIF", XAPI_VIF, 1 }, { "vm", XAPI_VM, 1 }, { "task", XAPI_OTHER, 0 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        char *text = xasprintf("{\"class\":\"%s\",\"operation\":\"add\",\"ref\":\"r\",\"snapshot\":{\"uuid\":\"" UUID "\",\"other_config\":"
                               "{\"nicira-bridge-id\":\"1\",\"nicira-iface-id\":\"1\",\"nicira-vm-id\":\"1\","
                               "\"vswitch-controller-fail-mode\":\"1\",\"vswitch-disable-in-band\":\"1\"}}}", kinds[i].class);
        struct xapi_event event;

        assert_null(read_text(text, &event));
        assert_int_equal(event.kind, kinds[i].kind);
        assert_null(event.bridge);
        assert_int_equal(smap_count(&event.other_config), kinds[i].n_keys);
        xapi_event_destroy(&event);
        free(text);
    }
}

static void
what_is_gone_needs_no_record(void **state)
{
    struct xapi_event event;

    assert_null(read_text("{\"class\":\"vm\",\"operation\":\"del\",\"ref\":\"r\"}", &event));
    assert_true(event.kind == XAPI_VM && event.is_gone);
    xapi_event_destroy(&event);
}

static void
what_is_no_event_is_refused(void **state)
{
    static const struct {
        const char *text, *part;
    } texts[] = {
        { "[]", "no record" },
        { "{}", "no text `class`" },
        { "{\"class\":1}", "no text `class`" },
        { "{\"class\":\"vm\"}", "no text `operation`" },
        { "{\"class\":\"vm\",\"operation\":\"add\"}", "no text `ref`" },
        { "{\"class\":\"vm\",\"operation\":\"add\",\"ref\":\"r\"}", "no record with `other_config`" },
        { "{\"class\":\"vm\",\"operation\":\"add\",\"ref\":\"r\",\"snapshot\":[]}", "no record with `other_config`" },
        { "{\"class\":\"vm\",\"operation\":\"add\",\"ref\":\"r\",\"snapshot\":{\"other_config\":{}}}", "no text `uuid`" },
        { "{\"class\":\"vm\",\"operation\":\"add\",\"ref\":\"r\",\"snapshot\":{\"other_config\":{},\"uuid\":\"x\"}}", "is 'x'" },
        { "{\"class\":\"vm\",\"operation\":\"add\",\"ref\":\"r\",\"snapshot\":{\"other_config\":[],\"uuid\":\"" UUID "\"}}", "is no map" },
        { "{\"class\":\"vm\",\"operation\":\"add\",\"ref\":\"r\",\"snapshot\":{\"other_config\":{\"nicira-vm-id\":1},\"uuid\":\"" UUID
            "\"}}",
            "is no text" },
        { "{\"class\":\"network\",\"operation\":\"add\",\"ref\":\"r\",\"snapshot\":{\"other_config\":{},\"uuid\":\"" UUID "\"}}",
            "no text `bridge`" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        struct xapi_event event;
        struct error *error = read_text(texts[i].text, &event);

        assert_non_null(error);
        assert_int_equal(error->code, ERROR_INVALID);
        assert_non_null(strstr(error->text, texts[i].part));
        error_free(error);
    }
}

static void
what_is_too_long_is_refused(void **state)
{
    char *ref = xzalloc(LIMIT_NAME_BYTES + 2), *id = xzalloc(LIMIT_TEXT_BYTES + 2);
    struct xapi_event event;

    memset(ref, 'r', LIMIT_NAME_BYTES + 1);
    memset(id, 'i', LIMIT_TEXT_BYTES + 1);
    char *texts[] = {
        xasprintf("{\"class\":\"vm\",\"operation\":\"del\",\"ref\":\"%s\"}", ref),
        xasprintf("{\"class\":\"vm\",\"operation\":\"add\",\"ref\":\"r\",\"snapshot\":{\"uuid\":\"" UUID "\",\"other_config\":"
                  "{\"nicira-vm-id\":\"%s\"}}}", id),
    };
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        struct error *error = read_text(texts[i], &event);

        assert_non_null(error);
        assert_int_equal(error->code, ERROR_LIMIT);
        error_free(error);
        free(texts[i]);
    }
    free(ref);
    free(id);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_is_what_is_kept_of_it),
        cmocka_unit_test(each_kind_has_its_own_keys),
        cmocka_unit_test(what_is_gone_needs_no_record),
        cmocka_unit_test(what_is_no_event_is_refused),
        cmocka_unit_test(what_is_too_long_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
