/* SPDX-License-Identifier: Apache-2.0
 *
 * A directory (directory/directory.h) that follows a XenAPI server: XAPI itself, or cabled-xapi.
 *
 * One call of event.from is always waiting. The first one, with an empty token, lists pools and networks (xapi/listing.h); its token is
 * where the next one goes on, which tells of VIFs and VMs as well. Those are asked for one by one, when somebody wants to know
 * (xapi/inquiry.h): X.get_by_uuid and X.get_other_config, whose replies are small.
 *
 * An object that was made and has gone again between two events, of which XAPI tells nobody, is found to have gone after the second call of
 * event.from from then on has ended: within a minute.
 *
 * Answers are given only while the events are followed. If the connection, the session or the events are lost, everything is asked again
 * before it counts as known, and what has changed meanwhile is told then; until then every answer is DIRECTORY_UNREACHABLE. So no
 * answer is ever older than the last event that came. flush() does the same and forgets on the way.
 *
 * Memory: per object that was asked for about 500 bytes, and during a call what one record takes (LIMIT_XAPI_REPLY_BYTES at most), however
 * many an event batch tells of.
 */
#ifndef XAPI_FOLLOWER_H
#define XAPI_FOLLOWER_H

#include <stdbool.h>

struct directory;
struct error;

/* Strings need to live during the call only. */
struct xapi_follower_config {
    const char *address;        /* as http/address.h reads it: "unix:/var/lib/xcp/xapi", "tls:192.0.2.1:443" */
    const char *login;          /* a file whose first line is "user:password", which "tcp:" sends as it is; NULL: neither of them, as a unix
                                 * socket wants it */
    const char *ca;             /* a file with certificates, of which the server's must be one, or signed by one; NULL: the system's */
    bool is_trusted;            /* whoever answers at the address is believed, whatever his certificate says */
};

/* ERROR_INVALID or ERROR_LIMIT if the address is none. Nothing is asked yet, and no server needs to be there. */
struct error *xapi_follower_open(const struct xapi_follower_config *, struct directory **);

#endif
