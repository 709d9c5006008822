/* SPDX-License-Identifier: Apache-2.0
 *
 * Parts of calls that several scripts have. Each fills in what it reads and nothing else; on failure that may be half of it.
 */
#ifndef XENVIF_CALL_PRIVATE_H
#define XENVIF_CALL_PRIVATE_H

#include "xenvif/call.h"

/* True of a variable that is set and not empty. */
bool xenvif_is_said(const char *text);

struct error *xenvif_type_parse(const char *text, enum xenvif_type *);

/* The action and its word; the type is known. */
struct error *xenvif_action_parse(const char *word, struct xenvif_call *);

/* What names the device; the type is known. */
struct error *xenvif_numbers_parse(const char *domid, const char *devid, struct xenvif_call *);

/* "vif5.0" or "tap5.0". */
struct error *xenvif_device_parse(const char *device, struct xenvif_call *);

/* The arguments of `vif`. */
struct error *xenvif_wrapper_parse(const char *const *args, const struct xenvif_environment *, struct xenvif_call *);

#endif
