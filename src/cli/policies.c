/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "cli/policies.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openvswitch/json.h>
#include <openvswitch/shash.h>
#include <sset.h>
#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/quote.h"
#include "cli/json_members.h"

/* What is shown of the JSON parser's message. */
enum { JSON_MESSAGE_BYTES = 200 };

/* A policy while its object is read. The strings are the JSON tree's, the lists are owned. */
struct draft {
    const char *id;
    struct vif_policy_words words;
    const char **ipv4;
    const char **ipv6;
    int64_t *vlans;
};

static struct error *
refuse_type(const char *wanted, const struct json *json)
{
    return error_new(ERROR_INVALID, "%s is wanted here, not %s", wanted, json_type_to_string(json->type));
}

static struct error *
string_read(const struct json *json, const char **string)
{
    if (json->type != JSON_STRING) {
        return refuse_type("a string", json);
    }
    *string = json_string(json);
    return NULL;
}

/* Makes '*list' a NULL-terminated list, owned by the caller whether it succeeds or not. */
static struct error *
strings_read(const struct json *json, const char ***list)
{
    if (json->type != JSON_ARRAY) {
        return refuse_type("a list of strings", json);
    }
    const struct json_array *array = json_array(json);
    *list = xcalloc(array->n + 1, sizeof **list);
    for (size_t i = 0; i < array->n; i++) {
        struct error *error = string_read(array->elems[i], &(*list)[i]);

        if (error) {
            return error;
        }
    }
    return NULL;
}

static struct error *
id_read(const struct json *json, struct draft *draft)
{
    struct error *error = string_read(json, &draft->id);

    if (error) {
        return error;
    } else if (!*draft->id) {
        return error_new(ERROR_INVALID, "the id is empty: write a name that no other policy has");
    } else if (strlen(draft->id) > LIMIT_NAME_BYTES) {
        return error_new(ERROR_LIMIT, "id %s is longer than %d bytes: choose a shorter one",
                         quote(draft->id).text, LIMIT_NAME_BYTES);
    }
    return NULL;
}

static struct error *
mode_read(const struct json *json, struct draft *draft)
{
    return string_read(json, &draft->words.mode);
}

static struct error *
mac_read(const struct json *json, struct draft *draft)
{
    return string_read(json, &draft->words.mac);
}

static struct error *
ipv4_read(const struct json *json, struct draft *draft)
{
    return strings_read(json, &draft->ipv4);
}

static struct error *
ipv6_read(const struct json *json, struct draft *draft)
{
    return strings_read(json, &draft->ipv6);
}

static struct error *
auto_lla_read(const struct json *json, struct draft *draft)
{
    if (json->type != JSON_TRUE && json->type != JSON_FALSE) {
        return refuse_type("true or false", json);
    }
    draft->words.auto_lla = json_boolean(json);
    return NULL;
}

static struct error *
vlans_read(const struct json *json, struct draft *draft)
{
    if (json->type == JSON_NULL) {
        return NULL;
    } else if (json->type != JSON_ARRAY) {
        return refuse_type("null or a list of whole numbers", json);
    }
    const struct json_array *array = json_array(json);
    draft->vlans = xcalloc(array->n, sizeof *draft->vlans);
    draft->words.n_vlans = array->n;
    for (size_t i = 0; i < array->n; i++) {
        if (array->elems[i]->type != JSON_INTEGER) {
            return error_new(ERROR_INVALID, "null or a list of whole numbers is wanted here");
        }
        draft->vlans[i] = json_integer(array->elems[i]);
    }
    return NULL;
}

static const struct key {
    const char *name;
    bool required;
    struct error *(*read)(const struct json *, struct draft *);
} keys[] = {
    { "id", true, id_read },
    { "mode", true, mode_read },
    { "mac", true, mac_read },
    { "ipv4", false, ipv4_read },
    { "ipv6", false, ipv6_read },
    { "auto_lla", false, auto_lla_read },
    { "vlans", false, vlans_read },
};

static bool
is_key(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        if (!strcmp(keys[i].name, name)) {
            return true;
        }
    }
    return false;
}

static struct error *
members_check(const struct shash *object)
{
    struct shash_node *node;

    SHASH_FOR_EACH (node, object) {
        if (!is_key(node->name)) {
            return error_new(ERROR_INVALID, "key %s is unknown: write id, mode, mac, ipv4, ipv6, auto_lla or vlans",
                             quote(node->name).text);
        }
    }
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        if (keys[i].required && !shash_find(object, keys[i].name)) {
            return error_new(ERROR_INVALID, "key '%s' is missing", keys[i].name);
        }
    }
    return NULL;
}

static struct error *
draft_read(const struct shash *object, struct draft *draft)
{
    struct error *error = members_check(object);

    for (size_t i = 0; !error && i < ARRAY_SIZE(keys); i++) {
        const struct json *value = shash_find_data(object, keys[i].name);

        error = value ? keys[i].read(value, draft) : NULL;
        if (error) {
            error = error_prefix(error, "key '%s'", keys[i].name);
        }
    }
    draft->words.ipv4 = draft->ipv4;
    draft->words.ipv6 = draft->ipv6;
    draft->words.vlans = draft->vlans;
    return error;
}

static struct error *
entry_read(const struct json *json, struct policies_entry *entry)
{
    struct draft draft = { .words.auto_lla = true };

    if (json->type != JSON_OBJECT) {
        return refuse_type("an object", json);
    }
    struct error *error = draft_read(json_object(json), &draft);
    error = error ? error : vif_policy_parse(&draft.words, &entry->policy);
    if (!error) {
        entry->id = xstrdup(draft.id);
    }
    free(draft.ipv4);
    free(draft.ipv6);
    free(draft.vlans);
    return error;
}

