/* SPDX-License-Identifier: Apache-2.0
 *
 * The known word that a person probably meant: for messages that say "did you mean ...?". Words are offered one by one, so
 * that no list has to be built.
 */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include <stddef.h>

struct nearest {
    const char *word;
    const char *best;
    size_t distance;            /* of 'best' */
};

#define NEAREST_INITIALIZER(WORD) { .word = (WORD) }

/* Considers 'candidate', which must stay valid as long as the result is used. Of two equally near, the first wins. */
void nearest_offer(struct nearest *, const char *candidate);

/* The nearest of the words offered: at most one typing error (wrong, missing, additional or exchanged letters) in three
 * letters, case not counted, or a word that begins with what was typed. NULL if none is so near. */
const char *nearest_word(const struct nearest *);

#endif
