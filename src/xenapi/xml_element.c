/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenapi/xml_element.h"

#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/quote.h"
#include "xenapi/map.h"
#include "xenapi/xml_scalar.h"

#define IN(KIND) (1u << XENAPI_XML_##KIND)

/* The grammar. */
static const struct xenapi_xml_tag tags[] = {
    { "methodCall", XENAPI_XML_METHOD_CALL, IN(DOCUMENT) },
    { "methodResponse", XENAPI_XML_METHOD_RESPONSE, IN(DOCUMENT) },
    { "methodName", XENAPI_XML_METHOD_NAME, IN(METHOD_CALL) },
    { "fault", XENAPI_XML_FAULT, IN(METHOD_RESPONSE) },
    { "params", XENAPI_XML_PARAMS, IN(METHOD_CALL) | IN(METHOD_RESPONSE) },
    { "param", XENAPI_XML_PARAM, IN(PARAMS) },
    { "value", XENAPI_XML_VALUE, IN(PARAM) | IN(DATA) | IN(MEMBER) | IN(FAULT) },
    { "array", XENAPI_XML_ARRAY, IN(VALUE) },
    { "data", XENAPI_XML_DATA, IN(ARRAY) },
    { "struct", XENAPI_XML_STRUCT, IN(VALUE) },
    { "member", XENAPI_XML_MEMBER, IN(STRUCT) },
    { "name", XENAPI_XML_NAME, IN(MEMBER) },
};

struct xenapi_xml_element
xenapi_xml_document(void)
{
    static const struct xenapi_xml_tag document = { "message", XENAPI_XML_DOCUMENT, 0 };

    return (struct xenapi_xml_element) { .tag = &document };
}

static const struct xenapi_xml_tag *
tag_find(const char *name)
{
    static const struct xenapi_xml_tag scalar = { "scalar", XENAPI_XML_SCALAR, IN(VALUE) };

    for (size_t i = 0; i < ARRAY_SIZE(tags); i++) {
        if (!strcmp(tags[i].name, name)) {
            return &tags[i];
        }
    }
    return xenapi_xml_scalar_find(name) ? &scalar : NULL;
}

struct error *
xenapi_xml_element_begin(const struct xenapi_xml_element *parent, const char *name, struct xenapi_xml_element *element)
{
    const struct xenapi_xml_tag *tag = tag_find(name);

    if (!tag) {
        return error_new(ERROR_INVALID, "XML-RPC has no element %s", quote(name).text);
    } else if (!(tag->parents & (1u << parent->tag->kind))) {
        return error_new(ERROR_INVALID, "<%s> has no place in <%s>", name,
                         parent->scalar ? parent->scalar->element : parent->tag->name);
    }
    *element = (struct xenapi_xml_element) { .tag = tag, .scalar = xenapi_xml_scalar_find(name) };
    if (tag->kind == XENAPI_XML_PARAMS || tag->kind == XENAPI_XML_DATA) {
        element->has_value = true;
        element->value = xenapi_set_create();
    } else if (tag->kind == XENAPI_XML_STRUCT) {
        element->has_value = true;
        element->value = xenapi_map_create();
    }
    return NULL;
}

/* Gives 'element' the value of one inside it, which is taken over. */
static struct error *
value_give(struct xenapi_xml_element *element, struct xenapi_value value)
{
    enum xenapi_xml_kind kind = element->tag->kind;
    struct error *error = NULL;

    if (kind == XENAPI_XML_PARAMS && element->value.set.n >= LIMIT_XENAPI_PARAMS) {
        error = error_new(ERROR_LIMIT, "there are more than %d parameters", LIMIT_XENAPI_PARAMS);
    } else if (kind == XENAPI_XML_PARAMS || kind == XENAPI_XML_DATA) {
        xenapi_set_add(&element->value, value);
    } else if (element->has_value) {
        error = error_new(ERROR_INVALID, "<%s> holds more than one thing", element->tag->name);
    } else {
        element->has_value = true;
        element->value = value;
    }
    if (error) {
        xenapi_value_destroy(&value);
    }
    return error;
}

static struct error *
name_give(struct xenapi_xml_element *element, const char *name)
{
    if (element->name) {
        return error_new(ERROR_INVALID, "<%s> holds more than one name", element->tag->name);
    }
    element->name = xstrdup(name);
    return NULL;
}

