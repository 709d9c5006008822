/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenvif/call.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/quote.h"
#include "xenvif/call-private.h"
#include "xenvif/number.h"
#include "xenvif/uuid.h"

/* The kernel's actions (kobject_actions, Linux 6.1) and xenopsd's, and what each means for a vif and for a tap. */
static const struct action {
    const char *word;
    enum xenvif_action means[2];
} actions[] = {
    { "online", { [XENVIF_VIF] = XENVIF_ONLINE, [XENVIF_TAP] = XENVIF_NOTHING } },
    { "add", { [XENVIF_VIF] = XENVIF_NOTHING, [XENVIF_TAP] = XENVIF_ONLINE } },
    { "remove", { XENVIF_REMOVE, XENVIF_REMOVE } },
    { "move", { XENVIF_MOVE, XENVIF_MOVE } },
    { "offline", { XENVIF_NOTHING, XENVIF_NOTHING } },
    { "change", { XENVIF_NOTHING, XENVIF_NOTHING } },
    { "bind", { XENVIF_NOTHING, XENVIF_NOTHING } },
    { "unbind", { XENVIF_NOTHING, XENVIF_NOTHING } },
};

const char *
xenvif_type_name(enum xenvif_type type)
{
    return type == XENVIF_VIF ? "vif" : "tap";
}

bool
xenvif_is_said(const char *text)
{
    return text && *text;
}

struct error *
xenvif_type_parse(const char *text, enum xenvif_type *type)
{
    if (strcmp(text, "vif") && strcmp(text, "tap")) {
        return error_new(ERROR_INVALID, "type of interface %s is unknown: it is vif or tap", quote(text).text);
    }
    *type = text[0] == 'v' ? XENVIF_VIF : XENVIF_TAP;
    return NULL;
}

struct error *
xenvif_action_parse(const char *word, struct xenvif_call *call)
{
    for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
        if (!strcmp(word, actions[i].word)) {
            call->action = actions[i].means[call->type];
            ovs_strlcpy(call->word, word, sizeof call->word);
            return NULL;
        }
    }
    return error_new(ERROR_INVALID, "action %s is unknown: it is online, add, move or remove", quote(word).text);
}

static struct error *
rules_action_parse(const char *word, struct xenvif_call *call)
{
    if (strcmp(word, "filter") && strcmp(word, "clear")) {
        return error_new(ERROR_INVALID, "action %s is unknown: it is filter or clear", quote(word).text);
    }
    call->action = word[0] == 'f' ? XENVIF_FILTER : XENVIF_CLEAR;
    ovs_strlcpy(call->word, word, sizeof call->word);
    return NULL;
}

struct error *
xenvif_numbers_parse(const char *domid, const char *devid, struct xenvif_call *call)
{
    struct error *error = xenvif_number_parse("domain number", domid, LIMIT_XEN_DOMID, &call->domid);

    error = error ? error : xenvif_number_parse("device number", devid, LIMIT_VIF_DEVICE, &call->devid);
    if (!error) {
        snprintf(call->device, sizeof call->device, "%s%"PRIu32".%"PRIu32, xenvif_type_name(call->type), call->domid, call->devid);
    }
    return error;
}

struct error *
xenvif_device_parse(const char *device, struct xenvif_call *call)
{
    char name[DEVICE_NAME_SIZE];
    struct error *error = NULL;
    char *dot;

    if (strlen(device) < sizeof name) {
        ovs_strlcpy(name, device, sizeof name);
        dot = strchr(name, '.');
        if (dot && (!strncmp(name, "vif", 3) || !strncmp(name, "tap", 3))) {
            call->type = name[0] == 'v' ? XENVIF_VIF : XENVIF_TAP;
            *dot = '\0';
            error = xenvif_numbers_parse(name + 3, dot + 1, call);
            if (!error) {
                return NULL;
            }
            return error_prefix(error, "device %s", quote(device).text);
        }
    }
    return error_new(ERROR_INVALID, "device %s is no VIF's: its name is vif<domid>.<devid> or tap<domid>.<devid>", quote(device).text);
}

