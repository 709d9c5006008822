/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads what xenopsd has written of one VIF: its keys in xenstore and its metadata file.
 */
#ifndef XENSTORE_FACTS_H
#define XENSTORE_FACTS_H

#include "xenvif/facts.h"

struct error;
struct store;
struct xenvif_call;
struct xenvif_description;

/* Where else than on a XenServer host to look. */
struct facts_places {
    const char *root;           /* what stands before the path of each file; "" on a host */
    int file_wait_ms;           /* how long a metadata file that is missing or not whole may be in the making */
};

/* Reads all facts. On failure '*facts' is untouched. ERROR_NOT_FOUND: no such domain, or nothing is written of the VIF; ERROR_TIMEOUT: its
 * file has not become readable. */
struct error *facts_read(struct store *, const struct facts_places *, const struct xenvif_call *, struct xenvif_facts *facts);

/* Reads as little as a removal needs: the paths, the uuids and PVS. Whatever is gone already is no error and NULL or "": then also
 * 'hotplug_path' may be NULL. */
struct error *facts_read_rest(struct store *, const struct xenvif_call *, struct xenvif_facts *facts);

/* The description of the VIF on 'device', "vif5.0" or "tap5.0": for who takes over a host whose VIFs are there. On failure '*description'
 * is untouched; otherwise it is the caller's: xenvif_description_destroy(). */
struct error *facts_describe_device(struct store *, const struct facts_places *, const char *device,
                                    struct xenvif_description *description);

#endif
