/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "api/api.h"

#include <stdlib.h>
#include <string.h>

#include <openvswitch/vlog.h>
#include <util.h>

#include "api/acts.h"
#include "api/api-private.h"
#include "api/call.h"
#include "api/events.h"
#include "api/login.h"
#include "api/response.h"
#include "api/sessions.h"
#include "api/tasks.h"
#include "api/users.h"
#include "base/error.h"
#include "http/request.h"
#include "http/server.h"
#include "xenapi/call.h"

VLOG_DEFINE_THIS_MODULE(api);

/* Requests. */

static void
post(struct api *api, struct http_request *request)
{
    static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(10, 20);
    struct call *call;
    struct error *error = call_read(request, &call);

    if (error) {
        VLOG_INFO_RL(&rl, "a request that is no call of the XenAPI: %s", error->text);
        response_send_page(request, 500, error->text);
        error_free(error);
    } else {
        api_dispatch(api, call);
    }
}

static void
asked(struct http_request *request, void *api)
{
    if (!strcmp(request->method, "POST")) {
        post(api, request);
    } else if (!strcmp(request->method, "OPTIONS")) {
        response_send_options(request);
    } else if (!strcmp(request->method, "GET") || !strcmp(request->method, "HEAD")) {
        response_send_page(request, 404, "The XenAPI is called by POST; there is nothing to get here.");
    } else {
        response_send_page(request, 405, "The XenAPI is called by POST.");
    }
}

static void
gone(struct http_request *request, void *api OVS_UNUSED)
{
    call_client_gone(request);
}

static void
session_ended(const struct session *session, void *api_)
{
    struct api *api = api_;

    events_session_ended(api->events, session_uuid(session));
}

/* The server. */

struct error *
api_open(struct pool *pool, struct objects *objects, struct toolstack *toolstack, const struct api_config *config, struct api **apip)
{
    struct api *api = xzalloc(sizeof *api);
    const struct http_handler handler = { asked, gone, api };
    struct error *error;

    if ((config->users && (error = users_open(config->users, &api->users)))
        || (error = http_server_open(config->listeners, config->n_listeners, &handler, &api->server))) {
        users_close(api->users);
        free(api);
        return error;
    }
    api->pool = pool;
    api->objects = objects;
    api->toolstack = toolstack;
    api->events = events_create(objects);
    api->sessions = sessions_create(objects, api->users, session_ended, api);
    api->logins = logins_create(api->sessions, api->users, toolstack);
    api->tasks = tasks_create(objects);
    api->acts = acts_create(pool, objects, toolstack, api->tasks);
    *apip = api;
    return NULL;
}

/* The server goes first: it gives calls back that wait for their clients' sake, and the others are nobody's business any more. */
void
api_close(struct api *api)
{
    if (api) {
        http_server_close(api->server);
        acts_destroy(api->acts);
        logins_destroy(api->logins);
        events_destroy(api->events);
        tasks_destroy(api->tasks);
        sessions_destroy(api->sessions);
        users_close(api->users);
        free(api);
    }
}

void
api_run(struct api *api)
{
    sessions_run(api->sessions);
    tasks_run(api->tasks);
    acts_run(api->acts);
    logins_run(api->logins);
    http_server_run(api->server);
    events_run(api->events);
}

void
api_wait(struct api *api)
{
    sessions_wait(api->sessions);
    tasks_wait(api->tasks);
    acts_wait(api->acts);
    logins_wait(api->logins);
    http_server_wait(api->server);
    events_wait(api->events);
}

const struct http_address *
api_address(const struct api *api, size_t i)
{
    return http_server_address(api->server, i);
}

size_t
api_n_event_calls(const struct api *api)
{
    return events_n_waiting(api->events);
}
