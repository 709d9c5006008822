/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "cli/json_members.h"

#include <stdlib.h>
#include <string.h>

#include <openvswitch/json.h>
#include <sset.h>
#include <util.h>

/* The depth at which members of the array's objects stand. */
enum { MEMBER_DEPTH = 2 };

struct scan {
    const char *at;
    int depth;
    size_t n_elements;          /* commas of the array passed so far: the index of the element that is read */
    struct sset names;          /* of the object that is read */
};

/* Moves behind the string that begins at 'scan->at' and returns its text, which the caller frees. */
static char *
string_take(struct scan *scan)
{
    const char *begin = ++scan->at;
    char *text;

    while (*scan->at != '"') {
        scan->at += *scan->at == '\\' ? 2 : 1;
    }
    ovs_assert(json_string_unescape(begin, scan->at - begin, &text));
    scan->at++;
    return text;
}

/* Takes the string at 'scan->at'. If it is a member's name that was there before, returns it, otherwise NULL. */
static char *
string_scan(struct scan *scan)
{
    char *text = string_take(scan);

    scan->at += strspn(scan->at, " \t\r\n");
    if (*scan->at == ':' && scan->depth == MEMBER_DEPTH && !sset_add(&scan->names, text)) {
        return text;
    }
    free(text);
    return NULL;
}

static void
punctuation_scan(struct scan *scan)
{
    char c = *scan->at++;

    if (c == '[' || c == '{') {
        scan->depth++;
    } else if (c == ']' || c == '}') {
        scan->depth--;
    } else if (c == ',' && scan->depth == MEMBER_DEPTH - 1) {
        scan->n_elements++;
        sset_clear(&scan->names);
    }
}

bool
json_doubled_member(const char *text, size_t *index, char **name)
{
    struct scan scan = { .at = text, .names = SSET_INITIALIZER(&scan.names) };
    char *doubled = NULL;

    while (*scan.at && !doubled) {
        if (*scan.at == '"') {
            doubled = string_scan(&scan);
        } else {
            punctuation_scan(&scan);
        }
    }
    sset_destroy(&scan.names);
    if (doubled) {
        *index = scan.n_elements;
        *name = doubled;
    }
    return doubled != NULL;
}
