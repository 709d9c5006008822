/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xapi/transport.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openvswitch/list.h>
#include <openvswitch/poll-loop.h>
#include <timeval.h>
#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "xapi/sockets.h"

enum {
    /* Turns in which libcurl may take a request that is pushed from one of its states to the next. */
    PUSH_TURNS = 10,

    /* What is taken of a response in one turn. libcurl 7.88 would read on as long as there is something, up to 1.6 MB, and what is done
     * with it takes longer than a loop may stand still. */
    TURN_BYTES = 32 * 1024,
};

struct xapi_transport {
    struct xapi_transport_config config;
    CURLM *multi;
    struct xapi_sockets sockets;
    struct ovs_list exchanges;
};

struct xapi_exchange {
    struct ovs_list node;
    struct xapi_transport *transport;
    struct xapi_post post;      /* without what is the caller's */
    CURL *easy;
    struct curl_slist *headers;
    struct error *error;        /* sink()'s */
    size_t n_turn_bytes;        /* taken in this turn */
    bool is_paused;             /* until the next one */
    long long int deadline;
};

struct xapi_transport *
xapi_transport_create(const struct xapi_transport_config *config)
{
    struct xapi_transport *transport = xzalloc(sizeof *transport);

    curl_global_init(CURL_GLOBAL_DEFAULT);
    transport->config = *config;
    transport->config.ca = nullable_xstrdup(config->ca);
    ovs_list_init(&transport->exchanges);
    transport->multi = curl_multi_init();
    xapi_sockets_init(&transport->sockets, transport->multi);
    curl_multi_setopt(transport->multi, CURLMOPT_PIPELINING, (long) CURLPIPE_NOTHING);
    curl_multi_setopt(transport->multi, CURLMOPT_MAXCONNECTS, (long) LIMIT_XAPI_CONNECTIONS);
    return transport;
}

static void
exchange_destroy(struct xapi_exchange *exchange)
{
    ovs_list_remove(&exchange->node);
    curl_multi_remove_handle(exchange->transport->multi, exchange->easy);
    curl_easy_cleanup(exchange->easy);
    curl_slist_free_all(exchange->headers);
    explicit_bzero(exchange->post.body, exchange->post.n_body);
    free(exchange->post.body);
    error_free(exchange->error);
    free(exchange);
}

void
xapi_exchange_cancel(struct xapi_exchange *exchange)
{
    exchange_destroy(exchange);
}

void
xapi_transport_destroy(struct xapi_transport *transport)
{
    struct xapi_exchange *exchange;

    LIST_FOR_EACH_SAFE (exchange, node, &transport->exchanges) {
        exchange_destroy(exchange);
    }
    curl_multi_cleanup(transport->multi);
    xapi_sockets_destroy(&transport->sockets);
    curl_global_cleanup();
    free(CONST_CAST(char *, transport->config.ca));
    free(transport);
}

/* An error ends the exchange, when libcurl is done with its turn. Bytes for which it pauses are brought again. */
static size_t
take_bytes(char *bytes, size_t size, size_t n, void *exchange_)
{
    struct xapi_exchange *exchange = exchange_;

    if (exchange->n_turn_bytes >= TURN_BYTES) {
        exchange->is_paused = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    exchange->n_turn_bytes += size * n;
    exchange->error = exchange->error ? exchange->error : exchange->post.sink(bytes, size * n, exchange->post.aux);
    return exchange->error ? 0 : size * n;
}

static void
set_target(CURL *easy, const struct xapi_transport_config *config, const char *path)
{
    char *url = http_address_url(&config->address, path);

    curl_easy_setopt(easy, CURLOPT_URL, url);
    if (config->address.transport == HTTP_UNIX) {
        curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, config->address.path);
    } else if (config->is_trusted) {
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    } else if (config->ca) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, config->ca);
    }
    free(url);
}

/* What the environment says of proxies is meant for the web. */
static void
set_options(struct xapi_exchange *exchange, const struct xapi_post *post)
{
    CURL *easy = exchange->easy;
    char *type = xasprintf("Content-Type: %s", post->content_type);

    exchange->headers = curl_slist_append(curl_slist_append(NULL, type), "Expect:");
    free(type);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, exchange->headers);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, post->body);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) post->n_body);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, exchange);
    set_target(easy, &exchange->transport->config, post->path);
}

