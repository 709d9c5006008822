/* SPDX-License-Identifier: Apache-2.0
 *
 * A network namespace with a name, as ip-netns(8) has them: `ip netns exec cabled-7 COMMAND` runs a command in that of domain 7.
 */
#ifndef DOMAIN_NAMESPACE_H
#define DOMAIN_NAMESPACE_H

struct error;
struct nl_sock;

struct namespace {
    int fd;
    struct nl_sock *links;      /* NETLINK_ROUTE, in it */
    int control;                /* for ioctl(2), in it */
    char *path;                 /* its name's; NULL if it could not be given one */
};

/* Makes one; this process stays in its own. Where nothing may be mounted it has no name. */
struct error *namespace_make(unsigned int domid, struct namespace *);

/* Its name goes, and with it the namespace, once no process is in it. */
void namespace_remove(struct namespace *);

/* The name of a domain's namespace goes, if it has one: for when its keeper could not do it. */
void namespace_remove_name(unsigned int domid);

/* The device sends no frame whose checksum is still to be made: what is at its other end may not make it. */
struct error *namespace_finish_checksums(const struct namespace *, const char *device);

#endif