/* Gives 'parent' what 'element' was given, which it must have been. */
static struct error *
value_pass(struct xenapi_xml_element *element, struct xenapi_xml_element *parent)
{
    if (!element->has_value) {
        return error_new(ERROR_INVALID, "<%s> holds no value", element->tag->name);
    }
    struct xenapi_value value = element->value;
    element->value = xenapi_void();
    return value_give(parent, value);
}

static struct error *
scalar_end(struct xenapi_xml_element *element, struct xenapi_xml_element *parent, const char *text)
{
    struct xenapi_value value;
    struct error *error = xenapi_xml_scalar_read(element->scalar, text, &value);

    return error ? error : value_give(parent, value);
}

static struct error *
struct_end(struct xenapi_xml_element *element, struct xenapi_xml_element *parent)
{
    const char *twice = xenapi_map_sort(&element->value);

    return twice ? error_new(ERROR_INVALID, "<struct> has the member %s twice", quote(twice).text) : value_pass(element, parent);
}

static struct error *
member_end(struct xenapi_xml_element *element, struct xenapi_xml_element *parent)
{
    if (!element->name || !element->has_value) {
        return error_new(ERROR_INVALID, "<member> must hold a <name> and a <value>");
    }
    xenapi_map_append(&parent->value, element->name, element->value);
    element->name = NULL;
    element->value = xenapi_void();
    return NULL;
}

static struct error *
call_end(struct xenapi_xml_element *element, struct xenapi_xml_element *document)
{
    if (!element->name) {
        return error_new(ERROR_INVALID, "<methodCall> holds no <methodName>");
    }
    document->name = element->name;
    element->name = NULL;
    return element->has_value ? value_pass(element, document) : value_give(document, xenapi_set_create());
}

static struct error *
element_end(struct xenapi_xml_element *element, struct xenapi_xml_element *parent, const char *text)
{
    switch (element->tag->kind) {
    case XENAPI_XML_METHOD_NAME:
    case XENAPI_XML_NAME:
        return name_give(parent, text);
    case XENAPI_XML_SCALAR:
        return scalar_end(element, parent, text);
    case XENAPI_XML_VALUE:
        return element->has_value ? value_pass(element, parent) : value_give(parent, xenapi_string(text));
    case XENAPI_XML_ARRAY:
        return element->has_value ? value_pass(element, parent) : value_give(parent, xenapi_set_create());
    case XENAPI_XML_STRUCT:
        return struct_end(element, parent);
    case XENAPI_XML_MEMBER:
        return member_end(element, parent);
    case XENAPI_XML_METHOD_CALL:
        return call_end(element, parent);
    case XENAPI_XML_FAULT:
        parent->is_fault = true;
        return value_pass(element, parent);
    case XENAPI_XML_METHOD_RESPONSE:
        parent->is_fault = element->is_fault;
        return value_pass(element, parent);
    case XENAPI_XML_PARAMS:
    case XENAPI_XML_PARAM:
    case XENAPI_XML_DATA:
        return value_pass(element, parent);
    case XENAPI_XML_DOCUMENT:
        break;
    }
    OVS_NOT_REACHED();
}

static bool
is_text(const struct xenapi_xml_element *element)
{
    enum xenapi_xml_kind kind = element->tag->kind;

    return kind == XENAPI_XML_METHOD_NAME || kind == XENAPI_XML_NAME || kind == XENAPI_XML_SCALAR
        || (kind == XENAPI_XML_VALUE && !element->has_value);
}

struct error *
xenapi_xml_element_end(struct xenapi_xml_element *element, struct xenapi_xml_element *parent, const char *text)
{
    struct error *error = is_text(element) ? NULL : xenapi_xml_element_text(element, text);

    if (!error) {
        error = element_end(element, parent, text);
    }
    xenapi_xml_element_destroy(element);
    return error;
}

struct error *
xenapi_xml_element_text(const struct xenapi_xml_element *element, const char *text)
{
    return xenapi_xml_is_blank(text) ? NULL
        : error_new(ERROR_INVALID, "text %s stands beside the elements of <%s>", quote(text).text, element->tag->name);
}

void
xenapi_xml_element_destroy(struct xenapi_xml_element *element)
{
    free(element->name);
    element->name = NULL;
    xenapi_value_destroy(&element->value);
}
