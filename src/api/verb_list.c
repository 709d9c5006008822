/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "api/verb_list.h"

#include <stddef.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "verbs/verb.h"

static void
put_atom(const struct xenapi_atom_type *type, struct ds *text)
{
    switch (type->atom) {
    case XENAPI_ATOM_STRING: ds_put_cstr(text, "string"); break;
    case XENAPI_ATOM_INT: ds_put_cstr(text, "int"); break;
    case XENAPI_ATOM_FLOAT: ds_put_cstr(text, "float"); break;
    case XENAPI_ATOM_BOOL: ds_put_cstr(text, "bool"); break;
    case XENAPI_ATOM_DATETIME: ds_put_cstr(text, "datetime"); break;
    case XENAPI_ATOM_ENUM: ds_put_format(text, "enum %s", xenapi_enums[type->values].name); break;
    case XENAPI_ATOM_REF: ds_put_format(text, "ref %s", xenapi_class_name(type->class)); break;
    case XENAPI_ATOM_STRINGS: ds_put_cstr(text, "set of string"); break;
    }
}

static void
put_type(const struct xenapi_field_type *type, struct ds *text)
{
    ds_put_cstr(text, type->shape == XENAPI_SHAPE_SET ? "set of " : type->shape == XENAPI_SHAPE_MAP ? "map of " : "");
    put_atom(&type->key, text);
    if (type->shape == XENAPI_SHAPE_MAP) {
        ds_put_cstr(text, " to ");
        put_atom(&type->value, text);
    }
}

static void
put_parameter(const struct verb_parameter *parameter, bool is_first, struct ds *text)
{
    ds_put_cstr(text, parameter->initial ? "[" : "");
    ds_put_cstr(text, is_first ? "" : ", ");
    if (parameter->kind == VERB_PARAMETER_RECORD) {
        ds_put_cstr(text, "record");
    } else {
        put_type(&parameter->type, text);
    }
    ds_put_format(text, " %s", parameter->name);
}

static void
put_verb(const struct verb *verb, struct ds *text)
{
    size_t n_open = 0;

    ds_put_format(text, "%s(", verb->method);
    for (size_t i = 0; i < verb->n_parameters; i++) {
        put_parameter(&verb->parameters[i], !i, text);
        n_open += verb->parameters[i].initial != NULL;
    }
    ds_put_char_multiple(text, ']', n_open);
    ds_put_cstr(text, ")\n");
}

void
verb_list_put(struct ds *text)
{
    for (size_t i = 0; i < VERB_N; i++) {
        put_verb(&verbs[i], text);
    }
}
