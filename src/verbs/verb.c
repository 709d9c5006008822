/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "verbs/verb.h"

#include <string.h>

#include <util.h>

#include "xenapi/type_words.h"

/* A constructor's record; what may be in it, its class says. */
#define TYPE_RECORD { .shape = XENAPI_SHAPE_MAP, .key = ATOM_STRING, .value = ATOM_STRING }, .kind = VERB_PARAMETER_RECORD

#define VERB(CLASS, NAME, ...) static const struct verb_parameter parameters_of_##CLASS##_##NAME[] = {
#define PARAMETER(NAME, TYPE, INITIAL) { .name = #NAME, .initial = INITIAL, .type = TYPE_##TYPE },
#define END_VERB(...) };
#include "verbs/verbs.def"

#define EFFECT_READS .only_reads = true
#define EFFECT_ACTS .only_reads = false
#define CALLS_ASYNC .has_async = true
#define CALLS_SYNC .has_async = false

#define VERB(CLASS, NAME, EFFECT, CALLS) \
    { VERB_##CLASS##_##NAME, XENAPI_CLASS_##CLASS, #CLASS "." #NAME, parameters_of_##CLASS##_##NAME, \
      ARRAY_SIZE(parameters_of_##CLASS##_##NAME), EFFECT_##EFFECT, CALLS_##CALLS },
const struct verb verbs[VERB_N] = {
#include "verbs/verbs.def"
};

const struct verb *
verb_find(const char *method)
{
    for (size_t i = 0; i < VERB_N; i++) {
        if (!strcmp(verbs[i].method, method)) {
            return &verbs[i];
        }
    }
    return NULL;
}
