/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenvif/number.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/quote.h"

struct error *
xenvif_number_parse(const char *what, const char *text, uint32_t max, uint32_t *number)
{
    size_t n = strspn(text, "0123456789");
    uint64_t value = 0;

    if (!n || text[n] || n > 10 || (n > 1 && text[0] == '0')) {
        return error_new(ERROR_INVALID, "%s %s is no number from 0 to %"PRIu32, what, quote(text).text, max);
    }
    for (size_t i = 0; i < n; i++) {
        value = value * 10 + (text[i] - '0');
    }
    if (value > max) {
        return error_new(ERROR_INVALID, "%s %s is no number from 0 to %"PRIu32, what, quote(text).text, max);
    }
    *number = value;
    return NULL;
}
