/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <util.h>

#include "api/user_list.h"
#include "base/limits.h"
#include "base/test_error.h"

#define YESCRYPT "$y$j9T$BAWDHomqVLdjaHeTyLA2L.$LFkFYvcFQyZFHaxGnJtYvN8VhYpgN02BM8wNCJFs0U1"
#define SHA512 "$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/jctKu9YterLp8wwnSq.qc.eoxqOmSuNp2xS0ktL3nh/"

static struct user_list
read_list(const char *text)
{
    struct user_list list;
    struct error *error = user_list_parse(text, strlen(text), &list);

    assert_null(error);
    return list;
}

static void
assert_refused(const char *text, enum error_code code, const char *part)
{
    struct user_list list;
    OWN_ERROR struct error *error = user_list_parse(text, strlen(text), &list);

    assert_error(error, code, part, text);
}

static void
a_line_is_a_user(void **state)
{
    struct user_list list = read_list("root:admin:" YESCRYPT "\nwatch:read-only:" SHA512 "\n");

    assert_int_equal(list.n, 2);
    assert_int_equal(user_list_find(&list, "root")->role, USER_ADMIN);
    assert_string_equal(user_list_find(&list, "root")->hash, YESCRYPT);
    assert_int_equal(user_list_find(&list, "watch")->role, USER_READ_ONLY);
    assert_string_equal(user_list_find(&list, "watch")->hash, SHA512);
    assert_null(user_list_find(&list, "Root"));
    assert_null(user_list_find(&list, ""));
    user_list_destroy(&list);
}

static void
comments_and_blank_lines_say_nothing(void **state)
{
    struct user_list list = read_list("# who may log in\n\n \t\n#x:admin:y\nroot:admin:" SHA512);

    assert_int_equal(list.n, 1);
    user_list_destroy(&list);
    list = read_list("");
    assert_int_equal(list.n, 0);
    user_list_destroy(&list);
}

static void
a_role_has_one_of_two_names(void **state)
{
    assert_refused("root:Admin:" SHA512, ERROR_INVALID, "line 1: 'Admin' is no role; write admin or read-only");
    assert_refused("root::" SHA512, ERROR_INVALID, "'' is no role");
    assert_string_equal(user_role_name(USER_ADMIN), "admin");
    assert_string_equal(user_role_name(USER_READ_ONLY), "read-only");
}

static void
a_line_has_three_parts(void **state)
{
    assert_refused("root", ERROR_INVALID, "write name:role:hash");
    assert_refused("root:admin", ERROR_INVALID, "write name:role:hash");
    assert_refused("\n\n:admin:" SHA512, ERROR_INVALID, "line 3: the user's name is missing");
}

static void
what_is_no_strong_hash_is_refused(void **state)
{
    assert_refused("root:admin:secret", ERROR_INVALID, "--hash-password");
    assert_refused("root:admin:", ERROR_INVALID, "--hash-password");
    assert_refused("root:admin:*", ERROR_INVALID, "--hash-password");
    assert_refused("root:admin:$1$saltsalt$bNtCAjvtOBzm.xXVC5xiW.", ERROR_INVALID, "no hash of a strong method");
    assert_refused("root:admin:" SHA512 ":more", ERROR_INVALID, "--hash-password");
    assert_refused("root:admin:" SHA512 "\r", ERROR_INVALID, "--hash-password");
}

static void
a_name_has_no_blanks_and_is_there_once(void **state)
{
    assert_refused("two words:admin:" SHA512, ERROR_INVALID, "has a blank");
    assert_refused("tab\t:admin:" SHA512, ERROR_INVALID, "control character");
    assert_refused("a:admin:" SHA512 "\na:read-only:" SHA512, ERROR_EXISTS, "line 2: the user 'a' is there twice");
}

static void
sizes_are_limited(void **state)
{
    char name[LIMIT_USER_NAME_BYTES + 2];
    char *text;

    memset(name, 'n', sizeof name);
    name[LIMIT_USER_NAME_BYTES + 1] = '\0';
    text = xasprintf("%s:admin:" SHA512, name);
    assert_refused(text, ERROR_LIMIT, "longer than 64 bytes");
    struct user_list list = read_list(text + 1);
    assert_string_equal(list.users[0].name, name + 1);
    user_list_destroy(&list);
    free(text);

    text = xmalloc(LIMIT_USERS_FILE_BYTES + 2);
    memset(text, '\n', LIMIT_USERS_FILE_BYTES + 1);
    text[LIMIT_USERS_FILE_BYTES + 1] = '\0';
    assert_refused(text, ERROR_LIMIT, "more than 262144 bytes");
    free(text);
}

static void
what_is_no_text_is_refused(void **state)
{
    struct user_list list;
    OWN_ERROR struct error *error = user_list_parse("a\0b", 3, &list);

    assert_error(error, ERROR_INVALID, "no text in UTF-8", "a null byte");
    assert_refused("\xff:admin:" SHA512, ERROR_INVALID, "no text in UTF-8");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_a_user),
        cmocka_unit_test(comments_and_blank_lines_say_nothing),
        cmocka_unit_test(a_role_has_one_of_two_names),
        cmocka_unit_test(a_line_has_three_parts),
        cmocka_unit_test(what_is_no_strong_hash_is_refused),
        cmocka_unit_test(a_name_has_no_blanks_and_is_there_once),
        cmocka_unit_test(sizes_are_limited),
        cmocka_unit_test(what_is_no_text_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
