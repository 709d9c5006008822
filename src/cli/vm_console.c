/* SPDX-License-Identifier: Apache-2.0
 *
 * cable vm console: a guest's serial console, on this machine.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include <fatal-signal.h>
#include <openvswitch/poll-loop.h>
#include <util.h>

#include "base/error.h"
#include "base/quote.h"
#include "cli/cli.h"
#include "cli/nouns.h"
#include "cli/vm_guest.h"
#include "cli/xapi.h"
#include "cli/xapi_objects.h"

enum { LEAVE = 0x1d };          /* Ctrl-], as telnet(1) has it */

struct console {
    int fd;
    int input;                  /* standard input under another number: libopenvswitch's loop takes 0 for none */
    bool is_terminal;           /* standard input: raw, and its settings are to be put back */
    struct termios before;
    bool reads_input;           /* until its end */
};

char *
vm_guest_console(const struct xenapi_value *record)
{
    const struct xenapi_value *other_config = xapi_field(record, "other_config", XENAPI_MAP);
    const char *path = other_config ? xapi_text(other_config, "cabled-console") : "";
    const char *folder = getenv("CABLED_GUESTS");

    return *path ? xstrdup(path)
        : xasprintf("%s/%s/console.sock", folder && *folder ? folder : "/run/cabled/guests", xapi_text(record, "uuid"));
}

static void
console_close(struct console *console)
{
    close(console->fd);
    close(console->input);
}

static struct error *
console_connect(struct console *console, const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    *console = (struct console) { .input = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1), .reads_input = true };
    if (strlen(path) >= sizeof address.sun_path) {
        return error_new(ERROR_LIMIT, "console %s: the path of a unix socket is shorter", quote(path).text);
    }
    strcpy(address.sun_path, path);
    console->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (console->fd < 0 || connect(console->fd, (const struct sockaddr *) &address, sizeof address)) {
        struct error *error = error_new(ERROR_UNREACHABLE, "console %s: %s: it is on the host that the VM runs on, for root", path,
                                        ovs_strerror(errno));

        console_close(console);
        return error;
    }
    return NULL;
}

static void
terminal_restore(void *console_)
{
    struct console *console = console_;

    if (console->is_terminal) {
        tcsetattr(STDIN_FILENO, TCSADRAIN, &console->before);
        console->is_terminal = false;
    }
}

static void
terminal_make_raw(struct console *console)
{
    struct termios raw;

    console->is_terminal = !tcgetattr(STDIN_FILENO, &console->before);
    if (console->is_terminal) {
        raw = console->before;
        cfmakeraw(&raw);
        tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
    }
}

static bool
write_all(int fd, const char *bytes, size_t n)
{
    while (n) {
        const ssize_t written = write(fd, bytes, n);

        if (written < 0 && errno != EINTR) {
            return false;
        }
        bytes += MAX(written, 0);
        n -= MAX(written, 0);
    }
    return true;
}

static bool
is_ready(int fd, short events)
{
    struct pollfd pfd = { .fd = fd, .events = events };

    return poll(&pfd, 1, 0) > 0;
}

/* False if the guest has gone. */
static bool
pass_output(struct console *console)
{
    char bytes[4096];

    if (!is_ready(console->fd, POLLIN)) {
        return true;
    }
    const ssize_t n = read(console->fd, bytes, sizeof bytes);
    return n > 0 ? write_all(STDOUT_FILENO, bytes, n) : n < 0 && errno == EINTR;
}

/* False if the person wants to leave. What comes from a file or pipe is the guest's as it is. */
static bool
pass_input(struct console *console)
{
    char bytes[1024];

    if (!console->reads_input || !is_ready(STDIN_FILENO, POLLIN)) {
        return true;
    }
    const ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);
    const char *leave = n > 0 && console->is_terminal ? memchr(bytes, LEAVE, n) : NULL;
    console->reads_input = n > 0 || (n < 0 && errno == EINTR);
    if (n > 0) {
        write_all(console->fd, bytes, leave ? leave - bytes : n);
    }
    return !leave;
}

static enum vm_console_end
console_run(struct console *console)
{
    for (;;) {
        if (!pass_input(console)) {
            return VM_CONSOLE_LEFT;
        } else if (!pass_output(console)) {
            return VM_CONSOLE_GONE;
        }
        poll_fd_wait(console->fd, POLLIN);
        if (console->reads_input) {
            poll_fd_wait(console->input, POLLIN);
        }
        poll_block();           /* signals, which put the terminal right first */
    }
}

struct error *
vm_guest_attach(const char *path, enum vm_console_end *end)
{
    struct console *console = xmalloc(sizeof *console);
    struct error *error = console_connect(console, path);

    if (error) {
        free(console);
        return error;
    }
    fflush(stdout);
    /* The hook cannot be taken back: what it looks at stays. */
    fatal_signal_add_hook(terminal_restore, NULL, console, true);
    terminal_make_raw(console);
    if (console->is_terminal) {
        fprintf(stderr, "Connected to the guest's console; Ctrl-] leaves it.\r\n");
    }
    *end = console_run(console);
    terminal_restore(console);
    console_close(console);
    return NULL;
}

struct error *
vm_console(struct cli *cli)
{
    const char *word = cli->given.arguments[0];
    struct xenapi_value record;
    struct xapi *xapi;
    char *ref = NULL;
    struct error *error = cli_xapi(cli, &xapi);

    error = error ? error : xapi_find(xapi, "VM", word, &ref);
    error = error ? error : xapi_record(xapi, "VM", ref, &record);
    free(ref);
    if (error) {
        return error;
    }
    if (!strcmp(xapi_text(&record, "power_state"), "Halted")) {
        error = error_new(ERROR_REFUSED, "VM %s is not running: `cable vm start` starts it", quote(word).text);
    } else {
        char *path = vm_guest_console(&record);
        enum vm_console_end end;

        error = vm_guest_attach(path, &end);
        free(path);
    }
    xenapi_value_destroy(&record);
    return error;
}
