/* SPDX-License-Identifier: Apache-2.0
 *
 * The stages of a VM's start, from the call to the guest's first word on the wire: when each was reached, and the waterfall that they make.
 * The toolstack tells of some (VM.start_times), the agent of the others for each VIF (VIF.wire_times). All times are microseconds of
 * CLOCK_MONOTONIC on the VM's host. stages.def is the only place where the stages stand.
 */
#ifndef TIMELINE_STAGES_H
#define TIMELINE_STAGES_H

#include <stddef.h>
#include <stdint.h>

struct ds;

enum timeline_stage {
#define STAGE(NAME, WORD, WHO, WHAT) TIMELINE_##NAME,
#include "timeline/stages.def"
    TIMELINE_N_STAGES
};

enum timeline_teller { TIMELINE_TOOLSTACK, TIMELINE_AGENT, TIMELINE_WATCH };

struct timeline_stage_info {
    const char *word;
    enum timeline_teller teller;
    const char *what;           /* for people */
};

extern const struct timeline_stage_info timeline_stages[TIMELINE_N_STAGES];

/* When each stage was reached; 0: not known, or it was not. All zeros: nothing is known. */
struct timeline {
    int64_t us[TIMELINE_N_STAGES];
};

/* Reads what the columns say: words that are no stage are ignored, as a later version may write some. */
struct timeline timeline_read(char *const words[], const int64_t us[], size_t n);

/* The opposite: lists the stages that are known and returns how many. */
size_t timeline_list(const struct timeline *, const char *words[TIMELINE_N_STAGES], int64_t us[TIMELINE_N_STAGES]);

/* Adds to 'vm' what the agent told of a VIF. Of several VIFs the last counts. One that was not plugged for this start counts not at all:
 * its transaction was before the request, or after the guest was let run. */
void timeline_add_vif(struct timeline *vm, const struct timeline *vif);

/* A guest sends its first frame the moment that it is let run, and its monitor tells of that moment afterwards: where the frame was earlier,
 * the guest was let run at the latest then. */
void timeline_settle(struct timeline *);

/* A stage of the waterfall. */
struct timeline_step {
    enum timeline_stage stage;
    int64_t at_us;              /* since the first stage */
    int64_t took_us;            /* since the stage before */
};

/* Lists the stages that were reached, and returns how many, in the order in which they were: much happens in parallel, and rules may be
 * acknowledged before or after the port is there. What was so before the request (a device that waits for its VM) was reached with it.
 * So the steps sum to the last one's at_us exactly. None without the request. */
size_t timeline_steps(const struct timeline *, struct timeline_step steps[TIMELINE_N_STAGES]);

/* Appends the waterfall for people, a line for each step, none wider than 'width' columns as long as
 * that is 60 or more. Characters are UTF-8. */
void timeline_draw(const struct timeline_step[], size_t n, size_t width, struct ds *);

#endif
