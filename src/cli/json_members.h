/* SPDX-License-Identifier: Apache-2.0
 *
 * Which member of a JSON object is written twice. libopenvswitch's parser keeps the last one and says nothing, so that a file could
 * show a reader another address than the one that is used.
 */
#ifndef CLI_JSON_MEMBERS_H
#define CLI_JSON_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>

/* 'text' is well-formed JSON: an array. True if an object directly in the array has a member name twice; '*index' is that object's
 * place in the array, from 0, and '*name' the first such name, which the caller frees. */
bool json_doubled_member(const char *text, size_t *index, char **name);

#endif
