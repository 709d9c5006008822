/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "api/user_list.h"

#include <crypt.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/quote.h"
#include "base/utf8.h"

static const char *const role_names[] = { [USER_ADMIN] = "admin", [USER_READ_ONLY] = "read-only" };

const char *
user_role_name(enum user_role role)
{
    return role_names[role];
}

static struct error *
role_parse(const char *word, enum user_role *role)
{
    for (int i = 0; i < ARRAY_SIZE(role_names); i++) {
        if (!strcmp(word, role_names[i])) {
            *role = i;
            return NULL;
        }
    }
    return error_new(ERROR_INVALID, "%s is no role; write admin or read-only", quote(word).text);
}

static struct error *
name_check(const char *name)
{
    if (!name[0]) {
        return error_new(ERROR_INVALID, "the user's name is missing; write name:role:hash");
    }
    if (strlen(name) > LIMIT_USER_NAME_BYTES) {
        return error_new(ERROR_LIMIT, "the user's name %s is longer than %d bytes", quote(name).text, LIMIT_USER_NAME_BYTES);
    }
    for (const char *p = name; *p; p++) {
        if ((unsigned char) *p <= ' ' || *p == '\177') {
            return error_new(ERROR_INVALID, "the user's name %s has a blank or a control character in it", quote(name).text);
        }
    }
    return NULL;
}

/* What is no hash would lock its user out without a word. */
static struct error *
hash_check(const char *hash)
{
    if (strlen(hash) > LIMIT_USER_HASH_BYTES) {
        return error_new(ERROR_LIMIT, "the hash is longer than %d bytes", LIMIT_USER_HASH_BYTES);
    }
    const int verdict = crypt_checksalt(hash);
    if (verdict != CRYPT_SALT_OK && verdict != CRYPT_SALT_TOO_CHEAP) {
        return error_new(ERROR_INVALID, "the third part is no hash of a strong method, as crypt(5) has it; make one with cabled-xapi "
                         "--hash-password");
    }
    return NULL;
}

/* The part of the line that '*rest' begins with; NULL if it is the last. */
static char *
part_take(char **rest)
{
    return strchr(*rest, ':') ? strsep(rest, ":") : NULL;
}

static void
user_list_add(struct user_list *list, const char *name, enum user_role role, const char *hash)
{
    if (list->n >= list->allocated) {
        list->users = x2nrealloc(list->users, &list->allocated, sizeof *list->users);
    }
    list->users[list->n++] = (struct user) { .name = xstrdup(name), .role = role, .hash = xstrdup(hash) };
}

static struct error *
line_read(char *line, struct user_list *list)
{
    enum user_role role = USER_READ_ONLY;
    const char *name = part_take(&line);
    const char *word = name ? part_take(&line) : NULL;
    struct error *error;

    if (!word) {
        return error_new(ERROR_INVALID, "the line has fewer than three parts; write name:role:hash");
    }
    if ((error = name_check(name)) || (error = role_parse(word, &role)) || (error = hash_check(line))) {
        return error;
    }
    if (user_list_find(list, name)) {
        return error_new(ERROR_EXISTS, "the user %s is there twice", quote(name).text);
    }
    if (list->n >= LIMIT_USERS) {
        return error_new(ERROR_LIMIT, "there are more than %d users", LIMIT_USERS);
    }
    user_list_add(list, name, role, line);
    return NULL;
}

static bool
says_nothing(const char *line)
{
    return line[0] == '#' || !line[strspn(line, " \t")];
}

static struct error *
lines_read(char *text, struct user_list *list)
{
    for (unsigned int number = 1; text; number++) {
        char *line = strsep(&text, "\n");
        struct error *error = says_nothing(line) ? NULL : line_read(line, list);

        if (error) {
            return error_prefix(error, "line %u", number);
        }
    }
    return NULL;
}

struct error *
user_list_parse(const char *text, size_t n, struct user_list *list)
{
    struct user_list read = { .users = NULL };
    struct error *error;

    if (n > LIMIT_USERS_FILE_BYTES) {
        return error_new(ERROR_LIMIT, "it has more than %d bytes", LIMIT_USERS_FILE_BYTES);
    }
    if (memchr(text, '\0', n) || utf8_check(text, n) < n) {
        return error_new(ERROR_INVALID, "it is no text in UTF-8");
    }
    char *copy = xmemdup0(text, n);
    error = lines_read(copy, &read);
    free(copy);
    if (error) {
        user_list_destroy(&read);
        return error;
    }
    *list = read;
    return NULL;
}

void
user_list_destroy(struct user_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        free(list->users[i].name);
        free(list->users[i].hash);
    }
    free(list->users);
    *list = (struct user_list) { .users = NULL };
}

const struct user *
user_list_find(const struct user_list *list, const char *name)
{
    for (size_t i = 0; i < list->n; i++) {
        if (!strcmp(list->users[i].name, name)) {
            return &list->users[i];
        }
    }
    return NULL;
}
