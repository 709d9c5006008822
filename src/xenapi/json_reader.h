/* SPDX-License-Identifier: Apache-2.0
 *
 * Values from JSON (RFC 8259).
 *
 * Not with libopenvswitch's parser, which keeps the last of two members of one name, makes an inexact double of an int beyond 64 bits
 * and an int of 1.0, takes malformed UTF-8 and half a surrogate pair, nests a thousand deep, and looks names up in a hash whose
 * collisions a client can choose.
 */
#ifndef XENAPI_JSON_READER_H
#define XENAPI_JSON_READER_H

#include <stddef.h>

struct error;
struct xenapi_value;

/* Makes '*value' of 'n' bytes of JSON, one value with nothing but white space around it. A number without fraction and exponent is an
 * int, any other one a double. Refused, with the place of the byte: what is not JSON or not UTF-8, an object that has a member twice, a
 * null character (no other wire could carry it), numbers that neither type can hold, and (ERROR_LIMIT) more than 'max_depth' arrays
 * and objects within each other. On failure '*value' is untouched. */
struct error *xenapi_json_read(const char *text, size_t n, size_t max_depth, struct xenapi_value *value);

#endif
