/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenstore/metadata_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/quote.h"
#include "xenstore/facts.h"

/* How often a file that is in the making is looked at. */
enum { LOOK_AGAIN_MS = 10 };

static long long int
now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Up to a byte more than is allowed, which says that there is too much. Returns 0 or an errno value. */
static int
read_all(int fd, char *text, size_t size, size_t *n)
{
    ssize_t got = 1;

    for (*n = 0; *n < size && got > 0; *n += got) {
        got = read(fd, text + *n, size - *n);
        if (got < 0) {
            return errno;
        }
    }
    return 0;
}

static struct error *
read_once(const char *path, char *text, struct xenvif_metadata *metadata)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    size_t n;
    int code;

    if (fd < 0) {
        return error_new(errno == ENOENT ? ERROR_NOT_FOUND : ERROR_REFUSED, "%s", ovs_strerror(errno));
    }
    code = read_all(fd, text, LIMIT_XENVIF_METADATA_BYTES + 1, &n);
    close(fd);
    return code ? error_new(ERROR_REFUSED, "%s", ovs_strerror(code)) : xenvif_metadata_parse(text, n, metadata);
}

/* What another look may mend. */
static bool
is_in_the_making(const struct error *error)
{
    return error->code == ERROR_NOT_FOUND || error->code == ERROR_INVALID;
}

static struct error *
read_until(const char *path, long long int deadline, struct xenvif_metadata *metadata)
{
    char *text = xmalloc(LIMIT_XENVIF_METADATA_BYTES + 1);
    struct error *error = read_once(path, text, metadata);

    while (error && is_in_the_making(error) && now_ms() < deadline) {
        error_free(error);
        nanosleep(&(struct timespec) { .tv_nsec = LOOK_AGAIN_MS * 1000 * 1000 }, NULL);
        error = read_once(path, text, metadata);
    }
    free(text);
    return error;
}

struct error *
metadata_file_read(const struct facts_places *places, const char *backend, const char *vm_uuid, uint32_t devid,
                   struct xenvif_metadata *metadata)
{
    char *path;
    struct error *error;

    if (!*backend || strlen(backend) > 64 || strchr(backend, '/') || backend[0] == '.') {
        return error_new(ERROR_INVALID, "xenopsd-backend is %s, which is no folder's name", quote(backend).text);
    }
    path = xasprintf("%s/var/run/nonpersistent/xenopsd/%s/VM/%s/vif.%"PRIu32, places->root, backend, vm_uuid, devid);
    error = read_until(path, now_ms() + places->file_wait_ms, metadata);
    if (error) {
        error = error_prefix(error, "xenopsd's file %s", path);
    }
    free(path);
    return error;
}
