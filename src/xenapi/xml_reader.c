/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenapi/xml_reader.h"

#include <limits.h>
#include <stdlib.h>

#include <expat.h>
#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "base/error.h"

struct reader {
    XML_Parser parser;
    struct xenapi_xml_element *elements;        /* the document, and those whose end has not come yet */
    size_t n, allocated;
    size_t depth, max_depth;                    /* of arrays and structs */
    struct ds text;                             /* since the last tag */
    struct error *error;                        /* after it, nothing is read */
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

/* Ends the work of a handler of expat's, which may call some more of them after it was told to stop. */
static void
handler_end(struct reader *reader, struct error *error)
{
    if (error) {
        reader->error = error_prefix(error, "line %lu", (unsigned long int) XML_GetCurrentLineNumber(reader->parser));
        XML_StopParser(reader->parser, XML_FALSE);
    }
    ds_clear(&reader->text);
}

static void
on_start_tag(void *reader_, const char *name, const char **attributes)
{
    struct reader *reader = reader_;

    if (!reader->error) {
        handler_end(reader, element_begin(reader, name));
    }
}

static void
on_end_tag(void *reader_, const char *name)
{
    struct reader *reader = reader_;

    if (!reader->error) {
        handler_end(reader, element_end(reader));
    }
}

static void
on_text(void *reader_, const char *text, int n)
{
    struct reader *reader = reader_;

    ds_put_buffer(&reader->text, text, n);
}

static void
on_document_type(void *reader_, const char *name, const char *system, const char *public, int has_internal_subset)
{
    struct reader *reader = reader_;

    if (!reader->error) {
        handler_end(reader, error_new(ERROR_INVALID, "a document type is declared, which XML-RPC has no use for"));
    }
}

static void
parse(struct reader *reader, const char *text, size_t n)
{
    XML_SetUserData(reader->parser, reader);
    XML_SetElementHandler(reader->parser, on_start_tag, on_end_tag);
    XML_SetCharacterDataHandler(reader->parser, on_text);
    XML_SetStartDoctypeDeclHandler(reader->parser, on_document_type);
    if (!XML_Parse(reader->parser, text, n, true) && !reader->error) {
        reader->error = error_new(ERROR_INVALID, "line %lu: the XML is malformed: %s",
                                  (unsigned long int) XML_GetCurrentLineNumber(reader->parser),
                                  XML_ErrorString(XML_GetErrorCode(reader->parser)));
    }
}

struct error *
xenapi_xml_read(const char *text, size_t n, size_t max_depth, struct xenapi_xml_element *document)
{
    struct reader reader = { .parser = XML_ParserCreate(NULL), .max_depth = max_depth, .text = DS_EMPTY_INITIALIZER };

    ovs_assert(reader.parser && n <= INT_MAX);
    element_push(&reader, xenapi_xml_document());
    parse(&reader, text, n);
    XML_ParserFree(reader.parser);
    ds_destroy(&reader.text);
    if (!reader.error) {
        *document = element_pop(&reader);
    }
    while (reader.n) {
        struct xenapi_xml_element element = element_pop(&reader);

        xenapi_xml_element_destroy(&element);
    }
    free(reader.elements);
    return reader.error;
}
