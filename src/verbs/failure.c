/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "verbs/failure.h"

#include "base/error.h"

struct xenapi_reply
failure_handle(enum xenapi_class_id class, const char *ref)
{
    return xenapi_failure("HANDLE_INVALID", xenapi_class_name(class), ref, NULL);
}

struct xenapi_reply
failure_uuid(enum xenapi_class_id class, const char *uuid)
{
    return xenapi_failure("UUID_INVALID", xenapi_class_name(class), uuid, NULL);
}

struct xenapi_reply
failure_value(const char *field, const char *value)
{
    return xenapi_failure("INVALID_VALUE", field, value, NULL);
}

struct xenapi_reply
failure_internal(struct error *error)
{
    struct xenapi_reply failure = xenapi_failure("INTERNAL_ERROR", error->text, NULL);

    error_free(error);
    return failure;
}
