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

#include "base/error.h"
#include "base/test_error.h"
#include "http/address.h"

static void
assert_refused(const char *text, enum error_code code, const char *part)
{
    struct http_address address;
    OWN_ERROR struct error *error = http_address_parse(text, &address);

    assert_error(error, code, part, text);
}

static void
addresses_are_read_and_written_alike(void **state)
{
    static const char *const texts[] = {
        "unix:/run/cabled/xapi", "unix:/a:b", "tcp:127.0.0.1:80", "tcp:0.0.0.0:0", "tcp:[::]:80", "tls:[fe80::1]:65535", "tls:10.0.0.1:443",
    };

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        struct http_address address;

        assert_null(http_address_parse(texts[i], &address));
        assert_string_equal(http_address_text(&address).text, texts[i]);
    }
}

static void
parts_are_where_they_belong(void **state)
{
    struct http_address address;

    assert_null(http_address_parse("unix:/run/x", &address));
    assert_int_equal(address.transport, HTTP_UNIX);
    assert_string_equal(address.path, "/run/x");
    assert_null(http_address_parse("tls:[2001:db8::1]:443", &address));
    assert_int_equal(address.transport, HTTP_TLS);
    assert_string_equal(address.host, "2001:db8::1");
    assert_int_equal(address.port, 443);
    assert_null(http_address_parse("tcp:10.1.2.3:0", &address));
    assert_int_equal(address.transport, HTTP_TCP);
    assert_string_equal(address.host, "10.1.2.3");
    assert_int_equal(address.port, 0);
}

static void
what_is_no_address_is_refused(void **state)
{
    static const char *const formless[] = { "", "80", "http://host/", "unix", "UNIX:/x", "ssl:0.0.0.0:443" };
    static const char *const portless[] = { "tcp:", "tcp:127.0.0.1", "tcp:127.0.0.1:", "tls:127.0.0.1:65536", "tcp:127.0.0.1:-1",
                                            "tcp:127.0.0.1: 1", "tcp:127.0.0.1:+1", "tcp:127.0.0.1:0x50", "tcp:[::1]",
                                            "tcp:127.0.0.1:99999999999" };
    static const char *const hostless[] = { "tcp:80:80", "tcp::80", "tcp:localhost:80", "tcp:::1:80", "tcp:[127.0.0.1]:80", "tcp:[]:80",
                                            "tcp:[:80", "tcp:127.1:80", "tcp:[::1%lo]:80", "tcp:[::1]x:80",
                                            "tcp:[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]:80" };

    for (size_t i = 0; i < ARRAY_SIZE(formless); i++) {
        assert_refused(formless[i], ERROR_INVALID, "is of no known form: write unix:/PATH, tcp:ADDRESS:PORT or tls:ADDRESS:PORT");
    }
    for (size_t i = 0; i < ARRAY_SIZE(portless); i++) {
        assert_refused(portless[i], ERROR_INVALID, "does not end with a port from 0 to 65535");
    }
    for (size_t i = 0; i < ARRAY_SIZE(hostless); i++) {
        assert_refused(hostless[i], ERROR_INVALID, "has no address in figures before its port");
    }
    assert_refused("unix:run/x", ERROR_INVALID, "begins with '/'");
    assert_refused("unix:", ERROR_INVALID, "begins with '/'");
}

static void
path_that_fits_into_no_socket_address_is_refused(void **state)
{
    char text[5 + HTTP_PATH_SIZE + 1] = "unix:/";
    struct http_address address;

    memset(text + 6, 'x', HTTP_PATH_SIZE - 2);
    assert_null(http_address_parse(text, &address));
    assert_int_equal(strlen(address.path), 107);
    assert_string_equal(http_address_text(&address).text, text);
    text[5 + HTTP_PATH_SIZE - 1] = 'x';
    assert_refused(text, ERROR_LIMIT, "at most 107 bytes: choose a shorter one");
}

static void
address_has_a_url(void **state)
{
    static const struct {
        const char *text, *url;
    } urls[] = {
        { "unix:/run/xapi", "http://localhost/jsonrpc" },
        { "tcp:127.0.0.1:80", "http://127.0.0.1:80/jsonrpc" },
        { "tls:[2001:db8::1]:443", "https://[2001:db8::1]:443/jsonrpc" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(urls); i++) {
        struct http_address address;

        assert_null(http_address_parse(urls[i].text, &address));
        char *url = http_address_url(&address, "/jsonrpc");
        assert_string_equal(url, urls[i].url);
        free(url);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_read_and_written_alike),
        cmocka_unit_test(parts_are_where_they_belong),
        cmocka_unit_test(what_is_no_address_is_refused),
        cmocka_unit_test(path_that_fits_into_no_socket_address_is_refused),
        cmocka_unit_test(address_has_a_url),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
