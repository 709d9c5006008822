/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenapi/datetime.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <util.h>

enum {
    DAY_SECONDS = 24 * 60 * 60,
    ERA_YEARS = 400,            /* the calendar repeats */
    ERA_DAYS = 146097,
    DAYS_BEFORE_1970 = 719468,  /* since 1 March 0 */
};

struct moment {
    int year, month, day, hour, minute, second;
};

static bool
is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % ERA_YEARS == 0);
}

static int
month_days(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    return days[month - 1] + (month == 2 && is_leap(year));
}

static bool
moment_exists(const struct moment *m)
{
    return m->month >= 1 && m->month <= 12 && m->day >= 1 && m->day <= month_days(m->year, m->month)
        && m->hour < 24 && m->minute < 60 && m->second < 60;
}

/* Years that begin with March end with the day that not all of them have: a month's first day is then a straight line. */
static int64_t
days_since_1970(const struct moment *m)
{
    int year = m->year - (m->month <= 2);
    int month = (m->month + 9) % 12;
    int era = (year >= 0 ? year : year - ERA_YEARS + 1) / ERA_YEARS;
    int year_of_era = year - era * ERA_YEARS;
    int day_of_year = (153 * month + 2) / 5 + m->day - 1;

    return (int64_t) era * ERA_DAYS + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - DAYS_BEFORE_1970;
}

/* Reads 'n' digits. Returns what follows them, NULL if there are fewer or 'text' is NULL. */
static const char *
digits_take(const char *text, int n, int *number)
{
    *number = 0;
    for (int i = 0; text && i < n; i++) {
        if (!isdigit((unsigned char) *text)) {
            return NULL;
        }
        *number = *number * 10 + (*text++ - '0');
    }
    return text;
}

/* Returns what follows 'wanted', NULL if that is not what 'text' begins with. */
static const char *
mark_take(const char *text, const char *wanted)
{
    size_t n = strlen(wanted);

    return text && !strncmp(text, wanted, n) ? text + n : NULL;
}

static const char *
date_take(const char *text, struct moment *m)
{
    text = digits_take(text, 4, &m->year);

    const char *dash = text && *text == '-' ? "-" : "";
    text = digits_take(mark_take(text, dash), 2, &m->month);
    return digits_take(mark_take(text, dash), 2, &m->day);
}

static const char *
time_take(const char *text, struct moment *m)
{
    text = digits_take(text, 2, &m->hour);
    text = digits_take(mark_take(text, ":"), 2, &m->minute);
    return digits_take(mark_take(text, ":"), 2, &m->second);
}

/* True if 'text' is what may follow the seconds: a fraction, a Z, both or nothing. */
static bool
is_end(const char *text)
{
    if (*text == '.') {
        size_t n = strspn(++text, "0123456789");

        if (!n) {
            return false;
        }
        text += n;
    }
    return !strcmp(text, "Z") || !*text;
}

bool
xenapi_datetime_parse(const char *text, int64_t *seconds)
{
    struct moment m;

    text = time_take(mark_take(date_take(text, &m), "T"), &m);
    if (!text || !is_end(text) || !moment_exists(&m)) {
        return false;
    }
    *seconds = days_since_1970(&m) * DAY_SECONDS + m.hour * 3600 + m.minute * 60 + m.second;
    return true;
}

void
xenapi_datetime_format(int64_t seconds, char text[XENAPI_DATETIME_SIZE])
{
    ovs_assert(seconds >= XENAPI_DATETIME_MIN && seconds <= XENAPI_DATETIME_MAX);

    /* From 1 January 0 on, so that nothing is negative. */
    int64_t since = seconds - XENAPI_DATETIME_MIN;
    int days = since / DAY_SECONDS, second = since % DAY_SECONDS;
    struct moment m = { .year = days / ERA_DAYS * ERA_YEARS, .month = 1 };

    for (days %= ERA_DAYS; days >= 365 + is_leap(m.year); m.year++) {
        days -= 365 + is_leap(m.year);
    }
    for (; days >= month_days(m.year, m.month); m.month++) {
        days -= month_days(m.year, m.month);
    }
    int n = snprintf(text, XENAPI_DATETIME_SIZE, "%04d%02d%02dT%02d:%02d:%02dZ", m.year, m.month, days + 1,
                     second / 3600, second / 60 % 60, second % 60);
    ovs_assert(n == XENAPI_DATETIME_SIZE - 1);
}
