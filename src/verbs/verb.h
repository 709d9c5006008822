/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of XenAPI's verbs: the methods that are code and not accessors (xenapi/accessors.h). For each its parameters in the order of
 * the wire, after the session; what may be left out at the end, and what it is then; and who may call it. verbs.def is the only place where
 * they stand: the server checks calls by it, system.listMethods and cabled-xapi(8) list it.
 */
#ifndef VERBS_VERB_H
#define VERBS_VERB_H

#include <stdbool.h>
#include <stddef.h>

#include "xenapi/classes.h"

enum verb_id {
#define VERB(CLASS, NAME, ...) VERB_##CLASS##_##NAME,
#include "verbs/verbs.def"
    VERB_N
};

enum verb_parameter_kind {
    VERB_PARAMETER_VALUE,       /* of 'type' */
    VERB_PARAMETER_RECORD,      /* a constructor's record: a map from a field's name to its value */
};

struct verb_parameter {
    const char *name;
    enum verb_parameter_kind kind;
    struct xenapi_field_type type;      /* VERB_PARAMETER_VALUE */
    const char *initial;                /* as text, "" for the empty set or map; NULL: it must be given */
};

struct verb {
    enum verb_id id;
    enum xenapi_class_id class;
    const char *method;                 /* "VM.start" */
    const struct verb_parameter *parameters;
    size_t n_parameters;
    bool only_reads;                    /* a read-only session may call it, and it is done at once, without a task */
    bool has_async;                     /* "Async.VM.start" exists */
};

/* Sessions, events and system.listMethods are the server's own and not in this table. */
extern const struct verb verbs[VERB_N];

/* The verb of that method name, without "Async."; NULL if there is none. Case counts. */
const struct verb *verb_find(const char *method);

#endif
