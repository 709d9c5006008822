/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xapi/login.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/quote.h"

enum { LINE_SIZE = LIMIT_USER_NAME_BYTES + LIMIT_PASSWORD_BYTES + 3 };

struct error *
xapi_login_read(const char *file, const char *option, struct xapi_login *login)
{
    FILE *stream = file ? fopen(file, "re") : NULL;
    char line[LINE_SIZE] = ":";
    struct error *error = NULL;
    char *colon;

    *login = (struct xapi_login) { NULL, NULL };
    if (file && !stream) {
        return error_new(ERROR_INVALID, "file %s (%s): %s", quote(file).text, option, ovs_strerror(errno));
    } else if (stream && !fgets(line, sizeof line, stream)) {
        line[0] = '\0';
    }
    line[strcspn(line, "\r\n")] = '\0';
    colon = strchr(line, ':');
    if (!colon) {
        error = error_new(ERROR_INVALID, "file %s (%s): its first line is not \"user:password\"", quote(file).text, option);
    } else if (strlen(line) == sizeof line - 1) {
        error = error_new(ERROR_LIMIT, "file %s (%s): its first line is longer than a name and a password may be", quote(file).text,
                          option);
    } else {
        login->user = xmemdup0(line, colon - line);
        login->password = xstrdup(colon + 1);
    }
    explicit_bzero(line, sizeof line);
    if (stream) {
        fclose(stream);
    }
    return error;
}

void
xapi_login_destroy(struct xapi_login *login)
{
    if (login->password) {
        explicit_bzero(login->password, strlen(login->password));
    }
    free(login->user);
    free(login->password);
}
