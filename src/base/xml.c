/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "base/xml.h"

#include <stdint.h>

#include <expat.h>
#include <util.h>

#include "base/error.h"

struct reading {
    XML_Parser parser;
    const struct xml_events *events;
    void *aux;
    struct error *error;        /* after it, nothing is read */
};

/* expat may call some more handlers after it was told to stop. */
static void
end_if(struct reading *reading, struct error *error)
{
    if (error) {
        reading->error = error_prefix(error, "line %lu", (unsigned long int) XML_GetCurrentLineNumber(reading->parser));
        XML_StopParser(reading->parser, XML_FALSE);
    }
}

static void
on_start_tag(void *reading_, const char *name, const char **attributes)
{
    struct reading *reading = reading_;

    if (!reading->error) {
        end_if(reading, reading->events->begin(reading->aux, name, attributes, XML_GetCurrentLineNumber(reading->parser)));
    }
}

static void
on_end_tag(void *reading_, const char *name OVS_UNUSED)
{
    struct reading *reading = reading_;

    if (!reading->error) {
        end_if(reading, reading->events->end(reading->aux));
    }
}

static void
on_text(void *reading_, const char *text, int n)
{
    struct reading *reading = reading_;

    if (!reading->error) {
        end_if(reading, reading->events->text(reading->aux, text, n));
    }
}

static void
on_document_type(void *reading_, const char *name OVS_UNUSED, const char *system OVS_UNUSED, const char *public OVS_UNUSED,
                 int has_internal_subset OVS_UNUSED)
{
    struct reading *reading = reading_;

    if (!reading->error) {
        end_if(reading, error_new(ERROR_INVALID, "a document type is declared, which %s has no use for", reading->events->use));
    }
}

static void
parse(struct reading *reading, const char *text, size_t n)
{
    XML_SetUserData(reading->parser, reading);
    XML_SetElementHandler(reading->parser, on_start_tag, on_end_tag);
    XML_SetCharacterDataHandler(reading->parser, on_text);
    XML_SetStartDoctypeDeclHandler(reading->parser, on_document_type);
    if (!XML_Parse(reading->parser, text, n, true) && !reading->error) {
        reading->error = error_new(ERROR_INVALID, "line %lu: the XML is malformed: %s",
                                   (unsigned long int) XML_GetCurrentLineNumber(reading->parser),
                                   XML_ErrorString(XML_GetErrorCode(reading->parser)));
    }
}

struct error *
xml_read(const char *text, size_t n, const struct xml_events *events, void *aux)
{
    struct reading reading = {
        .parser = events->separator ? XML_ParserCreateNS(NULL, events->separator) : XML_ParserCreate(NULL), .events = events, .aux = aux,
    };

    ovs_assert(reading.parser && n <= INT32_MAX);
    parse(&reading, text, n);
    XML_ParserFree(reading.parser);
    return reading.error;
}
