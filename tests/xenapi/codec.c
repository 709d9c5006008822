/* SPDX-License-Identifier: Apache-2.0
 *
 * Turns a message of the XenAPI on standard input from one wire's spelling into another's, so that a test can compare with what other
 * implementations make of it: `codec FROM TO`, with a row of 'codecs' each. A message that is refused is an exit status of 1 and a
 * sentence.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "base/error.h"
#include "xenapi/call.h"
#include "xenapi/jsonrpc.h"
#include "xenapi/xmlrpc.h"

/* A message on its way: a call or a reply. */
struct message {
    struct xenapi_call call;
    struct xenapi_reply reply;
    struct xenapi_jsonrpc_id id;
};

static struct error *
xml_call_decode(const struct ds *text, struct message *message)
{
    return xenapi_xmlrpc_decode_call(text->string, text->length, &message->call);
}

static struct error *
xml_reply_decode(const struct ds *text, struct message *message)
{
    return xenapi_xmlrpc_decode_reply(text->string, text->length, &message->reply);
}

static struct error *
json_call_decode(const struct ds *text, struct message *message)
{
    return xenapi_jsonrpc_decode_call(text->string, text->length, &message->call, &message->id);
}

static struct error *
json_reply_decode(const struct ds *text, struct message *message)
{
    return xenapi_jsonrpc_decode_reply(text->string, text->length, &message->reply, &message->id);
}

static void
xml_call_encode(const struct message *message, struct ds *out)
{
    xenapi_xmlrpc_encode_call(&message->call, out);
}

static void
xml_reply_encode(const struct message *message, struct ds *out)
{
    xenapi_xmlrpc_encode_reply(&message->reply, out);
}

static void
xml_bare_encode(const struct message *message, struct ds *out)
{
    xenapi_xmlrpc_encode_bare_reply(&message->reply.value, out);
}

static void
json_call_encode(const struct message *message, struct ds *out)
{
    xenapi_jsonrpc_encode_call(&message->call, &message->id, out);
}

static void
json_reply_encode(const struct message *message, struct ds *out)
{
    xenapi_jsonrpc_encode_reply(&message->reply, &message->id, out);
}

static const struct {
    const char *name;
    struct error *(*decode)(const struct ds *, struct message *);
    void (*encode)(const struct message *, struct ds *);
} codecs[] = {
    { "xml-call", xml_call_decode, xml_call_encode },
    { "xml-reply", xml_reply_decode, xml_reply_encode },
    { "xml-bare-reply", xml_reply_decode, xml_bare_encode },
    { "json-call", json_call_decode, json_call_encode },
    { "json-reply", json_reply_decode, json_reply_encode },
};

static size_t
codec_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(codecs); i++) {
        if (!strcmp(codecs[i].name, name)) {
            return i;
        }
    }
    ovs_fatal(0, "there is no codec %s", name);
}

static void
read_all(FILE *stream, struct ds *text)
{
    char buffer[BUFSIZ];
    size_t n;

    while ((n = fread(buffer, 1, sizeof buffer, stream))) {
        ds_put_buffer(text, buffer, n);
    }
    ds_cstr(text);
}

int
main(int argc, char *argv[])
{
    struct message message = { .id = { XENAPI_JSONRPC_2, xenapi_int(0) } };
    struct ds text = DS_EMPTY_INITIALIZER;

    if (argc != 3) {
        ovs_fatal(0, "usage: codec FROM TO");
    }
    read_all(stdin, &text);
    struct error *error = codecs[codec_find(argv[1])].decode(&text, &message);
    if (error) {
        fprintf(stderr, "%s\n", error->text);
    } else {
        ds_clear(&text);
        codecs[codec_find(argv[2])].encode(&message, &text);
        fwrite(text.string, 1, text.length, stdout);
    }
    ds_destroy(&text);
    xenapi_call_destroy(&message.call);
    xenapi_reply_destroy(&message.reply);
    xenapi_jsonrpc_id_destroy(&message.id);
    error_free(error);
    return error ? EXIT_FAILURE : EXIT_SUCCESS;
}
