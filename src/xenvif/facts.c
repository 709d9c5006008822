/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenvif/facts.h"

#include <inttypes.h>
#include <stdlib.h>

#include <util.h>

#include "xenvif/call.h"

static const struct key {
    const char *path;
    bool is_older;
} keys[] = {
#define XENVIF_KEY(NAME, PATH) [XENVIF_KEY_##NAME] = { PATH, false },
#define XENVIF_OLDER_KEY(NAME, PATH) [XENVIF_KEY_##NAME] = { PATH, true },
#include "xenvif/keys.def"
#undef XENVIF_KEY
#undef XENVIF_OLDER_KEY
};

const char *
xenvif_key_path(enum xenvif_key key)
{
    return keys[key].path;
}

bool
xenvif_key_is_older(enum xenvif_key key)
{
    return keys[key].is_older;
}

char *
xenvif_private_path(const struct xenvif_call *call, const char *vm_uuid, bool older_root)
{
    return older_root ? xasprintf("/xapi/%"PRIu32"/private/vif/%"PRIu32, call->domid, call->devid)
                      : xasprintf("/xapi/%s/private/vif/%"PRIu32, vm_uuid, call->devid);
}

char *
xenvif_hotplug_path(const struct xenvif_call *call, const char *vm_uuid, bool older_root)
{
    return older_root ? xasprintf("/xapi/%"PRIu32"/hotplug/vif/%"PRIu32, call->domid, call->devid)
                      : xasprintf("/xapi/%s/hotplug/%"PRIu32"/vif/%"PRIu32, vm_uuid, call->domid, call->devid);
}

char *
xenvif_backend_path(const struct xenvif_call *call)
{
    return xasprintf("/local/domain/0/backend/vif/%"PRIu32"/%"PRIu32, call->domid, call->devid);
}

char *
xenvif_frontend_path(const struct xenvif_call *call)
{
    return xasprintf("/local/domain/%"PRIu32"/device/vif/%"PRIu32, call->domid, call->devid);
}

void
xenvif_facts_destroy(struct xenvif_facts *facts)
{
    for (size_t i = 0; i < XENVIF_N_KEYS; i++) {
        free(facts->key[i]);
    }
    free(facts->final_uuid);
    free(facts->private_path);
    free(facts->hotplug_path);
    free(facts->frontend_mac);
    if (facts->has_metadata) {
        xenvif_metadata_destroy(&facts->metadata);
    }
}
