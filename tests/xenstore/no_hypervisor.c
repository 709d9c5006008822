/* SPDX-License-Identifier: Apache-2.0
 *
 * Preloaded into a real xenstored, on a machine without Xen: stands in for the hypervisor's event channels, grants and domains, and for
 * the kernel's files of domain 0's own ring, so that what remains, which is all of xenstore, serves its unix socket. Every domain that is
 * asked after exists and runs; no event ever comes.
 */
/* open() is to be open(), not the open64() that it would be renamed to. */
#undef _FILE_OFFSET_BITS

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <xenctrl.h>
#include <xenevtchn.h>
#include <xengnttab.h>

/* A file of 'n' bytes that is in memory only. */
static int
memory_open(const char *content, size_t n)
{
    int fd = memfd_create("xsd", MFD_CLOEXEC);

    if (fd >= 0 && pwrite(fd, content, n, 0) != (ssize_t) n) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* Domain 0's event channel and its ring, which is empty. */
int
open(const char *path, int flags, ...)
{
    static const char page[XC_PAGE_SIZE];
    mode_t mode = 0;
    va_list args;

    if (!strcmp(path, "/proc/xen/xsd_port")) {
        return memory_open("1", 1);
    } else if (!strcmp(path, "/proc/xen/xsd_kva")) {
        return memory_open(page, sizeof page);
    }
    if (flags & (O_CREAT | O_TMPFILE)) {
        va_start(args, flags);
        mode = va_arg(args, mode_t);
        va_end(args);
    }
    return syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

struct xenevtchn_handle {
    int fd;                     /* never readable */
    evtchn_port_t last;
};

xenevtchn_handle *
xenevtchn_open(struct xentoollog_logger *logger, unsigned int flags)
{
    xenevtchn_handle *handle = calloc(1, sizeof *handle);

    if (handle) {
        handle->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    }
    return handle;
}

xenevtchn_handle *
xenevtchn_fdopen(struct xentoollog_logger *logger, int fd, unsigned int flags)
{
    return xenevtchn_open(logger, flags);
}

int
xenevtchn_close(xenevtchn_handle *handle)
{
    close(handle->fd);
    free(handle);
    return 0;
}

int
xenevtchn_fd(xenevtchn_handle *handle)
{
    return handle->fd;
}

int
xenevtchn_notify(xenevtchn_handle *handle, evtchn_port_t port)
{
    return 0;
}

xenevtchn_port_or_error_t
xenevtchn_bind_interdomain(xenevtchn_handle *handle, uint32_t domid, evtchn_port_t remote)
{
    return ++handle->last;
}

xenevtchn_port_or_error_t
xenevtchn_bind_virq(xenevtchn_handle *handle, unsigned int virq)
{
    return ++handle->last;
}

int
xenevtchn_unbind(xenevtchn_handle *handle, evtchn_port_t port)
{
    return 0;
}

xenevtchn_port_or_error_t
xenevtchn_pending(xenevtchn_handle *handle)
{
    errno = EAGAIN;
    return -1;
}

int
xenevtchn_unmask(xenevtchn_handle *handle, evtchn_port_t port)
{
    return 0;
}

/* What a handle of grants or of the hypervisor points to. */
static char nothing;

xengnttab_handle *
xengnttab_open(struct xentoollog_logger *logger, unsigned int flags)
{
    return (xengnttab_handle *) &nothing;
}

int
xengnttab_close(xengnttab_handle *handle)
{
    return 0;
}

int
xengnttab_set_max_grants(xengnttab_handle *handle, uint32_t n)
{
    return 0;
}

/* A domain's ring: a page of its own, empty for ever. */
void *
xengnttab_map_grant_ref(xengnttab_handle *handle, uint32_t domid, uint32_t ref, int protection)
{
    void *page = mmap(NULL, XC_PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return page == MAP_FAILED ? NULL : page;
}

int
xengnttab_unmap(xengnttab_handle *handle, void *address, uint32_t count)
{
    return munmap(address, (size_t) count * XC_PAGE_SIZE);
}

xc_interface *
xc_interface_open(struct xentoollog_logger *logger, struct xentoollog_logger *dombuild_logger, unsigned int flags)
{
    return (xc_interface *) &nothing;
}

int
xc_interface_close(xc_interface *handle)
{
    return 0;
}

int
xc_domain_getinfo(xc_interface *handle, uint32_t first, unsigned int max, xc_dominfo_t *info)
{
    if (!max) {
        return 0;
    }
    *info = (xc_dominfo_t) { .domid = first, .running = 1 };
    return 1;
}
