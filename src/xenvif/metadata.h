/* SPDX-License-Identifier: Apache-2.0
 *
 * The file in which xenopsd keeps a VIF, /run/nonpersistent/xenopsd/<backend>/VM/<vm uuid>/vif.<devid>: JSON, of which these members
 * are read. It is the only place that says the policy together with its addresses, so whatever is missing or wrong in it is an error:
 * a VIF must not be open because a file was half written.
 */
#ifndef XENVIF_METADATA_H
#define XENVIF_METADATA_H

#include <stddef.h>

struct error;

struct xenvif_metadata {
    char *mac;
    char *locking_mode;         /* "locked", "unlocked", "disabled" */
    char **ipv4;                /* of a locked VIF; NULL-terminated */
    char **ipv6;
    char *bridge;               /* of the backend */
    char *vif_uuid;             /* of extra_private_keys; NULL: not there */
    char *network_uuid;
};

/* Reads 'n' bytes of text. On failure '*metadata' is untouched. ERROR_INVALID also of a text that is cut off: a reader that may have been
 * too early reads again. A driver domain's VIF is ERROR_REFUSED. */
struct error *xenvif_metadata_parse(const char *text, size_t n, struct xenvif_metadata *metadata);

/* Frees what it owns, not 'metadata' itself. */
void xenvif_metadata_destroy(struct xenvif_metadata *metadata);

#endif
