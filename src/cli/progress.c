/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "cli/progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <timeval.h>
#include <util.h>

void
progress_begin(struct progress *progress)
{
    *progress = (struct progress) { .since = time_msec() };
}

void
progress_clear(struct progress *progress)
{
    if (progress->shown) {
        fprintf(stderr, "\r%*s\r", (int) progress->shown, "");
        progress->shown = 0;
    }
}

long long int
progress_show(struct progress *progress, const char *format, ...)
{
    const long long int waited = time_msec() - progress->since;
    va_list args;

    if (!isatty(STDERR_FILENO)) {
        return -1;
    } else if (waited < PROGRESS_MS) {
        return PROGRESS_MS - waited;
    }
    progress_clear(progress);
    va_start(args, format);
    const int words = vfprintf(stderr, format, args);
    va_end(args);
    const int seconds = fprintf(stderr, " (%lld s)", waited / 1000);
    progress->shown = MAX(words, 0) + MAX(seconds, 0);
    return PROGRESS_MS;
}
