/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers of a directory that are other ones now, and of which nobody has been told yet.
 */
#ifndef XAPI_NEWS_H
#define XAPI_NEWS_H

#include <stdbool.h>

#include <sset.h>

struct directory_events;

struct xapi_news {
    struct sset bridges, vifs, vms;     /* names; uuids */
    bool pool, all;
};

void xapi_news_init(struct xapi_news *);
void xapi_news_destroy(struct xapi_news *);

bool xapi_news_is_empty(const struct xapi_news *);

/* Tells them. What comes to them meanwhile is told as well. */
void xapi_news_tell(struct xapi_news *, const struct directory_events *);

#endif
