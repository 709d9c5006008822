/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "libvirt/keys.h"

#include <string.h>

#include <smap.h>
#include <svec.h>

#include "libvirt/ports.h"
#include "vif/description.h"
#include "vif/wish.h"

/* libvirt's own, which it writes with each port. */
static bool
is_libvirts(const char *key)
{
    return !strcmp(key, "attached-mac");
}

void
libvirt_key_names(struct svec *names)
{
    svec_add(names, LIBVIRT_MARK_KEY);
    for (const char *const *key = vif_description_keys; *key; key++) {
        if (!is_libvirts(*key)) {
            svec_add(names, *key);
        }
    }
    svec_terminate(names);
}

void
libvirt_keys(const struct libvirt_port *port, struct smap *keys)
{
    if (port->described) {
        const struct vif_wish wish = { .policy = port->policy, .rate = port->rate };

        vif_description_put(&wish, keys);
        smap_add(keys, LIBVIRT_MARK_KEY, LIBVIRT_MARK);
    }
}
