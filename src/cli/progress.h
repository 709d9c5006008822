/* SPDX-License-Identifier: Apache-2.0
 *
 * One line on a terminal's standard error that tells a person what is waited for. It comes when something takes longer than a second, and
 * goes without a trace. Where standard error is no terminal there is none.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <openvswitch/compiler.h>
#include <stddef.h>

enum { PROGRESS_MS = 1000 };    /* from when on, and how often, the line is shown */

struct progress {
    long long int since;        /* time_msec() */
    size_t shown;               /* columns of the line */
};

void progress_begin(struct progress *);

/* Shows the line with the seconds behind it. Returns in how many ms it should be shown again; -1: never. */
long long int progress_show(struct progress *, const char *format, ...) OVS_PRINTF_FORMAT(2, 3);
void progress_clear(struct progress *);

#endif
