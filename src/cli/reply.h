/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading what a daemon answered. What is missing or of another type reads as NULL, "", 0 or false: an older or newer
 * daemon is shown as far as it is understood.
 */
#ifndef CLI_REPLY_H
#define CLI_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json;

const struct json *reply_member(const struct json *object, const char *name);
const char *reply_string(const struct json *object, const char *name);
int64_t reply_integer(const struct json *object, const char *name);
bool reply_truth(const struct json *object, const char *name);

size_t reply_length(const struct json *array);
const struct json *reply_element(const struct json *array, size_t i);

/* "" if 'json' is no string. */
const char *reply_text(const struct json *json);

#endif
