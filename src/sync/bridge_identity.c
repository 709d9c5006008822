/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "sync/bridge_identity.h"

#include <string.h>

#include <util.h>

static const char separator = ';';

static bool
is_fail_mode(const char *text)
{
    return text && (!strcmp(text, "standalone") || !strcmp(text, "secure"));
}

/* The word that counts, or NULL. False if it is not known now. */
static bool
find_fail_mode(const struct bridge_facts *facts, const char **word)
{
    *word = identity_override(&facts->network, DIRECTORY_NETWORK_FAIL_MODE);
    if (!*word) {
        *word = identity_override(&facts->pool, DIRECTORY_NETWORK_FAIL_MODE);
    }
    return *word || facts->pool.answer != DIRECTORY_UNREACHABLE;
}

static void
decide_fail_mode(const struct bridge_facts *facts, struct bridge_identity *identity)
{
    const char *word;

    if (!find_fail_mode(facts, &word)) {
        return;
    }
    if (!facts->guarded) {
        identity->fail_mode = identity_set(is_fail_mode(word) ? word : "standalone");
    } else if (word && strcmp(word, "secure")) {
        identity->withheld_fail_mode = is_fail_mode(word) ? word : "standalone";
    }
}

static void
decide_in_band(const struct bridge_facts *facts, struct bridge_identity *identity)
{
    const char *word = identity_override(&facts->network, DIRECTORY_NETWORK_IN_BAND);

    if (word && strcmp(word, "true") && strcmp(word, "false")) {
        identity->strange_in_band = word;
    } else if (!facts->guarded) {
        identity->in_band = identity_set(word);
    } else if (word && strcmp(word, "true")) {
        identity->withheld_in_band = word;
    }
}

static bool
is_among(const char *uuids, const char *uuid)
{
    const size_t length = strlen(uuid);

    for (const char *at = strstr(uuids, uuid); at; at = strstr(at + 1, uuid)) {
        if ((at == uuids || at[-1] == separator) && (!at[length] || at[length] == separator)) {
            return true;
        }
    }
    return false;
}

static const char *
id_of_uuids(const struct bridge_facts *facts)
{
    if (!facts->network_uuids || !facts->network_uuids[0]) {
        return NULL;
    }
    if (!strchr(facts->network_uuids, separator)) {
        return facts->network_uuids;
    }
    return facts->network.answer == DIRECTORY_KNOWN && is_among(facts->network_uuids, facts->network.record.uuid)
           ? facts->network.record.uuid : NULL;
}

static struct identity_value
decide_id(const struct bridge_facts *facts)
{
    const char *id = identity_override(&facts->network, DIRECTORY_NETWORK_ID);

    id = id ? id : id_of_uuids(facts);
    return id && !identity_fits(id) ? identity_keep() : identity_set(id);
}

struct bridge_identity
bridge_identity_decide(const struct bridge_facts *facts)
{
    struct bridge_identity identity = { .fail_mode = identity_keep(), .in_band = identity_keep(), .id = identity_keep() };

    if (facts->network.answer == DIRECTORY_UNREACHABLE) {
        return identity;
    }
    if (facts->network.answer == DIRECTORY_KNOWN) {
        decide_fail_mode(facts, &identity);
        decide_in_band(facts, &identity);
    }
    identity.id = decide_id(facts);
    return identity;
}
