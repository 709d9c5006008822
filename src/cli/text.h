/* SPDX-License-Identifier: Apache-2.0
 *
 * Text on a terminal: what can be shown of it, how wide it is, and times in words. The locale's LC_CTYPE must be a UTF-8 one.
 */
#ifndef CLI_TEXT_H
#define CLI_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct ds;

/* Appends 'text'. What a terminal would not show, or would obey, becomes "\xNN". */
void text_put(struct ds *, const char *text);

/* The columns that 'text' takes, which has come out of text_put(). */
size_t text_width(const char *text);

/* The bytes of 'text' that fit into 'width' columns. */
size_t text_fitting(const char *text, size_t width);

/* Appends as much of 'text' as fits into 'width' columns, the last of which is "…" if something is left out. */
void text_put_cut(struct ds *, const char *text, size_t width);

/* Appends "2025-11-23 06:14:03", local time. */
void text_put_time(struct ds *, int64_t ms);

/* Appends "06:14:03.120", local time. */
void text_put_clock(struct ds *, int64_t ms);

/* Appends the two largest units: "3 s", "2 min 5 s", "1 h 0 min", "12 d 4 h". */
void text_put_duration(struct ds *, int64_t ms);

#endif
