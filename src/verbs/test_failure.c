/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "verbs/failure.h"
#include "verbs/test_failure_text.h"

static void
failures_name_class_and_object_as_clients_do(void **state)
{
    struct xenapi_reply handle = failure_handle(XENAPI_CLASS_VM, "OpaqueRef:x"), absent = failure_handle(XENAPI_CLASS_VGPU, "y");
    struct xenapi_reply uuid = failure_uuid(XENAPI_CLASS_network, "z"), value = failure_value("bridge", "vif1.0");
    struct xenapi_reply internal = failure_internal(error_new(ERROR_TIMEOUT, "the pool database does not answer"));

    assert_failure(false, &handle, "HANDLE_INVALID VM|OpaqueRef:x", "a reference");
    assert_failure(false, &absent, "HANDLE_INVALID VGPU|y", "a class without objects");
    assert_failure(false, &uuid, "UUID_INVALID network|z", "a uuid");
    assert_failure(false, &value, "INVALID_VALUE bridge|vif1.0", "a value");
    assert_failure(false, &internal, "INTERNAL_ERROR the pool database does not answer", "an error");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failures_name_class_and_object_as_clients_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
