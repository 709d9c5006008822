/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenvif/handover.h"

#include <limits.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "xenapi/json_reader.h"
#include "xenapi/json_writer.h"
#include "xenapi/map.h"
#include "xenapi/value.h"
#include "xenvif/description.h"

static struct xenapi_value
ipv4_value(const struct vif_policy *policy)
{
    struct xenapi_value list = xenapi_set_create();
    char text[PREFIX4_TEXT_SIZE];

    for (size_t i = 0; i < policy->n_ipv4; i++) {
        prefix4_format(&policy->ipv4[i], text);
        xenapi_set_add(&list, xenapi_string(text));
    }
    return list;
}

static struct xenapi_value
ipv6_value(const struct vif_policy *policy)
{
    struct xenapi_value list = xenapi_set_create();
    char text[PREFIX6_TEXT_SIZE];

    for (size_t i = 0; i < policy->n_ipv6; i++) {
        prefix6_format(&policy->ipv6[i], text);
        xenapi_set_add(&list, xenapi_string(text));
    }
    return list;
}

static struct xenapi_value
trunks_value(const struct vif_policy *policy)
{
    struct xenapi_value list = xenapi_set_create();

    for (size_t i = 0; i < policy->n_vlans; i++) {
        xenapi_set_add(&list, xenapi_int(policy->vlans[i]));
    }
    return list;
}

/* What the scripts write to the Interface row, under the same names. */
static struct xenapi_value
keys_value(const struct xenvif_description *description, const char *mac)
{
    struct xenapi_value keys = xenapi_map_create();

    xenapi_map_put(&keys, "attached-mac", xenapi_string(mac));
    xenapi_map_put(&keys, "xs-network-uuid", xenapi_string(description->network_uuid));
    xenapi_map_put(&keys, "xs-vif-uuid", xenapi_string(description->vif_uuid));
    xenapi_map_put(&keys, "xs-vm-uuid", xenapi_string(description->vm_uuid));
    return keys;
}

char *
xenvif_handover(const struct xenvif_description *description, int timeout_ms)
{
    const struct vif_policy *policy = &description->policy;
    struct xenapi_value hand = xenapi_map_create();
    struct ds text = DS_EMPTY_INITIALIZER;
    char mac[MAC_TEXT_SIZE];

    mac_format(&policy->mac, mac);
    xenapi_map_put(&hand, "auto_lla", xenapi_bool(policy->auto_lla));
    xenapi_map_put(&hand, "bridge", xenapi_string(description->bridge));
    xenapi_map_put(&hand, "device", xenapi_string(description->device));
    xenapi_map_put(&hand, "ipv4", ipv4_value(policy));
    xenapi_map_put(&hand, "ipv6", ipv6_value(policy));
    xenapi_map_put(&hand, "keys", keys_value(description, mac));
    xenapi_map_put(&hand, "locking_mode", xenapi_string(vif_mode_name(policy->mode)));
    xenapi_map_put(&hand, "mac", xenapi_string(mac));
    xenapi_map_put(&hand, "mtu", xenapi_int(description->mtu));
    xenapi_map_put(&hand, "timeout_ms", xenapi_int(timeout_ms));
    xenapi_map_put(&hand, "trunks", trunks_value(policy));
    xenapi_json_put_value(&hand, &text);
    xenapi_value_destroy(&hand);
    return ds_steal_cstr(&text);
}

/* A number of the answer; 0 if there is none. */
static int64_t
answer_number(const struct xenapi_value *answer, const char *name)
{
    const struct xenapi_value *value = xenapi_map_get(answer, name);

    return value && value->type == XENAPI_INT ? value->integer : 0;
}

static struct error *
answer_read(const struct xenapi_value *answer, struct xenvif_wired *wired)
{
    const struct xenapi_value *state = answer->type == XENAPI_MAP ? xenapi_map_get(answer, "state") : NULL;
    bool is_disabled = state && state->type == XENAPI_STRING && !strcmp(state->string, "disabled");
    bool is_wired = state && state->type == XENAPI_STRING && !strcmp(state->string, "wired");
    int64_t ofport, ifindex;

    if (!is_disabled && !is_wired) {
        return error_new(ERROR_REFUSED, "the agent's answer is not understood: is it of another version?");
    }
    ofport = answer_number(answer, "ofport");
    ifindex = answer_number(answer, "ifindex");
    if (ifindex < 0 || ifindex > INT_MAX || (is_wired && (ofport < 1 || ofport > UINT16_MAX || !ifindex))) {
        return error_new(ERROR_REFUSED, "the agent's answer is not understood: it names no port and no device of a VIF that is wired");
    }
    *wired = (struct xenvif_wired) { .ofport = is_wired ? ofport : 0, .ifindex = ifindex };
    return NULL;
}

struct error *
xenvif_answer_parse(const char *text, struct xenvif_wired *wired)
{
    struct xenapi_value answer;
    struct error *error = xenapi_json_read(text, strlen(text), LIMIT_XENVIF_METADATA_DEPTH, &answer);

    if (error) {
        return error_prefix(error, "the agent's answer is not understood");
    }
    error = answer_read(&answer, wired);
    xenapi_value_destroy(&answer);
    return error;
}
