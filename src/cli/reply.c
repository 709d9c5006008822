/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "cli/reply.h"

#include <openvswitch/json.h>

const struct json *
reply_member(const struct json *object, const char *name)
{
    return object && object->type == JSON_OBJECT ? shash_find_data(json_object(object), name) : NULL;
}

const char *
reply_text(const struct json *json)
{
    return json && json->type == JSON_STRING ? json_string(json) : "";
}

const char *
reply_string(const struct json *object, const char *name)
{
    return reply_text(reply_member(object, name));
}

int64_t
reply_integer(const struct json *object, const char *name)
{
    const struct json *json = reply_member(object, name);

    return json && json->type == JSON_INTEGER ? json_integer(json) : 0;
}

bool
reply_truth(const struct json *object, const char *name)
{
    const struct json *json = reply_member(object, name);

    return json && json->type == JSON_TRUE;
}

size_t
reply_length(const struct json *array)
{
    return array && array->type == JSON_ARRAY ? json_array(array)->n : 0;
}

const struct json *
reply_element(const struct json *array, size_t i)
{
    return i < reply_length(array) ? json_array(array)->elems[i] : NULL;
}
