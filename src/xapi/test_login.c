/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <util.h>

#include "base/error.h"
#include "xapi/login.h"

static struct error *
read_file(const char *text, struct xapi_login *login)
{
    char name[] = "/tmp/login.XXXXXX";
    const int fd = mkstemp(name);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    struct error *error = xapi_login_read(name, "--xapi-login", login);
    unlink(name);
    return error;
}

static void
the_first_line_is_read(void **state)
{
    static const struct {
        const char *text, *user, *password;
    } files[] = {
        { "root:secret\nmore\n", "root", "secret" }, { "root:se:cret", "root", "se:cret" }, { ":\r\n", "", "" }, { "a: b ", "a", " b " },
    };

    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        struct xapi_login login;

        assert_null(read_file(files[i].text, &login));
        assert_string_equal(login.user, files[i].user);
        assert_string_equal(login.password, files[i].password);
        xapi_login_destroy(&login);
    }
}

static void
without_a_file_there_is_neither_name_nor_password(void **state)
{
    struct xapi_login login;

    assert_null(xapi_login_read(NULL, "x", &login));
    assert_string_equal(login.user, "");
    assert_string_equal(login.password, "");
    xapi_login_destroy(&login);
}

static void
what_is_no_login_is_refused_without_being_told(void **state)
{
    static const char *const texts[] = { "", "secret", "\nroot:secret\n" };
    struct xapi_login login;
    char large[2000] = "root:";
    struct error *error;

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        error = read_file(texts[i], &login);
        assert_non_null(error);
        assert_int_equal(error->code, ERROR_INVALID);
        assert_non_null(strstr(error->text, "(--xapi-login): its first line is not \"user:password\""));
        assert_null(strstr(error->text, "secret"));
        error_free(error);
    }
    memset(large + 5, 'x', sizeof large - 6);
    error = read_file(large, &login);
    assert_non_null(error);
    assert_int_equal(error->code, ERROR_LIMIT);
    error_free(error);
    error = xapi_login_read("/tmp/there/is/none", "--xapi-login", &login);
    assert_non_null(error);
    assert_non_null(strstr(error->text, "No such file"));
    error_free(error);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_line_is_read),
        cmocka_unit_test(without_a_file_there_is_neither_name_nor_password),
        cmocka_unit_test(what_is_no_login_is_refused_without_being_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