/* Says which policy of the file 'error' is about: number 'i' + 1, with its id if it has one. */
static struct error *
name_policy(struct error *error, const struct json *json, size_t i)
{
    const struct json *id = json->type == JSON_OBJECT ? shash_find_data(json_object(json), "id") : NULL;

    if (id && id->type == JSON_STRING) {
        return error_prefix(error, "policy %"PRIuSIZE" (%s)", i + 1, quote(json_string(id)).text);
    }
    return error_prefix(error, "policy %"PRIuSIZE, i + 1);
}

static struct error *
doubled_members_check(const char *text, const struct json_array *array)
{
    size_t index;
    char *name;

    if (!json_doubled_member(text, &index, &name)) {
        return NULL;
    }
    struct error *error = error_new(ERROR_INVALID, "key %s is there twice: remove one of them", quote(name).text);
    free(name);
    return name_policy(error, array->elems[index], index);
}

static struct error *
entries_read(const struct json_array *array, struct policies *policies)
{
    struct sset ids = SSET_INITIALIZER(&ids);
    struct error *error = NULL;

    for (size_t i = 0; !error && i < array->n; i++) {
        struct policies_entry *entry = &policies->entries[i];

        error = entry_read(array->elems[i], entry);
        if (!error) {
            policies->n++;
            error = sset_add(&ids, entry->id) ? NULL
                    : error_new(ERROR_EXISTS, "another policy has the same id: choose another one");
        }
        if (error) {
            error = name_policy(error, array->elems[i], i);
        }
    }
    sset_destroy(&ids);
    return error;
}

/* 'message' is libopenvswitch's, which counts lines and columns from 0 and may repeat raw bytes of the text. */
static struct error *
refuse_text(const char *message)
{
    int line = 0, column = 0, end = 0;

    if (sscanf(message, "line %d, column %d, byte %*d: %n", &line, &column, &end) < 2) {
        end = 0;
    }
    char *what = xmemdup0(message + end, MIN(strlen(message + end), JSON_MESSAGE_BYTES));
    for (char *c = what; *c; c++) {
        *c = *c < ' ' || *c > '~' ? '?' : *c;
    }
    struct error *error = error_new(ERROR_INVALID, "no valid JSON: line %d, column %d: %s", line + 1, column + 1, what);
    free(what);
    return error;
}

static struct error *
tree_read(const char *text, const struct json *json, struct policies *policies)
{
    if (json->type == JSON_STRING) {    /* how the parser tells what is wrong */
        return refuse_text(json_string(json));
    } else if (json->type != JSON_ARRAY) {
        return refuse_type("a list of policies", json);
    } else if (json_array(json)->n > LIMIT_POLICIES) {
        return error_new(ERROR_LIMIT, "%"PRIuSIZE" policies are more than the %d that a file may have",
                         json_array(json)->n, LIMIT_POLICIES);
    }
    struct error *error = doubled_members_check(text, json_array(json));
    policies->entries = xcalloc(json_array(json)->n, sizeof *policies->entries);
    return error ? error : entries_read(json_array(json), policies);
}

struct error *
policies_parse(const char *text, struct policies *result)
{
    struct policies policies = { NULL, 0 };

    if (strlen(text) > LIMIT_POLICIES_FILE_BYTES) {
        return error_new(ERROR_LIMIT, "%"PRIuSIZE" bytes are more than the %d that are read: split the file",
                         strlen(text), LIMIT_POLICIES_FILE_BYTES);
    }
    struct json *json = json_from_string(text);
    struct error *error = tree_read(text, json, &policies);

    json_destroy(json);
    if (error) {
        policies_destroy(&policies);
    } else {
        *result = policies;
    }
    return error;
}

/* Reads up to one byte more than a file may have into 'text', which has room for it and a terminator. */
static struct error *
text_read(FILE *file, char *text)
{
    size_t n = fread(text, 1, LIMIT_POLICIES_FILE_BYTES + 1, file);

    text[n] = '\0';
    if (ferror(file)) {
        return error_new(ERROR_REFUSED, "can't be read: %s", ovs_strerror(errno));
    } else if (n > LIMIT_POLICIES_FILE_BYTES) {
        return error_new(ERROR_LIMIT, "more than the %d bytes that are read: split the file", LIMIT_POLICIES_FILE_BYTES);
    } else if (strlen(text) != n) {
        return error_new(ERROR_INVALID, "byte %"PRIuSIZE" is a null byte: this is no JSON text", strlen(text));
    }
    return NULL;
}

static struct error *
stream_load(FILE *file, struct policies *policies)
{
    char *text = xmalloc(LIMIT_POLICIES_FILE_BYTES + 2);
    struct error *error = text_read(file, text);

    error = error ? error : policies_parse(text, policies);
    free(text);
    return error;
}

struct error *
policies_load(const char *name, struct policies *policies)
{
    FILE *file = strcmp(name, "-") ? fopen(name, "re") : stdin;

    if (!file) {
        return error_new(errno == ENOENT ? ERROR_NOT_FOUND : ERROR_REFUSED, "file %s can't be opened: %s",
                         quote(name).text, ovs_strerror(errno));
    }
    struct error *error = stream_load(file, policies);
    if (file != stdin) {
        fclose(file);
    }
    return error ? error_prefix(error, "file %s", quote(name).text) : NULL;
}

void
policies_destroy(struct policies *policies)
{
    for (size_t i = 0; i < policies->n; i++) {
        free(policies->entries[i].id);
        vif_policy_destroy(&policies->entries[i].policy);
    }
    free(policies->entries);
    *policies = (struct policies) { NULL, 0 };
}
