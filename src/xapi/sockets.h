/* SPDX-License-Identifier: Apache-2.0
 *
 * The sockets and the timer of libcurl's multi interface, in the program's own loop: libcurl says which sockets it waits for, and is called
 * when something came for one of them.
 */
#ifndef XAPI_SOCKETS_H
#define XAPI_SOCKETS_H

#include <curl/curl.h>

#include <openvswitch/list.h>

struct xapi_sockets {
    CURLM *multi;               /* the caller's */
    struct ovs_list watched;    /* those that libcurl waits for, a handful */
};

/* From here on 'multi' tells of its sockets; it must be cleaned up before xapi_sockets_destroy(). */
void xapi_sockets_init(struct xapi_sockets *, CURLM *multi);
void xapi_sockets_destroy(struct xapi_sockets *);

/* Lets libcurl do what it can without waiting. */
void xapi_sockets_turn(struct xapi_sockets *);
void xapi_sockets_wait(const struct xapi_sockets *);

#endif
