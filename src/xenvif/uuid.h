/* SPDX-License-Identifier: Apache-2.0
 *
 * Uuids as xenstore has them: they become part of paths, so nothing else may pass for one.
 */
#ifndef XENVIF_UUID_H
#define XENVIF_UUID_H

#include "vif/wish.h"

struct error;

/* 36 characters, hexadecimal digits of either case and '-' where they belong; 'uuid' is lower case afterwards. 'what' is whose it is. On
 * failure 'uuid' is untouched. */
struct error *xenvif_uuid_parse(const char *what, const char *text, char uuid[UUID_TEXT_SIZE]);

#endif
