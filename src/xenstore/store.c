/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenstore/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <xenstore.h>

#include <util.h>

#include "base/error.h"
#include "base/limits.h"

struct store {
    struct xs_handle *handle;
};

struct error *
store_open(struct store **storep)
{
    struct xs_handle *handle = xs_open(0);

    *storep = NULL;
    if (!handle) {
        return error_new(ERROR_UNREACHABLE, "xenstored does not answer (%s): this host runs no Xen, or xenstored does not run",
                         ovs_strerror(errno));
    }
    *storep = xmalloc(sizeof **storep);
    (*storep)->handle = handle;
    return NULL;
}

void
store_close(struct store *store)
{
    if (store) {
        xs_close(store->handle);
        free(store);
    }
}

static struct error *
failed(const char *what, const char *path)
{
    return error_new(errno == EACCES || errno == EPERM ? ERROR_REFUSED : ERROR_UNREACHABLE, "cannot %s %s in xenstore: %s", what, path,
                     ovs_strerror(errno));
}

struct error *
store_read(struct store *store, const char *path, char **value)
{
    unsigned int n;

    *value = xs_read(store->handle, XBT_NULL, path, &n);
    if (!*value) {
        return errno == ENOENT ? NULL : failed("read", path);
    } else if (n > LIMIT_XENSTORE_VALUE_BYTES || strlen(*value) != n) {
        free(*value);
        *value = NULL;
        return error_new(ERROR_INVALID, "%s in xenstore is no text of at most %d bytes", path, LIMIT_XENSTORE_VALUE_BYTES);
    }
    return NULL;
}

struct error *
store_list(struct store *store, const char *path, char ***names, size_t *n)
{
    unsigned int count = 0;

    *names = xs_directory(store->handle, XBT_NULL, path, &count);
    *n = *names ? count : 0;
    return *names || errno == ENOENT ? NULL : failed("list", path);
}

struct error *
store_write(struct store *store, const char *path, const char *value)
{
    return xs_write(store->handle, XBT_NULL, path, value, strlen(value)) ? NULL : failed("write", path);
}

struct error *
store_remove(struct store *store, const char *path)
{
    return xs_rm(store->handle, XBT_NULL, path) || errno == ENOENT ? NULL : failed("remove", path);
}
