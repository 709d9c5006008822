/* SPDX-License-Identifier: Apache-2.0
 *
 * What comes back on the agent's control socket, and the answer in it to a VIF that was handed over.
 */
#include <config.h>

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "ask/reply.h"
#include "base/error.h"
#include "check.h"
#include "xenvif/handover.h"

/* A reader that stops there stops at the same place however much has come. */
static void
check_whole(const char *text)
{
    size_t n = 0, length = strlen(text);
    char *part = xstrdup("");

    while (n < length && !ask_reply_is_whole(part)) {
        free(part);
        part = xmemdup0(text, ++n);
    }
    ovs_assert(ask_reply_is_whole(part) == ask_reply_is_whole(text));
    free(part);
}

static void
check_answer(const char *text)
{
    struct xenvif_wired wired = { .ofport = 0 };
    struct error *error = xenvif_answer_parse(text, &wired);

    ovs_assert(error || (wired.ofport <= UINT16_MAX && wired.ifindex <= INT_MAX && (!wired.ofport || wired.ifindex)));
    check_error(error);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char *text = check_string(bytes, MIN(n, 512)), *reply;
    struct error *error = ask_reply_parse(text, &reply);

    check_whole(text);
    ovs_assert(!error == (reply != NULL));
    if (reply) {
        check_answer(reply);
        free(reply);
    } else {
        error_free(error);          /* the agent's own words may be as long as they are */
    }
    check_answer(text);
    free(text);
    return 0;
}
