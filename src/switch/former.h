/* SPDX-License-Identifier: Apache-2.0
 *
 * What a bridge was like before it was guarded, so that it can be given back as it was. It is remembered in the Bridge row itself
 * (external_ids), because neither the agent nor `cable` keeps state elsewhere:
 *
 *     cabled-was-fail-mode   fail_mode
 *     cabled-was-in-band     other_config:disable-in-band
 *     cabled-was-protocols   protocols, with blanks between them
 *
 * An empty value says that there was none. All three stand there or none does. A bridge that Cabled made was like nothing before.
 */
#ifndef SWITCH_FORMER_H
#define SWITCH_FORMER_H

#include <stdbool.h>

struct switchrec_bridge;

bool former_is_known(const struct switchrec_bridge *);

/* Remembers the row as it stands, unless something is remembered already or the bridge is of Cabled's own making. */
void former_note(const struct switchrec_bridge *);

/* Remembers Open vSwitch's defaults, unless something is remembered already. */
void former_note_defaults(const struct switchrec_bridge *);

/* Each puts back what is remembered; nothing happens if nothing is. */
void former_restore_mode(const struct switchrec_bridge *);
void former_restore_protocols(const struct switchrec_bridge *);
void former_forget(const struct switchrec_bridge *);

#endif
