/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenvif/answers.h"

#include <stdlib.h>

#include <util.h>

#include "xenvif/call.h"
#include "xenvif/facts.h"

/* Takes over 'path' and 'value'. */
static void
put(struct xenvif_answers *answers, char *path, char *value)
{
    ovs_assert(answers->n < XENVIF_ANSWERS_MAX);
    answers->list[answers->n++] = (struct xenvif_answer) { path, value };
}

/* "vif-ofport", "tap-ifindex". 'value' 0: removed. */
static void
put_number(struct xenvif_answers *answers, const struct xenvif_call *call, const struct xenvif_facts *facts, const char *what,
           unsigned int value)
{
    put(answers, xasprintf("%s/%s-%s", facts->hotplug_path, xenvif_type_name(call->type), what), value ? xasprintf("%u", value) : NULL);
}

static void
put_hotplug(struct xenvif_answers *answers, const struct xenvif_facts *facts, const char *key, const char *value)
{
    put(answers, xasprintf("%s/%s", facts->hotplug_path, key), nullable_xstrdup(value));
}

static void
put_backend(struct xenvif_answers *answers, const struct xenvif_call *call, const char *key, const char *value)
{
    char *folder = xenvif_backend_path(call);

    put(answers, xasprintf("%s/%s", folder, key), nullable_xstrdup(value));
    free(folder);
}

struct xenvif_answers
xenvif_answers_wired(const struct xenvif_call *call, const struct xenvif_facts *facts, unsigned int ifindex, unsigned int ofport)
{
    struct xenvif_answers answers = { .n = 0 };

    if (call->action != XENVIF_FILTER) {
        put_number(&answers, call, facts, "ifindex", ifindex);
    }
    put_number(&answers, call, facts, "ofport", ofport);
    if (call->action == XENVIF_ONLINE && call->type == XENVIF_VIF) {
        put_backend(&answers, call, "hotplug-error", NULL);
        put_hotplug(&answers, facts, "vif", call->device);
        put_hotplug(&answers, facts, "hotplug", "online");
        put_backend(&answers, call, "hotplug-status", "connected");
    }
    return answers;
}

struct xenvif_answers
xenvif_answers_unwired(const struct xenvif_call *call, const struct xenvif_facts *facts)
{
    struct xenvif_answers answers = { .n = 0 };

    put_number(&answers, call, facts, "ofport", 0);
    if (call->action == XENVIF_REMOVE) {
        put_number(&answers, call, facts, "ifindex", 0);
    }
    return answers;
}

struct xenvif_answers
xenvif_answers_gone(const struct xenvif_call *call, const struct xenvif_facts *facts)
{
    struct xenvif_answers answers = { .n = 0 };

    if (call->type == XENVIF_VIF) {
        put_backend(&answers, call, "hotplug-status", NULL);
        put_hotplug(&answers, facts, "hotplug", NULL);
    }
    return answers;
}

void
xenvif_answers_destroy(struct xenvif_answers *answers)
{
    for (size_t i = 0; i < answers->n; i++) {
        free(answers->list[i].path);
        free(answers->list[i].value);
    }
    answers->n = 0;
}
