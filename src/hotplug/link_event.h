/* SPDX-License-Identifier: Apache-2.0
 *
 * What the kernel tells of a link by itself (rtnetlink(7), RTNLGRP_LINK).
 */
#ifndef HOTPLUG_LINK_EVENT_H
#define HOTPLUG_LINK_EVENT_H

#include <stdbool.h>

struct ofpbuf;
struct rtnetlink_change;

/* Fills '*event' from 'message', in which its strings live. False if it cannot be read. 'irrelevant' is set where nothing is said of the device
 * as a whole. */
bool link_event_parse(struct ofpbuf *message, struct rtnetlink_change *event);

#endif
