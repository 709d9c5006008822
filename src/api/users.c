/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "api/users.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openvswitch/vlog.h>
#include <util.h>

#include "base/error.h"
#include "base/limits.h"

VLOG_DEFINE_THIS_MODULE(api_users);

struct users {
    char *path;
    struct user_list list;
    struct stat seen;           /* of the file as it was last looked at; all zeros: there was none */
};

/* Whether 'a' and 'b' are of the same file with the same content. */
static bool
is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size && a->st_mode == b->st_mode
           && a->st_uid == b->st_uid && a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static struct error *
file_judge(const struct stat *stat)
{
    if (!S_ISREG(stat->st_mode)) {
        return error_new(ERROR_INVALID, "it is no plain file");
    }
    if (stat->st_uid && stat->st_uid != geteuid()) {
        return error_new(ERROR_REFUSED, "it belongs to another user (uid %u): chown it to root", stat->st_uid);
    }
    if (stat->st_mode & (S_IWGRP | S_IWOTH)) {
        return error_new(ERROR_REFUSED, "others can write it: chmod go-w it");
    }
    if (stat->st_size > LIMIT_USERS_FILE_BYTES) {
        return error_new(ERROR_LIMIT, "it has more than %d bytes", LIMIT_USERS_FILE_BYTES);
    }
    return NULL;
}

/* Reads all of 'fd', at most 'size' bytes, and returns how many there were. */
static ssize_t
read_all(int fd, char *text, size_t size)
{
    size_t n = 0;

    while (n < size) {
        const ssize_t more = read(fd, text + n, size - n);

        if (more < 0 && errno != EINTR) {
            return -1;
        } else if (!more) {
            break;
        }
        n += MAX(more, 0);
    }
    return n;
}

static struct error *
content_read(int fd, struct user_list *list)
{
    char *text = xmalloc(LIMIT_USERS_FILE_BYTES + 1);
    const ssize_t n = read_all(fd, text, LIMIT_USERS_FILE_BYTES + 1);
    struct error *error = n < 0
        ? error_new(ERROR_REFUSED, "it cannot be read: %s", ovs_strerror(errno))
        : user_list_parse(text, n, list);

    free(text);
    return error;
}

/* Takes what the open file says. */
static struct error *
file_take(struct users *users, int fd)
{
    struct user_list list;
    struct error *error;

    if (fstat(fd, &users->seen)) {
        return error_new(ERROR_REFUSED, "%s", ovs_strerror(errno));
    }
    if ((error = file_judge(&users->seen)) || (error = content_read(fd, &list))) {
        return error;
    }
    user_list_destroy(&users->list);
    users->list = list;
    if (users->seen.st_mode & (S_IRGRP | S_IROTH)) {
        VLOG_WARN("%s: others can read it, and try passwords on its hashes: chmod go-r it", users->path);
    }
    return NULL;
}

static struct error *
users_read(struct users *users)
{
    const int fd = open(users->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0) {
        const int why = errno;

        memset(&users->seen, 0, sizeof users->seen);
        if (why == ENOENT) {
            user_list_destroy(&users->list);
            return NULL;
        }
        return error_new(ERROR_REFUSED, "%s: it cannot be opened: %s", users->path, ovs_strerror(why));
    }
    struct error *error = file_take(users, fd);
    close(fd);
    return error ? error_prefix(error, "%s", users->path) : NULL;
}

struct error *
users_open(const char *path, struct users **usersp)
{
    struct users *users = xzalloc(sizeof *users);

    users->path = xstrdup(path);
    struct error *error = users_read(users);
    if (error) {
        users_close(users);
        return error;
    }
    if (!users->list.n) {
        VLOG_WARN("%s has no users: only root can log in, at a unix socket", path);
    }
    *usersp = users;
    return NULL;
}

void
users_close(struct users *users)
{
    if (users) {
        user_list_destroy(&users->list);
        free(users->path);
        free(users);
    }
}

void
users_refresh(struct users *users)
{
    struct stat now;

    if (stat(users->path, &now)) {
        memset(&now, 0, sizeof now);
    }
    if (is_same(&now, &users->seen)) {
        return;
    }
    struct error *error = users_read(users);
    if (error) {
        users->seen = now;
        VLOG_WARN("%s; the users of before stay", error->text);
        error_free(error);
    } else {
        VLOG_INFO("%s: %"PRIuSIZE" users", users->path, users->list.n);
    }
}

const struct user *
users_find(const struct users *users, const char *name)
{
    return user_list_find(&users->list, name);
}

const struct user *
users_any(const struct users *users)
{
    return users->list.n ? &users->list.users[0] : NULL;
}
