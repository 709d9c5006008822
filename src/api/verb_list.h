/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of verbs (verbs/verb.h) for people: a line a verb, with its parameters.
 */
#ifndef API_VERB_LIST_H
#define API_VERB_LIST_H

struct ds;

/* Appends lines such as "VM.start(ref VM vm, bool start_paused, bool force)". What may be left out stands in brackets. */
void verb_list_put(struct ds *);

#endif
