/* SPDX-License-Identifier: Apache-2.0
 *
 * Whole numbers as xenstore and the scripts' arguments have them.
 */
#ifndef XENVIF_NUMBER_H
#define XENVIF_NUMBER_H

#include <stdint.h>

struct error;

/* Decimal digits and nothing else, without leading zeros, at most 'max'. The error begins with 'what'. On failure '*number' is
 * untouched. */
struct error *xenvif_number_parse(const char *what, const char *text, uint32_t max, uint32_t *number);

#endif
