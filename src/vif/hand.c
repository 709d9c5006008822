/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "vif/hand.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <openvswitch/json.h>
#include <openvswitch/shash.h>
#include <sha1.h>
#include <util.h>
#include <uuid.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/quote.h"
#include "base/utf8.h"
#include "vif/description.h"

enum {
    MTU_DEFAULT = 1500,
    TIMEOUT_MS_DEFAULT = 30 * 1000,
    VLAN_MAX = 4094,
};

static const char *const members[] = {
    "device", "bridge", "mac", "locking_mode", "ipv4", "ipv6", "auto_lla", "trunks", "tag", "rate", "mtu", "keys", "timeout_ms",
};

static bool
is_known(const char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (!strcmp(names[i], name)) {
            return true;
        }
    }
    return false;
}

static struct error *
members_check(const struct json *json)
{
    struct shash_node *node;

    if (json->type == JSON_STRING) {
        return error_new(ERROR_INVALID, "this is no JSON: %s", quote(json_string(json)).text);
    } else if (json->type != JSON_OBJECT) {
        return error_new(ERROR_INVALID, "a VIF is handed over as a JSON object");
    }
    SHASH_FOR_EACH (node, json_object(json)) {
        if (!is_known(members, ARRAY_SIZE(members), node->name)) {
            return error_new(ERROR_INVALID, "member %s is not known", quote(node->name).text);
        }
    }
    return NULL;
}

static const struct json *
find(const struct json *json, const char *name)
{
    return shash_find_data(json_object(json), name);
}

/* NULL in '*text' if it is missing. */
static struct error *
get_text(const struct json *json, const char *name, const char **text)
{
    const struct json *member = find(json, name);

    if (member && member->type != JSON_STRING) {
        return error_new(ERROR_INVALID, "%s is no string", name);
    }
    *text = member ? json_string(member) : NULL;
    return NULL;
}

static struct error *
need_text(const struct json *json, const char *name, const char **text)
{
    struct error *error = get_text(json, name, text);

    return error || *text ? error : error_new(ERROR_INVALID, "%s is missing", name);
}

/* '*number' stays as it is if it is missing. */
static struct error *
get_number(const struct json *json, const char *name, int min, int max, int *number)
{
    const struct json *member = find(json, name);

    if (!member) {
        return NULL;
    }
    if (member->type != JSON_INTEGER || json_integer(member) < min || json_integer(member) > max) {
        return error_new(ERROR_INVALID, "%s must be a number from %d to %d", name, min, max);
    }
    *number = json_integer(member);
    return NULL;
}

static struct error *
get_truth(const struct json *json, const char *name, bool *truth)
{
    const struct json *member = find(json, name);

    if (!member) {
        return NULL;
    }
    if (member->type != JSON_TRUE && member->type != JSON_FALSE) {
        return error_new(ERROR_INVALID, "%s must be true or false", name);
    }
    *truth = member->type == JSON_TRUE;
    return NULL;
}

static struct error *
get_array(const struct json *json, const char *name, size_t max, const struct json_array **array)
{
    static const struct json_array empty = { .n = 0 };
    const struct json *member = find(json, name);

    if (member && member->type != JSON_ARRAY) {
        return error_new(ERROR_INVALID, "%s is no list", name);
    }
    *array = member ? json_array(member) : &empty;
    return (*array)->n > max ? error_new(ERROR_LIMIT, "%s has more than the %"PRIuSIZE" elements that are allowed", name, max) : NULL;
}

/* A NULL-terminated list that points into 'json'. */
static struct error *
get_texts(const struct json *json, const char *name, const char ***list)
{
    const struct json_array *array;
    struct error *error = get_array(json, name, LIMIT_VIF_ADDRESSES, &array);

    *list = error ? NULL : xcalloc(array->n + 1, sizeof **list);
    for (size_t i = 0; !error && i < array->n; i++) {
        if (array->elems[i]->type != JSON_STRING) {
            return error_new(ERROR_INVALID, "%s has an element that is no string", name);
        }
        (*list)[i] = json_string(array->elems[i]);
    }
    return error;
}

