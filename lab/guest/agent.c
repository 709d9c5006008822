// SPDX-License-Identifier: Apache-2.0
/*
 * agent: process 1 of a QEMU guest. Runs the commands that come in over a virtio-serial port.
 *
 *     request:  "ID TIMEOUT-MS SCRIPT-BYTES INPUT-BYTES\n" script input
 *     reply:    "ID STATUS OUTPUT-BYTES\n" output
 *
 * The script is run by `sh -c` with `input` as its standard input; `output` is
 * what it wrote to standard output and error, STATUS its exit status, 128 + N
 * if signal N ended it.  When TIMEOUT-MS have passed it is killed.  One request
 * is served after the other.  A request that is cut short by the other side's
 * hanging up is forgotten.
 *
 * argv: PORT.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { HEADER_MAX_BYTES = 100, BODY_MAX_BYTES = 64 << 20 };

struct request {
    unsigned long id;
    long timeout_ms;
    size_t script_bytes;
    size_t input_bytes;
};

static void
die(const char *what)
{
    perror(what);
    exit(1);                        /* The guest panics, and the console log shows why. */
}

/* Reads exactly `n` bytes. False: the other side has hung up. */
static bool
read_fully(int port, char *to, size_t n)
{
    while (n) {
        ssize_t got = read(port, to, n);

        if (got <= 0) {
            return false;
        }
        to += got;
        n -= (size_t) got;
    }
    return true;
}

static void
write_fully(int port, const char *from, size_t n)
{
    while (n) {
        ssize_t put = write(port, from, n);

        if (put < 0) {
            return;                 /* Hung up: nobody is waiting for this reply. */
        }
        from += put;
        n -= (size_t) put;
    }
}

static bool
read_header(int port, struct request *request)
{
    char line[HEADER_MAX_BYTES + 1] = "";
    size_t n = 0;

    do {
        if (n == HEADER_MAX_BYTES || !read_fully(port, &line[n], 1)) {
            return false;
        }
    } while (line[n++] != '\n');
    return sscanf(line, "%lu %ld %zu %zu", &request->id, &request->timeout_ms, &request->script_bytes,
                  &request->input_bytes) == 4
           && request->script_bytes <= BODY_MAX_BYTES && request->input_bytes <= BODY_MAX_BYTES;
}

/* A file in memory with these contents, read from its beginning. */
static int
memory_file(const char *contents, size_t n)
{
    int fd = memfd_create("agent", MFD_CLOEXEC);

    if (fd < 0) {
        die("memfd_create");
    }
    write_fully(fd, contents, n);
    lseek(fd, 0, SEEK_SET);
    return fd;
}

static pid_t
start_script(const char *script, int input, int output)
{
    pid_t pid = fork();

    if (pid < 0) {
        die("fork");
    }
    if (!pid) {
        sigset_t none;

        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        setsid();
        dup2(input, STDIN_FILENO);
        dup2(output, STDOUT_FILENO);
        dup2(output, STDERR_FILENO);
        execl("/bin/sh", "sh", "-c", script, (char *) NULL);
        _exit(127);
    }
    return pid;
}

/* Reaps children until `pid` has ended, and kills it when its time is up. Returns its wait status. */
static int
await_end(pid_t pid, long timeout_ms)
{
    struct timespec timeout = { .tv_sec = timeout_ms / 1000, .tv_nsec = timeout_ms % 1000 * 1000000 };
    sigset_t child;

    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    for (;;) {
        int status;
        pid_t ended = waitpid(-1, &status, WNOHANG);

        if (ended == pid) {
            return status;
        }
        if (!ended && sigtimedwait(&child, NULL, &timeout) < 0 && errno == EAGAIN) {
            kill(-pid, SIGKILL);
        }
    }
}

static void
reply(int port, unsigned long id, int status, int output)
{
    struct stat file;
    char *text = NULL;
    char header[HEADER_MAX_BYTES];
    int n;

    fstat(output, &file);
    if (file.st_size) {
        text = mmap(NULL, (size_t) file.st_size, PROT_READ, MAP_SHARED, output, 0);
    }
    if (text == MAP_FAILED) {
        die("mmap");
    }
    n = snprintf(header, sizeof header, "%lu %d %zu\n", id,
                 WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), (size_t) file.st_size);
    write_fully(port, header, (size_t) n);
    if (text) {
        write_fully(port, text, (size_t) file.st_size);
        munmap(text, (size_t) file.st_size);
    }
}

static void
serve(int port, const struct request *request)
{
    char *body = malloc(request->script_bytes + 1 + request->input_bytes);

    if (!body) {
        die("malloc");
    }
    body[request->script_bytes] = '\0';
    if (read_fully(port, body, request->script_bytes)
        && read_fully(port, body + request->script_bytes + 1, request->input_bytes)) {
        int input = memory_file(body + request->script_bytes + 1, request->input_bytes);
        int output = memory_file("", 0);
        int status = await_end(start_script(body, input, output), request->timeout_ms);

        reply(port, request->id, status, output);
        close(input);
        close(output);
    }
    free(body);
}

/* While nobody has the other end open, reads end at once: look again a little later. */
static void
await_caller(void)
{
    nanosleep(&(struct timespec) { .tv_nsec = 20 * 1000 * 1000 }, NULL);
}

int
main(int argc, char *argv[])
{
    int port = argc == 2 ? open(argv[1], O_RDWR | O_CLOEXEC) : -1;
    sigset_t child;

    if (port < 0) {
        die(argc == 2 ? argv[1] : "usage: agent PORT");
    }
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    for (;;) {
        struct request request;

        if (read_header(port, &request)) {
            serve(port, &request);
        } else {
            await_caller();
        }
    }
}
