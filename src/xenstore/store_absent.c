/* SPDX-License-Identifier: Apache-2.0
 *
 * In place of store.c where libxenstore was not there when this was built.
 */
#include <config.h>

#include "xenstore/store.h"

#include <util.h>

#include "base/error.h"

struct error *
store_open(struct store **store)
{
    *store = NULL;
    return error_new(ERROR_UNREACHABLE, "this program was built without libxenstore: install its development files (on Debian: libxen-dev) "
                     "and build it again");
}

void
store_close(struct store *store)
{
    ovs_assert(!store);
}

struct error *
store_read(struct store *store OVS_UNUSED, const char *path OVS_UNUSED, char **value OVS_UNUSED)
{
    OVS_NOT_REACHED();
}

struct error *
store_list(struct store *store OVS_UNUSED, const char *path OVS_UNUSED, char ***names OVS_UNUSED, size_t *n OVS_UNUSED)
{
    OVS_NOT_REACHED();
}

struct error *
store_write(struct store *store OVS_UNUSED, const char *path OVS_UNUSED, const char *value OVS_UNUSED)
{
    OVS_NOT_REACHED();
}

struct error *
store_remove(struct store *store OVS_UNUSED, const char *path OVS_UNUSED)
{
    OVS_NOT_REACHED();
}