struct xapi_exchange *
xapi_transport_post(struct xapi_transport *transport, const struct xapi_post *post)
{
    struct xapi_exchange *exchange = xzalloc(sizeof *exchange);

    exchange->transport = transport;
    exchange->post = *post;
    exchange->post.path = exchange->post.content_type = NULL;
    exchange->deadline = time_msec() + post->timeout_ms;
    exchange->easy = curl_easy_init();
    set_options(exchange, post);
    ovs_list_push_back(&transport->exchanges, &exchange->node);
    curl_multi_add_handle(transport->multi, exchange->easy);
    return exchange;
}

/* What a response that ended with 'code' comes to. */
static struct error *
error_of(const struct xapi_exchange *exchange, CURLcode code)
{
    long os_error = 0, status = 0;

    curl_easy_getinfo(exchange->easy, CURLINFO_OS_ERRNO, &os_error);
    curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK && status == 200) {
        return NULL;
    } else if (code == CURLE_OK || code == CURLE_HTTP_RETURNED_ERROR) {
        return error_new(ERROR_REFUSED, "it answers with the HTTP status %ld", status);
    } else if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE) {
        return error_new(ERROR_REFUSED, "%s", curl_easy_strerror(code));
    }
    return error_new(ERROR_UNREACHABLE, "%s", code == CURLE_COULDNT_CONNECT && os_error ? ovs_strerror(os_error)
                                                                                        : curl_easy_strerror(code));
}

/* The exchange goes before its owner hears of it, who may want to cancel all that are there. */
static void
finish(struct xapi_exchange *exchange, struct error *error)
{
    void (*done)(struct error *, void *) = exchange->post.done;
    void *aux = exchange->post.aux;

    exchange_destroy(exchange);
    done(error, aux);
}

static struct xapi_exchange *
next_ended(struct xapi_transport *transport, CURLcode *code)
{
    struct xapi_exchange *exchange = NULL;
    const CURLMsg *message;
    int n;

    while (!exchange && (message = curl_multi_info_read(transport->multi, &n)) != NULL) {
        if (message->msg == CURLMSG_DONE) {
            *code = message->data.result;
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &exchange);
        }
    }
    return exchange;
}

static void
finish_ended(struct xapi_transport *transport)
{
    struct xapi_exchange *exchange;
    CURLcode code = CURLE_OK;

    while ((exchange = next_ended(transport, &code)) != NULL) {
        struct error *error = exchange->error;

        exchange->error = NULL;
        finish(exchange, error ? error : error_of(exchange, code));
    }
}

/* One that is late, or whose receiver wants no more: libcurl tells of that only if the bytes had not been held back (go_on()). */
static struct xapi_exchange *
next_given_up(const struct xapi_transport *transport, long long int now)
{
    struct xapi_exchange *exchange;

    LIST_FOR_EACH (exchange, node, &transport->exchanges) {
        if (now >= exchange->deadline || exchange->error) {
            return exchange;
        }
    }
    return NULL;
}

static void
finish_given_up(struct xapi_transport *transport)
{
    const long long int now = time_msec();
    struct xapi_exchange *exchange;

    while ((exchange = next_given_up(transport, now)) != NULL) {
        struct error *error = exchange->error;

        exchange->error = NULL;
        finish(exchange, error ? error : error_new(ERROR_TIMEOUT, "it does not answer in time"));
    }
}

static void
go_on(struct xapi_transport *transport)
{
    struct xapi_exchange *exchange;

    LIST_FOR_EACH (exchange, node, &transport->exchanges) {
        exchange->n_turn_bytes = 0;
        if (exchange->is_paused) {
            exchange->is_paused = false;
            curl_easy_pause(exchange->easy, CURLPAUSE_CONT);
        }
    }
}

void
xapi_transport_run(struct xapi_transport *transport)
{
    go_on(transport);
    xapi_sockets_turn(&transport->sockets);
    finish_ended(transport);
    finish_given_up(transport);
}

void
xapi_transport_wait(struct xapi_transport *transport)
{
    const struct xapi_exchange *exchange;

    xapi_sockets_wait(&transport->sockets);
    LIST_FOR_EACH (exchange, node, &transport->exchanges) {
        poll_timer_wait_until(exchange->is_paused ? 0 : exchange->deadline);
    }
}

void
xapi_transport_push(struct xapi_transport *transport)
{
    for (int i = 0; i < PUSH_TURNS; i++) {
        xapi_sockets_turn(&transport->sockets);
    }
}
