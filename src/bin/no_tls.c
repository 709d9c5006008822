/* SPDX-License-Identifier: Apache-2.0
 *
 * For a program that talks to nobody by TLS: stands in for libopenvswitch's stream-ssl.c, which would be linked because the control socket's code
 * knows all kinds of streams, and OpenSSL with it. To load that takes three times as long as all else of a small program's start, and a
 * host has one cabled-guest for each guest.
 *
 * It is an object of its own among a program's, since the linker takes it before it looks into the library.
 */
#include <config.h>

#include <errno.h>

#include <stream-provider.h>
#include <util.h>

static int
refuse_open(const char *name OVS_UNUSED, char *suffix OVS_UNUSED, struct stream **stream OVS_UNUSED, uint8_t dscp OVS_UNUSED)
{
    return EAFNOSUPPORT;
}

static int
refuse_listen(const char *name OVS_UNUSED, char *suffix OVS_UNUSED, struct pstream **stream OVS_UNUSED, uint8_t dscp OVS_UNUSED)
{
    return EAFNOSUPPORT;
}

const struct stream_class ssl_stream_class = { .name = "ssl", .open = refuse_open };
const struct pstream_class pssl_pstream_class = { .name = "pssl", .listen = refuse_listen };
