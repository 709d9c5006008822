/* SPDX-License-Identifier: Apache-2.0
 *
 * What cable-vif does for a call: reads the VIF, has the agent wire or unwire it, and tells those who wait.
 */
#ifndef BIN_CABLE_VIF_ACTS_H
#define BIN_CABLE_VIF_ACTS_H

#include "xenstore/facts.h"

struct error;
struct store;
struct xenvif_call;

struct acts {
    struct store *store;
    const char *socket;         /* the agent's control socket, or NULL for the usual one */
    int timeout_ms;             /* how long a VIF may take to be wired */
    struct facts_places places;

    /* Told before each step, in words, and how long that one may take before whoever started the program should hear that it hangs. */
    void (*begin)(const char *step, int max_ms);
};

/* Done when this returns; the error says why it was not. */
struct error *acts_do(const struct acts *, const struct xenvif_call *);

/* Writes 'text' where xenopsd looks for what went wrong, if it looks at all: the VIF's backend is there. */
void acts_tell_failure(const struct acts *, const struct xenvif_call *, const char *text);

#endif
