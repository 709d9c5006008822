/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "ask/reply.h"

#include <string.h>

#include <util.h>

#include "base/error.h"
#include "xenapi/json_reader.h"
#include "xenapi/map.h"
#include "xenapi/value.h"

/* An answer's text is a string in it, so that three deep is enough. */
enum { REPLY_DEPTH = 4 };

bool
ask_reply_is_whole(const char *text)
{
    bool in_string = false;
    int depth = 0;

    for (const char *c = text; *c; c++) {
        if (in_string) {
            if (*c == '\\' && c[1]) {
                c++;
            } else if (*c == '"') {
                in_string = false;
            }
        } else if (*c == '"') {
            in_string = true;
        } else if (*c == '{') {
            depth++;
        } else if (*c == '}' && --depth <= 0) {
            return true;
        }
    }
    return false;
}

static struct error *
not_understood(void)
{
    return error_new(ERROR_REFUSED, "the agent's answer is not understood: is it of another version?");
}

static struct error *
object_read(const struct xenapi_value *object, char **reply)
{
    const struct xenapi_value *error = object->type == XENAPI_MAP ? xenapi_map_get(object, "error") : NULL;
    const struct xenapi_value *result = object->type == XENAPI_MAP ? xenapi_map_get(object, "result") : NULL;

    if (error && error->type == XENAPI_STRING) {
        int n = strcspn(error->string, "\n");

        return error_new(ERROR_REFUSED, "%.*s", n, error->string);
    } else if (!result || result->type != XENAPI_STRING) {
        return not_understood();
    }
    *reply = xstrdup(result->string);
    return NULL;
}

struct error *
ask_reply_parse(const char *text, char **reply)
{
    struct xenapi_value object;
    struct error *error = xenapi_json_read(text, strlen(text), REPLY_DEPTH, &object);

    *reply = NULL;
    if (error) {
        error_free(error);
        return not_understood();
    }
    error = object_read(&object, reply);
    xenapi_value_destroy(&object);
    return error;
}
