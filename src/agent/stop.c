/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "agent/stop.h"

#include <dummy.h>
#include <util.h>

#include "stop/stop.h"

static const char *const words[] = {
#define STEP(NAME, WORD) WORD,
#include "agent/steps.def"
#undef STEP
};

void
agent_stop_register(void)
{
    timeval_dummy_register();
    stop_register(words, ARRAY_SIZE(words), "src/agent/steps.def");
}

void
agent_stop_at(enum agent_step step)
{
    stop_at(step);
}
