/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "vif/times.h"

const char *
vif_stage_name(enum vif_stage stage)
{
    static const char *const names[VIF_N_STAGES] = {
#define VIF_STAGE(NAME, WORD) WORD,
        VIF_STAGES
#undef VIF_STAGE
    };

    return names[stage];
}

size_t
vif_times_list(const struct vif_times *times, const char *names[VIF_N_STAGES], int64_t us[VIF_N_STAGES])
{
    size_t n = 0;

    for (enum vif_stage stage = 0; stage < VIF_N_STAGES; stage++) {
        if (times->us[stage]) {
            names[n] = vif_stage_name(stage);
            us[n++] = times->us[stage];
        }
    }
    return n;
}
