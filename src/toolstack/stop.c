/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/stop.h"

#include <util.h>

#include "stop/stop.h"

static const char *const words[] = {
#define STEP(NAME, WORD) WORD,
#include "toolstack/steps.def"
#undef STEP
};

void
toolstack_stop_register(void)
{
    stop_register(words, ARRAY_SIZE(words), "src/toolstack/steps.def");
}

void
toolstack_stop_at(enum toolstack_step step)
{
    stop_at(step);
}
