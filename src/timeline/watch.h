/* SPDX-License-Identifier: Apache-2.0
 *
 * Sees when a guest that was just let run speaks for the first time, asks for a lease, gets it, and uses an address: the stages of
 * timeline/stages.def that a WATCH tells. It looks at the VIFs' devices with packet sockets (packet(7)) whose filters let almost nothing
 * through, for two minutes at most: nothing of it stays.
 *
 * Of several VIFs the first counts: that is when the guest is there. Times are the kernel's, so that a busy program sees them right.
 *
 *     watch = timeline_watch_open(watches, devices, n);        before the guest is let run
 *     in each turn: timeline_watches_run(watches);
 *                   timeline_watch_run(watch); if (timeline_watch_take(watch, &timeline)) write VM.start_times;
 *                   if (timeline_watch_is_over(watch)) timeline_watch_close(watch);
 *
 * Most guests say nothing most of the time. So all watches of a program hear by one descriptor (epoll(7)), and a watch on which nothing has come
 * does nothing in a turn.
 */
#ifndef TIMELINE_WATCH_H
#define TIMELINE_WATCH_H

#include <stdbool.h>
#include <stddef.h>

struct timeline;
struct timeline_watch;
struct timeline_watches;

enum { TIMELINE_WATCH_MS = 120 * 1000 };

struct timeline_watches *timeline_watches_create(void);
/* None must be open. */
void timeline_watches_destroy(struct timeline_watches *);

/* Hears which of them something has come for; timeline_watch_run() then looks at it. */
void timeline_watches_run(struct timeline_watches *);
void timeline_watches_wait(const struct timeline_watches *);

/* Begins to look at the devices of these names, in the network namespace of the program. A device that cannot be looked at is left out, which the log
 * tells; without any the watch is over at once. Needs CAP_NET_RAW. */
struct timeline_watch *timeline_watch_open(struct timeline_watches *, const char *const devices[], size_t n);
/* NULL is fine. */
void timeline_watch_close(struct timeline_watch *);

void timeline_watch_run(struct timeline_watch *);
/* For its end; frames are timeline_watches_wait()'s. */
void timeline_watch_wait(const struct timeline_watch *);

/* True if stages were seen since the last call; they are set in '*timeline' then, and nothing else of it is changed. */
bool timeline_watch_take(struct timeline_watch *, struct timeline *timeline);

/* All was seen, the time is over, or the devices are gone. */
bool timeline_watch_is_over(const struct timeline_watch *);

#endif
