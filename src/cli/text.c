/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "cli/text.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>
#include <wctype.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

/* Invisible characters, and those that turn the writing direction of what follows. */
static bool
is_tricky(wchar_t c)
{
    return c == 0x061c || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f)
           || c == 0xfeff;
}

/* The bytes of the character at 'text' and its columns; 0 bytes if it can't be shown. */
static size_t
character_at(const char *text, size_t *width)
{
    mbstate_t state = { 0 };
    wchar_t c;
    size_t n = mbrtowc(&c, text, MB_LEN_MAX, &state);

    if (n == (size_t) -1 || n == (size_t) -2 || !iswprint(c) || is_tricky(c)) {
        *width = 1;
        return 0;
    }
    *width = wcwidth(c);
    return n;
}

void
text_put(struct ds *ds, const char *text)
{
    while (*text) {
        size_t width;
        size_t n = character_at(text, &width);

        if (n) {
            ds_put_buffer(ds, text, n);
        } else {
            ds_put_format(ds, "\\x%02x", (unsigned char) *text);
        }
        text += n ? n : 1;
    }
}

size_t
text_width(const char *text)
{
    size_t total = 0;

    while (*text) {
        size_t width;
        size_t n = character_at(text, &width);

        total += width;
        text += n ? n : 1;
    }
    return total;
}

size_t
text_fitting(const char *text, size_t limit)
{
    const char *p = text;
    size_t total = 0;

    while (*p) {
        size_t width;
        size_t n = character_at(p, &width);

        total += width;
        if (total > limit) {
            break;
        }
        p += n ? n : 1;
    }
    return p - text;
}

void
text_put_cut(struct ds *ds, const char *text, size_t width)
{
    if (text_width(text) <= width) {
        ds_put_cstr(ds, text);
    } else if (width) {
        ds_put_buffer(ds, text, text_fitting(text, width - 1));
        ds_put_cstr(ds, "…");
    }
}

static struct tm
local_time(int64_t ms)
{
    time_t seconds = ms / 1000;
    struct tm tm;

    localtime_r(&seconds, &tm);
    return tm;
}

void
text_put_time(struct ds *ds, int64_t ms)
{
    struct tm tm = local_time(ms);
    char text[64];

    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &tm);
    ds_put_cstr(ds, text);
}

void
text_put_clock(struct ds *ds, int64_t ms)
{
    struct tm tm = local_time(ms);

    ds_put_format(ds, "%02d:%02d:%02d.%03d", tm.tm_hour, tm.tm_min, tm.tm_sec, (int) (ms % 1000));
}

void
text_put_duration(struct ds *ds, int64_t ms)
{
    static const struct {
        const char *name;
        int64_t seconds;
    } units[] = { { "d", 86400 }, { "h", 3600 }, { "min", 60 }, { "s", 1 } };
    int64_t seconds = MAX(ms, 0) / 1000;

    for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
        if (seconds >= units[i].seconds || i == ARRAY_SIZE(units) - 1) {
            ds_put_format(ds, "%"PRId64" %s", seconds / units[i].seconds, units[i].name);
            if (i + 1 < ARRAY_SIZE(units)) {
                ds_put_format(ds, " %"PRId64" %s", seconds % units[i].seconds / units[i + 1].seconds, units[i + 1].name);
            }
            return;
        }
    }
}
