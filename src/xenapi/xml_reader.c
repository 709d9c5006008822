/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenapi/xml_reader.h"

#include <stdlib.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "base/error.h"
#include "base/xml.h"

struct reader {
    struct xenapi_xml_element *elements;        /* the document, and those whose end has not come yet */
    size_t n, allocated;
    size_t depth, max_depth;                    /* of arrays and structs */
    struct ds text;                             /* since the last tag */
};

static bool
adds_depth(const struct xenapi_xml_element *element)
{
    return element->tag->kind == XENAPI_XML_ARRAY || element->tag->kind == XENAPI_XML_STRUCT;
}

static void
element_push(struct reader *reader, struct xenapi_xml_element element)
{
    if (reader->n >= reader->allocated) {
        reader->elements = x2nrealloc(reader->elements, &reader->allocated, sizeof *reader->elements);
    }
    reader->elements[reader->n++] = element;
    reader->depth += adds_depth(&element);
}

static struct xenapi_xml_element
element_pop(struct reader *reader)
{
    struct xenapi_xml_element element = reader->elements[--reader->n];

    reader->depth -= adds_depth(&element);
    return element;
}

static struct error *
element_begin(struct reader *reader, const char *name)
{
    const struct xenapi_xml_element *parent = &reader->elements[reader->n - 1];
    struct xenapi_xml_element element;
    struct error *error = xenapi_xml_element_text(parent, ds_cstr(&reader->text));

    if (!error) {
        error = xenapi_xml_element_begin(parent, name, &element);
    }
    if (!error) {
        element_push(reader, element);
    }
    if (!error && reader->depth > reader->max_depth) {
        error = error_new(ERROR_LIMIT, "arrays and structs stand more than %"PRIuSIZE" deep within each other", reader->max_depth);
    }
    return error;
}

static struct error *
element_end(struct reader *reader)
{
    struct xenapi_xml_element element = element_pop(reader);

    return xenapi_xml_element_end(&element, &reader->elements[reader->n - 1], ds_cstr(&reader->text));
}

static struct error *
tag_begin(void *reader_, const char *name, const char **attributes OVS_UNUSED, size_t line OVS_UNUSED)
{
    struct reader *reader = reader_;
    struct error *error = element_begin(reader, name);

    ds_clear(&reader->text);
    return error;
}

static struct error *
tag_end(void *reader_)
{
    struct reader *reader = reader_;
    struct error *error = element_end(reader);

    ds_clear(&reader->text);
    return error;
}

static struct error *
text_keep(void *reader_, const char *text, size_t n)
{
    struct reader *reader = reader_;

    ds_put_buffer(&reader->text, text, n);
    return NULL;
}

struct error *
xenapi_xml_read(const char *text, size_t n, size_t max_depth, struct xenapi_xml_element *document)
{
    static const struct xml_events events = { tag_begin, tag_end, text_keep, .use = "XML-RPC" };
    struct reader reader = { .max_depth = max_depth, .text = DS_EMPTY_INITIALIZER };

    element_push(&reader, xenapi_xml_document());

    struct error *error = xml_read(text, n, &events, &reader);

    ds_destroy(&reader.text);
    if (!error) {
        *document = element_pop(&reader);
    }
    while (reader.n) {
        struct xenapi_xml_element element = element_pop(&reader);

        xenapi_xml_element_destroy(&element);
    }
    free(reader.elements);
    return error;
}
