/* SPDX-License-Identifier: Apache-2.0
 *
 * Who may log in to the XenAPI server, as an administrator writes it: a line a user,
 *
 *     name:role:hash
 *
 * The role is `admin`, who may do everything, or `read-only`. The hash is that of a password, as crypt(5) has it; `cabled-xapi --hash-password`
 * makes one. Blank lines and those that begin with # say nothing.
 *
 * No file is opened here: see api/users.h.
 */
#ifndef API_USER_LIST_H
#define API_USER_LIST_H

#include <stddef.h>

struct error;

enum user_role { USER_ADMIN, USER_READ_ONLY };

struct user {
    char *name;
    enum user_role role;
    char *hash;
};

struct user_list {
    struct user *users;
    size_t n, allocated;
};

/* Reads 'n' bytes of text. On success '*list' is the caller's to destroy; otherwise it is untouched, and the error names the line and says
 * what to do. Hashes of methods that are broken (DES, MD5) are refused. */
struct error *user_list_parse(const char *text, size_t n, struct user_list *list);
void user_list_destroy(struct user_list *);

/* NULL if there is no such user. */
const struct user *user_list_find(const struct user_list *, const char *name);

/* "admin", "read-only". */
const char *user_role_name(enum user_role);

#endif