static size_t
args_count(const char *const *args)
{
    size_t n = 0;

    while (args[n]) {
        n++;
    }
    return n;
}

static struct error *
real_parse(const char *const *args, struct xenvif_call *call)
{
    struct error *error;

    if (args_count(args) != 4) {
        return error_new(ERROR_INVALID, "four arguments are taken: vif-real vif|tap DOMID DEVID online|add|move|remove");
    }
    error = xenvif_type_parse(args[0], &call->type);
    error = error ? error : xenvif_numbers_parse(args[1], args[2], call);
    return error ? error : xenvif_action_parse(args[3], call);
}

/* BACKEND DEVICE VM-UUID DEVID ACTION. What BACKEND says stands in xenstore too. */
static struct error *
rules_parse(const char *const *args, struct xenvif_call *call)
{
    uint32_t devid;
    struct error *error = xenvif_device_parse(args[1], call);

    error = error ? error : xenvif_uuid_parse("VM", args[2], call->vm_uuid);
    error = error ? error : xenvif_number_parse("device number", args[3], LIMIT_VIF_DEVICE, &devid);
    if (!error && devid != call->devid) {
        error = error_new(ERROR_INVALID, "device %s is not number %s: which is meant?", call->device, quote(args[3]).text);
    }
    return error ? error : rules_action_parse(args[4], call);
}

static struct error *
older_rules_parse(const char *const *args, struct xenvif_call *call)
{
    struct error *error = xenvif_type_parse(args[0], &call->type);

    error = error ? error : xenvif_numbers_parse(args[1], args[2], call);
    return error ? error : rules_action_parse(args[3], call);
}

static struct error *
any_rules_parse(const char *const *args, struct xenvif_call *call)
{
    switch (args_count(args)) {
    case 4:
        return older_rules_parse(args, call);
    case 5:
        return rules_parse(args, call);
    default:
        return error_new(ERROR_INVALID, "five arguments are taken: setup-vif-rules BACKEND DEVICE VM-UUID DEVID filter|clear");
    }
}

static struct error *
show_parse(const char *const *args, struct xenvif_call *call)
{
    return args_count(args) == 1 ? xenvif_call_of_device(args[0], XENVIF_SHOW, call)
                                 : error_new(ERROR_INVALID, "one argument is taken: show DEVICE");
}

static struct error *
named_parse(const char *name, const char *const *args, const struct xenvif_environment *environment, struct xenvif_call *call)
{
    if (!strcmp(name, "vif")) {
        return xenvif_wrapper_parse(args, environment, call);
    } else if (!strcmp(name, "vif-real")) {
        return real_parse(args, call);
    } else if (!strcmp(name, "setup-vif-rules")) {
        return any_rules_parse(args, call);
    } else if (!strcmp(name, "show")) {
        return show_parse(args, call);
    }
    return error_new(ERROR_INVALID, "it answers to vif, vif-real, setup-vif-rules and show, as its own name or as its first argument, "
                     "not to %s", quote(name).text);
}

static bool
is_script(const char *name)
{
    return !strcmp(name, "vif") || !strcmp(name, "vif-real") || !strcmp(name, "setup-vif-rules");
}

struct error *
xenvif_call_parse(const char *name, const char *const *args, const struct xenvif_environment *environment, struct xenvif_call *call)
{
    struct xenvif_call draft = { .by_udev = xenvif_is_said(environment->udev_call) };
    struct error *error;

    if (is_script(name)) {
        error = named_parse(name, args, environment, &draft);
    } else if (args[0]) {
        error = named_parse(args[0], args + 1, environment, &draft);
    } else {
        error = error_new(ERROR_INVALID, "the name is missing: write vif, vif-real, setup-vif-rules or show first");
    }
    if (!error) {
        *call = draft;
    }
    return error;
}

struct error *
xenvif_call_of_device(const char *device, enum xenvif_action action, struct xenvif_call *call)
{
    struct xenvif_call draft = { .action = action };
    struct error *error = xenvif_device_parse(device, &draft);

    if (!error) {
        *call = draft;
    }
    return error;
}
