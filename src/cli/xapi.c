/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "cli/xapi.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "cli/xapi_failure.h"
#include "http/address.h"
#include "xapi/login.h"
#include "xenapi/call.h"
#include "xenapi/jsonrpc.h"

struct xapi {
    struct xapi_config config;
    struct http_address address;
    CURL *curl;
    struct curl_slist *headers;
    struct ds reply;
    int64_t id;                 /* of the last call */
    char *session;              /* NULL before the login */
    bool ignores_signals;
};

static size_t
take_bytes(char *bytes, size_t size, size_t n, void *xapi_)
{
    struct xapi *xapi = xapi_;

    if (xapi->reply.length + size * n > LIMIT_XENAPI_REPLY_BYTES) {
        return 0;
    }
    ds_put_buffer(&xapi->reply, bytes, size * n);
    return size * n;
}

static void
set_target(struct xapi *xapi)
{
    char *url = http_address_url(&xapi->address, "/jsonrpc");

    curl_easy_setopt(xapi->curl, CURLOPT_URL, url);
    if (xapi->address.transport == HTTP_UNIX) {
        curl_easy_setopt(xapi->curl, CURLOPT_UNIX_SOCKET_PATH, xapi->address.path);
    } else if (xapi->config.ca) {
        curl_easy_setopt(xapi->curl, CURLOPT_CAINFO, xapi->config.ca);
    }
    free(url);
}

