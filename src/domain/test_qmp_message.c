/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <openvswitch/json.h>
#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "domain/qmp_message.h"

static struct qmp_message
parsed(const char *line)
{
    struct qmp_message message;
    struct error *error = qmp_message_parse(line, &message);

    assert_null(error);
    return message;
}

static void
each_kind_of_message_is_told_by_its_members(void **state OVS_UNUSED)
{
    static const struct {
        const char *line, *name;
        enum qmp_kind kind;
        int64_t id;
    } cases[] = {
        { "{\"QMP\": {\"version\": {}, \"capabilities\": []}}", NULL, QMP_GREETING, 0 },
        { "{\"return\": {}, \"id\": 7}", NULL, QMP_RESULT, 7 },
        { "{\"return\": [], \"id\": 8}", NULL, QMP_RESULT, 8 },
        { "{\"id\": 9, \"error\": {\"class\": \"GenericError\", \"desc\": \"no\"}}", "no", QMP_REFUSAL, 9 },
        { "{\"event\": \"STOP\", \"timestamp\": {\"seconds\": 1}}", "STOP", QMP_EVENT, 0 },
        { "{\"execute\": \"cont\", \"id\": 3}\r", "cont", QMP_COMMAND, 3 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct qmp_message message = parsed(cases[i].line);

        assert_int_equal(message.kind, cases[i].kind);
        assert_int_equal(message.id, cases[i].id);
        assert_int_equal(message.has_id, cases[i].id != 0);
        if (cases[i].name) {
            assert_string_equal(message.name, cases[i].name);
        }
        qmp_message_uninit(&message);
    }
}

static void
what_is_no_message_is_an_error(void **state OVS_UNUSED)
{
    static const char *const lines[] = {
        "", "{", "[]", "7", "\"text\"", "{}", "{\"event\": 7}", "{\"QMP\": []}", "{\"error\": {}}", "{\"error\": \"no\"}",
        "{\"execute\": null}", "{\"return\": {}} {}",
    };

    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        struct qmp_message message;
        struct error *error = qmp_message_parse(lines[i], &message);

        assert_non_null(error);
        assert_int_equal(error->code, ERROR_INVALID);
        assert_null(message.whole);
        error_free(error);
    }
}

static void
members_of_another_type_are_not_there(void **state OVS_UNUSED)
{
    struct qmp_message message = parsed("{\"return\": {\"status\": 7, \"n\": \"7\", \"o\": []}}");

    assert_null(qmp_text(message.content, "status"));
    assert_int_equal(qmp_number(message.content, "n", 42), 42);
    assert_null(qmp_object(message.content, "o"));
    assert_null(qmp_text(NULL, "status"));
    qmp_message_uninit(&message);
}

static void
feed(struct qmp_lines *lines, const char *bytes, size_t n)
{
    size_t room;
    char *to = qmp_lines_room(lines, &room);

    assert_non_null(to);
    assert_true(room >= n);
    memcpy(to, bytes, n);
    qmp_lines_came(lines, n);
}

static void
lines_are_whole_however_their_bytes_come(void **state OVS_UNUSED)
{
    static const char text[] = "{\"a\":1}\r\n\r\n\n{\"b\":2}\n{\"c\"";
    struct qmp_lines lines;

    for (size_t piece = 1; piece < sizeof text; piece++) {
        char all[64] = "";

        qmp_lines_init(&lines);
        for (size_t i = 0; i < sizeof text - 1; i += piece) {
            const char *line;

            feed(&lines, text + i, MIN(piece, sizeof text - 1 - i));
            while ((line = qmp_lines_next(&lines))) {
                strcat(strcat(all, line), "|");
            }
        }
        assert_string_equal(all, "{\"a\":1}\r|{\"b\":2}|");
        qmp_lines_uninit(&lines);
    }
}

static void
line_that_is_too_long_has_no_room(void **state OVS_UNUSED)
{
    char *bytes = xmalloc(LIMIT_QMP_LINE_BYTES);
    struct qmp_lines lines;
    size_t room;

    memset(bytes, 'x', LIMIT_QMP_LINE_BYTES);
    qmp_lines_init(&lines);
    feed(&lines, bytes, LIMIT_QMP_LINE_BYTES - 1);
    assert_null(qmp_lines_next(&lines));
    feed(&lines, "\n", 1);
    assert_non_null(qmp_lines_next(&lines));
    feed(&lines, bytes, LIMIT_QMP_LINE_BYTES);
    assert_null(qmp_lines_next(&lines));
    assert_null(qmp_lines_room(&lines, &room));
    qmp_lines_uninit(&lines);
    free(bytes);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_message_is_told_by_its_members),
        cmocka_unit_test(what_is_no_message_is_an_error),
        cmocka_unit_test(members_of_another_type_are_not_there),
        cmocka_unit_test(lines_are_whole_however_their_bytes_come),
        cmocka_unit_test(line_that_is_too_long_has_no_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
