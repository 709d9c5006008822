/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "check.h"
#include "domain/qmp_message.h"

static void
check_line(const char *line)
{
    struct qmp_message message;
    struct error *error = qmp_message_parse(line, &message);

    if (error) {
        ovs_assert(!message.whole);
        check_error(error);
        return;
    }
    ovs_assert(message.name || message.kind == QMP_GREETING || message.kind == QMP_RESULT);
    qmp_text(message.content, "status");
    qmp_number(message.content, "id", 0);
    qmp_object(message.content, "data");
    qmp_message_uninit(&message);
}

/* The bytes come in pieces whose sizes the first byte decides: the lines are the same however they come. */
int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const size_t piece = n ? 1 + bytes[0] : 1;
    struct qmp_lines lines;

    qmp_lines_init(&lines);
    while (n) {
        const char *line;
        size_t room;
        char *to = qmp_lines_room(&lines, &room);

        if (!to) {
            break;
        }
        ovs_assert(room <= LIMIT_QMP_LINE_BYTES);
        size_t taken = MIN(MIN(n, room), piece);
        memcpy(to, bytes, taken);
        bytes += taken;
        n -= taken;
        qmp_lines_came(&lines, taken);
        while ((line = qmp_lines_next(&lines))) {
            check_line(line);
        }
    }
    qmp_lines_uninit(&lines);
    return 0;
}
