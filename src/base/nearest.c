/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "base/nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <util.h>


enum { LONGEST = 64 };

/* Whatever is tolerated of a long word, this is more. */
static const size_t far = SIZE_MAX;

static bool
same_letter(char a, char b)
{
    return tolower((unsigned char) a) == tolower((unsigned char) b);
}

static size_t
smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The rows of the table that typing_distance() fills: this letter of the first word, the one before, and the one before that. */
struct distance_rows {
    size_t row[3][LONGEST + 1];
};

static void
distance_row(const char *a, const char *b, size_t i, struct distance_rows *rows)
{
    const size_t *before = rows->row[1];
    size_t *now = rows->row[0];

    now[0] = i;
    for (size_t j = 1; b[j - 1]; j++) {
        now[j] = smaller(before[j - 1] + !same_letter(a[i - 1], b[j - 1]), smaller(before[j], now[j - 1]) + 1);
        if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) && same_letter(a[i - 2], b[j - 1])) {
            now[j] = smaller(now[j], rows->row[2][j - 2] + 1);
        }
    }
}

/* The optimal string alignment distance. */
static size_t
typing_distance(const char *a, const char *b)
{
    struct distance_rows rows = { { { 0 } } };

    for (size_t j = 0; j <= strlen(b); j++) {
        rows.row[0][j] = j;
    }
    for (size_t i = 1; a[i - 1]; i++) {
        memmove(rows.row[1], rows.row[0], 2 * sizeof rows.row[0]);
        distance_row(a, b, i, &rows);
    }
    return rows.row[0][strlen(b)];
}

static size_t
word_distance(const char *word, const char *candidate)
{
    size_t length = strlen(word);

    if (length >= 2 && length < strlen(candidate) && !strncasecmp(word, candidate, length)) {
        return 1;
    }
    return length > LONGEST || strlen(candidate) > LONGEST ? far : typing_distance(word, candidate);
}

void
nearest_offer(struct nearest *nearest, const char *candidate)
{
    size_t distance = word_distance(nearest->word, candidate);

    if (!nearest->best || distance < nearest->distance) {
        nearest->best = candidate;
        nearest->distance = distance;
    }
}

const char *
nearest_word(const struct nearest *nearest)
{
    size_t tolerated = strlen(nearest->word) < 6 ? 1 : strlen(nearest->word) / 3;

    return nearest->best && nearest->distance <= tolerated ? nearest->best : NULL;
}
