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
#include "xapi/route.h"

static struct xapi_route
route_to(const char *text)
{
    struct http_address address;
    struct xapi_route route;

    assert_null(http_address_parse(text, &address));
    xapi_route_init(&route, &address);
    return route;
}

static void
assert_next(const struct xapi_route *route, const char *text)
{
    assert_string_equal(http_address_text(&route->next).text, text);
}

static void
assert_stays(struct xapi_route *route, const char *host, const char *part)
{
    const struct xapi_route before = *route;
    struct error *error = xapi_route_move(route, host);

    assert_non_null(error);
    assert_non_null(strstr(error->text, part));
    assert_memory_equal(&before, route, sizeof before);
    error_free(error);
}

static void
the_first_failure_is_made_good_at_once_and_waits_grow(void **state)
{
    static const struct {
        const char *address;
        long long int waits[10];
    } routes[] = {
        { "tcp:127.0.0.1:80", { 0, 100, 200, 400, 800, 1600, 3200, 6400, 10000, 10000 } },
        { "unix:/x", { 0, 100, 200, 400, 800, 1000, 1000, 1000, 1000, 1000 } },
    };

    for (size_t i = 0; i < ARRAY_SIZE(routes); i++) {
        struct xapi_route route = route_to(routes[i].address);
        long long int now = 5000;

        assert_true(xapi_route_when(&route) <= now);
        for (size_t j = 0; j < ARRAY_SIZE(routes[i].waits); j++) {
            xapi_route_fail(&route, now);
            assert_int_equal(xapi_route_when(&route), now + routes[i].waits[j]);
            now = xapi_route_when(&route);
        }
        now += BACKOFF_CEILING_MS + 1000;
        xapi_route_fail(&route, now);
        assert_int_equal(xapi_route_when(&route), now);
    }
}

static void
a_master_is_followed_at_once_and_left_when_it_fails(void **state)
{
    struct xapi_route route = route_to("tls:192.0.2.1:443");
    char *name;

    assert_null(xapi_route_move(&route, "192.0.2.2"));
    assert_next(&route, "tls:192.0.2.2:443");
    assert_int_equal(xapi_route_when(&route), 0);
    name = xapi_route_name(&route, &route.next);
    assert_string_equal(name, "tls:192.0.2.2:443, the master of tls:192.0.2.1:443");
    free(name);
    xapi_route_expire(&route, 1000);
    assert_next(&route, "tls:192.0.2.2:443");
    xapi_route_fail(&route, 1000);
    assert_next(&route, "tls:192.0.2.1:443");
    assert_null(xapi_route_move(&route, "2001:db8::2"));
    assert_next(&route, "tls:[2001:db8::2]:443");
    name = xapi_route_name(&route, &route.configured);
    assert_string_equal(name, "tls:192.0.2.1:443");
    free(name);
}

static void
masters_that_name_each_other_are_not_followed_for_ever(void **state)
{
    struct xapi_route route = route_to("tcp:192.0.2.1:80");

    for (int i = 0; i < 2; i++) {
        assert_null(xapi_route_move(&route, "192.0.2.2"));
        assert_null(xapi_route_move(&route, "192.0.2.1"));
        assert_null(xapi_route_move(&route, "192.0.2.2"));
        if (i) {
            assert_stays(&route, "192.0.2.1", "name each other");
        }
        xapi_route_succeed(&route);
    }
}

static void
what_is_no_address_and_a_unix_socket_are_stayed_with(void **state)
{
    static const char *const hosts[] = { "", "master.example.org", "192.0.2.1:80", "[::1]", "\n" };
    struct xapi_route tcp = route_to("tcp:192.0.2.1:80"), local = route_to("unix:/x");

    for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
        assert_stays(&tcp, hosts[i], "the master is said to be");
    }
    assert_stays(&local, "192.0.2.1", "not the master");
}

static void
each_login_has_one_other_wire_to_try(void **state)
{
    struct xapi_route route = route_to("unix:/x");

    assert_int_equal(route.wire, XAPI_JSON);
    assert_true(xapi_route_change_wire(&route));
    assert_int_equal(route.wire, XAPI_XML);
    assert_false(xapi_route_change_wire(&route));
    xapi_route_fail(&route, 0);
    assert_int_equal(route.wire, XAPI_XML);
    assert_true(xapi_route_change_wire(&route));
    assert_int_equal(route.wire, XAPI_JSON);
    xapi_route_succeed(&route);
    assert_true(xapi_route_change_wire(&route));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_failure_is_made_good_at_once_and_waits_grow),
        cmocka_unit_test(a_master_is_followed_at_once_and_left_when_it_fails),
        cmocka_unit_test(masters_that_name_each_other_are_not_followed_for_ever),
        cmocka_unit_test(what_is_no_address_and_a_unix_socket_are_stayed_with),
        cmocka_unit_test(each_login_has_one_other_wire_to_try),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
