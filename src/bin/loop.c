/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "bin/loop.h"

#include <stdbool.h>
#include <stdlib.h>

#include <openvswitch/poll-loop.h>
#include <unixctl.h>
#include <util.h>

struct loop {
    struct unixctl_server *control;
    bool exiting;
};

static void
request_exit(struct unixctl_conn *conn, int argc OVS_UNUSED, const char *argv[] OVS_UNUSED, void *loop)
{
    ((struct loop *) loop)->exiting = true;
    unixctl_command_reply(conn, NULL);
}

struct loop *
loop_open(const char *path)
{
    struct loop *loop = xzalloc(sizeof *loop);

    if (unixctl_server_create(path, &loop->control)) {
        exit(EXIT_FAILURE);
    }
    unixctl_command_register("exit", "", 0, 0, request_exit, loop);
    return loop;
}

void
loop_close(struct loop *loop)
{
    unixctl_server_destroy(loop->control);
    free(loop);
}

void
loop_run(struct loop *loop, const struct loop_work *work)
{
    for (;;) {
        unixctl_server_run(loop->control);
        work->run(work->aux);
        if (loop->exiting) {
            return;
        }
        unixctl_server_wait(loop->control);
        work->wait(work->aux);
        poll_block();
    }
}