static struct error *
get_numbers(const struct json *json, const char *name, int64_t **list, size_t *n)
{
    const struct json_array *array;
    struct error *error = get_array(json, name, LIMIT_VIF_VLANS, &array);

    *n = error ? 0 : array->n;
    *list = xcalloc(*n + 1, sizeof **list);
    for (size_t i = 0; i < *n; i++) {
        if (array->elems[i]->type != JSON_INTEGER) {
            return error_new(ERROR_INVALID, "%s has an element that is no whole number", name);
        }
        (*list)[i] = json_integer(array->elems[i]);
    }
    return error;
}

static struct error *
parse_device(const struct json *json, const char *name, char device[DEVICE_NAME_SIZE])
{
    const char *text;
    struct error *error = need_text(json, name, &text);

    error = error ? error : device_name_check(name, text);
    if (!error) {
        ovs_strlcpy(device, text, DEVICE_NAME_SIZE);
    }
    return error;
}

static struct error *
parse_policy(const struct json *json, struct vif_policy *policy)
{
    struct vif_policy_words words = { .auto_lla = true };
    const char **ipv4 = NULL, **ipv6 = NULL;
    int64_t *vlans = NULL;
    struct error *error = need_text(json, "mac", &words.mac);

    error = error ? error : need_text(json, "locking_mode", &words.mode);
    if (!error && !strcmp(words.mode, "network_default")) {
        error = error_new(ERROR_INVALID, "locking_mode is 'network_default': write locked, unlocked or disabled");
    }
    error = error ? error : get_truth(json, "auto_lla", &words.auto_lla);
    error = error ? error : get_texts(json, "ipv4", &ipv4);
    error = error ? error : get_texts(json, "ipv6", &ipv6);
    error = error ? error : get_numbers(json, "trunks", &vlans, &words.n_vlans);
    if (!error) {
        words.ipv4 = ipv4;
        words.ipv6 = ipv6;
        words.vlans = vlans;
        error = vif_policy_parse(&words, policy);
    }
    free(ipv4);
    free(ipv6);
    free(vlans);
    return error;
}

static struct error *
parse_rate(const struct json *json, struct vif_rate *rate)
{
    static const char *const names[] = { "kbps", "burst_kb" };
    const struct json *member = find(json, "rate");
    char kbps[12], burst[12];
    int numbers[2] = { 0, 0 };
    struct shash_node *node;
    struct error *error = NULL;

    if (!member) {
        return NULL;
    } else if (member->type != JSON_OBJECT) {
        return error_new(ERROR_INVALID, "rate is no object");
    }
    SHASH_FOR_EACH (node, json_object(member)) {
        if (!is_known(names, ARRAY_SIZE(names), node->name)) {
            return error_new(ERROR_INVALID, "rate has a member %s that is not known", quote(node->name).text);
        }
    }
    for (size_t i = 0; !error && i < ARRAY_SIZE(names); i++) {
        error = get_number(member, names[i], 1, LIMIT_RATE_KBYTES, &numbers[i]);
    }
    if (error) {
        return error_prefix(error, "rate");
    }
    snprintf(kbps, sizeof kbps, "%d", numbers[0]);
    snprintf(burst, sizeof burst, "%d", numbers[1]);
    return vif_rate_parse(&(struct vif_rate_words) { "ratelimit", numbers[0] ? kbps : NULL, numbers[1] ? burst : NULL }, rate);
}

/* Keys of ours say what the agent writes there itself. */
static struct error *
key_check(const char *key, const struct json *value)
{
    if (value->type != JSON_STRING) {
        return error_new(ERROR_INVALID, "key %s is no string", quote(key).text);
    } else if (!strncmp(key, "cabled-", 7) && strcmp(key, "cabled-network")) {
        return error_new(ERROR_INVALID, "key %s is the agent's to write: leave it out", quote(key).text);
    } else if (strlen(key) > LIMIT_HANDED_KEY_BYTES || strlen(json_string(value)) > LIMIT_HANDED_VALUE_BYTES) {
        return error_new(ERROR_LIMIT, "key %s or its value is longer than the %d or %d bytes that are allowed", quote(key).text,
                         LIMIT_HANDED_KEY_BYTES, LIMIT_HANDED_VALUE_BYTES);
    }
    return NULL;
}