/* What the environment says of proxies is meant for the web. */
static void
set_options(struct xapi *xapi)
{
    xapi->headers = curl_slist_append(NULL, "Content-Type: application/json");
    xapi->headers = curl_slist_append(xapi->headers, "Expect:");
    curl_easy_setopt(xapi->curl, CURLOPT_HTTPHEADER, xapi->headers);
    curl_easy_setopt(xapi->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(xapi->curl, CURLOPT_PROXY, "");
    curl_easy_setopt(xapi->curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(xapi->curl, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(xapi->curl, CURLOPT_CONNECTTIMEOUT_MS, (long) xapi->config.timeout_ms);
    curl_easy_setopt(xapi->curl, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(xapi->curl, CURLOPT_WRITEDATA, xapi);
    set_target(xapi);
}

/* What a person can do about it. */
static const char *
way_out(CURLcode code, long os_error)
{
    if (os_error == EACCES || os_error == EPERM) {
        return "run cable as a user who may write to that socket, such as root (another address: --xapi or CABLED_XAPI)";
    } else if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE) {
        return "--xapi-ca names the file with the certificate that its own is signed by";
    } else if (code == CURLE_OPERATION_TIMEDOUT) {
        return "--timeout lets it take longer";
    }
    return "is it running? (another address: --xapi or CABLED_XAPI)";
}

static struct error *
unreachable(const struct xapi *xapi, CURLcode code)
{
    long os_error = 0, status = 0;

    curl_easy_getinfo(xapi->curl, CURLINFO_OS_ERRNO, &os_error);
    curl_easy_getinfo(xapi->curl, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_HTTP_RETURNED_ERROR) {
        return error_new(ERROR_REFUSED, "what answers at %s is no XenAPI server: HTTP status %ld", xapi->config.address, status);
    } else if (code == CURLE_WRITE_ERROR) {
        return error_new(ERROR_LIMIT, "cabled-xapi at %s answers with more than %d bytes", xapi->config.address,
                         LIMIT_XENAPI_REPLY_BYTES);
    }
    return error_new(code == CURLE_OPERATION_TIMEDOUT ? ERROR_TIMEOUT : ERROR_UNREACHABLE,
                     "cabled-xapi at %s does not answer (%s): %s", xapi->config.address,
                     code == CURLE_COULDNT_CONNECT && os_error ? ovs_strerror(os_error) : curl_easy_strerror(code),
                     way_out(code, os_error));
}

static struct error *
exchange(struct xapi *xapi, const char *request, size_t n, long long int timeout_ms)
{
    CURLcode code;

    ds_clear(&xapi->reply);
    curl_easy_setopt(xapi->curl, CURLOPT_POSTFIELDS, request);
    curl_easy_setopt(xapi->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) n);
    curl_easy_setopt(xapi->curl, CURLOPT_TIMEOUT_MS, (long) timeout_ms);
    code = curl_easy_perform(xapi->curl);
    return code == CURLE_OK ? NULL : unreachable(xapi, code);
}

static struct error *
take_reply(struct xapi *xapi, struct xenapi_value *result)
{
    struct xenapi_jsonrpc_id id;
    struct xenapi_reply reply;
    struct error *error = xenapi_jsonrpc_decode_reply(ds_cstr(&xapi->reply), xapi->reply.length, &reply, &id);

    if (error) {
        error->code = ERROR_REFUSED;
        return error_prefix(error, "what answers at %s is no XenAPI server", xapi->config.address);
    }
    xenapi_jsonrpc_id_destroy(&id);
    if (reply.is_failure) {
        error = xapi_failure(&reply.value);
    } else if (result) {
        *result = reply.value;
        return NULL;
    }
    xenapi_reply_destroy(&reply);
    return error;
}

static struct error *
carry_out(struct xapi *xapi, struct xenapi_call *call, long long int timeout_ms, struct xenapi_value *result)
{
    const struct xenapi_jsonrpc_id id = { XENAPI_JSONRPC_2, xenapi_int(++xapi->id) };
    struct ds request = DS_EMPTY_INITIALIZER;
    struct error *error;

    xenapi_jsonrpc_encode_call(call, &id, &request);
    error = exchange(xapi, ds_cstr(&request), request.length, timeout_ms);
    memset(request.string, 0, request.length);  /* it may have a password */
    ds_destroy(&request);
    return error ? error : take_reply(xapi, result);
}

struct xenapi_value
xapi_params(void)
{
    return xenapi_set_create();
}

struct error *
xapi_call_long(struct xapi *xapi, const char *method, struct xenapi_value params, long long int more_ms,
               struct xenapi_value *result)
{
    struct xenapi_call call = xenapi_call_create(method);
    struct error *error;

    if (xapi->session) {
        xenapi_set_add(&call.params, xenapi_string(xapi->session));
    }
    for (size_t i = 0; i < params.set.n; i++) {
        xenapi_set_add(&call.params, params.set.elements[i]);
        params.set.elements[i] = xenapi_void();
    }
    xenapi_value_destroy(&params);
    error = carry_out(xapi, &call, xapi->config.timeout_ms + more_ms, result);
    xenapi_call_destroy(&call);
    return error;
}

struct error *
xapi_call(struct xapi *xapi, const char *method, struct xenapi_value params, struct xenapi_value *result)
{
    return xapi_call_long(xapi, method, params, 0, result);
}

struct error *
xapi_ask(struct xapi *xapi, const char *method, struct xenapi_value *result, ...)
{
    struct xenapi_value params = xapi_params();
    const char *text;
    va_list args;

    va_start(args, result);
    while ((text = va_arg(args, const char *)) != NULL) {
        xenapi_set_add(&params, xenapi_string(text));
    }
    va_end(args);
    return xapi_call(xapi, method, params, result);
}

void
xapi_ignore_signals(struct xapi *xapi)
{
    xapi->ignores_signals = true;
}

bool
xapi_ignores_signals(const struct xapi *xapi)
{
    return xapi->ignores_signals;
}

struct error *
xapi_strange(const struct xapi *xapi, const char *method)
{
    return error_new(ERROR_REFUSED, "the server at %s answers %s with something else than it should: is it a cabled-xapi of this "
                     "version?", xapi->config.address, method);
}

static struct error *
log_in(struct xapi *xapi)
{
    struct xapi_login login;
    struct error *error = xapi_login_read(xapi->config.login, "--xapi-login", &login);
    struct xenapi_value session;

    if (!error) {
        error = xapi_ask(xapi, "session.login_with_password", &session, login.user, login.password, "1.0", "cable", NULL);
        xapi_login_destroy(&login);
    }
    if (!error && session.type != XENAPI_STRING) {
        xenapi_value_destroy(&session);
        error = xapi_strange(xapi, "session.login_with_password");
    } else if (!error) {
        xapi->session = session.string;
    }
    return error;
}

struct error *
xapi_open(const struct xapi_config *config, struct xapi **xapip)
{
    struct xapi *xapi = xzalloc(sizeof *xapi);
    struct error *error;

    *xapip = NULL;
    xapi->config = *config;
    ds_init(&xapi->reply);
    error = http_address_parse(config->address, &xapi->address);
    if (!error) {
        curl_global_init(CURL_GLOBAL_DEFAULT);
        xapi->curl = curl_easy_init();
        set_options(xapi);
        error = log_in(xapi);
    }
    if (error) {
        xapi_close(xapi);
        return error;
    }
    *xapip = xapi;
    return NULL;
}

/* A server that has gone meanwhile has forgotten the session by itself. */
void
xapi_close(struct xapi *xapi)
{
    if (!xapi) {
        return;
    }
    if (xapi->session) {
        error_free(xapi_ask(xapi, "session.logout", NULL, NULL));
    }
    if (xapi->curl) {
        curl_easy_cleanup(xapi->curl);
        curl_global_cleanup();
    }
    curl_slist_free_all(xapi->headers);
    ds_destroy(&xapi->reply);
    free(xapi->session);
    free(xapi);
}
