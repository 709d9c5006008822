/* SPDX-License-Identifier: Apache-2.0
 *
 * How a described VIF is handed to the agent: the JSON of its control command vif/hand (vif/hand.h).
 */
#ifndef XENVIF_HANDOVER_H
#define XENVIF_HANDOVER_H

#include "vif/device.h"

struct error;
struct xenvif_description;

/* The caller frees it. The agent answers within 'timeout_ms'. No rate is among it: netback keeps the VIF's, as xenopsd has told it. */
char *xenvif_handover(const struct xenvif_description *, int timeout_ms);

/* What the agent has answered. */
struct xenvif_wired {
    unsigned int ofport;        /* 0: the VIF is disabled, and has none that matters to anyone */
    unsigned int ifindex;       /* of its device; 0: there is none */
};

/* Reads the agent's answer. On failure '*wired' is untouched. */
struct error *xenvif_answer_parse(const char *text, struct xenvif_wired *wired);

#endif
