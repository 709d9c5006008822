/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "api/method.h"

#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "objects/access.h"
#include "verbs/verb.h"
#include "xenapi/classes.h"

#define ASYNC "Async."

/* All of these only read: what is done to sessions and events changes nothing of the pool. */
static const struct own_method {
    const char *name;
    enum own_method_id id;
    bool needs_session;
    size_t least, most;
} own_methods[] = {
    { "session.login_with_password", OWN_SESSION_LOGIN, false, 2, 4 },
    { "session.slave_local_login_with_password", OWN_SESSION_LOGIN, false, 2, 2 },
    { "session.logout", OWN_SESSION_LOGOUT, true, 0, 0 },
    { "session.local_logout", OWN_SESSION_LOGOUT, true, 0, 0 },
    { "event.from", OWN_EVENT_FROM, true, 3, 3 },
    { "event.inject", OWN_EVENT_INJECT, true, 2, 2 },
    { "event.register", OWN_EVENT_REGISTER, true, 1, 1 },
    { "event.unregister", OWN_EVENT_UNREGISTER, true, 1, 1 },
    { "event.next", OWN_EVENT_NEXT, true, 0, 0 },
    { "event.get_current_id", OWN_EVENT_GET_CURRENT_ID, true, 0, 0 },
    { "system.listMethods", OWN_SYSTEM_LIST_METHODS, false, 0, 0 },
};

static bool
find_own(const char *name, struct method *method)
{
    for (size_t i = 0; i < ARRAY_SIZE(own_methods); i++) {
        const struct own_method *own = &own_methods[i];

        if (!strcmp(own->name, name)) {
            *method = (struct method) {
                .kind = METHOD_OWN, .own = own->id, .needs_session = own->needs_session, .only_reads = true,
                .least = own->least, .most = own->most,
            };
            return true;
        }
    }
    return false;
}

/* Parameters that must be given: those that have a default come last. */
static size_t
verb_least(const struct verb *verb)
{
    size_t n = 0;

    while (n < verb->n_parameters && !verb->parameters[n].initial) {
        n++;
    }
    return n;
}

static bool
find_verb(const char *name, struct method *method)
{
    const struct verb *verb = verb_find(name);

    if (verb) {
        *method = (struct method) {
            .kind = METHOD_VERB, .verb = verb, .needs_session = true, .only_reads = verb->only_reads,
            .least = verb_least(verb), .most = verb->n_parameters,
        };
    }
    return verb;
}

static bool
find_accessor(const char *name, struct method *method)
{
    struct xenapi_accessor_method accessor;

    if (!xenapi_accessor_find(name, &accessor)) {
        return false;
    }
    *method = (struct method) {
        .kind = METHOD_ACCESSOR, .accessor = accessor, .needs_session = true, .only_reads = access_only_reads(&accessor),
        .least = access_arity(&accessor), .most = access_arity(&accessor),
    };
    return true;
}

static bool
find_spelled_with_dot(const char *name, struct method *method)
{
    return find_own(name, method) || find_verb(name, method) || find_accessor(name, method);
}

/* Each `_` may be the one that stands for the dot: VM_metrics_get_record, VM_get_record. */
static bool
find_spelled_with_underscore(const char *name, struct method *method)
{
    char *spelling = xstrdup(name);
    bool found = false;

    for (char *p = strchr(spelling, '_'); p && !found; p = strchr(p + 1, '_')) {
        *p = '.';
        found = find_spelled_with_dot(spelling, method);
        *p = '_';
    }
    free(spelling);
    return found;
}

static bool
find_sync(const char *name, struct method *method)
{
    return strchr(name, '.') ? find_spelled_with_dot(name, method) : find_spelled_with_underscore(name, method);
}

bool
method_find(const char *name, struct method *method)
{
    if (strncmp(name, ASYNC, strlen(ASYNC))) {
        return find_sync(name, method);
    }
    if (!find_sync(name + strlen(ASYNC), method) || method->kind != METHOD_VERB || !method->verb->has_async) {
        return false;
    }
    method->is_async = true;
    return true;
}

/* All names. */

static void
add_accessor(struct xenapi_value *names, const struct xenapi_class *class, enum xenapi_accessor accessor, const struct xenapi_field *field)
{
    const struct xenapi_accessor_method method = { class, accessor, field };

    if (xenapi_accessor_exists(class, accessor, field)) {
        xenapi_set_add(names, xenapi_string_nocopy(xenapi_accessor_name(&method)));
    }
}

static void
add_accessors(struct xenapi_value *names, const struct xenapi_class *class)
{
    for (int accessor = 0; accessor < XENAPI_ACCESSOR_GET_RECORD; accessor++) {
        for (size_t i = 0; i < class->n_fields; i++) {
            add_accessor(names, class, accessor, &class->fields[i]);
        }
    }
    for (int accessor = XENAPI_ACCESSOR_GET_RECORD; accessor < XENAPI_N_ACCESSORS; accessor++) {
        add_accessor(names, class, accessor, NULL);
    }
}

struct xenapi_value
method_names(void)
{
    struct xenapi_value names = xenapi_set_create();

    for (size_t i = 0; i < ARRAY_SIZE(own_methods); i++) {
        if (own_methods[i].id != OWN_SYSTEM_LIST_METHODS) {
            xenapi_set_add(&names, xenapi_string(own_methods[i].name));
        }
    }
    for (size_t i = 0; i < VERB_N; i++) {
        xenapi_set_add(&names, xenapi_string(verbs[i].method));
    }
    for (size_t i = 0; i < XENAPI_N_CLASSES; i++) {
        add_accessors(&names, &xenapi_classes[i]);
    }
    return names;
}
