/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "http/server-private.h"

#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "base/limits.h"

static struct connection *
connection_of(struct MHD_Connection *mhd)
{
    return MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

static const char *
header(const struct request *request, const char *name)
{
    return MHD_lookup_connection_value(request->mhd, MHD_HEADER_KIND, name);
}

/* How a request begins. */

void *
request_line(void *listener OVS_UNUSED, const char *uri OVS_UNUSED, struct MHD_Connection *mhd)
{
    connection_begin(connection_of(mhd), PHASE_COMING);
    return NULL;
}

static struct request *
request_create(struct MHD_Connection *mhd, const char *url, const char *method)
{
    struct request *request = xzalloc(sizeof *request);

    request->connection = connection_of(mhd);
    request->connection->request = request;
    request->mhd = mhd;
    request->up.method = method;
    request->up.path = url;
    request->up.peer = &request->connection->peer;
    request->up.content_type = header(request, MHD_HTTP_HEADER_CONTENT_TYPE);
    if (!request->up.content_type) {
        request->up.content_type = "";
    }
    ds_init(&request->body);
    return request;
}

static void
response_make(struct request *request, const struct http_response *response)
{
    request->status = response->status;
    request->response = MHD_create_response_from_buffer(response->body_size, response->body, MHD_RESPMEM_MUST_FREE);
    ovs_assert(request->response);
    if (response->content_type && response->content_type[0]) {
        ovs_assert(MHD_add_response_header(request->response, MHD_HTTP_HEADER_CONTENT_TYPE, response->content_type));
    }
    for (size_t i = 0; i < response->n_headers; i++) {
        ovs_assert(MHD_add_response_header(request->response, response->headers[i].name, response->headers[i].value));
    }
}

static enum MHD_Result
response_send(struct request *request)
{
    connection_begin(request->connection, PHASE_ANSWERED);
    return MHD_queue_response(request->mhd, request->status, request->response);
}

/* What the limits refuse. */

static void
refuse(struct request *request, unsigned int status, char *why)
{
    static const struct http_header close = { MHD_HTTP_HEADER_CONNECTION, "close" };

    request->refused = true;
    response_make(request, &(struct http_response) {
        .status = status, .content_type = "text/plain", .body = why, .body_size = strlen(why), .headers = &close, .n_headers = 1,
    });
}

static uint64_t
content_length(const struct request *request)
{
    const char *length = header(request, MHD_HTTP_HEADER_CONTENT_LENGTH);

    return length ? strtoull(length, NULL, 10) : 0;
}

static void
headers_judge(struct request *request)
{
    const size_t size = MHD_get_connection_info(request->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)->header_size;

    if (size > LIMIT_HTTP_HEADER_BYTES) {
        refuse(request, MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE,
               xasprintf("A request's line and headers may have %d bytes together.\n", LIMIT_HTTP_HEADER_BYTES));
    } else if (header(request, MHD_HTTP_HEADER_TRANSFER_ENCODING)) {
        refuse(request, MHD_HTTP_LENGTH_REQUIRED, xstrdup("Say the body's length in Content-Length; Transfer-Encoding is not taken.\n"));
    } else if (content_length(request) > LIMIT_HTTP_BODY_BYTES) {
        refuse(request, MHD_HTTP_CONTENT_TOO_LARGE, xasprintf("A request's body may have %d bytes.\n", LIMIT_HTTP_BODY_BYTES));
    }
}

/* A client that sends first and reads then would find its connection reset if the rest of its request were left unread. Not so one that
 * waits for "100 Continue"; and there is an end to what is read for nothing. */
static bool
is_to_be_heard_out(const struct request *request)
{
    const char *encoding = header(request, MHD_HTTP_HEADER_TRANSFER_ENCODING);

    return !header(request, MHD_HTTP_HEADER_EXPECT)
           && content_length(request) <= LIMIT_HTTP_DISCARDED_BYTES
           && (!encoding || !strcasecmp(encoding, "chunked"));
}

static enum MHD_Result
request_begin(struct MHD_Connection *mhd, const char *url, const char *method, void **request_)
{
    struct request *request = *request_ = request_create(mhd, url, method);

    headers_judge(request);
    return request->refused && !is_to_be_heard_out(request) ? response_send(request) : MHD_YES;
}

/* MHD_NO makes libmicrohttpd close the connection. */
static enum MHD_Result
body_add(struct request *request, const char *part, size_t *size)
{
    if (request->refused) {
        request->n_discarded += *size;
    } else {
        ds_reserve(&request->body, content_length(request));
        ds_put_buffer(&request->body, part, *size);
    }
    *size = 0;
    return request->n_discarded <= LIMIT_HTTP_DISCARDED_BYTES ? MHD_YES : MHD_NO;
}

/* Requests that wait. */

bool
request_waits(const struct request *request)
{
    return request && request->suspended;
}

static void
request_suspend(struct request *request)
{
    request->suspended = true;
    MHD_suspend_connection(request->mhd);
}

/* request_part() is called again in libmicrohttpd's next turn. */
static void
request_resume(struct request *request)
{
    request->suspended = false;
    request->connection->listener->server->resumed = true;
    MHD_resume_connection(request->mhd);
}

void
request_give_back(struct request *request)
{
    const struct http_handler *handler = &request->connection->listener->server->handler;

    request->state = REQUEST_GONE;
    handler->gone(&request->up, handler->aux);
    request_resume(request);
}

/* The request is whole. */

static void
request_ask(struct request *request)
{
    const struct http_handler *handler = &request->connection->listener->server->handler;

    request->up.body = ds_cstr(&request->body);
    request->up.body_size = request->body.length;
    request->state = REQUEST_ASKED;
    connection_begin(request->connection, PHASE_ASKED);
    handler->asked(&request->up, handler->aux);
}

static enum MHD_Result
request_whole(struct request *request)
{
    if (request->refused) {
        return response_send(request);
    }
    if (request->state == REQUEST_COMING) {
        request_ask(request);
    }
    switch (request->state) {
    case REQUEST_ASKED:
        request_suspend(request);
        return MHD_YES;
    case REQUEST_ANSWERED:
        return response_send(request);
    case REQUEST_GONE:
        return MHD_NO;
    case REQUEST_COMING:
        break;
    }
    OVS_NOT_REACHED();
}

void
http_request_respond(struct http_request *request_, const struct http_response *response)
{
    struct request *request = CONTAINER_OF(request_, struct request, up);

    ovs_assert(request->state == REQUEST_ASKED);
    response_make(request, response);
    request->state = REQUEST_ANSWERED;
    if (request->suspended) {
        request_resume(request);
    }
}

/* libmicrohttpd calls this when the headers are there, for each part of the body, and when it is whole. */
enum MHD_Result
request_part(void *listener OVS_UNUSED, struct MHD_Connection *mhd, const char *url, const char *method,
             const char *version OVS_UNUSED, const char *upload, size_t *upload_size, void **request)
{
    return !*request ? request_begin(mhd, url, method, request)
           : *upload_size ? body_add(*request, upload, upload_size)
           : request_whole(*request);
}

void
request_end(void *listener OVS_UNUSED, struct MHD_Connection *mhd OVS_UNUSED, void **request_, enum MHD_RequestTerminationCode code OVS_UNUSED)
{
    struct request *request = *request_;

    if (request) {
        request->connection->request = NULL;
        if (request->connection->phase.name != PHASE_CLOSING) {
            connection_begin(request->connection, PHASE_IDLE);
        }
        if (request->response) {
            MHD_destroy_response(request->response);
        }
        ds_destroy(&request->body);
        free(request);
        *request_ = NULL;
    }
}
