/* SPDX-License-Identifier: Apache-2.0
 *
 * The file in which xenopsd keeps a VIF.
 */
#include <config.h>

#include <string.h>

#include <util.h>

#include "base/limits.h"
#include "check.h"
#include "xenvif/metadata.h"

static void
check_list(char **list)
{
    size_t n = 0;

    while (list && list[n]) {
        n++;
    }
    ovs_assert(n <= LIMIT_VIF_ADDRESSES);
}

/* Only a locked VIF has addresses, and it has both lists. */
static void
check_metadata(const struct xenvif_metadata *metadata)
{
    bool is_locked = !strcmp(metadata->locking_mode, "locked");

    ovs_assert(metadata->mac && metadata->bridge);
    ovs_assert(is_locked || !strcmp(metadata->locking_mode, "unlocked") || !strcmp(metadata->locking_mode, "disabled"));
    ovs_assert(is_locked == (metadata->ipv4 != NULL) && is_locked == (metadata->ipv6 != NULL));
    check_list(metadata->ipv4);
    check_list(metadata->ipv6);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct xenvif_metadata metadata;
    struct error *error = xenvif_metadata_parse((const char *) bytes, n, &metadata);

    if (!error) {
        check_metadata(&metadata);
        xenvif_metadata_destroy(&metadata);
    }
    check_error(error);
    return 0;
}
