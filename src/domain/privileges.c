/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "domain/privileges.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <util.h>

#include "base/error.h"

#define BIT(CAPABILITY) (UINT64_C(1) << (CAPABILITY))

uint64_t
privileges_of_program(void)
{
    return BIT(CAP_NET_ADMIN) | BIT(CAP_NET_RAW) | BIT(CAP_NET_BIND_SERVICE);
}

uint64_t
privileges_of_keeper(void)
{
    return privileges_of_program() | BIT(CAP_SYS_ADMIN) | BIT(CAP_SETUID) | BIT(CAP_SETGID) | BIT(CAP_SETPCAP) | BIT(CAP_KILL)
           | BIT(CAP_CHOWN);
}

static struct error *
failed(const char *what)
{
    return error_new(ERROR_REFUSED, "cannot give up privileges: %s: %s", what, ovs_strerror(errno));
}

/* What is not in this set cannot be had again, by root neither. Who may not change it has no such capability to lose. */
static void
bound(uint64_t capabilities)
{
    for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++) {
        if (!(capabilities & BIT(capability))) {
            prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
        }
    }
}

static struct error *
become(const struct privileges *privileges)
{
    if (!privileges->has_user) {
        return NULL;
    }
    /* A change of user would take all capabilities away. */
    if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
        || setgroups(privileges->has_group, &privileges->group)
        || setresgid(privileges->gid, privileges->gid, privileges->gid)
        || setresuid(privileges->uid, privileges->uid, privileges->uid)) {
        return failed("cannot become another user");
    }
    return NULL;
}

/* Effective, permitted and inheritable, each in two words. libcap would be a library for these two system calls. */
static struct error *
set_capabilities(uint64_t capabilities)
{
    struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct words[2];

    for (int i = 0; i < 2; i++) {
        words[i].effective = words[i].permitted = words[i].inheritable = capabilities >> 32 * i;
    }
    return syscall(SYS_capset, &header, words) ? failed("capset") : NULL;
}

/* Through the next execve(2) of who is not root. */
static struct error *
keep_ambient(uint64_t capabilities)
{
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    for (int capability = 0; capability < 64; capability++) {
        if (capabilities & BIT(capability) && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0)) {
            return failed("ambient capabilities");
        }
    }
    return NULL;
}

struct error *
privileges_drop(const struct privileges *privileges)
{
    bound(privileges->capabilities);

    struct error *error = become(privileges);
    error = error ? error : set_capabilities(privileges->capabilities);
    error = error ? error : keep_ambient(privileges->capabilities);
    if (!error && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) {
        error = failed("no_new_privs");
    }
    return error;
}
