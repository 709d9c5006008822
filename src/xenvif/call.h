/* SPDX-License-Identifier: Apache-2.0
 *
 * What one call of XenServer's hotplug scripts asks for. udev calls them, or xenopsd does, and each has its own arguments and
 * environment:
 *
 *     vif ACTION [type_if=vif|tap [DOMID DEVID]]      /etc/xensource/scripts/vif, with XENBUS_TYPE, XENBUS_PATH and INTERFACE
 *     vif-real vif|tap DOMID DEVID ACTION
 *     setup-vif-rules BACKEND DEVICE VM-UUID DEVID clear|filter
 *     setup-vif-rules vif|tap DOMID DEVID clear|filter                      older XenServer
 *
 * Called by any other name, the first argument is the name.
 */
#ifndef XENVIF_CALL_H
#define XENVIF_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "vif/device.h"
#include "vif/wish.h"

struct error;

enum xenvif_type {
    XENVIF_VIF,                 /* vif<domid>.<devid>, the backend of the guest's driver */
    XENVIF_TAP,                 /* tap<domid>.<devid>, of the card that QEMU emulates for the same VIF */
};

enum xenvif_action {
    XENVIF_NOTHING,             /* an event that asks for nothing: `add` of a vif, `offline`, a tap that is no VIF's, ... */
    XENVIF_ONLINE,              /* `online` of a vif, `add` of a tap: wire it */
    XENVIF_MOVE,                /* to the bridge that xenstore names now */
    XENVIF_REMOVE,
    XENVIF_FILTER,              /* its policy has changed */
    XENVIF_CLEAR,               /* port and rules go, what xenopsd waits for stays */
    XENVIF_SHOW,                /* our own: say what is known of it, change nothing */
};

enum { XENVIF_ACTION_SIZE = 16 };

struct xenvif_call {
    enum xenvif_action action;
    char word[XENVIF_ACTION_SIZE]; /* the action as the caller named it */
    enum xenvif_type type;
    uint32_t domid;
    uint32_t devid;
    char device[DEVICE_NAME_SIZE]; /* of type, domid and devid */
    char vm_uuid[UUID_TEXT_SIZE]; /* if the caller said it, otherwise "" */
    bool by_udev;
};

/* The variables that are looked at; NULL: not set. */
struct xenvif_environment {
    const char *xenbus_type;
    const char *xenbus_path;
    const char *interface;
    const char *udev_call;
};

/* 'name' is the last part of the path by which the program was called, 'args' what follows it, ended by NULL. Of a call that asks for
 * XENVIF_NOTHING only 'action' and 'word' are said. On failure '*call' is untouched, and the error says what the arguments should have
 * been. */
struct error *xenvif_call_parse(const char *name, const char *const *args, const struct xenvif_environment *, struct xenvif_call *call);

/* A call about 'device', "vif5.0" or "tap5.0": who only wants to know something of it needs no caller. */
struct error *xenvif_call_of_device(const char *device, enum xenvif_action, struct xenvif_call *call);

/* "vif", "tap". */
const char *xenvif_type_name(enum xenvif_type);

#endif