static struct error *
parse_keys(const struct json *json, struct smap *keys)
{
    const struct json *member = find(json, "keys");
    struct shash_node *node;

    if (!member) {
        return NULL;
    } else if (member->type != JSON_OBJECT) {
        return error_new(ERROR_INVALID, "keys is no object");
    } else if (shash_count(json_object(member)) > LIMIT_HANDED_KEYS) {
        return error_new(ERROR_LIMIT, "keys has more than the %d that are allowed", LIMIT_HANDED_KEYS);
    }
    SHASH_FOR_EACH (node, json_object(member)) {
        struct error *error = key_check(node->name, node->data);

        if (error) {
            return error;
        }
        smap_replace(keys, node->name, json_string(node->data));
    }
    return NULL;
}

/* A uuid that is made of a name, as RFC 4122 has it (4.3, version 5), in a name space of our own. */
static void
name_wish(struct vif_hand *hand)
{
    static const char space[] = "7c1b1a0e-57f5-4f8e-9a34-6f0a2c9f7d11 ";
    char *name = xasprintf("%s%s %s", space, smap_get_def(&hand->keys, "xs-vif-uuid", ""), hand->wish.device);
    uint8_t digest[SHA1_DIGEST_SIZE];
    struct uuid uuid;

    sha1_bytes(name, strlen(name), digest);
    memcpy(&uuid, digest, sizeof uuid);
    uuid_set_bits_v4(&uuid);
    uuid.parts[1] = (uuid.parts[1] & ~0xf000) | 0x5000;
    snprintf(hand->wish.uuid, sizeof hand->wish.uuid, UUID_FMT, UUID_ARGS(&uuid));
    free(name);
}

static struct error *
parse_wish(const struct json *json, struct vif_wish *wish)
{
    int vlan = 0;
    struct error *error = parse_device(json, "device", wish->device);

    error = error ? error : parse_device(json, "bridge", wish->network.bridge);
    error = error ? error : get_number(json, "tag", 0, VLAN_MAX, &vlan);
    error = error ? error : get_number(json, "mtu", LIMIT_MTU_MIN, LIMIT_MTU_MAX, &wish->mtu);
    error = error ? error : parse_rate(json, &wish->rate);
    error = error ? error : parse_policy(json, &wish->policy);
    wish->network.vlan = vlan;
    if (!error && vlan && wish->policy.n_vlans) {
        error = error_new(ERROR_INVALID, "there are both a tag and trunks: leave one of them out");
    }
    return error;
}

static struct error *
parse(const struct json *json, struct vif_hand *hand)
{
    struct error *error = members_check(json);

    error = error ? error : parse_wish(json, &hand->wish);
    error = error ? error : parse_keys(json, &hand->keys);
    error = error ? error : get_number(json, "timeout_ms", 1, LIMIT_HANDED_TIMEOUT_MS, &hand->timeout_ms);
    if (!error) {
        name_wish(hand);
        vif_description_uuids(&hand->keys, &hand->wish);
    }
    return error;
}

struct error *
vif_hand_parse(const char *text, struct vif_hand **handp)
{
    struct vif_hand *hand;
    struct json *json;
    struct error *error;

    *handp = NULL;
    if (strlen(text) > LIMIT_HANDED_BYTES) {
        return error_new(ERROR_LIMIT, "a VIF is handed over in at most %d bytes", LIMIT_HANDED_BYTES);
    }
    if (utf8_check(text, strlen(text)) != strlen(text)) {
        return error_new(ERROR_INVALID, "this is no UTF-8: %s", quote(text).text);
    }
    hand = xzalloc(sizeof *hand);
    hand->wish = (struct vif_wish) { .origin = VIF_HANDED, .attach = true, .mtu = MTU_DEFAULT };
    hand->timeout_ms = TIMEOUT_MS_DEFAULT;
    smap_init(&hand->keys);
    json = json_from_string(text);
    error = parse(json, hand);
    json_destroy(json);
    if (error) {
        vif_hand_destroy(hand);
    } else {
        *handp = hand;
    }
    return error;
}

void
vif_hand_destroy(struct vif_hand *hand)
{
    if (hand) {
        vif_wish_destroy(&hand->wish);
        smap_destroy(&hand->keys);
        free(hand);
    }
}
