/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/test_desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openvswitch/dynamic-string.h>
#include <openvswitch/poll-loop.h>
#include <timeval.h>
#include <uuid.h>

#include "base/error.h"
#include "objects/typed.h"
#include "pool/commit.h"
#include "toolstack/simple.h"
#include "xenapi/json_reader.h"
#include "xenapi/test_show.h"

enum { DEADLINE_MS = 10000 };

char *
desk_with_made(const struct desk *desk, const char *text)
{
    struct ds result = DS_EMPTY_INITIALIZER;

    for (; *text; text++) {
        if (*text == '$') {
            ds_put_cstr(&result, desk->made);
        } else {
            ds_put_char(&result, *text);
        }
    }
    return ds_steal_cstr(&result);
}

/* As the server hands it over: typed, but for a constructor's record. */
static struct xenapi_value
params_of(const struct verb *verb, const char *text)
{
    struct xenapi_value said, params = xenapi_set_create();
    struct error *error = xenapi_json_read(text, strlen(text), 16, &said);

    assert_null(error);
    assert_int_equal(said.set.n, verb->n_parameters);
    for (size_t i = 0; i < said.set.n; i++) {
        const struct verb_parameter *parameter = &verb->parameters[i];
        struct xenapi_value typed = xenapi_void();
        struct xenapi_reply failure;

        if (parameter->kind == VERB_PARAMETER_RECORD) {
            typed = xenapi_value_clone(&said.set.elements[i]);
        } else if (!typed_value(parameter->name, &parameter->type, &said.set.elements[i], &typed, &failure)) {
            fail_msg("%s %s", verb->method, text);
        }
        xenapi_set_add(&params, typed);
    }
    xenapi_value_destroy(&said);
    return params;
}

static void
turn(struct world *world)
{
    pool_run(world->pool);
    objects_run(world->objects);
}

static struct error *
carry_out(struct world *world, struct simple_call *call)
{
    struct pool_commit *commit;
    struct error *error;

    if (!simple_call_writes(call)) {
        return simple_call_change(world->pool, NULL, call);
    }
    commit = pool_commit_begin(world->pool, simple_call_change, call, DEADLINE_MS);
    while (!pool_commit_run(commit, &error)) {
        pool_wait(world->pool);
        pool_commit_wait(commit);
        poll_block();
        turn(world);
    }
    return error;
}

static struct xenapi_reply
call_verb(struct world *world, const struct verb *verb, const char *text)
{
    struct uuid host;
    const struct simple_context context = { .pool = world->pool, .objects = world->objects, .host = &host, .storage = world->folder };
    struct xenapi_value params = params_of(verb, text);
    struct simple_call *call = simple_call_create(&context, verb, &params);
    long long int deadline = time_msec() + DEADLINE_MS;
    struct error *error;

    assert_true(xenapi_ref_parse(HOST, &host));
    xenapi_value_destroy(&params);
    error = carry_out(world, call);
    while (!error && !simple_call_run(call)) {
        assert_true(time_msec() < deadline);
        simple_call_wait(call);
        poll_block();
    }
    turn(world);
    return simple_call_finish(call, error);
}

char *
desk_call(struct desk *desk, const char *method, const char *params)
{
    const struct verb *verb = verb_find(method);
    struct xenapi_reply reply;
    char *text;

    if (!verb) {
        return xstrdup(world_call(desk->world, method, params));
    }
    reply = call_verb(desk->world, verb, params);
    text = show_reply(&reply);
    if (!reply.is_failure && reply.value.type == XENAPI_STRING && strlen(reply.value.string) == XENAPI_REF_SIZE - 1) {
        ovs_strlcpy(desk->made, reply.value.string, sizeof desk->made);
        free(text);
        text = xstrdup("made");
    }
    xenapi_reply_destroy(&reply);
    return text;
}

static bool
is_wanted(const char *text, const char *wanted)
{
    size_t n = strlen(wanted);

    return n && wanted[n - 1] == '*' ? !strncmp(text, wanted, n - 1) : !strcmp(text, wanted);
}

void
converse(void **state, const struct exchange *exchanges, size_t n)
{
    struct desk desk = { .world = *state };

    for (size_t i = 0; i < n; i++) {
        char *params = desk_with_made(&desk, exchanges[i].params), *wanted = desk_with_made(&desk, exchanges[i].reply);
        char *reply = desk_call(&desk, exchanges[i].method, params);

        if (!is_wanted(reply, wanted)) {
            fail_msg("%s%s: %s instead of %s", exchanges[i].method, params, reply, wanted);
        }
        free(params);
        free(wanted);
        free(reply);
    }
}
