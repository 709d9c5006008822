/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xapi/news.h"

#include <stdlib.h>

#include "directory/directory.h"

void
xapi_news_init(struct xapi_news *news)
{
    sset_init(&news->bridges);
    sset_init(&news->vifs);
    sset_init(&news->vms);
    news->pool = news->all = false;
}

void
xapi_news_destroy(struct xapi_news *news)
{
    sset_destroy(&news->bridges);
    sset_destroy(&news->vifs);
    sset_destroy(&news->vms);
}

bool
xapi_news_is_empty(const struct xapi_news *news)
{
    return sset_is_empty(&news->bridges) && sset_is_empty(&news->vifs) && sset_is_empty(&news->vms) && !news->pool && !news->all;
}

static void
tell_each(struct sset *names, void (*tell)(const char *name, void *aux), void *aux)
{
    while (!sset_is_empty(names)) {
        char *name = sset_pop(names);

        tell(name, aux);
        free(name);
    }
}

void
xapi_news_tell(struct xapi_news *news, const struct directory_events *events)
{
    if (news->all) {
        xapi_news_destroy(news);
        xapi_news_init(news);
        events->all_changed(events->aux);
    }
    if (news->pool) {
        news->pool = false;
        events->pool_changed(events->aux);
    }
    tell_each(&news->bridges, events->bridge_changed, events->aux);
    tell_each(&news->vifs, events->vif_changed, events->aux);
    tell_each(&news->vms, events->vm_changed, events->aux);
}
