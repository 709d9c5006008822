/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "api/response.h"

#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "http/request.h"
#include "xenapi/xml_writer.h"

#define ORIGIN { "Access-Control-Allow-Origin", "*" }
#define HEADERS { "Access-Control-Allow-Headers", "X-Requested-With" }
#define CACHE { "Cache-Control", "no-cache, no-store" }

void
response_send_rpc(struct http_request *request, const char *content_type, char *body, size_t n)
{
    static const struct http_header headers[] = { ORIGIN, HEADERS, CACHE };

    http_request_respond(request, &(struct http_response) {
        .status = 200, .content_type = content_type, .body = body, .body_size = n, .headers = headers,
        .n_headers = ARRAY_SIZE(headers),
    });
}

void
response_send_options(struct http_request *request)
{
    static const struct http_header headers[] = {
        ORIGIN, { "Access-Control-Allow-Headers", "X-Requested-With, Content-Type" },
        { "Access-Control-Allow-Methods", "POST, OPTIONS" }, { "Allow", "POST, OPTIONS" }, CACHE,
    };

    http_request_respond(request, &(struct http_response) { .status = 200, .headers = headers, .n_headers = ARRAY_SIZE(headers) });
}

static const char *
title_of(unsigned int status)
{
    return status == 404 ? "Not Found" : status == 405 ? "Method Not Allowed" : "Internal Server Error";
}

static void
page_put(struct ds *page, unsigned int status, const char *why)
{
    const char *title = title_of(status);

    ds_put_format(page, "<html><head><title>%u %s</title></head><body><h1>HTTP %u %s</h1><p>", status, title, status, title);
    xenapi_xml_put_text(why, page);
    ds_put_cstr(page, "</p></body></html>\n");
}

void
response_send_page(struct http_request *request, unsigned int status, const char *why)
{
    static const struct http_header close[] = { CACHE, { "Connection", "close" } };
    static const struct http_header allow[] = { CACHE, { "Allow", "POST, OPTIONS" } };
    struct ds page = DS_EMPTY_INITIALIZER;

    page_put(&page, status, why);
    const size_t n = page.length;
    http_request_respond(request, &(struct http_response) {
        .status = status, .content_type = "text/html", .body = ds_steal_cstr(&page), .body_size = n,
        .headers = status == 500 ? close : allow, .n_headers = status == 404 ? 1 : 2,
    });
}
