/* SPDX-License-Identifier: Apache-2.0
 *
 * The file in which xenopsd keeps a VIF (xenvif/metadata.h). xenopsd writes it anew with each change and does not lock it, so that a reader
 * may find half of it.
 */
#ifndef XENSTORE_METADATA_FILE_H
#define XENSTORE_METADATA_FILE_H

#include <stdint.h>

#include "xenvif/metadata.h"

struct error;
struct facts_places;

/* Reads the VIF number 'devid' of the VM, again and again as long as 'places' says while the file is missing or makes no sense. 'backend'
 * is the kind of xenopsd ("classic"). On failure '*metadata' is untouched; the error names the file. */
struct error *metadata_file_read(const struct facts_places *, const char *backend, const char *vm_uuid, uint32_t devid,
                                 struct xenvif_metadata *metadata);

#endif
