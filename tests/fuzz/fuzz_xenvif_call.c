/* SPDX-License-Identifier: Apache-2.0
 *
 * A call of XenServer's scripts, and the keys of the VIF that it is about: the first line is the command line, words with spaces between
 * them; the next four are environment variables, an empty one is not set; each further one is a key of PRIVATE, in the order of
 * xenvif/keys.def, then final-uuid and the frontend's mac.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "base/error.h"
#include "check.h"
#include "vif/hand.h"
#include "xenvif/answers.h"
#include "xenvif/call.h"
#include "xenvif/description.h"
#include "xenvif/facts.h"
#include "xenvif/handover.h"

enum { ARGS_MAX = 8 };

/* Cuts the next line off '*text'; NULL if it is empty or there is none. */
static char *
line_take(char **text)
{
    char *line = *text ? strsep(text, "\n") : NULL;

    return line && *line ? line : NULL;
}

static struct error *
call_parse(char *line, const struct xenvif_environment *environment, struct xenvif_call *call)
{
    const char *args[ARGS_MAX + 1] = { NULL };
    char *save = NULL, *name = line ? strtok_r(line, " ", &save) : NULL;

    for (size_t i = 0; name && i < ARGS_MAX && (args[i] = strtok_r(NULL, " ", &save)) != NULL; i++) {
        continue;
    }
    return xenvif_call_parse(name ? name : "", args, environment, call);
}

/* What was described is what the agent understands. */
static void
check_description(const struct xenvif_description *description)
{
    char *json = xenvif_handover(description, 30000);
    struct vif_hand *hand;
    struct error *error = vif_hand_parse(json, &hand);

    ovs_assert(!error);
    ovs_assert(!strcmp(hand->wish.device, description->device) && !strcmp(hand->wish.network.bridge, description->bridge));
    ovs_assert(vif_policy_equals(&hand->wish.policy, &description->policy));
    vif_hand_destroy(hand);
    free(json);
    check_policy(&description->policy);
}

static void
check_answers(const struct xenvif_call *call, const struct xenvif_facts *facts)
{
    struct xenvif_answers answers[] = {
        xenvif_answers_wired(call, facts, 1, 1), xenvif_answers_unwired(call, facts), xenvif_answers_gone(call, facts),
    };

    for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
        for (size_t j = 0; j < answers[i].n; j++) {
            ovs_assert(answers[i].list[j].path[0] == '/' && !strstr(answers[i].list[j].path, "/../"));
        }
        xenvif_answers_destroy(&answers[i]);
    }
}

static void
check_vif(const struct xenvif_call *call, char **rest)
{
    static const char uuid[] = "0a1b2c3d-0000-4000-8000-00000000abcd";
    struct xenvif_description description;
    struct xenvif_facts facts = { .older_root = call->devid % 2 };
    struct error *error;

    ovs_strlcpy(facts.vm_uuid, call->vm_uuid[0] ? call->vm_uuid : uuid, sizeof facts.vm_uuid);
    facts.private_path = xenvif_private_path(call, facts.vm_uuid, facts.older_root);
    facts.hotplug_path = xenvif_hotplug_path(call, facts.vm_uuid, facts.older_root);
    for (size_t i = 0; i < XENVIF_N_KEYS; i++) {
        facts.key[i] = nullable_xstrdup(line_take(rest));
    }
    facts.final_uuid = nullable_xstrdup(line_take(rest));
    facts.frontend_mac = nullable_xstrdup(line_take(rest));
    error = xenvif_describe(call, &facts, &description);
    if (!error) {
        check_description(&description);
        xenvif_description_destroy(&description);
    }
    check_error(error);
    check_answers(call, &facts);
    xenvif_facts_destroy(&facts);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char *text = check_string(bytes, n), *rest = text, *line = line_take(&rest);
    struct xenvif_environment environment = { .xenbus_type = line_take(&rest) };
    struct xenvif_call call;
    struct error *error;

    environment.xenbus_path = line_take(&rest);
    environment.interface = line_take(&rest);
    environment.udev_call = line_take(&rest);
    error = call_parse(line, &environment, &call);
    if (!error && call.action != XENVIF_NOTHING) {
        ovs_assert(!strncmp(call.device, xenvif_type_name(call.type), 3) && strchr(call.device, '.'));
        check_vif(&call, &rest);
    }
    check_error(error);
    free(text);
    return 0;
}
