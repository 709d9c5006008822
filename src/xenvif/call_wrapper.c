/* SPDX-License-Identifier: Apache-2.0
 *
 * The script `vif`, which udev and xenopsd call: what its arguments leave open stands in the environment.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "base/error.h"
#include "base/quote.h"
#include "xenvif/call-private.h"

/* "backend/vif/5/0", which xenopsd and the kernel say relative to domain 0's home. */
static struct error *
path_parse(const char *path, struct xenvif_call *call)
{
    static const char prefix[] = "backend/";
    const char *part = path;
    char *copy, *devid;
    struct error *error = NULL;

    if (!strncmp(part, "/local/domain/0/", 16)) {
        part += 16;
    }
    if (strncmp(part, prefix, strlen(prefix))) {
        return error_new(ERROR_INVALID, "XENBUS_PATH %s names no backend of a VIF: it is backend/vif/<domid>/<devid>", quote(path).text);
    }
    part += strlen(prefix);
    if (strncmp(part, "vif/", 4) && strncmp(part, "tap/", 4)) {
        return error_new(ERROR_INVALID, "XENBUS_PATH %s names no backend of a VIF: it is backend/vif/<domid>/<devid>", quote(path).text);
    }
    copy = xstrdup(part + 4);
    devid = strchr(copy, '/');
    if (devid) {
        *devid++ = '\0';
    }
    error = xenvif_numbers_parse(copy, devid ? devid : "", call);
    free(copy);
    return error ? error_prefix(error, "XENBUS_PATH %s", quote(path).text) : NULL;
}

/* A tap of somebody else: udev's rule is for all devices whose names begin so. */
static bool
is_others_tap(const struct xenvif_call *call, const struct xenvif_environment *environment)
{
    struct xenvif_call other;
    struct error *error = NULL;

    if (call->type == XENVIF_TAP && xenvif_is_said(environment->interface)) {
        error = xenvif_device_parse(environment->interface, &other);
    }
    error_free(error);
    return error != NULL;
}

/* A vif is named by its backend's path, a tap by its device, either by arguments if there is neither. */
static struct error *
wrapper_device_parse(const char *const *rest, const struct xenvif_environment *environment, struct xenvif_call *call)
{
    enum xenvif_type type = call->type;
    struct error *error;

    if (type == XENVIF_TAP && xenvif_is_said(environment->interface)) {
        error = xenvif_device_parse(environment->interface, call);
        if (!error && call->type != type) {
            error = error_new(ERROR_INVALID, "INTERFACE %s is no tap, as the arguments say", quote(environment->interface).text);
        }
        return error;
    } else if (xenvif_is_said(environment->xenbus_path)) {
        return path_parse(environment->xenbus_path, call);
    } else if (rest[0] && rest[1] && !rest[2]) {
        return xenvif_numbers_parse(rest[0], rest[1], call);
    }
    return error_new(ERROR_INVALID, "which VIF is meant? Neither %s is set nor do the arguments end with DOMID DEVID",
                     type == XENVIF_TAP ? "INTERFACE" : "XENBUS_PATH");
}

static struct error *
wrapper_type_parse(const char *argument, const struct xenvif_environment *environment, enum xenvif_type *type)
{
    static const char key[] = "type_if=";

    if (argument) {
        return strncmp(argument, key, strlen(key))
            ? error_new(ERROR_INVALID, "argument %s is unknown: write type_if=vif or type_if=tap", quote(argument).text)
            : xenvif_type_parse(argument + strlen(key), type);
    }
    *type = XENVIF_VIF;
    return xenvif_is_said(environment->xenbus_type) ? xenvif_type_parse(environment->xenbus_type, type) : NULL;
}

struct error *
xenvif_wrapper_parse(const char *const *args, const struct xenvif_environment *environment, struct xenvif_call *call)
{
    struct error *error;

    if (!args[0]) {
        return error_new(ERROR_INVALID, "the action is missing: vif ACTION [type_if=vif|tap [DOMID DEVID]]");
    }
    error = wrapper_type_parse(args[1], environment, &call->type);
    error = error ? error : xenvif_action_parse(args[0], call);
    if (error || call->action == XENVIF_NOTHING) {
        return error;
    } else if (is_others_tap(call, environment)) {
        call->action = XENVIF_NOTHING;
        return NULL;
    }
    return wrapper_device_parse(args[1] ? args + 2 : args + 1, environment, call);
}
