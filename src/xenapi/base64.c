/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenapi/base64.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* What was decoded so far: whole groups of four characters, which are three bytes each but for padding, and part of a group. */
struct decoder {
    uint8_t *data;
    size_t n;
    uint32_t bits;              /* of the group */
    int n_characters;           /* of the group */
    int n_padding;              /* those of them that are '='; after a group with padding nothing may come */
};

static void
group_end(struct decoder *decoder)
{
    for (int i = 0; i < 3 - decoder->n_padding; i++) {
        decoder->data[decoder->n++] = decoder->bits >> (16 - 8 * i);
    }
    decoder->bits = 0;
    decoder->n_characters = 0;
}

/* False if 'c' has no place there. */
static bool
decoder_add(struct decoder *decoder, char c)
{
    const char *place = strchr(alphabet, c);

    if (c == '=' ? decoder->n_characters < 2 : !place || decoder->n_padding) {
        return false;
    }
    decoder->n_padding += c == '=';
    decoder->bits = decoder->bits << 6 | (c == '=' ? 0 : place - alphabet);
    if (++decoder->n_characters == 4) {
        group_end(decoder);
    }
    return true;
}

bool
xenapi_base64_decode(const char *text, uint8_t **data, size_t *n)
{
    struct decoder decoder = { .data = xmalloc(strlen(text) / 4 * 3 + 1) };

    for (; *text; text++) {
        if (!isspace((unsigned char) *text) && !decoder_add(&decoder, *text)) {
            break;
        }
    }
    if (*text || decoder.n_characters) {
        free(decoder.data);
        return false;
    }
    *data = decoder.data;
    *n = decoder.n;
    return true;
}

void
xenapi_base64_encode(const uint8_t *data, size_t n, struct ds *out)
{
    for (size_t i = 0; i < n; i += 3) {
        uint32_t bits = data[i] << 16 | (i + 1 < n ? data[i + 1] << 8 : 0) | (i + 2 < n ? data[i + 2] : 0);

        ds_put_char(out, alphabet[bits >> 18]);
        ds_put_char(out, alphabet[bits >> 12 & 63]);
        ds_put_char(out, i + 1 < n ? alphabet[bits >> 6 & 63] : '=');
        ds_put_char(out, i + 2 < n ? alphabet[bits & 63] : '=');
    }
}
