/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers of the XenAPI as text, the same on both wires.
 */
#ifndef XENAPI_NUMBER_H
#define XENAPI_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

enum { XENAPI_DOUBLE_SIZE = 32 };

/* Reads decimal digits, with a sign or without. False, and '*integer' untouched, if 'text' is anything else or more than 64 bits
 * hold. */
bool xenapi_int_parse(const char *text, int64_t *integer);

/* Reads decimal digits with or without a sign, a decimal point (with digits before it) and an exponent. False, and '*real' untouched,
 * if 'text' is anything else, "nan" and "inf" included, or too large. */
bool xenapi_double_parse(const char *text, double *real);

/* Writes the shortest text that reads back as 'real'. There is always a decimal point with a digit behind it: without one, a reader
 * could take the number for an int. */
void xenapi_double_format(double real, char text[XENAPI_DOUBLE_SIZE]);

#endif
