/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "api/user_list.h"
#include "base/limits.h"
#include "check.h"

static void
check_user(const struct user_list *list, const struct user *user)
{
    ovs_assert(user->name[0] && strlen(user->name) <= LIMIT_USER_NAME_BYTES && !strpbrk(user->name, ": \t\r\n"));
    ovs_assert(user->hash[0] && strlen(user->hash) <= LIMIT_USER_HASH_BYTES && !strpbrk(user->hash, ": \t\r\n"));
    ovs_assert(user_list_find(list, user->name) == user);
}

/* The users that were read, as a file of their own. */
static void
put_list(const struct user_list *list, struct ds *text)
{
    for (size_t i = 0; i < list->n; i++) {
        ds_put_format(text, "%s:%s:%s\n", list->users[i].name, user_role_name(list->users[i].role), list->users[i].hash);
    }
}

static void
check_list(const struct user_list *list)
{
    struct ds text = DS_EMPTY_INITIALIZER;
    struct user_list again;

    for (size_t i = 0; i < list->n; i++) {
        check_user(list, &list->users[i]);
    }
    put_list(list, &text);
    ovs_assert(!user_list_parse(ds_cstr(&text), text.length, &again));
    ovs_assert(again.n == list->n);
    user_list_destroy(&again);
    ds_destroy(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct user_list list;
    struct error *error = user_list_parse((const char *) bytes, n, &list);

    if (!error) {
        check_list(&list);
        user_list_destroy(&list);
    }
    check_error(error);
    return 0;
}
