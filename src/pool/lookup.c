/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "pool/lookup.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <ovsdb-idl-provider.h>
#include <unicode.h>
#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/quote.h"

void
pool_lookup_init(struct pool_lookup *lookup, const char *class, const char *word, const char *way_out)
{
    *lookup = (struct pool_lookup) {
        .class = class,
        .word = word,
        .way_out = way_out,
        .uuids = DS_EMPTY_INITIALIZER,
        .nearest = NEAREST_INITIALIZER(word),
    };
    lookup->is_uuid = uuid_from_string(&lookup->uuid, word);
}

void
pool_lookup_offer(struct pool_lookup *lookup, const struct ovsdb_idl_row *row, const char *name, const char *where)
{
    if (lookup->is_uuid ? uuid_equals(&row->uuid, &lookup->uuid) : !strcmp(name, lookup->word)) {
        ds_put_format(&lookup->uuids, "%s" UUID_FMT, lookup->n_found ? ", " : "", UUID_ARGS(&row->uuid));
        if (where) {
            ds_put_format(&lookup->uuids, " (%s)", quote(where).text);
        }
        lookup->found = row;
        lookup->n_found++;
    } else if (!lookup->is_uuid) {
        nearest_offer(&lookup->nearest, name);
    }
}

static struct error *
lookup_missed(const struct pool_lookup *lookup)
{
    const char *nearest = nearest_word(&lookup->nearest);

    if (nearest) {
        return error_new(ERROR_NOT_FOUND, "there is no %s %s in the pool: did you mean %s? (%s)", lookup->class,
                         quote(lookup->word).text, quote(nearest).text, lookup->way_out);
    }
    return error_new(ERROR_NOT_FOUND, "there is no %s %s in the pool: %s", lookup->class, quote(lookup->word).text,
                     lookup->way_out);
}

struct error *
pool_lookup_finish(struct pool_lookup *lookup, const struct ovsdb_idl_row **row)
{
    struct error *error = NULL;

    if (!lookup->n_found) {
        error = lookup_missed(lookup);
    } else if (lookup->n_found > 1) {
        error = error_new(ERROR_INVALID,
                          "%s %s is ambiguous, %" PRIuSIZE " have that name: give the uuid of the one that you mean: %s",
                          lookup->class, quote(lookup->word).text, lookup->n_found, ds_cstr(&lookup->uuids));
    }
    *row = error ? NULL : lookup->found;
    ds_destroy(&lookup->uuids);
    return error;
}

static bool
is_printable(const char *text)
{
    char *complaint = utf8_validate(text, NULL);
    bool printable = !complaint;

    free(complaint);
    for (const char *c = text; *c && printable; c++) {
        printable = (unsigned char) *c >= ' ' && *c != 0x7f;
    }
    return printable;
}

struct error *
pool_name_check(const char *class, const char *name)
{
    struct uuid uuid;

    if (!*name) {
        return error_new(ERROR_INVALID, "the name of the %s is empty: write 1 to %d bytes", class, LIMIT_NAME_BYTES);
    } else if (strlen(name) > LIMIT_NAME_BYTES) {
        return error_new(ERROR_LIMIT, "%s name %s is longer than %d bytes: choose a shorter one", class, quote(name).text,
                         LIMIT_NAME_BYTES);
    } else if (!is_printable(name)) {
        return error_new(ERROR_INVALID, "%s name %s holds what cannot be printed: write UTF-8 without control characters", class,
                         quote(name).text);
    } else if (isspace((unsigned char) *name) || isspace((unsigned char) name[strlen(name) - 1])) {
        return error_new(ERROR_INVALID, "%s name %s begins or ends with a blank, which nobody would see: leave it out", class,
                         quote(name).text);
    } else if (uuid_from_string(&uuid, name)) {
        return error_new(ERROR_INVALID, "%s name %s reads as a uuid, by which another object could be meant: choose another one",
                         class, quote(name).text);
    }
    return NULL;
}

struct error *
pool_description_check(const char *class, const char *text)
{
    if (strlen(text) > LIMIT_DESCRIPTION_BYTES) {
        return error_new(ERROR_LIMIT, "the description of the %s has %"PRIuSIZE" bytes: %d is the limit", class, strlen(text),
                         LIMIT_DESCRIPTION_BYTES);
    } else if (!is_printable(text)) {
        return error_new(ERROR_INVALID, "the description of the %s holds what cannot be printed: write UTF-8 without control "
                         "characters", class);
    }
    return NULL;
}
