/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "libvirt/hand.h"

#include <openvswitch/json.h>
#include <util.h>

#include "libvirt/keys.h"
#include "libvirt/ports.h"

static struct json *
ipv4_json(const struct vif_policy *policy)
{
    struct json *list = json_array_create_empty();
    char text[PREFIX4_TEXT_SIZE];

    for (size_t i = 0; i < policy->n_ipv4; i++) {
        prefix4_format(&policy->ipv4[i], text);
        json_array_add(list, json_string_create(text));
    }
    return list;
}

static struct json *
ipv6_json(const struct vif_policy *policy)
{
    struct json *list = json_array_create_empty();
    char text[PREFIX6_TEXT_SIZE];

    for (size_t i = 0; i < policy->n_ipv6; i++) {
        prefix6_format(&policy->ipv6[i], text);
        json_array_add(list, json_string_create(text));
    }
    return list;
}

static struct json *
rate_json(const struct vif_rate *rate)
{
    struct json *json = json_object_create();

    json_object_put(json, "kbps", json_integer_create(rate->kbytes_per_s));
    json_object_put(json, "burst_kb", json_integer_create(rate->burst_kbytes));
    return json;
}

/* As libvirt writes them into the rows of ports that it adds itself. */
static struct json *
keys_json(const char *vm)
{
    struct json *json = json_object_create();

    json_object_put_string(json, LIBVIRT_MARK_KEY, LIBVIRT_MARK);
    json_object_put_string(json, "iface-status", "active");
    if (*vm) {
        json_object_put_string(json, "vm-id", vm);
    }
    return json;
}

char *
libvirt_hand(const struct libvirt_port *port, const char *vm, long long int timeout_ms)
{
    struct json *json = json_object_create();
    char *text;

    json_object_put_string(json, "device", port->device);
    json_object_put_string(json, "bridge", port->bridge);
    json_object_put_string(json, "mac", port->mac);
    json_object_put_string(json, "locking_mode", vif_mode_name(port->policy.mode));
    json_object_put(json, "ipv4", ipv4_json(&port->policy));
    json_object_put(json, "ipv6", ipv6_json(&port->policy));
    json_object_put(json, "auto_lla", json_boolean_create(port->policy.auto_lla));
    if (port->rate.kbytes_per_s) {
        json_object_put(json, "rate", rate_json(&port->rate));
    }
    json_object_put(json, "keys", keys_json(vm));
    json_object_put(json, "timeout_ms", json_integer_create(timeout_ms));
    text = json_to_string(json, JSSF_SORT);
    json_destroy(json);
    return text;
}
