/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "domain/record.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <openvswitch/json.h>
#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "domain/qmp_message.h"

enum { LISTEN_BACKLOG = 8, LAST_WORDS_BYTES = 512 };

static const char *const backend_names[] = { [DOMAIN_QEMU] = "qemu", [DOMAIN_NETNS] = "netns" };

char *
record_folder(const char *run_folder, const struct uuid *vm)
{
    return xasprintf("%s/"UUID_FMT, run_folder, UUID_ARGS(vm));
}

char *
record_path(const char *folder, const char *file)
{
    return xasprintf("%s/%s", folder, file);
}

static struct error *
failed(const char *path, const char *what)
{
    return error_new(ERROR_REFUSED, "%s: cannot %s: %s", path, what, ovs_strerror(errno));
}

struct error *
record_make_folder(const char *folder)
{
    return mkdir(folder, 0700) ? failed(folder, "make this folder") : NULL;
}

void
record_remove_folder(const char *folder)
{
    DIR *directory = opendir(folder);
    const struct dirent *entry;

    while (directory && (entry = readdir(directory))) {
        unlinkat(dirfd(directory), entry->d_name, 0);
    }
    if (directory) {
        closedir(directory);
    }
    rmdir(folder);
}

static char *
record_text(const struct record *record)
{
    struct json *json = json_object_create();

    json_object_put_string(json, "backend", backend_names[record->backend]);
    json_object_put(json, "domid", json_integer_create(record->domid));
    json_object_put(json, "pid", json_integer_create(record->pid));
    json_object_put(json, "began", json_integer_create(record->began));
    char *text = json_to_string(json, JSSF_SORT);
    json_destroy(json);
    return text;
}

struct error *
record_write(const char *folder, const struct record *record)
{
    char *path = record_path(folder, "domain.json"), *draft = record_path(folder, "domain.json.new"), *text = record_text(record);
    struct error *error = NULL;
    FILE *file = fopen(draft, "we");

    if (!file || fprintf(file, "%s\n", text) < 0 || fflush(file) || rename(draft, path)) {
        error = failed(path, "write");
    }
    if (file) {
        fclose(file);
    }
    free(text);
    free(draft);
    free(path);
    return error;
}

static bool
record_parse(const struct json *json, struct record *record)
{
    const char *backend = qmp_text(json, "backend");

    *record = (struct record) {
        .backend = backend && !strcmp(backend, backend_names[DOMAIN_NETNS]) ? DOMAIN_NETNS : DOMAIN_QEMU,
        .domid = qmp_number(json, "domid", 0), .pid = qmp_number(json, "pid", 0), .began = qmp_number(json, "began", 0),
    };
    return backend && record->domid >= 1 && record->domid <= DOMAIN_MAX_ID && record->pid >= 0;
}

/* Up to 'size' - 1 bytes from the end of a file. */
static ssize_t
read_end(const char *path, char *bytes, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    struct stat status;
    ssize_t n = -1;

    if (fd >= 0) {
        if (!fstat(fd, &status) && S_ISREG(status.st_mode)) {
            n = pread(fd, bytes, size - 1, MAX(status.st_size - (off_t) (size - 1), 0));
        }
        close(fd);
    }
    bytes[MAX(n, 0)] = '\0';
    return n;
}

struct error *
record_read(const char *folder, struct record *record)
{
    char *path = record_path(folder, "domain.json"), *text = xmalloc(LIMIT_DOMAIN_RECORD_BYTES);
    struct error *error = NULL;

    if (read_end(path, text, LIMIT_DOMAIN_RECORD_BYTES) < 0) {
        error = failed(path, "read");
    } else {
        struct json *json = json_from_string(text);

        if (!record_parse(json, record)) {
            error = error_new(ERROR_INVALID, "%s is no record of a domain", path);
        }
        json_destroy(json);
    }
    free(text);
    free(path);
    return error;
}

struct error *
record_listen(const char *path, int *fdp)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
    }
    ovs_strlcpy(address.sun_path, path, sizeof address.sun_path);
    if (fd < 0 || strlen(path) >= sizeof address.sun_path || bind(fd, (struct sockaddr *) &address, sizeof address)
        || chmod(path, 0600) || listen(fd, LISTEN_BACKLOG)) {
        struct error *error = failed(path, "listen");

        if (fd >= 0) {
            close(fd);
        }
        return error;
    }
    *fdp = fd;
    return NULL;
}

char *
record_last_words(const char *folder)
{
    char *path = record_path(folder, "process.log"), text[LAST_WORDS_BYTES + 1];
    ssize_t n = read_end(path, text, sizeof text);

    free(path);
    while (n > 0 && strchr("\r\n", text[n - 1])) {
        text[--n] = '\0';
    }
    const char *line = n > 0 ? strrchr(text, '\n') : NULL;
    return n > 0 ? xstrdup(line ? line + 1 : text) : NULL;
}

/* The writer appends, so that it goes on at the new end. What it says between the copy and the cut is lost. */
void
record_trim_console(const char *folder)
{
    char *path = record_path(folder, "console.log"), *former = record_path(folder, "console.log.1");
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    struct stat status;

    if (fd >= 0 && !fstat(fd, &status) && status.st_size > LIMIT_CONSOLE_LOG_BYTES) {
        int copy = open(former, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
        off_t from = status.st_size - LIMIT_CONSOLE_LOG_BYTES / 2;

        if (copy >= 0) {
            ignore(sendfile(copy, fd, &from, LIMIT_CONSOLE_LOG_BYTES / 2) > 0);
            close(copy);
        }
        ignore(!ftruncate(fd, 0));
    }
    if (fd >= 0) {
        close(fd);
    }
    free(former);
    free(path);
}
