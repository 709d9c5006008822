/* SPDX-License-Identifier: Apache-2.0
 *
 * Who wants which VIF on this host. A source follows some description of VIFs and turns it into wishes; it takes back what became of
 * them. The agent asks nothing else of it, so that every source is one implementation of this table.
 */
#ifndef SOURCE_SOURCE_H
#define SOURCE_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/tally.h"

struct vif_times;
struct vif_wish;

struct source {
    const struct source_class *class;
};

struct source_events {
    /* The wish is new or has changed. The receiver owns 'wish' afterwards (vif_wish_destroy(), free()). */
    void (*wished)(struct vif_wish *wish, void *aux);
    /* Nobody wants the VIF with this uuid any more. */
    void (*withdrawn)(const char *uuid, void *aux);
    void *aux;
};

/* What the source tells its own side about a VIF. */
struct source_report {
    const char *uuid;
    const char *state;          /* wiring_vif_state_name() */
    const char *error;          /* in words, "" if there is none */
    const char *policy;         /* the policy in force, as vif_policy_describe() tells it; "" if none is */
    uint32_t ofport;            /* 0 if there is none */
    bool link_is_up;            /* port there and link up: 'wired since' goes on */
    const struct vif_times *times; /* of the plug that led here; NULL: nothing to say of them. No news by themselves */
};

/* What a VIF's rules have counted. Flows come and go: what those that are gone have counted is the base, and the total is the base and
 * what those that are there count (rules/tally.h). Indexed as rules_table[] is. */
struct source_counts {
    struct rules_count base[RULES_N];
    struct rules_count total[RULES_N];
};

struct source_class {
    const char *name;
    void (*destroy)(struct source *);
    void (*run)(struct source *, const struct source_events *events);
    void (*wait)(struct source *);

    /* True once the whole description was read; what is known then stays in force while the source is out of reach. */
    bool (*is_complete)(const struct source *);
    bool (*is_connected)(const struct source *);

    /* True while a managed network is described that has this bridge. */
    bool (*has_bridge)(const struct source *, const char *name);

    /* Writes the report where the source's people look for it, if it says anything new. False if it could not be taken now: the agent
     * comes again in its next turn. */
    bool (*report)(struct source *, const struct source_report *report);

    /* Why reports were refused a moment ago, or NULL; none is taken before '*until'. */
    const char *(*refusal)(const struct source *, long long int *until);

    /* What store_counts() wrote last, in this life of the agent or an earlier one. False, and '*counts' untouched, if the VIF is not known
     * (yet). */
    bool (*load_counts)(const struct source *, const char *uuid, struct source_counts *counts);

    /* Keeps the counts with the VIF, as far as they are others than those that are there. False if they could not be taken now: the agent
     * comes again. Taken is not yet written: a write may be refused later, so the agent comes again with what it has counted by then
     * in any case, which writes nothing if all is there. */
    bool (*store_counts)(struct source *, const char *uuid, const struct source_counts *counts);
};

#endif
