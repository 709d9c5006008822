/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "pool/remote.h"

#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include <ovsdb-session.h>
#include <socket-util.h>
#include <svec.h>
#include <uuid.h>

#include "base/error.h"
#include "base/quote.h"

static bool
is_remote(const char *text)
{
    struct sockaddr_storage address;

    if (!strncmp(text, "unix:", 5)) {
        return text[5] != '\0';
    }
    return (!strncmp(text, "tcp:", 4) || !strncmp(text, "ssl:", 4)) && inet_parse_active(text + 4, -1, &address, false, NULL);
}

/* True if one of the remotes is a cluster's id. Open vSwitch 3.1 takes it off the list of the others with svec_del(), which aborts the
 * program unless the list happens to be sorted. */
static bool
names_cluster(const char *remote)
{
    for (const char *s = remote; s; s = strchr(s, ',')) {
        s += strspn(s, ", \t");
        if (!strncmp(s, "cid:", 4)) {
            return true;
        }
    }
    return false;
}

struct error *
pool_remote_check(const char *remote)
{
    struct svec remotes = SVEC_EMPTY_INITIALIZER;
    struct error *error = NULL;
    struct uuid cluster;

    if (names_cluster(remote)) {
        return error_new(ERROR_INVALID, "the address of the pool database %s names a cluster by its id: leave \"cid:\" out",
                         quote(remote).text);
    }
    ovsdb_session_parse_remote(remote, &remotes, &cluster);
    if (!remotes.n) {
        error = error_new(ERROR_INVALID, "the address of the pool database is empty: write it like unix:PATH or "
                          "tcp:ADDRESS:PORT");
    }
    for (size_t i = 0; i < remotes.n && !error; i++) {
        if (!is_remote(remotes.names[i])) {
            error = error_new(ERROR_INVALID,
                              "the pool database cannot be at %s: write the address like unix:PATH, tcp:ADDRESS:PORT or "
                              "ssl:ADDRESS:PORT, with an IP address and no host name",
                              quote(remotes.names[i]).text);
        }
    }
    svec_destroy(&remotes);
    return error;
}
