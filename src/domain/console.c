/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "domain/console.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openvswitch/poll-loop.h>
#include <util.h>

/* What is passed on in one turn. */
enum { CHUNK_BYTES = 4096 };

void
console_init(struct console *console, int listener, int log)
{
    *console = (struct console) { .listener = listener, .log = log, .terminal = -1, .client = -1 };
}

static void
close_fd(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
        *fd = -1;
    }
}

void
console_uninit(struct console *console)
{
    close_fd(&console->terminal);
    close_fd(&console->client);
}

/* False if there is nothing now. A terminal that nobody has open any more fails. */
static bool
pass_output(struct console *console)
{
    char bytes[CHUNK_BYTES];
    ssize_t n = read(console->terminal, bytes, sizeof bytes);

    if (n > 0) {
        ignore(write(console->log, bytes, n) > 0);
        if (console->client >= 0) {
            ignore(send(console->client, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL) > 0);
        }
    } else if (!n || (errno != EAGAIN && errno != EINTR)) {
        close_fd(&console->terminal);
    }
    return n > 0;
}

static void
pass_input(struct console *console)
{
    char bytes[CHUNK_BYTES];
    ssize_t n = recv(console->client, bytes, sizeof bytes, MSG_DONTWAIT);

    if (n > 0 && console->terminal >= 0) {
        ignore(write(console->terminal, bytes, n) > 0);
    } else if (!n || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        close_fd(&console->client);
    }
}

int
console_open_terminal(struct console *console, uid_t uid)
{
    while (console->terminal >= 0 && pass_output(console)) {
        continue;
    }
    close_fd(&console->terminal);
    int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (terminal < 0 || unlockpt(terminal)) {
        return -1;
    }
    console->terminal = terminal;
    int program = open(ptsname(terminal), O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (program >= 0) {
        ignore(!fchown(program, uid, -1));
    }
    return program;
}

void
console_run(struct console *console)
{
    if (console->client < 0) {
        console->client = accept4(console->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    }
    if (console->client >= 0) {
        pass_input(console);
    }
    if (console->terminal >= 0) {
        pass_output(console);
    }
}

void
console_wait(const struct console *console)
{
    poll_fd_wait(console->client < 0 ? console->listener : console->client, POLLIN);
    if (console->terminal >= 0) {
        poll_fd_wait(console->terminal, POLLIN);
    }
}
